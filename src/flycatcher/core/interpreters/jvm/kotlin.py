"""Kotlin's runner and its compiler.

Source: compiler/cli/cli-runner Main.kt, K2JVMCompilerArguments.kt and the script kotlinc; checked with marker code against
Kotlin 2.4 and 1.3, which has no -e.
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
    parse_some,
)
from flycatcher.core.interpreters.engine.reading import Reading

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_HANDED = ("-D", "-J")
"""What the scripts hand to the machine, wherever it stands."""
_RUNNER = Options(
    long={
        **each(("-e", "-expression"), Option("value", "code", last=True)),
        **each(("-cp", "-classpath", "-compiler-path", "-howtorun"), VALUE),
        **each(("-no-stdlib", "-no-reflect"), FLAG),
        **each(("-help", "-h", "-version"), Option(role="exit", last=True)),
    },
    equals=False,
    double_dash=False,
)


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
    options = _RUNNER

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words without those of the machine; every other word with a dash is refused, but for -X."""
        return _line(_RUNNER, execution)

    def read(self, execution: Execution) -> Reading:
        """Read the words: a class, a script or a jar is a file, as is ``-``."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        if command.error:
            return reading.refuse()
        code = command.first("code")
        if code is not None:
            reading.code(code)
        elif command.operands:
            reading.program(command.operands[0], dash=False)
        else:
            reading.stdin(explicit=False)
        return reading


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

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words without those of the machine."""
        return _line(self.options, execution)

    def read(self, execution: Execution) -> Reading:
        """Read the text, the script, or what is to be compiled."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.first("exit"):
            return reading.finish("prints")
        if command.error:
            return reading.refuse()
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


def _line(table: Options, execution: Execution) -> CommandLine:
    """Read the words that the scripts leave for the program, each in its own place."""
    kept = [index for index, word in enumerate(execution.argv) if index == 0 or not _aside(word)]
    return parse_some(table, execution.argv, kept)


def _aside(word: str) -> bool:
    """Tell whether a word is one of the machine or an advanced option, all of which are single words."""
    return word.startswith(_HANDED) or (word.startswith("-X") and len(word) > 2)
