"""Scala 2 and 3.

Source: scala.tools.nsc.MainGenericRunner, GenericRunnerSettings and the script scala; checked with marker code against Scala 2.11.
What Scala 3's command (scala-cli) has beyond it is unverified. ``scala`` is a shell script: the kernel sees java with a main class.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    Option,
    Options,
    each,
)

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
    codes = "last"
    stdin_names = _STDIN
    verified = ("2.11.12",)
    options = Options(
        parser="own",
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
