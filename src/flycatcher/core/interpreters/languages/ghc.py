"""The Glasgow Haskell Compiler: ``ghc -e``, ghci and runghc.

Source: ghc/Main.hs (mode_flags) and utils/runghc/Main.hs; checked with marker code against GHC 9.0. The three are shell
scripts that start the real programs with the same words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, CommandLine, Given, Option, Options
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_VALUES = frozenset({
    "-o", "-package", "-package-id", "-package-db", "-x", "-main-is", "-outputdir", "-odir", "-hidir", "-ohi", "-dep-suffix",
    "-framework", "-package-env", "-hide-package", "-trust", "-distrust", "-pgmF", "-pgmL", "-pgmP", "-pgmc", "-pgma", "-pgml",
    "-optP", "-optF", "-optL", "-optc", "-opta", "-optl", "-ghci-script", "-interactive-print", "-osuf", "-hisuf", "-stubdir",
})  # fmt: skip


class Ghc(Interpreter):
    """ghc: -e takes an expression and may be given again; --interactive, and ghci, read stdin if no expression is given."""

    id = "ghc"
    language = "haskell"
    names = (r"ghci?(?:-?\d[\d.]*)?",)
    runs_on = ("sh", "bash")
    install = "apt: ghc"
    markers = (Markers(strings=(b"-threaded and -ticky are ignored by GHCi",)),)
    verified = ("9.0.2",)
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: no clusters; the value of -e may be glued to it with a blank or ``=`` only by itself."""
        words, line, index = execution.argv, CommandLine([], []), 1
        while index < len(words):
            word = words[index]
            if word == "-e":
                if index + 1 >= len(words):
                    line.error = "option -e needs a value"
                    break
                line.given.append(Given(_CODE, "-e", words[index + 1], index, index + 1, 0))
                index += 1
            elif word in _VALUES:
                index += 1
            elif word == "--interactive":
                line.given.append(Given(Option(role="interactive"), word, None, index, index, 0))
            elif word in ("--version", "-V", "--help", "-?", "--info", "--numeric-version", "--supported-extensions"):
                line.given.append(Given(Option(role="exit"), word, None, index, index, 0))
            elif not word.startswith("-"):
                line.operands.append(index)
            index += 1
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read expressions, else a session on stdin."""
        execution = reading.execution
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        name = execution.argv[0].rpartition("/")[2]
        if not reading.snippets and (name.startswith("ghci") or command.first("interactive")):
            reading.stdin(explicit=False)
        return reading.finish("nothing")


class RunGhc(Interpreter):
    """runghc (runhaskell): a file, or stdin; what comes before it belongs to ghc."""

    id = "runghc"
    language = "haskell"
    names = (r"run(?:ghc|haskell)(?:-?\d[\d.]*)?",)
    runs_on = ("sh", "bash")
    install = "apt: ghc"
    verified = ("9.0.2",)
    stdin_names = ()
    options = Options(parser="own")

    def parse(self, execution: Execution) -> CommandLine:
        """Read runghc's own flags, then ghc's, up to the first word without a dash; ``--`` ends each of the two."""
        words, index = execution.argv, 1
        line = CommandLine([], [])
        while index < len(words) and words[index].startswith("-f"):
            index += 2 if words[index] == "-f" else 1
        index += index < len(words) and words[index] == "--"
        while index < len(words) and words[index].startswith("-") and words[index] != "--":
            if words[index] in ("--help", "--version", "-?"):
                line.given.append(Given(EXIT, words[index], None, index, index, 0))
            index += 1
        index += index < len(words) and words[index] == "--"
        line.operands = list(range(min(index, len(words)), len(words)))
        return line
