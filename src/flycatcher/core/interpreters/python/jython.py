"""Jython, Python 2.7 on the JVM.

Source: org/python/util/jython.java (CommandLineOptions) and OptionScanner.java; checked with marker code against Jython 2.7.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Option, Options, each, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_DIVISIONS = ("old", "warn", "warnall", "new")


class Jython(Interpreter):
    """Jython: Python 2.7's command line in short; the first of -h and -V ends it, and behind ``--`` stdin is read."""

    id = "jython"
    language = "python"
    technique = "T1059.006"
    names = (r"jython(?:-?\d[\d.]*)?",)
    runs_on = ("sh", "bash", "python")
    main_classes = ("org.python.util.jython",)
    jars = (r"jython(?:-[\w.]+)?(?:-standalone(?:-[\w.]+)?)?\.jar",)
    install = "apt: jython"
    verified = ("2.7.3",)
    options = Options(
        short={"c": Option("value", "code", last=True), "m": Option("value", "module", last=True), **each("QWD", VALUE),
               **each("bBdEiORsStuUvxX3", FLAG), **each("hV?", Option(role="exit", last=True))},
        long={**each(("--help", "--version"), Option(role="exit", last=True)), "-jar": Option("value", "module", last=True),
              "--": Option(role="stdin", last=True)},
        equals=False,
        double_dash=False,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a wrong way of division is refused."""
        line = parse(self.options, execution.argv)
        wrong = [given.value for given in line.given if given.name == "-Q" and given.value not in _DIVISIONS]
        line.error = line.error or (f"-Q{wrong[0]} is not known" if wrong else "")
        return line

    def read(self, execution: Execution) -> Reading:
        """Read the program, and the session behind it."""
        reading = super().read(execution)
        command = reading.command
        if command is None or reading.outcome in ("refuses", "prints"):
            return reading
        settings = dict(
            (given.value or "").partition("=")[::2] for given in command.given if given.name == "-D" and given.value
        )
        env = {} if command.has("-E") else execution.env
        if command.first("stdin"):  # behind -- all words are the program's, and none is its file
            command.operands.clear()
            reading.stdin(explicit=False)
        alone = not command.operands and not command.first("code", "module")
        startup = settings.get("python.startup") or env.get("JYTHONSTARTUP")
        if startup and alone and (command.has("-i") or execution.stdin == "tty"):
            reading.load(startup, variable=None if "python.startup" in settings else "JYTHONSTARTUP")
        if command.has("-i") and not alone:  # PYTHONINSPECT asks at a terminal alone
            reading.stdin(explicit=False)
        return reading

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first operand as the program's file, unless a module is run."""
        if reading.command is not None and reading.command.first("module"):
            reading.finish("module")
        else:
            super().read_operand(reading, operands)
