"""Clojure, and Babashka.

Source: clojure/main.clj (main, init-dispatch, main-dispatch), Debian's script and the one of clojure.org; checked with marker code
against Clojure 1.11. The kernel sees java with the main class clojure.main.
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
    Given,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.jvm import options as _jvm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_INIT = {
    **each(("-e", "--eval"), CODE),
    **each(("-i", "--init"), Option("value", "load")),
    "--report": VALUE,
}
_MAIN = {
    **each(("-m", "--main"), Option("value", "module")),
    **each(("-r", "--repl"), Option(role="interactive")),
    **each(("-h", "-?", "--help"), EXIT),
}


class Clojure(Interpreter):
    """clojure.main: texts and files in front, then a script, ``-``, a namespace, or a session on stdin."""

    id = "clojure"
    language = "clojure"
    names = (r"clojure(?:-?\d[\d.]*)?|clj",)
    variables = _jvm.LAUNCHED
    runs_on = ("sh", "bash")
    main_classes = ("clojure.main", "clojure.lang.Repl")
    jars = (r"clojure(?:-[\w.]+)?\.jar",)
    install = "apt: clojure"
    verified = ("1.11.1",)
    options = Options(parser="own", long={**_INIT, **_MAIN}, equals=False, double_dash=False)

    def parse(self, execution: Execution) -> CommandLine:
        """Read what is run first; every other word is the one that says what to run then."""
        words, line = execution.argv, CommandLine([], [])
        by_class = words[0] in self.main_classes or words[0].endswith(".jar")
        index = 1 if by_class else _script_words(words)
        while index < len(words) and words[index] in _INIT:
            if index + 1 < len(words):  # without a value it fails, when all in front of it has run
                line.given.append(Given(_INIT[words[index]], words[index], words[index + 1], index, index + 1, 0))
            index += 2
        if index < len(words) and words[index] in _MAIN:
            option = _MAIN[words[index]]
            at = index if option.takes == "nothing" else min(index + 1, len(words) - 1)
            line.given.append(Given(option, words[index], None, index, at, 0))
        elif index < len(words):
            line.operands = list(range(index, len(words)))
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the texts in front, then what is run behind them."""
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "load" and given.value == "-":
                reading.stdin(explicit=True, index=given.at, option=given.name)
            elif given.option.role == "load":
                reading.load_given(given)
        if command.first("module"):
            return reading.finish("module")
        if command.operands:
            reading.program(command.operands[0])
        elif command.first("interactive") or not command.given:
            reading.stdin(explicit=False)
        return reading


_ENDS = ("-M", "-X", "-T")
_GLUED = ("-J", "-A", "-R", "-C", "-O")
_SCRIPT_VALUES = ("-cp", "-classpath", "-Sdeps", "-Scp", "-Sthreads")


def _script_words(words: Sequence[str]) -> int:
    """Return where the words of clojure.main begin behind those of the scripts ``clojure`` and ``clj``."""
    index = 1
    while index < len(words):
        word = words[index]
        if word in _SCRIPT_VALUES:
            index += 2
        elif word == "--" or word.startswith(_ENDS):
            return index + 1
        elif word == "-P" or word.startswith(("-S", *_GLUED)):
            index += 1
        else:
            break
    return index


class Babashka(Interpreter):
    """bb: texts of -e or of a first operand that is a form, a file, or stdin. Unverified: no registry here brings it."""

    id = "babashka"
    language = "clojure"
    names = (r"bb|babashka",)
    install = "https: babashka.org"
    options = Options(
        parser="own",
        long={
            **each(("-e", "--eval"), CODE),
            **each(("-f", "--file"), Option("value", "file", last=True)),
            **each(("-m", "--main", "-x", "--exec", "--jar", "-jar"), Option("value", "module", last=True)),
            "--init": Option("value", "load"),
            **each(("-cp", "--classpath", "--config", "--deps-root", "-Sdeps"), VALUE),
            **each(("-i", "-I", "-o", "-O", "-io", "-iO", "-Io", "-IO", "--stream", "--verbose", "--debug", "--force",
                    "--prn"), FLAG),
            "--repl": Option(role="interactive", last=True),
            **each(("-h", "-?", "--help", "help", "--version", "version", "describe"), EXIT),
        },
        equals=False,
    )  # fmt: skip

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read a first operand that looks like a form as text, any other as a file."""
        words = reading.execution.argv
        if operands and words[operands[0]].lstrip().startswith(("(", "[", "{", "#", "'", '"')):
            reading.add("argument", words[operands[0]], index=operands[0])
        else:
            super().read_operand(reading, operands)
