"""env(1): options, ``-S``, assignments, the command (coreutils env.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.launchers.step import Step
from flycatcher.core.unknown import UNKNOWN, strip_marks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.shell.interp.state import Stream

_LETTERS = {
    "--unset": "u", "--chdir": "C", "--argv0": "a", "--split-string": "S", "--ignore-environment": "i", "--null": "0",
    "--debug": "v", "--help": "!", "--version": "!", "--block-signal": "", "--default-signal": "", "--ignore-signal": "",
    "--list-signal-handling": "",
}  # fmt: skip
_VALUES = "uCSa"
_ESCAPES = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_NAME = re.compile(r"\{(\w+)\}")
MAX_OPTIONS = 200


def env_command(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """Return the command that env starts, with its environment; None where it only prints."""
    del stdin
    return _Env(fields[1:], dict(env)).command()


class _Env:
    """env's words, consumed from the front: -S puts new ones there."""

    def __init__(self, words: list[str], variables: dict[str, str]) -> None:
        self.words = words
        self.variables = variables
        self.argv0 = ""
        self.prints = False

    def command(self) -> list[Step] | None:
        for _ in range(MAX_OPTIONS):
            if not self.words or not strip_marks(self.words[0]).startswith("-"):
                break
            word = strip_marks(self.words.pop(0))
            if word == "--":
                break
            self._option(word)
        if self.prints:
            return None
        while self.words and (match := re.match(r"([^=]*)=", strip_marks(self.words[0]))):
            self.variables[match[1]] = strip_marks(self.words.pop(0))[match.end() :]
        if not self.words:
            return None
        if self.argv0:
            return [Step([self.argv0, *self.words[1:]], self.variables, strip_marks(self.words[0]))]
        return [Step(self.words, self.variables)]

    def _option(self, word: str) -> None:
        if word == "-":
            self._apply("i", "")
        elif word.startswith("--"):
            name, equals, value = word.partition("=")
            letter = _LETTERS.get(name) or _abbreviated(name)
            self._apply(letter, value if equals or letter not in _VALUES or not letter else self._next())
        else:
            for index, letter in enumerate(word[1:], 2):
                if letter in _VALUES:
                    self._apply(letter, word[index:] or self._next())
                    break
                self._apply(letter, "")

    def _next(self) -> str:
        return strip_marks(self.words.pop(0)) if self.words else ""

    def _apply(self, letter: str, value: str) -> None:
        if letter == "!":
            self.prints = True
        elif letter == "i":
            self.variables = {}
        elif letter == "u":
            self.variables.pop(value, None)
        elif letter == "a":
            self.argv0 = value
        elif letter == "S":
            self.words = [*split_string(value, self.variables), *self.words]


def _abbreviated(name: str) -> str:
    """Return the letter of the one long option that begins so."""
    fits = [letter for known, letter in _LETTERS.items() if known.startswith(name)]
    return fits[0] if len(fits) == 1 else ""


def split_string(text: str, variables: Mapping[str, str]) -> list[str]:
    r"""Split as ``env -S`` does: quotes, escapes, ``\_``, ``\c``, comments and ``${NAME}``."""
    return _Splitter(text, variables).split()


class _Splitter:
    """One pass over the text of ``-S``."""

    def __init__(self, text: str, variables: Mapping[str, str]) -> None:
        self.text = text
        self.variables = variables
        self.words: list[str] = []
        self.current: list[str] | None = None
        self.quote = ""
        self.at = 0

    def split(self) -> list[str]:
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in "'\"" and self.quote in ("", char):
                self.quote = "" if self.quote else char
                self._add("")
            elif char == "\\" and self.at < len(self.text):
                if self._escape():
                    break
            elif not self.quote and char in " \t\n\r\f\v":
                self._close()
            elif not self.quote and char == "#" and self.current is None:
                break
            elif self.quote != "'" and char == "$" and (match := _NAME.match(self.text, self.at)):
                self.at = match.end()
                self._add(self.variables.get(match[1], UNKNOWN))
            else:
                self._add(char)
        self._close()
        return self.words

    def _escape(self) -> bool:
        r"""Read what a backslash quotes; True where ``\c`` ends everything."""
        letter = self.text[self.at]
        self.at += 1
        if self.quote == "'":
            self._add(letter if letter in "'\\" else "\\" + letter)
        elif letter == "c" and not self.quote:
            return True
        elif letter == "_" and not self.quote:
            self._close()
        else:
            self._add(" " if letter == "_" else _ESCAPES.get(letter, letter))
        return False

    def _add(self, text: str) -> None:
        if self.current is None:
            self.current = []
        self.current.append(text)

    def _close(self) -> None:
        if self.current is not None:
            self.words.append("".join(self.current))
            self.current = None
