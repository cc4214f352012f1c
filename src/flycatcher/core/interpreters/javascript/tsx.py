"""tsx: Node.js with a loader for TypeScript.

Source: src/cli.ts, src/watch and the packages ``cleye`` and ``type-flag`` that read the words; checked with marker code against
npm's 4.23.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.runners import OnNode, Word, read_node

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.execution import Execution

_FLAG = re.compile(r"-{1,2}\w", re.ASCII)
_SIGN = re.compile(r"[.:=]")
_OWN = {"noCache": False, "no-cache": False, "tsconfig": True}
"""Flags that tsx keeps from node, and whether they take a value."""
_TEXTS = {"eval": True, "e": True, "print": True, "p": True}
_PEEKED = {**_TEXTS, "inputType": True, "input-type": True, "test": False}
"""Flags that the second look finds; it leaves the last two to node."""
_WATCH = {**_OWN, "clearScreen": False, "clear-screen": False, "ignore": True, "include": True, "exclude": True, "help": False,
          "h": False}  # fmt: skip


class _Flag(NamedTuple):
    """A flag that was found, and where."""

    name: str
    at: int
    """Index of its word."""
    letter: int | None
    """Its place in a cluster; None for a long flag."""
    value: Word | None
    separate: bool
    """The value is the next word."""


class Tsx(OnNode):
    """tsx takes a few options for itself, compiles the text of -e and -p, and passes the rest to node."""

    id = "tsx"
    language = "typescript"
    names = (r"tsx",)
    variables = (*OnNode.variables, "ESBUILD_BINARY_PATH")
    install = "npm: tsx"
    verified = ("4.23",)
    options = Options(parser="own")

    def read_words(self, execution: Execution) -> Reading:
        """Read the words as node does that tsx starts."""
        words = execution.argv
        if words[1:2] == ("watch",):
            return self._watch(execution)
        found = _flags(words, 1, _PEEKED)
        kept = _without(words, 1, _flags(words, 1, _OWN | _TEXTS))
        for name in ("print", "eval"):
            text = next((flag.value for flag in found[::-1] if flag.name in (name, name[0])), None)
            if text is not None and text.text:
                kept = [Word(f"--{name}"), text, *kept]
                break
        return self._compiler(read_node(self, execution, kept))

    def _watch(self, execution: Execution) -> Reading:
        """Read ``tsx watch``, which restarts node whenever a file changes and needs a word that is not a flag."""
        found = _flags(execution.argv, 2, _WATCH)
        kept = _without(execution.argv, 2, found)
        if any(flag.name in ("help", "h") for flag in found):
            return Reading(self, execution).finish("prints")
        if not any(not _FLAG.match(word.text) and word.text != "--" for word in kept) and not _behind_dashes(kept):
            return Reading(self, execution).refuse("watch needs a script")
        return self._compiler(read_node(self, execution, kept))

    def _compiler(self, reading: Reading) -> Reading:
        """Read the variable that names the compiler's program."""
        path = reading.execution.env.get("ESBUILD_BINARY_PATH", "")
        if path:
            reading.load(path, variable="ESBUILD_BINARY_PATH")
        return reading


def _behind_dashes(words: Sequence[Word]) -> bool:
    """Whether anything follows ``--``."""
    return any(word.text == "--" for word in words[:-1])


def _flags(words: Sequence[str], start: int, known: Mapping[str, bool]) -> list[_Flag]:
    """Find these flags, up to the first word that is neither a flag nor a flag's value."""
    found: list[_Flag] = []
    waits = False
    for at in range(start, len(words)):
        word = words[at]
        if word == "--":
            break
        if _FLAG.match(word) is None:
            if not waits:
                break
            found[-1] = found[-1]._replace(value=Word(word, at), separate=True)
            waits = False
            continue
        each = [flag for flag in _in_word(word, at) if flag.name in known]
        found += each
        last = each[-1] if each else None
        waits = last is not None and known[last.name] and last.value is None and _is_last(last, word)
    return found


def _in_word(word: str, at: int) -> list[_Flag]:
    """Return the flags of one word: a cluster of letters, or one long name."""
    start = 2 if word.startswith("--") else 1
    sign = _SIGN.search(word, start)
    end = sign.start() if sign is not None else len(word)
    value = Word(word[end + 1 :], at, end + 1) if sign is not None else None
    if start == 2:
        return [_Flag(word[2:end], at, None, value, separate=False)]
    return [_Flag(word[i], at, i, value if i == end - 1 else None, separate=False) for i in range(1, end)]


def _is_last(flag: _Flag, word: str) -> bool:
    """Whether a flag is the last of its word, so that the next word is its value."""
    return flag.letter is None or flag.letter == len(word) - 1


def _without(words: Sequence[str], start: int, flags: Sequence[_Flag]) -> list[Word]:
    """Return the words without these flags and their values."""
    cut: dict[int, str] = {}
    gone = {flag.value.at for flag in flags if flag.separate and flag.value is not None}
    for flag in flags[::-1]:
        word = cut.get(flag.at, words[flag.at])
        if flag.letter is None:
            gone.add(flag.at)
        else:
            cut[flag.at] = word[: flag.letter] + ("" if flag.value and not flag.separate else word[flag.letter + 1 :])
    gone |= {at for at, word in cut.items() if word == "-"}
    return [Word(cut.get(at, words[at]), at) for at in range(start, len(words)) if at not in gone]
