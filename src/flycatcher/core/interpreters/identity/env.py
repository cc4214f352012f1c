"""env(1): the text of ``-S`` as words, and the command that an ``env`` line starts.

Source: GNU coreutils 9.1, env.c (build_argv, main) and its manual; tests compare this with the installed env. ``-a`` came
with 9.5. Where written text leaves a word open (:data:`~flycatcher.core.unknown.UNKNOWN`), it may be any option without a value.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_ROUNDS = 64
"""Nested ``-S`` texts followed (each may hold another); env itself has no limit."""
_BLANKS = " \t\n\v\f\r"
_ESCAPES = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", '"': '"', "#": "#", "$": "$", "'": "'", "\\": "\\"}
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class SplitError(ValueError):
    """env would refuse the text and run nothing."""


class _Splitter:
    """The state of one pass over the text."""

    def __init__(self, environ: Mapping[str, str], unset: str | None) -> None:
        self.environ = environ
        self.unset = unset
        self.words: list[str] = []
        self.word: list[str] | None = None
        self.quote = ""

    def put(self, text: str) -> None:
        """Add to the word, beginning one where none is open."""
        if self.word is None:
            self.word = []
        self.word.append(text)

    def end(self) -> None:
        """Close the word."""
        if self.word is not None:
            self.words.append("".join(self.word))
            self.word = None

    def backslash(self, text: str, at: int) -> int:
        """Read the escape at ``at``; return the index behind it, -1 where the rest of the text is ignored."""
        mark = text[at + 1 : at + 2]
        if self.quote == "'" and mark not in {"\\", "'"}:
            self.put("\\")
            return at + 1
        if not mark:
            raise SplitError("invalid backslash at end of string")
        if mark == "c":
            if self.quote:
                raise SplitError("\\c inside double quotes")
            return -1
        if mark == "_":
            if self.quote:
                self.put(" ")
            else:
                self.end()
        elif mark in _ESCAPES:
            self.put(_ESCAPES[mark])
        else:
            raise SplitError(f"invalid sequence \\{mark}")
        return at + 2

    def variable(self, text: str, at: int) -> int:
        """Expand ``${NAME}``; one that is known to be unset leaves nothing behind, not even an empty word."""
        match = _VARIABLE.match(text, at)
        if match is None:
            raise SplitError("only ${NAME} is expanded")
        value = self.environ.get(match[1], self.unset)
        if value is not None:
            self.put(value)
        return match.end()


def split_env_s(text: str, environ: Mapping[str, str] | None = None, *, unset: str | None = None) -> list[str]:
    """Split the text of ``env -S`` into words; ``environ`` (default: empty) is what ``${NAME}`` expands from.

    ``unset`` stands for a variable that is not there: None for nothing, or a text where the environment is not known.

    :raises SplitError: env would refuse the text.
    """
    state, at = _Splitter(environ or {}, unset), 0
    while 0 <= at < len(text):
        char = text[at]
        if char == "\\":
            at = state.backslash(text, at)
            continue
        if char in "\"'" and state.quote in {"", char}:
            state.put("")
            state.quote = "" if state.quote else char
        elif char == "$" and state.quote != "'":
            at = state.variable(text, at)
            continue
        elif not state.quote and char in _BLANKS:
            state.end()
        elif not state.quote and char == "#" and state.word is None:
            break
        else:
            state.put(char)
        at += 1
    if state.quote:
        raise SplitError("no terminating quote")
    state.end()
    return state.words


class EnvCommand(Struct, frozen=True, kw_only=True):
    """The command that an ``env`` line starts."""

    program: str
    """The name that env looks up in PATH, or a path."""
    argv: tuple[str, ...]
    places: tuple[int | None, ...]
    """Index into env's own argv of each word, the command's name first; None where it came out of a ``-S`` text."""
    environ: dict[str, str]
    """The environment that the command gets."""
    assignments: tuple[str, ...] = ()
    chdir: str = ""

    @property
    def index(self) -> int | None:
        """Where the command's name stands in env's own argv; None where it came out of a ``-S`` text."""
        return self.places[0]


_VALUES = {"u": "unset", "C": "chdir", "S": "split-string", "a": "argv0"}
_LONG = {
    "ignore-environment": 0, "null": 0, "unset": 1, "chdir": 1, "block-signal": 2, "default-signal": 2, "ignore-signal": 2,
    "list-signal-handling": 0, "debug": 0, "split-string": 1, "argv0": 1, "help": 0, "version": 0,
}  # fmt: skip
"""Long options; 0: no value, 1: a value, 2: a value only behind ``=``."""


def _long_name(word: str) -> str:
    """Return the option that a long spelling or its unambiguous abbreviation means, empty for none."""
    name = word[2:].partition("=")[0]
    if name in _LONG:
        return name
    hits = [full for full in _LONG if full.startswith(name)]
    return hits[0] if len(hits) == 1 else ""


class _EnvReader:
    """One reading of env's command line."""

    def __init__(self, words: list[str], environ: Mapping[str, str], unset_text: str | None) -> None:
        self.words, self.places = words, list[int | None](range(len(words)))
        self.environ, self.unset_text = environ, unset_text
        self.at = 1
        self.unset: list[str] = []
        self.assignments: list[str] = []
        self.ignore, self.null, self.chdir, self.name0 = False, False, "", ""
        self.rounds = 0

    def options(self) -> bool:
        """Read the options up to the first operand; return whether env goes on to a command."""
        while self.at < len(self.words):
            word = self.words[self.at]
            if word == "--":
                self.at += 1
                break
            if word.startswith("--"):
                if not self.long(word):
                    return False
            elif len(word) > 1 and word[0] == "-":
                if not self.cluster(word):
                    return False
            else:
                break
        return True

    def long(self, word: str) -> bool:
        """Take one long option."""
        if UNKNOWN in word.partition("=")[0]:
            self.at += 1
            return True
        name = _long_name(word)
        _, equals, value = word.partition("=")
        self.at += 1
        if not name or name in {"help", "version"} or (equals and not _LONG[name]):
            return False
        if _LONG[name] == 1 and not equals:
            if self.at >= len(self.words):
                return False
            value = self.words[self.at]
            self.at += 1
        return self.take(name, value)

    def cluster(self, word: str) -> bool:
        """Take a cluster of short options; the first that has a value takes the cluster's rest or the next word."""
        self.at += 1
        for index, letter in enumerate(word[1:], 1):
            if letter in _VALUES:
                value = word[index + 1 :]
                if not value:
                    if self.at >= len(self.words):
                        return False
                    value = self.words[self.at]
                    self.at += 1
                return self.take(_VALUES[letter], value)
            if letter not in f"i0v{UNKNOWN}":
                return False
            self.ignore |= letter == "i"
            self.null |= letter == "0"
        return True

    def take(self, name: str, value: str) -> bool:
        """Act on one option."""
        if name == "split-string":
            return self.split(value)
        self.ignore |= name == "ignore-environment"
        self.null |= name == "null"
        if name == "unset":
            self.unset.append(value)
        elif name == "chdir":
            self.chdir = value
        elif name == "argv0":
            self.name0 = value
        return True

    def split(self, text: str) -> bool:
        """Put the words of a ``-S`` text in place of what was read so far."""
        self.rounds += 1
        if self.rounds > MAX_ROUNDS:
            return False
        try:
            found = split_env_s(text, self.environ, unset=self.unset_text)
        except SplitError:
            return False
        self.words = [self.words[0], *found, *self.words[self.at :]]
        self.places = [0, *[None] * len(found), *self.places[self.at :]]
        self.at = 1
        return True

    def operands(self) -> None:
        """Read a lone dash and the assignments in front of the command."""
        if self.words[self.at : self.at + 1] == ["-"]:
            self.ignore = True
            self.at += 1
        while self.at < len(self.words) and "=" in self.words[self.at]:
            self.assignments.append(self.words[self.at])
            self.at += 1

    def fails(self) -> bool:
        """Whether unsetenv(3) refuses a name, which ends env; with ``-i`` it is not called."""
        return not self.ignore and any(not name or "=" in name for name in self.unset)

    def environment(self) -> dict[str, str]:
        """Return what the command gets: ``-i`` empties, ``-u`` takes away, assignments come last."""
        kept = {} if self.ignore else {name: value for name, value in self.environ.items() if name not in self.unset}
        return kept | {name: value for name, _, value in (each.partition("=") for each in self.assignments)}


def env_command(
    argv: Sequence[str], environ: Mapping[str, str] | None = None, *, unset: str | None = None
) -> EnvCommand | None:
    """Return what an ``env`` command line starts; None where it prints, refuses the line, or starts nothing.

    ``unset`` stands for a variable in ``-S`` that is not in ``environ`` (see :func:`split_env_s`).
    """
    reader = _EnvReader(list(argv), environ or {}, unset)
    if not reader.words or not reader.options():
        return None
    reader.operands()
    if reader.at >= len(reader.words) or reader.null or reader.fails():
        return None
    words = reader.words[reader.at :]
    return EnvCommand(
        program=words[0],
        argv=(reader.name0 or words[0], *words[1:]),
        places=tuple(reader.places[reader.at :]),
        environ=reader.environment(),
        assignments=tuple(reader.assignments),
        chdir=reader.chdir,
    )
