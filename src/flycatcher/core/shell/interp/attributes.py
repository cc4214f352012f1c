"""Attributes of variables (bash manual, 4.2 ``declare``): what is assigned to an integer is an expression, case is changed.

``declare -i n; n=$1`` evaluates ``$1``, and so does every assignment that a builtin or a loop makes; bash's own integers
(variables.c, ``init_dynamic_array_var`` and its neighbours) do so too, checked with bash 5.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.regex import lazy
from flycatcher.core.unknown import strip_marks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.shell.interp.state import Value

_INTEGERS = frozenset({"RANDOM", "SRANDOM", "OPTIND", "HISTCMD"})
"""Variables of bash's own to which an expression is assigned."""
_LETTERS = frozenset("ilu")
_WORD = lazy(r"[-+][A-Za-z]+")


class Attributes(Struct):
    """Letters by name, and what evaluates an expression."""

    given: dict[str, frozenset[str]] = {}
    evaluate: Callable[[str], str] | None = None
    """Runs what stands in an expression's subscripts, and returns its value."""

    def change(self, name: str, words: Iterable[str]) -> None:
        """Give or take the letters of ``declare``'s options: ``-i``, ``+l``."""
        letters = set(self.given.get(name, ()))
        for word in words:
            if _WORD.fullmatch(word):
                asked = _LETTERS & set(word[1:])
                letters = letters | asked if word[0] == "-" else letters - asked
        if letters != self.given.get(name, frozenset()):
            self.given = {**self.given, name: frozenset(letters)}

    def forget(self, name: str) -> None:
        """Take all letters, as ``unset`` does."""
        if name in self.given:
            self.given = {each: letters for each, letters in self.given.items() if each != name}

    def applied(self, name: str, value: Value, *, integers: bool) -> Value:
        """Evaluate what is assigned, or change its case; ``integers``: the shell's own count."""
        letters = self.given.get(name, ())
        if "i" in letters or (integers and name in _INTEGERS):
            if isinstance(value, str):
                return self.evaluated(value)
            return {key: self.evaluated(text) for key, text in value.items()}
        if letters and isinstance(value, str):
            return value.lower() if "l" in letters else value.upper()
        return value

    def evaluated(self, text: str) -> str:
        """Return the value of an expression; what stands in its subscripts runs."""
        return text if self.evaluate is None or strip_marks(text).isdecimal() else self.evaluate(text)
