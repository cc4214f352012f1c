"""SBCL.

Source: runtime.c (parse_argv) and toplevel.lisp (process-command-line, process-eval/load-options); checked with marker code
against SBCL 2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


class Sbcl(Interpreter):
    """--eval and --load run in their order; ``--script`` without a file, and the prompt that follows, read stdin."""

    id = "sbcl"
    language = "lisp"
    names = (r"sbcl",)
    verified = ("2.2.9",)
    install = "apt: sbcl"
    options = Options(
        long={
            "--eval": CODE,
            "--load": Option("value", "file"),
            "--script": Option("optional", "file", last=True),
            **each(("--core", "--dynamic-space-size", "--control-stack-size", "--tls-limit"), VALUE),
            **each(("--sysinit", "--userinit"), Option("value", "load")),
            **each(("--no-sysinit", "--no-userinit", "--disable-debugger", "--noprint"), FLAG),
            **each(("--noinform", "--disable-ldb", "--lose-on-corruption", "--merge-core-pages"), FLAG),
            **each(("--no-merge-core-pages", "--debug-environment"), FLAG),
            "--end-runtime-options": FLAG,
            "--end-toplevel-options": Option(last=True),
            **each(("--quit", "--non-interactive"), Option(role="define")),
            **each(("--help", "--version"), EXIT),
        },
        equals=False,
        double_dash=False,
    )

    def read(self, execution: Execution) -> Reading:
        """Read an execution: forms and files in their order, then stdin unless an option says to quit."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        if command.error and not command.error.startswith(
            "unknown option"
        ):  # what it does not know begins the user's words
            return reading.refuse()
        script = False
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
            elif given.option.role == "code":
                reading.code(given)
            elif given.name == "--script":
                script = True
                if given.value is None:
                    reading.stdin(explicit=True, index=given.index, option=given.name)
                else:
                    reading.program(given.at, option=given.name, dash=False)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, dash=False)
        if not script and not command.first("define"):
            reading.stdin(explicit=False)
        return reading
