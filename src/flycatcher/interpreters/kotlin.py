"""Kotlin's runner and compiler.

Source: compiler/cli/cli-runner Main.kt. Unverified: the one of Debian 12 is older than -e.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import CODE, EXIT, VALUE, Option, Options, each


class Kotlin(Interpreter):
    """kotlin -e (from 1.4 on), a script, or a session. Unverified: the one of Debian 12 is older."""

    id = "kotlin"
    language = "kotlin"
    names = (r"kotlin(?:c|c-jvm)?",)
    runs_on = ("bash", "sh")
    main_classes = ("org.jetbrains.kotlin.runner.Main", "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler")
    install = "apt: kotlin"
    options = Options(
        long={
            **each(("-e", "-expression"), CODE),
            "-script": Option("value", "file", last=True),
            **each(("-cp", "-classpath", "-howtorun", "-d", "-jdk-home", "-jvm-target"), VALUE),
            **each(("-help", "-h", "-version"), EXIT),
        },
        equals=False,
        unknown="skip",
    )
