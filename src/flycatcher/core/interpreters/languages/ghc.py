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
_MODES = {
    **dict.fromkeys(("--help", "-?"), "usage"), **dict.fromkeys(("--version", "-V", "--numeric-version"), "version"),
    "--interactive": "interactive", "-e": "eval",
    **dict.fromkeys(("--info", "--supported-extensions", "--supported-languages", "--show-options"), "shows"),
    **dict.fromkeys(("--abi-hash", "--make", "--frontend", "-M", "-E", "-C", "-S", "-c"), "compiles"),
}  # fmt: skip
"""Words that choose a mode, wherever they stand, and be they another option's value: they are looked for first."""
_DOMINANT = ("usage", "version")


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
        mode = "interactive" if words[0].rpartition("/")[2].startswith("ghci") else ""
        while index < len(words):
            word = words[index]
            if word == "-e":
                if index + 1 >= len(words):
                    line.error = "option -e needs a value"
                    break
                line.given.append(Given(_CODE, "-e", words[index + 1], index, index + 1, 0))
                index += 1
            elif not word.startswith("-"):
                line.operands.append(index)
            if word in _MODES:
                mode = _chosen(mode, _MODES[word], line)
            index += 1
        if mode in ("usage", "version", "shows"):
            line.given.append(Given(Option(role="exit"), mode, None, 0, 0, 0))
        elif mode == "interactive":
            line.given.append(Given(Option(role="interactive"), mode, None, 0, 0, 0))
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read expressions, else a session on stdin."""
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        if not reading.snippets and command.first("interactive"):
            reading.stdin(explicit=False)
        return reading.finish("nothing")


def _chosen(old: str, new: str, line: CommandLine) -> str:
    """Return which of two modes holds (setMode): two that do not go together refuse the line, until -e follows in ghci."""
    if {old, new} == {"usage", "interactive"}:
        line.error = ""
        return "usage"
    if {old, new} == {"eval", "interactive"}:
        line.error = ""
        return "eval"
    if old in _DOMINANT or new in _DOMINANT:
        line.error = ""
        return old if old in _DOMINANT else new
    if old and old != new:
        line.error = "two modes that do not go together"
    return old or new


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
