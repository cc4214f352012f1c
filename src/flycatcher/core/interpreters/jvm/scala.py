"""Scala 2 and 3.

Source: scala.tools.nsc.MainGenericRunner, GenericRunnerSettings and the script scala; checked with marker code against Scala 2.11.
What Scala 3's command (scala-cli) has beyond it is unverified. ``scala`` is a shell script: the kernel sees java with a main class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Option,
    Options,
    each,
    parse,
)

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_STDIN = ("-", "_", "-.scala", "-.sc", "-.java", "_.scala", "_.sc", "_.java")
"""What names stdin on scala-cli's command line."""


class Scala(Interpreter):
    """scala runs the text of -e, a file, or what the console reads from stdin."""

    id = "scala"
    language = "scala"
    names = (r"scala(?:-?[23][\d.]*)?(?:-cli)?",)
    runs_on = ("sh", "bash")
    main_classes = ("scala.tools.nsc.MainGenericRunner", "dotty.tools.MainGenericRunner", "scala.cli.ScalaCli")
    install = "apt: scala"
    verified = ("2.11.12",)
    options = Options(
        long={
            **each(("-e", "--execute-script", "--script-snippet", "--execute-scala", "--scala-snippet"), CODE),
            **each(("-i", "-I"), Option("value", "load")),
            **each(
                ("-cp", "-classpath", "--classpath", "-howtorun", "-d", "-encoding", "-sourcepath", "-bootclasspath", "-extdirs",
                 "-javabootclasspath", "-javaextdirs", "-dependencyfile", "-toolcp"), VALUE),
            **each(("-save", "-nc", "-nobootcp", "-usebootcp", "-deprecation", "-feature", "-unchecked"), FLAG),
            **each(("-help", "--help", "-version", "--version", "-X", "-Y"), EXIT),
        },
        equals=False,
        unknown="skip",
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; of several texts the last one runs."""
        line = parse(self.options, execution.argv)
        codes = [given for given in line.given if given.option.role == "code"]
        line.given = [given for given in line.given if given.option.role != "code" or given is codes[-1]]
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what is loaded, the text, the file or the console."""
        execution = reading.execution
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        code = command.first("code")
        if code is not None:
            reading.code(code)
        elif command.operands:
            word = execution.argv[command.operands[0]]
            if word in _STDIN:
                reading.stdin(explicit=True, index=command.operands[0])
            else:
                reading.program(command.operands[0])
        else:
            reading.stdin(explicit=False)
        return reading
