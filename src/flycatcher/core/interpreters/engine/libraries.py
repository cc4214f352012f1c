"""Command lines as the option libraries of other languages read them, one record of rules for each library.

clap (Rust), click (Python), commander (JavaScript), Go's flag and pflag (cobra stands on it), JCommander and picocli (Java),
Getopt::Long (Perl). What they share is one walk; where they differ, a field of :class:`Rules` says so. Compared with the
libraries themselves on generated lines (``tests/parsers``).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import FLAG, UNKNOWN, CommandLine, Given, Option, Options, permutes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Rules(Struct, frozen=True, kw_only=True, gc=False):
    """What one library makes of a word, as far as libraries differ."""

    dashes: Literal["two", "either", "spelt"] = "two"
    """Long names stand behind two dashes; behind one or two; or as the table spells them."""
    clusters: bool = True
    """A word behind one dash is a cluster of letters."""
    letters_are_names: bool = False
    """A letter is a name of one letter, too, behind as many dashes as names."""
    abbreviates: bool = False
    """A unique beginning of a long name is that name."""
    any_case: bool = False
    """Long names are read in any case."""
    plus: bool = False
    """``+name`` is ``--name``."""
    sign: bool = True
    """``--name=value`` is read."""
    empty: Literal["value", "next", "refused"] = "value"
    """What a sign with nothing behind it gives: an empty value; the same, but behind a cluster the next word; nothing at all."""
    letter_sign: Literal["", "filled", "always"] = ""
    """``-n=value`` gives ``value``, be it empty or not; without it ``=value``."""
    takes: Literal["any", "no end", "no dash", "no name"] = "any"
    """Which next word is a value: any; any but ``--``; none with a dash but a lone one; none that the table has as an option."""
    truths: frozenset[str] = frozenset()
    """What a flag may be told behind ``=``."""
    falsehoods: frozenset[str] = frozenset()
    """The same, with which it counts as not given."""
    numbers: bool = False
    """A negative number that names nothing is an operand."""
    responses: bool = False
    """``@FILE`` stands for the words that a file holds; they are not known here."""
    stray: bool = False
    """A word with a dash that names nothing is an operand."""
    again: Literal["", "rest", "dashed"] = ""
    """What is read again as a word of its own: the rest of a cluster behind a flag, with a dash in front (``-n-x`` goes on with
    ``--x``); or what is glued to an option that may do without a value, where it begins with a dash."""


ONCE = "once"
"""In the detail of an option: where it is given twice the line is refused (clap's ``ArgAction::Set``)."""
HYPHENS = "hyphens"
"""In the detail of an option: any next word is its value (clap's ``allow_hyphen_values``)."""
RESPONSE = Option(detail="response")
"""``@FILE`` on a line: the words in that file are read in its place."""
_NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]*)?")
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_PERL = Rules(letters_are_names=True, abbreviates=True, any_case=True, plus=True, empty="refused")

RULES: Mapping[str, Rules] = {
    "clap": Rules(letter_sign="always", takes="no dash"),
    "click": Rules(again="dashed"),
    "commander": Rules(again="rest"),
    "flag": Rules(dashes="either", clusters=False, letters_are_names=True, truths=_TRUE, falsehoods=_FALSE),
    "pflag": Rules(letter_sign="filled", truths=_TRUE, falsehoods=_FALSE),
    "jcommander": Rules(dashes="spelt", clusters=False, sign=False, stray=True, responses=True),
    "picocli": Rules(
        dashes="spelt", letter_sign="always", takes="no name", numbers=True, empty="next", truths=frozenset({"true"}),
        falsehoods=frozenset({"false"}),
    ),
    "getopt::long": replace(_PERL, dashes="either", clusters=False),
    "getopt::long bundling": replace(_PERL, again="rest"),
}  # fmt: skip
"""The libraries, by the names that a table calls its parser."""


def parse_library(
    table: Options, words: Sequence[str], start: int = 1, *, env: Mapping[str, str] | None = None
) -> CommandLine:
    """Read ``words[start:]`` as the library does that ``table.parser`` names. Never raises; a refusal stands in ``error``."""
    return _Walk(table, RULES[table.parser], words, start, permute=permutes(table, env)).line()


