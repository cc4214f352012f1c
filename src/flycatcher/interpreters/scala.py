"""Scala 2 and 3.

Source: scala.tools.nsc.GenericRunnerSettings and scala -help. Unverified: Debian's Scala 2.11 does not run on the Java that is
there, and no other registry has it. ``scala`` is a shell script: the kernel sees java with a main class.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each


class Scala(Interpreter):
    """scala runs the text of -e, a file, or what the console reads from stdin."""

    id = "scala"
    language = "scala"
    names = (r"scala(?:-?[23][\d.]*)?(?:-cli)?",)
    runs_on = ("sh", "bash")
    main_classes = ("scala.tools.nsc.MainGenericRunner",)
    install = "apt: scala"
    options = Options(
        long={
            **each(("-e", "--eval"), CODE),
            **each(("-i", "-I"), Option("value", "load")),
            **each(("-cp", "-classpath", "--classpath", "-howtorun", "-d", "-encoding", "-sourcepath"), VALUE),
            **each(("-save", "-nc", "-nobootcp", "-deprecation", "-feature", "-unchecked"), FLAG),
            **each(("-help", "--help", "-version", "--version"), EXIT),
        },
        equals=False,
        unknown="skip",
    )
