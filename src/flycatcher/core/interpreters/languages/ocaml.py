"""The OCaml toplevel.

Source: toplevel/topmain.ml and driver/main_args.ml; checked with marker code against OCaml 4.13. ``-e`` is of 5.1 and later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_FLAGS = (
    "-absname", "-labels", "-alias-deps", "-no-alias-deps", "-app-funct", "-no-app-funct", "-noassert",
    "-noinit", "-nolabels", "-noprompt", "-nopromptcont", "-nostdlib", "-nopervasives", "-principal",
    "-no-principal", "-rectypes", "-no-rectypes", "-safe-string", "-short-paths", "-strict-sequence",
    "-no-strict-sequence", "-strict-formats", "-no-strict-formats", "-unboxed-types", "-no-unboxed-types",
    "-unsafe", "-unsafe-string", "-no-version", "-dno-unique-ids", "-dunique-ids", "-dno-locations",
    "-dlocations", "-dsource", "-dparsetree", "-dtypedtree", "-drawlambda", "-dlambda", "-dinstr",
)  # fmt: skip


class Ocaml(Interpreter):
    """ocaml: ``-ppx`` takes a command; with ``-stdin`` or no operand it reads stdin; object files come before the script."""

    id = "ocaml"
    language = "ocaml"
    names = (r"ocaml(?:\d[\d.]*)?", r"ocaml\.byte|ocamlnat|utop")
    verified = ("4.13.1",)
    install = "apt: ocaml-interp"
    exit_first = True
    options = Options(
        parser="own",
        long={
            **each(_FLAGS, FLAG),
            **each(("-alert", "-I", "-open", "-w", "-warn-error", "-color", "-error-style", "-args", "-args0"), VALUE),
            "-init": Option("value", "load"),
            "-ppx": Option("value", "command"),
            "-e": Option("value", "code", last=True),
            "-stdin": Option(role="stdin", last=True),
            "-": Option("value", "file", last=True),
            **each(("-version", "--version", "-vnum", "-help", "--help", "-warn-help"), EXIT),
        },
        double_dash=False,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read objects, then the script, the text of -e, or stdin; -ppx runs for each phrase that is read."""
        for given in command.given:
            if given.option.role == "command":
                reading.code(given, language="shell")
            elif given.option.role == "code":
                reading.code(given)
        if not command.first("code"):
            self._script(reading, command)
        return reading

    @staticmethod
    def _script(reading: Reading, command: CommandLine) -> None:
        """Read the script behind the objects: ``- FILE``, an operand, or stdin (an empty name is stdin too)."""
        words = reading.execution.argv
        named = command.first("file")
        operands = [index for index in command.operands if not words[index].endswith((".cmo", ".cma", ".cmxs"))]
        if command.first("stdin"):
            reading.stdin(explicit=True, option="-stdin")
        elif named is not None and named.value:
            reading.program(named.at, option="-", offset=named.offset, dash=False)
        elif named is None and operands and words[operands[0]]:
            reading.program(operands[0], dash=False)
        else:
            for given in command.every("load"):
                reading.load_given(given)
            reading.stdin(explicit=named is not None or bool(operands))

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words, behind the bytecode where the kernel sees ``ocamlrun /usr/bin/ocaml``; a lone ``-`` takes the script."""
        runtime = (execution.exe or execution.argv[0]).rpartition("/")[2].startswith("ocamlrun")
        line = parse(self.options, execution.argv, 2 if runtime else 1)
        first = line.operands[0] if line.operands else 0
        if first and execution.argv[first] == "-" and not line.error and not line.first("stdin", "code"):
            if len(line.operands) == 1:
                line.error = "- needs a value"
            else:
                line.given.append(Given(Option("value", "file"), "-", execution.argv[first + 1], first, first + 1, 0))
        return line
