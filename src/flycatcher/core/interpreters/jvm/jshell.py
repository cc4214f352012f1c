"""jshell, Java's console.

Source: jdk.jshell (JShellTool.OptionParserCommandLine, JShellTool.start) and jshell --help; checked with marker code against
JDK 17.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_PREDEFINED = ("DEFAULT", "PRINTING", "JAVASE", "TOOLING")
"""Names that stand for files of the JDK."""


class JShell(Interpreter):
    """jshell runs files, ``-`` for stdin among them, and then reads a session from stdin."""

    id = "jshell"
    language = "java"
    names = (r"jshell(?:-?\d+)?",)
    variables = _jvm.LAUNCHED
    main_classes = ("jdk.internal.jshell.tool.JShellToolProvider",)
    verified = ("17",)
    install = "apt: openjdk-17-jdk-headless"
    options = Options(
        short={**each("qsv", FLAG), **each("JRC", Option("attached")), **each("hX?", EXIT)},
        long={
            "--startup": Option("value", "load"),
            **each(
                ("--class-path", "--module-path", "--add-modules", "--feedback", "--execution", "--add-exports"), VALUE
            ),
            **each(("--no-startup", "--enable-preview", "--show-version"), FLAG),
            **each(("--version", "--help", "--help-extra"), EXIT),
        },
        permute=True,
        posixly=False,
        parser="jopt-simple",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; options that contradict each other are refused."""
        line = parse(self.options, execution.argv)
        names = [given.name for given in line.given]
        talks = {name for name in names if name in ("-q", "-s", "-v", "--feedback")}
        if len(talks) > 1 or names.count("--feedback") > 1 or {"--startup", "--no-startup"} <= set(names):
            line.error = line.error or "options that contradict each other"
        return line

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the options of the machine."""
        _jvm.read_variables(reading)
        for given in command.given:
            if given.name == "-J" and given.value:
                _jvm.read_option(reading, given.value, index=given.at)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the files in their order, and what follows them on stdin."""
        execution = reading.execution
        for given in command.given:
            if given.option.role == "load" and given.value and given.value not in _PREDEFINED:
                reading.load_given(given)
        for operand in command.operands:
            reading.program(operand)
        if not any(execution.argv[operand] == "-" for operand in command.operands):
            reading.stdin(explicit=False)
        return reading
