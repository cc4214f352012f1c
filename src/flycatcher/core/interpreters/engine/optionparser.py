"""Command lines as Ruby's OptionParser reads them: what differs from getopt_long.

A long name may be abbreviated word by word, in any case, with ``_`` for ``-`` (``--EX``, ``--e-p`` for ``--execute-print``). Of
several names that fit, the shortest is meant if all others begin with it: ``--ex`` is ``--execute``. A letter that is no short
option is the beginning of a long one. What is glued to a letter is its value, a ``=`` included; behind a flag it is read again
as letters, without the dashes in front. A value that may be missing is the next word, unless that begins with a dash.
Source: lib/optparse.rb (parse_in_order, complete, Completion, Switch), optparse 0.2 of Ruby 3.1; compared with it on generated
command lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import (
    EXIT,
    FLAG,
    UNKNOWN,
    CommandLine,
    Given,
    Option,
    Options,
    permutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OFFICIOUS: Mapping[str, Option] = {
    "--help": EXIT, "--version": EXIT,
    "--*-completion-bash": Option("value", "exit"), "--*-completion-zsh": Option("attached", "exit"),
}  # fmt: skip
"""Options that every parser has, behind the program's own."""
_LONG = re.compile(r"--([^=]*)(?:=(.*))?", re.DOTALL)
_PIECE = re.compile(r"(\w+)|\W", re.ASCII)


def parse_optionparser(
    table: Options, words: Sequence[str], start: int = 1, *, env: Mapping[str, str] | None = None
) -> CommandLine:
    """Read ``words[start:]`` by ``table``: ``value`` is ``NAME``, ``attached`` is ``=[NAME]``, ``optional`` is `` [NAME]``.

    ``--[no-]name`` stands in the table as two names. Never raises; what OptionParser would raise stands in ``error``.
    """
    return _Walk(table, words, start, permute=permutes(table, env)).line()


def complete(table: Options, name: str, *, any_case: bool = True) -> tuple[str, Option] | str:
    """Return the spelling and the option that a long name or its beginning stands for, or why there is none."""
    for known in (table.long, _OFFICIOUS):
        if name in known:
            return name, known[name]
    for known in (table.long, _OFFICIOUS):
        fits = _fitting(known, name, any_case=any_case)
        if fits and all(other.startswith(fits[0]) for other in fits):
            return fits[0], known[fits[0]]
        if fits:
            return f"ambiguous option {name}"
    return f"{UNKNOWN} {name}"


def _fitting(names: Mapping[str, Option], name: str, *, any_case: bool) -> list[str]:
    """Return the names whose words begin with those of ``name``, the shortest one first."""
    if len(name) > max(map(len, names), default=0):
        return []
    pattern = "".join(re.escape(piece[0]) + (r"\w*" if piece[1] else "") for piece in _PIECE.finditer(name))
    fits = re.compile(pattern, re.ASCII | (re.IGNORECASE if any_case else 0)).match
    return sorted((known for known in names if fits(known)), key=len)


class _Walk:
    """One pass over the words."""

    def __init__(self, table: Options, words: Sequence[str], start: int, *, permute: bool) -> None:
        self.table = table
        self.words = words
        self.at = start
        self.permute = permute
        self.found = CommandLine([], [])

    def line(self) -> CommandLine:
        """Read all words."""
        found, words = self.found, self.words
        while self.at < len(words) and not found.error:
            word = words[self.at]
            if word == "--":
                self.at += 1
                break
            if len(word) > 1 and word[0] == "-":
                if word.startswith("--"):
                    self._long(word)
                else:
                    self._letters(word)
                if found.given and found.given[-1].option.last:
                    break
            elif self.permute:
                found.operands.append(self.at)
                self.at += 1
            else:
                break
        found.operands.extend(range(self.at, len(words)))
        return found

    def _long(self, word: str) -> None:
        """Read one long option."""
        match = _LONG.match(word)
        name, value = (match[1], match[2]) if match is not None else ("", None)
        known = complete(self.table, "--" + name.replace("_", "-")) if name else f"{UNKNOWN} {word}"
        if isinstance(known, str):
            self._unknown(known, word)
            return
        spelling, option = known
        if option.takes == "nothing" and value is not None:
            self.found.error = f"option {spelling} takes no value"
            return
        self._take(spelling, option, value, len(name) + 3)

    def _letters(self, word: str) -> None:
        """Read one cluster: behind a flag, what is glued to it is read as letters again."""
        place = 1
        while place < len(word) and not self.found.error:
            letter, rest = word[place], word[place + 1 :]
            known = self._letter(letter)
            if isinstance(known, str):
                self._unknown(known, word)
                return
            spelling, option = known
            if option.takes != "nothing":
                self._take(spelling, option, rest or None, place + 1)
                return
            if rest.startswith("="):
                self.found.error = f"option {spelling} takes no value"
                return
            self.found.given.append(Given(option, spelling, None, self.at, self.at, 0))
            if option.last:
                break
            place += 1 + len(rest) - len(rest.lstrip("-"))
        self.at += 1

    def _letter(self, letter: str) -> tuple[str, Option] | str:
        """Return the short option of this letter, or the long one that begins with it."""
        if letter in self.table.short:
            return f"-{letter}", self.table.short[letter]
        return complete(self.table, f"--{letter}", any_case=False)

    def _unknown(self, error: str, word: str) -> None:
        """Refuse the line, or pass over the word where the table leaves options out."""
        if self.table.unknown == "skip":
            self.found.given.append(Given(FLAG, word.partition("=")[0], None, self.at, self.at, 0))
            self.at += 1
        else:
            self.found.error = error

    def _take(self, spelling: str, option: Option, value: str | None, offset: int) -> None:
        """Read an option with its value: the one that is glued to it, or the next word."""
        index, following = self.at, self.at + 1
        self.at += 1
        waits = option.takes == "value" or (
            option.takes == "optional" and following < len(self.words) and not self.words[following].startswith("-")
        )
        if value is None and waits:
            if following >= len(self.words):
                self.found.error = f"option {spelling} needs a value"
                return
            value, offset = self.words[following], 0
            self.at += 1
        at = following if self.at > following else index
        self.found.given.append(Given(option, spelling, value, index, at, offset if value is not None else 0))
