"""Jython, Python 2.7 on the JVM.

Source: org/python/util/jython.java (CommandLineOptions) and OptionScanner.java; checked with marker code against Jython 2.7.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading


class Jython(Interpreter):
    """Jython: Python 2.7's command line in short; the first of -h and -V ends it, and behind ``--`` stdin is read."""

    id = "jython"
    language = "python"
    technique = "T1059.006"
    names = (r"jython(?:-?\d[\d.]*)?",)
    variables = (*_jvm.LAUNCHED, "JYTHONSTARTUP")
    runs_on = ("sh", "bash", "python")
    main_classes = ("org.python.util.jython",)
    jars = (r"jython(?:-[\w.]+)?(?:-standalone(?:-[\w.]+)?)?\.jar",)
    install = "apt: jython"
    verified = ("2.7.3",)
    options = Options(
        parser="own",
        short={"c": Option("value", "code", last=True), "m": Option("value", "module", last=True), **each("WD", VALUE),
               "Q": Option("value", pattern="old|warn|warnall|new"),
               **each("bBdEiORsStuUvxX3", FLAG), **each("hV?", Option(role="exit", last=True))},
        long={**each(("--help", "--version"), Option(role="exit", last=True)), "-jar": Option("value", "module", last=True),
              "--": Option(role="arguments", last=True)},
        equals=False,
        double_dash=False,
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the program, and the session behind it."""
        execution = reading.execution
        super().accepted(reading, command)
        settings = dict(
            (given.value or "").partition("=")[::2] for given in command.given if given.name == "-D" and given.value
        )
        env = {} if command.has("-E") else execution.env
        alone = not command.free() and not command.first("code", "module")
        startup = settings.get("python.startup") or env.get("JYTHONSTARTUP")
        if startup and alone and (command.has("-i") or execution.stdin == "tty"):
            reading.load(startup, variable=None if "python.startup" in settings else "JYTHONSTARTUP")
        if command.has("-i") and not alone:  # PYTHONINSPECT asks at a terminal alone
            reading.stdin(explicit=False)
        return reading
