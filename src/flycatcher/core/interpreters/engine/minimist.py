"""Command lines as minimist and yargs (yargs-parser) read them: one walk, since the second grew out of the first's rules.

Any word with a dash is an option, declared or not, and an option that is no flag takes the next word unless that looks like an
option. Compared with the libraries themselves on generated lines (``tests/parsers``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import FLAG, UNKNOWN, CommandLine, Given, Option, Options, permutes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_SIGNED = re.compile(r"--[^\n\r\u2028\u2029]+=")
_NAMED = re.compile(r"--?([^=]+)=", re.DOTALL)
_NEGATED = re.compile(r"--no-([^\n\r\u2028\u2029]+)")
_DASHED = re.compile(r"--?[^-]", re.DOTALL)
_NEGATIVE = re.compile(r"-(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:e-?[0-9]+)?")
_ENDS_IN_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?(?:e-?[0-9]+)?\Z")
_TRUTHS = ("true", "false")
_UNDECLARED = Option("optional")
ARRAY = "array"
"""In the detail of an option of yargs': it takes all words up to the next one with a dash."""


def parse_minimist(
    table: Options, words: Sequence[str], start: int = 1, *, env: Mapping[str, str] | None = None
) -> CommandLine:
    """Read ``words[start:]`` as the library does that ``table.parser`` names, ``minimist`` or ``yargs``.

    Never raises; a refusal stands in ``error``. A flag that a later word turns off was not given. An option of several values
    (yargs' arrays) has :data:`ARRAY` as its detail, and stands in the line once for each.
    """
    return _Walk(table, words, start, permute=permutes(table, env)).line()


