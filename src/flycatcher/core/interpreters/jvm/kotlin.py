"""Kotlin's runner and its compiler.

Source: compiler/cli/cli-runner Main.kt, K2JVMCompilerArguments.kt and the script kotlinc; checked with marker code against
Kotlin 2.4 and 1.3, which has no -e.
"""

from __future__ import annotations

import re
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
)

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading

_ASIDE = re.compile(r"-[DJ]|-X.")
"""What the scripts give to the machine wherever it stands, and advanced options; all of them are single words."""


class Kotlin(Interpreter):
    """kotlin runs the text of -e, a script, a class or a jar; without any, a session on stdin."""

    id = "kotlin"
    language = "kotlin"
    names = (r"kotlinr?",)
    runs_on = ("bash", "sh")
    main_classes = ("org.jetbrains.kotlin.runner.Main",)
    jars = (r"kotlin-runner(?:-[\w.]+)?\.jar",)
    install = "npm: kotlin-compiler"
    verified = ("2.4.20",)
    options = Options(
        parser="own",
        long={
            **each(("-e", "-expression"), Option("value", "code", last=True)),
            **each(("-cp", "-classpath", "-compiler-path", "-howtorun"), VALUE),
            **each(("-no-stdlib", "-no-reflect"), FLAG),
            **each(("-help", "-h", "-version"), Option(role="exit", last=True)),
        },
        equals=False,
        double_dash=False,
    )
    aside = _ASIDE
    exit_first = True
    stdin_names = ()


class KotlinCompiler(Interpreter):
    """kotlinc evaluates the text of -e or the file of -script; without any file, a session on stdin."""

    id = "kotlinc"
    language = "kotlin"
    names = (r"kotlinc(?:-jvm)?",)
    runs_on = ("bash", "sh")
    main_classes = ("org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",)
    install = "npm: kotlin-compiler"
    verified = ("1.3.31", "2.4.20")
    options = Options(
        parser="own",
        long={
            **each(("-e", "-expression"), CODE),
            "-script": Option(role="file"),
            **each(("-cp", "-classpath", "-d", "-jdk-home", "-jvm-target", "-jvm-default", "-module-name", "-script-templates",
                    "-P", "-api-version", "-kotlin-home", "-language-version", "-opt-in"), VALUE),
            **each(("-include-runtime", "-java-parameters", "-no-jdk", "-no-reflect", "-no-stdlib", "-progressive", "-Werror",
                    "-Wextra", "-nowarn", "-verbose"), FLAG),
            **each(("-help", "-h", "-version", "-X"), EXIT),
        },
        permute=True,
        posixly=False,
    )  # fmt: skip

    aside = _ASIDE
    exit_first = True

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last text, the script, or what is to be compiled."""
        code = next((given for given in reversed(command.given) if given.option.role == "code"), None)
        if code is not None:
            reading.code(code)
        elif command.operands and command.first("file"):
            reading.program(command.operands[0], dash=False)
        elif command.operands:
            reading.finish("checks")
        else:
            reading.stdin(explicit=False)
        return reading
