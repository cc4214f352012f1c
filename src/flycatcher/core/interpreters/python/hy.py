"""Hy, a Lisp on Python.

Source: hy/cmdline.py (cmdline_handler) and hy/repl.py, checked with marker code against hy 1.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse
from flycatcher.core.interpreters.engine.paths import descriptor_of

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_ANY = Option("attached")
"""A flag; a value behind ``=`` is ignored."""


class Hy(Interpreter):
    """Hy: -c, -m, a file, or stdin."""

    id = "hy"
    language = "lisp"
    names = (r"hy(?:3[\d.]*)?",)
    variables = ("HYSTARTUP",)
    runs_on = ("python",)
    verified = ("1.3.1",)
    install = "pip: hy"
    options = Options(
        parser="own",
        short={"c": Option("value", "code", last=True), "m": Option("value", "module", last=True),
               "i": Option(role="interactive"), **each("EBu", FLAG), **each("hv", EXIT)},
        long={"--repl-output-fn": VALUE, **each(("--spy", "--unbuffered"), _ANY),
              **each(("--help", "--version"), Option("attached", "exit"))},
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; an empty value behind ``=`` is looked for in the next word."""
        words = [word.removesuffix("=") if word == "--repl-output-fn=" else word for word in execution.argv]
        return parse(self.options, words)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution: text, module, file or stdin, in this order; then the session of -i."""
        execution = reading.execution
        code, module = command.first("code"), command.first("module")
        interactive = command.first("interactive") is not None
        if module is not None and code is None:
            return reading.refuse("-i and -m exclude one another") if interactive else reading.finish("module")
        startup = execution.env.get("HYSTARTUP", "")
        if startup and (interactive or (execution.stdin == "tty" and code is None and not command.operands)):
            reading.load(startup, variable="HYSTARTUP")
        if code is not None:
            skip = int(code.at == code.index and (code.value or "").startswith("="))
            text = (code.value or "")[skip:]
            reading.add("argument", text, index=code.at, offset=code.offset + skip, option=code.name)
            if not interactive:
                return reading
        elif command.operands and execution.argv[command.operands[0]] != "-":
            self._file(reading, command.operands[0], whole=interactive)
            if not interactive:
                return reading.finish("script")
        self._session(reading, command.operands, interactive=interactive)
        return reading

    @staticmethod
    def _file(reading: Reading, index: int, *, whole: bool) -> None:
        """Record a file; it is opened twice, so a pipe's is empty the second time, but not by the session's reader."""
        number = descriptor_of(reading.execution.argv[index], reading.execution)
        if whole or number != 0 or reading.execution.stdin in ("file", "unknown"):
            reading.program(index, dash=False)

    @staticmethod
    def _session(reading: Reading, operands: list[int], *, interactive: bool) -> None:
        """Record stdin, unless a file before has used it up."""
        if not any(snippet.descriptor == 0 for snippet in reading.snippets):
            index = operands[0] if operands and reading.execution.argv[operands[0]] == "-" else None
            reading.stdin(explicit=interactive or index is not None, index=index)