class _Walk:
    """One pass over the words."""

    def __init__(self, table: Options, words: Sequence[str], start: int, *, permute: bool) -> None:
        self.table = table
        self.words = words
        self.at = start
        self.permute = permute
        self.yargs = table.parser == "yargs"
        self.end = len(words)
        if not self.yargs and "--" in words[start:]:
            self.end = words.index("--", start)
        self.found = CommandLine([], [])
        self.others = {_camel(known[2:]): known[2:] for known in table.long if "-" in known[2:]} if self.yargs else {}
        """Names that yargs takes for declared ones: ``dryRun`` for ``dry-run``."""

    def line(self) -> CommandLine:
        """Read all words."""
        found, words = self.found, self.words
        while self.at < self.end and not found.error:
            word = words[self.at]
            if word == "--":
                break
            if self._option(word):
                if found.given and found.given[-1].option.last:
                    break
            elif self.permute:
                found.operands.append(self.at)
                self.at += 1
            else:
                break
        rest = range(self.at, len(words))
        found.operands.extend(
            index for index in rest if index != self.end and not (index == self.at and words[index] == "--")
        )
        return found

    def _option(self, word: str) -> bool:
        """Read one word; return whether it is an option."""
        if self.yargs and re.match(r"---+(?:=|\Z)", word):
            return False
        if word[:1] != "-" or len(word) == 1:
            return False
        if _SIGNED.match(word):
            self._signed(word)
        elif negated := _NEGATED.match(word):
            self._negate(negated[1])
            self.at += 1
        elif word[1] == "-":
            self._next(re.split("[\n\r\u2028\u2029]", word[2:], maxsplit=1)[0], long=True)
        elif self.yargs and _NEGATIVE.fullmatch(word):
            return False
        elif self.yargs and re.match(r"-.\..", word, re.DOTALL):
            self._dotted(word)
        else:
            self._cluster(word)
        return True

    def _signed(self, word: str) -> None:
        """Read ``--name=value``."""
        named = _NAMED.match(word)
        if named is None or (not self.yargs and word[2] == "="):
            if self.yargs:
                self.at += 1
            else:
                self.found.error = f"{UNKNOWN} {word}"  # the library itself fails
            return
        value = word[named.end() :]
        quoted = self.yargs and _is_quoted(value)
        array = self._resolved(named[1])[1].detail == ARRAY
        if not (array and not value and self.at + 1 == self.end):
            self._set(named[1], value[1:-1] if quoted else value, self.at, named.end() + quoted)
        if array:
            self._more(named[1])
        self.at += 1

    def _dotted(self, word: str) -> None:
        """Read ``-x.name``, a property of what an option holds: none is declared."""
        signed = "=" in word[4:]
        following = self.words[self.at + 1] if self.at + 1 < self.end else "-"
        self._set(word[1:], None, self.at, 0)
        self.at += 1 + (not signed and following[:1] != "-")

    def _cluster(self, word: str) -> None:
        """Read a word of letters behind one dash; what the last one takes is the next word."""
        for at in range(1, len(word) - 1):
            letter, rest = word[at], word[at + 1 :]
            if rest == "-":
                self._set(letter, rest, self.at, at + 1)
                continue
            offset = self._glued(letter, rest)
            if offset >= 0:
                self._signed_letter(letter, at + 1, offset)
                self.at += 1
                return
            self._set(letter, None, self.at, 0)
        if word[-1] == "-":
            self.at += 1
        else:
            self._next(word[-1], long=False)

    def _signed_letter(self, letter: str, at: int, offset: int) -> None:
        """Read a letter and the value glued to it; yargs takes quotation marks from the first of several values."""
        value = self.words[self.at][at + offset :]
        several = bool(offset) and self._resolved(letter)[1].detail == ARRAY
        quoted = several and _is_quoted(value)
        self._set(letter, value[1:-1] if quoted else value, self.at, at + offset + quoted)
        if several:
            self._more(letter)

    def _glued(self, letter: str, rest: str) -> int:
        """Return how far into ``rest`` the value begins that is glued to a letter; -1 where none is."""
        alphabetic = letter.isascii() and letter.isalpha()
        if rest[0] == "=" and (len(rest) > 1 if self.yargs else alphabetic):
            return 1
        number = _NUMBER.fullmatch(rest) if self.yargs else _ENDS_IN_NUMBER.search(rest)
        if alphabetic and number:
            return 0
        return 0 if len(rest) > 1 and not re.match(r"\w", rest[0], re.ASCII) else -1

    def _next(self, name: str, *, long: bool) -> None:
        """Read an option whose value, if it takes one, is the next word."""
        option = self._resolved(name)[1]
        following = self.words[self.at + 1] if self.at + 1 < self.end else None
        if option.detail == ARRAY:
            self._more(name)
        elif following in _TRUTHS or (
            following is not None and option.takes != "nothing" and self._is_value(following, long=long)
        ):
            self.at += 1
            self._set(name, following, self.at, 0, index=self.at - 1)
        else:
            self._set(name, None, self.at, 0)
        self.at += 1

    def _is_value(self, word: str, *, long: bool) -> bool:
        """Whether the next word may be an option's value."""
        if self.yargs and long:
            return word[:1] != "-" or _NEGATIVE.fullmatch(word) is not None
        if not self.yargs and not long and not word:
            return False
        return _DASHED.match(word) is None or (self.yargs and _NEGATIVE.fullmatch(word) is not None)

    def _more(self, name: str) -> None:
        """Read the words that an option of several values takes, up to the next that looks like an option."""
        named = self.at
        while self.at + 1 < self.end:
            word = self.words[self.at + 1]
            if word[:1] == "-" and not _NEGATIVE.fullmatch(word):
                break
            self.at += 1
            self._set(name, word, self.at, 0, index=named)

    def _resolved(self, name: str) -> tuple[str, Option]:
        """Return the table's spelling of a name, and its option; an undeclared one may take a value."""
        table = self.table
        spelling = self.others.get(name, name)
        if f"--{spelling}" in table.long:
            return f"--{spelling}", table.long[f"--{spelling}"]
        if len(spelling) == 1 and spelling in table.short:
            return f"-{spelling}", table.short[spelling]
        return "", _UNDECLARED

    def _spelt_otherwise(self, name: str) -> None:
        """Let a name with a dash be the declared one that is the same in camel case, from its first use on."""
        camel = _camel(name)
        self.others |= dict.fromkeys(
            [name], next((known[2:] for known in self.table.long if _camel(known[2:]) == camel), name)
        )

    def _set(self, name: str, value: str | None, at: int, offset: int, *, index: int | None = None) -> None:
        """Record an option, whose value begins in the word ``at``; ``index``: of the word that names it, where that is another."""
        if self.yargs and "-" in name and not self._resolved(name)[0]:
            self._spelt_otherwise(name)
        spelling, option = self._resolved(name)
        index = at if index is None else index
        if not spelling and self.table.unknown == "error":
            self.found.error = f"{UNKNOWN} {name}"
        elif not spelling:
            self._give(FLAG, f"--{name}" if len(name) > 1 else f"-{name}", None, index, index, 0)
        elif option.takes == "nothing":
            self._flag(option, spelling, index, off=value is not None and self._off(name, value, glued=at == index))
        elif value is not None:
            self._give(option, spelling, value, index, at, offset)
        else:
            blank = "" if option.takes == "value" or option.detail == ARRAY else None
            self._give(option, spelling, blank, index, index, len(self.words[index]))

    def _off(self, name: str, value: str, *, glued: bool) -> bool:
        """Whether what a flag is told means no."""
        if self.yargs:
            return value != "true"
        if len(name) == 1 and glued:  # only the whole name is known as a flag's: anything else is a text or a number
            return not value or (_NUMBER.fullmatch(value) is not None and not float(value))
        return value == "false"

    def _flag(self, option: Option, spelling: str, index: int, *, off: bool) -> None:
        """Record a flag, in the place of what was said of it before."""

        def other(given: Given) -> bool:
            return given.name != spelling and not (option.detail and given.option == option)

        self.found.given = list(filter(other, self.found.given))
        if not off:
            self._give(option, spelling, None, index, index, 0)

    def _negate(self, name: str) -> None:
        """Read ``--no-name``."""
        spelling, option = self._resolved(name)
        if not spelling:
            self._set(name, None, self.at, 0)
        elif option.takes == "nothing":
            self._flag(option, spelling, self.at, off=True)

    def _give(self, option: Option, spelling: str, value: str | None, index: int, at: int, offset: int) -> None:  # noqa: PLR0913, PLR0917
        self.found.given.append(Given(option, spelling, value, index, at, offset))


def _is_quoted(value: str) -> bool:
    """Whether a text stands between quotation marks."""
    return len(value) > 1 and value[0] == value[-1] and value[0] in "'\""


def _camel(name: str) -> str:
    """Return ``dryRun`` for ``dry-run``, ``DRY-RUN`` and ``--dry_run``."""
    name = name if name not in (name.lower(), name.upper()) else name.lower()
    if "-" not in name and "_" not in name:
        return name
    return re.sub(r"(?<=.)[-_]+(.?)", lambda match: match[1].upper(), name.lstrip("-"))