class _Walk:
    """One pass over the words."""

    def __init__(self, table: Options, rules: Rules, words: Sequence[str], start: int, *, permute: bool) -> None:
        self.table = table
        self.rules = rules
        self.words = list(words)
        self.cut = [0] * len(words)
        """Characters of each word that are read already, and missing in ``words``."""
        self.at = start
        self.permute = permute
        self.found = CommandLine([], [])

    def line(self) -> CommandLine:
        """Read all words."""
        found, words = self.found, self.words
        if self.rules.responses:
            found.given += [
                Given(RESPONSE, words[at], None, at, at, 0) for at in range(self.at, len(words)) if words[at][:1] == "@"
            ]
        while self.at < len(words) and not found.error:
            word = words[self.at]
            if word == "--":
                self.at += 1
                break
            if self._dashed(word) and self._option(word):
                if self._ended():
                    break
            elif self.permute:
                found.operands.append(self.at)
                self.at += 1
            else:
                break
        found.operands.extend(range(self.at, len(words)))
        return found

    def _dashed(self, word: str) -> bool:
        """Whether a word may begin an option."""
        return len(word) > 1 and (word[0] == "-" or (self.rules.plus and word[0] == "+"))

    def _ended(self) -> bool:
        """Whether the option that was read last ends the options; one that may not be repeated refuses the line."""
        given = self.found.given
        if not given:
            return False
        last = given[-1].option
        if ONCE in last.detail and any(other.option == last for other in given[:-1]):
            self.found.error = f"option {given[-1].name} is given twice"
        return last.last

    def _option(self, word: str) -> bool:
        """Read one word; return whether it is an option, or at least refused as one."""
        rules = self.rules
        if word.startswith("--") or word[0] == "+" or rules.dashes != "two":
            known = self._long(word)
            if known is not None:
                return known
        if rules.clusters and word[0] == "-" and word[1] != "-":
            return self._cluster(word, 1)
        return self._unknown(word)

    def _unknown(self, word: str) -> bool:
        """Refuse a word, pass over it, or leave it to the operands."""
        number = self.rules.numbers and _NUMBER.fullmatch(word) is not None
        if self.rules.stray or number or self.table.unknown == "operand":
            return False
        if self.table.unknown == "error":
            self.found.error = f"{UNKNOWN} {word}"
        else:
            self._give(FLAG, word.partition("=")[0])
            self.at += 1
        return True

    def _long(self, word: str) -> bool | None:
        """Read a long name; return None where the word is none."""
        dashes = 2 if word.startswith("--") else 1
        signed = self.rules.sign and not (word[0] == "+" and self.rules.clusters)
        name, sign, value = word[dashes:].partition("=") if signed else (word[dashes:], "", "")
        if not name:
            return None
        spelling = self._named(word[:dashes], name)
        if not spelling:
            return None
        option = self.table.long.get(spelling) or self.table.short[spelling[1]]
        if sign and option.takes == "nothing":
            self._truth(option, spelling, value)
        elif sign and not value and self.rules.empty == "refused" and option.takes == "value":
            self.found.error = f"option {spelling} needs a value"
        elif sign:
            self._value(option, spelling, self.at, len(word) - len(value))
        else:
            self._take(option, spelling)
        return True

    def _named(self, dashes: str, name: str) -> str:
        """Return the table's spelling of a name behind these dashes, empty where it has none or several."""
        table, rules = self.table, self.rules
        if rules.dashes == "spelt":
            spelling = dashes + name
            return spelling if spelling in table.long or (len(spelling) == 2 and name in table.short) else ""
        cased = name.lower() if rules.any_case and not table.cased else name
        if f"--{cased}" in table.long:
            return f"--{cased}"
        if rules.letters_are_names and len(name) == 1:
            for letter in (
                cased,
                *(cased.upper() if rules.any_case and not rules.clusters and not table.cased else ""),
            ):
                if letter in table.short:
                    return f"-{letter}"
        fits = [known for known in table.long if known.startswith(f"--{cased}")] if rules.abbreviates else []
        return fits[0] if len({_plain(known) for known in fits}) == 1 else ""

    def _truth(self, option: Option, spelling: str, value: str) -> None:
        """Read a flag with something behind ``=``."""
        if value in self.rules.truths:
            self._give(option, spelling)
        elif value not in self.rules.falsehoods:
            self.found.error = f"option {spelling} takes no value"
        self.at += 1

    def _cluster(self, word: str, place: int) -> bool:
        """Read a cluster of letters from a place on."""
        while place < len(word):
            letter = word[place]
            option = self.table.short.get(letter)
            if option is None:
                return self._unknown(word)
            place += 1
            spelling, rest = f"-{letter}", word[place:]
            if option.takes != "nothing" and not (option.pattern and re.match(option.pattern, rest) is None):
                self._glued(option, spelling, word, place)
                return True
            if self._signed(rest):
                self._truth(option, spelling, rest[1:])
                return True
            self._give(option, spelling)
            if self._ended():
                break
            if rest and self.rules.again == "rest":
                return self._reread("-" + rest, place - 1)
        self.at += 1
        return True

    def _signed(self, rest: str) -> bool:
        """Whether what is glued to a letter begins with a sign that is not part of its value."""
        signs = self.rules.letter_sign
        return bool(signs) and rest.startswith("=") and (signs == "always" or len(rest) > 1)

    def _reread(self, rest: str, place: int) -> bool:
        """Let the rest of a word, which begins at a place, be the next word to read."""
        self.words[self.at] = rest
        self.cut[self.at] += place
        return True

    def _glued(self, option: Option, spelling: str, word: str, place: int) -> None:
        """Read a letter with a value, which may be glued to it."""
        if place == len(word) or (self.rules.empty == "next" and word[place:] == "="):
            self._take(option, spelling)
            return
        self._value(option, spelling, self.at, place + self._signed(word[place:]))

    def _take(self, option: Option, spelling: str) -> None:
        """Read an option whose value, if it has one, is the next word."""
        following = self.at + 1
        if option.takes in ("nothing", "attached"):
            self._give(option, spelling)
        elif following < len(self.words) and self._is_value(option, self.words[following]):
            self.at = following
            self._value(option, spelling, following - 1, 0)
            return
        elif option.takes == "optional":
            self._give(option, spelling)
        else:
            self.found.error = f"option {spelling} needs a value"
        self.at += 1

    def _is_value(self, option: Option, word: str) -> bool:
        """Whether the next word is an option's value."""
        takes = "no dash" if option.takes == "optional" else "any" if HYPHENS in option.detail else self.rules.takes
        if takes == "no end":
            return word != "--"
        if takes == "no dash":
            return not self._dashed(word)
        return takes == "any" or not self._is_name(word)

    def _is_name(self, word: str) -> bool:
        """Whether a word is an option of the table, with a value or without."""
        name = word.partition("=")[0]
        return word == "--" or name in self.table.long or (word[:1] == "-" and word[1:2] in self.table.short)

    def _give(self, option: Option, spelling: str) -> None:
        """Record an option without a value."""
        self.found.given.append(Given(option, spelling, None, self.at, self.at, 0))

    def _value(self, option: Option, spelling: str, index: int, offset: int) -> None:
        """Record an option with the value that begins in the word at hand."""
        value = self.words[self.at][offset:]
        if offset and self.rules.takes == "no name" and self._is_name(value):
            self.found.error = f"option {spelling} needs a value"
            return
        if offset and option.takes == "optional" and self.rules.again == "dashed" and self._dashed(value):
            self._give(option, spelling)
            self._reread(value, offset)
            return
        self.found.given.append(Given(option, spelling, value, index, self.at, self.cut[self.at] + offset))
        self.at += 1


def _plain(name: str) -> str:
    """Return a name that is the same for ``--nocolor`` and ``--no-color``."""
    return "--no" + name[4:].lstrip("-") if name.startswith("--no") else name
