"""What the hosts share: programs in which text on the command line starts a command or runs an embedded language.

They are everywhere in builds (git, make, sed, tar), so a line that cannot hold such text is skipped before it is parsed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Protocol

from flycatcher.core.interpreters.engine.interpreter import Interpreter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flycatcher.core.interpreters.engine.interpreter import Prefilter, Unset

_SHELLISH = re.compile(r"[;&|`$<>(){}\n\"'\\]|(?:^|\s)-\w*[ceE](?:\s|$)")
_BRACE = re.compile(r"(?<!\\)[{}]")


def shellish(text: str) -> bool:
    """Whether a command is more than a program and plain words: a shell has to read it, or it holds code of its own."""
    return _SHELLISH.search(text) is not None


def closing(text: str, start: int) -> int:
    """Return where the brace that is open before ``start`` closes, or the text's end."""
    depth = 1
    for found in _BRACE.finditer(text, start):
        depth += 1 if found[0] == "{" else -1
        if not depth:
            return found.start()
    return len(text)


class Hint(Protocol):
    """Looks through the words of a command line, one a line: a compiled expression, or more than one can say."""

    @property
    def search(self) -> Callable[[str], re.Match[str] | None]:
        """Return what searches."""


class Host(Interpreter):
    """A program that is not an interpreter, but whose command line can carry program text."""

    kind = "embedded"
    language = "shell"
    hint: ClassVar[Hint] = re.compile("")
    """What some word holds wherever there is anything to read; searched in all words at once."""
    unasked: ClassVar[bool] = False
    """It reads a file that no word names; a link or a FIFO may stand there, so that an execution is read whatever its words are."""
    in_values: ClassVar[re.Pattern[str] | None] = None
    """What the value of a variable of any name holds, with a ``$``, where it is program text; None: ``variables`` alone count."""

    def prefilter(self) -> Prefilter:
        """Return the hint's search, and the comparison with the variables that can hold text."""
        return _anything if self.unasked else self.hint.search, _unset(self.variables, self.in_values)


_anything = re.compile("").search


def _unset(variables: tuple[str, ...], in_values: re.Pattern[str] | None) -> Unset | None:
    """Return whether an environment is free of these variables, and of values that any variable may have."""
    free = _free(variables)
    if in_values is None:
        return free
    bears = in_values.search

    def unset(env: Mapping[str, str]) -> bool:
        """Few values hold a dollar: they are joined first."""
        return (free is None or free(env)) and ("$" not in "\n".join(env.values()) or not any(map(bears, env.values())))

    return unset


def _free(variables: tuple[str, ...]) -> Unset | None:
    """Return whether an environment has none of these variables: plain names are compared, families matched."""
    if not variables:
        return None
    names = frozenset(filter(str.isidentifier, variables))
    families = [name for name in variables if name not in names]
    if not families:
        return names.isdisjoint
    search = re.compile("|".join(f"(?m:^{family}$)" for family in families)).search
    return lambda env: names.isdisjoint(env) and search("\n".join(env)) is None


def classify(commands: Iterable[tuple[str, re.Pattern[str]]], text: str) -> tuple[str, int] | None:
    """Return the language of a host's command and where its text begins, by the first pattern that fits; None: runs nothing."""
    for language, pattern in commands:
        match = pattern.match(text)
        if match is not None:
            return language, match.end()
    return None
