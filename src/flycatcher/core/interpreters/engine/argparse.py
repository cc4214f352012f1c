"""Command lines as Python's argparse reads them: what differs from getopt.

``-c=X`` gives ``X``; a value in the next word may not look like an option, unless it holds a blank or is a number; a word with
a blank that is no option is an operand; a cluster may end in an option with a value; options stand behind operands, but all
operands in one place. Source: Lib/argparse.py (ArgumentParser._parse_known_args, _parse_optional, _get_option_tuples),
checked with marker code against Python 3.11 in the programs that use it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CommandLine, Given, Option, Options

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Implied = Callable[[str], Option | None]
    """What a parser makes of a name that its table does not hold: an option, or None."""

_NUMBER = re.compile(r"-\d+$|-\d*\.\d+$")
MANY = "many"
"""The detail of an option that takes all operands behind it (``nargs="+"``)."""
_UNKNOWN = Option(detail="unknown")


def parse_argparse(table: Options, words: Sequence[str], start: int = 1, implied: Implied | None = None) -> CommandLine:
    """Read ``words[start:]`` as argparse reads them by ``table``.

    ``table.permute``: the operands are ``nargs="*"``, so all of them stand in one place; without it they are
    ``nargs=REMAINDER`` and the first one ends the options.
    """
    return _Walk(table, words, start, implied).line()


class _Walk:
    """One pass over the words."""

    def __init__(self, table: Options, words: Sequence[str], start: int, implied: Implied | None) -> None:
        self.table = table
        self.words = words
        self.at = start
        self.implied = implied
        self.found = CommandLine([], [])
        self.ends = words.index("--", start) if "--" in words[start:] else len(words)
        """Where the options end."""

    def line(self) -> CommandLine:
        """Read all words."""
        found, words = self.found, self.words
        for word in words[
            self.at : self.ends
        ]:  # as argparse does: an ambiguous one refuses the line wherever it stands
            self._option(word)
        while self.at < self.ends and not found.error:
            option = self._option(words[self.at])
            if option is not None:
                self._take(option)
            elif self.table.permute:
                self._operands()
            else:
                break
        if found.error:
            return found
        if self.at < len(words) and self.table.permute and found.operands and found.operands[-1] != self.at - 1:
            found.error = "operands in two places"
        rest = list(range(self.at, len(words)))
        if self.ends in (rest if self.table.permute else rest[:2]):  # one further on is an argument of the script's
            rest.remove(self.ends)
        found.operands += rest
        return found

    def _operands(self) -> None:
        """Read one run of operands."""
        found, first = self.found, self.at
        while self.at < self.ends and self._option(self.words[self.at]) is None:
            self.at += 1
        if found.operands and self.table.unknown == "error":
            found.error = "operands in two places"
        found.operands += range(first, self.at)

    def _option(self, word: str) -> tuple[str, Option, int] | None:
        """Return an option's name, the option, and where in the word its value begins (0: not in it); None for an operand."""
        if not word.startswith("-"):
            return None
        if (known := self._known(word)) is not None:
            return word, known, 0
        if len(word) == 1:
            return None
        name, equals, _ = word.partition("=")
        if equals and (known := self._known(name)) is not None:
            return name, known, len(name) + 1
        fits = self._fitting(word, name)
        if len(fits) > 1:
            self.found.error = f"ambiguous option {word}"
        if fits:
            return fits[0]
        return None if _NUMBER.match(word) or " " in word else (word, _UNKNOWN, 0)

    def _known(self, name: str) -> Option | None:
        """Return the option of exactly this name."""
        if name in self.table.long:
            return self.table.long[name]
        if len(name) == 2 and name[1] in self.table.short:
            return self.table.short[name[1]]
        return self.implied(name) if self.implied is not None else None

    def _fitting(self, word: str, name: str) -> list[tuple[str, Option, int]]:
        """Return the options that a word may stand for: longer names that begin with it, or a cluster's first letter."""
        table = self.table
        offset = len(name) + 1 if name != word else 0
        begun = name if word.startswith("--") else word
        fits = [(known, table.long[known], offset) for known in table.long if known.startswith(begun)]
        if not table.abbreviations:
            fits = []
        if word[1] != "-" and word[1] in table.short:
            fits.append((word[:2], table.short[word[1]], 2))
        return fits

    def _take(self, option: tuple[str, Option, int]) -> None:
        """Read an option with what it takes."""
        name, kind, offset = option
        word = self.words[self.at]
        if kind is _UNKNOWN:
            self.found.error = f"unknown option {word}" if self.table.unknown == "error" else ""
            self.at += 1
            return
        while offset and kind.takes == "nothing":
            self._give(kind, name)
            letter = word[offset] if name[1] != "-" and len(name) == 2 and offset < len(word) else ""
            if letter not in self.table.short or not letter:
                self.found.error = f"option {name} takes no value"
                return
            name, kind = "-" + letter, self.table.short[letter]
            offset = offset + 1 if offset + 1 < len(word) else 0
        if offset and name[1] != "-" and word[offset : offset + 1] == "=" and offset > 2:
            offset += 1
        if kind.takes == "nothing":
            self._give(kind, name)
            self.at += 1
        elif offset:
            self.found.given.append(Given(kind, name, word[offset:], self.at, self.at, offset))
            self.at += 1
        else:
            self._next(kind, name)

    def _next(self, kind: Option, name: str) -> None:
        """Read the value in the next word, which may not look like an option."""
        start, count = self.at, 0
        while (
            start + 1 + count < self.ends
            and (kind.detail == MANY or not count)
            and self._option(self.words[start + 1 + count]) is None
        ):
            count += 1
            at = start + count
            self.found.given.append(Given(kind, name, self.words[at], start, at, 0))
        if not count and kind.takes != "optional":
            self.found.error = f"option {name} needs a value"
        elif not count:
            self._give(kind, name)
        self.at = start + count + 1

    def _give(self, kind: Option, name: str) -> None:
        """Record an option without a value."""
        self.found.given.append(Given(kind, name, None, self.at, self.at, 0))
