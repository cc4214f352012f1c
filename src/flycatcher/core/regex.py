"""Regular expressions that most runs never use, and what a text is searched for before one of them is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, Generic, NamedTuple, cast

if TYPE_CHECKING:
    Flags = int | re.RegexFlag


class _Lazy(Generic[AnyStr]):
    """Stands in for a pattern until one of its methods is asked for, which then becomes an attribute of its own."""

    def __init__(self, source: AnyStr, flags: Flags) -> None:
        """Keep what to compile."""
        self.pattern: AnyStr = source
        self._flags = flags

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever a pattern has
        """Return what the compiled pattern has under this name, and keep it."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(re.compile(self.pattern, self._flags), name)
        self.__dict__[name] = found
        return found


def lazy(source: AnyStr, flags: Flags = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled when it is first used: compiling all of a program's takes longer than a short run."""
    return cast("re.Pattern[AnyStr]", _Lazy(source, flags))


_QUANTIFIER = re.compile(r"(?:[?*+]|\{\d*,?\d*\})[?+]?")
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_LOOK = re.compile(r"\(\?<?[=!]")
_MOST = 200
"""Texts that a run of alternatives is multiplied to."""


class _Needed(NamedTuple):
    """What a part of a pattern needs."""

    texts: list[str]
    """Every match holds one of these."""
    exact: bool
    """Every match is one of these."""
    end: int
    """Where the part ends in the pattern."""


def needles(pattern: str | bytes) -> tuple[str, ...]:
    """Return texts such that every match of a pattern holds one of them, ``("",)`` if none can be told.

    To look for each by ``in`` takes a tenth of the time of an expression with many alternatives. Letters are taken as they are
    written: of a pattern that ignores case, nothing of this is true.
    """
    text = pattern if isinstance(pattern, str) else pattern.decode("latin-1")
    found = _choices(text, 0)
    return tuple(dict.fromkeys(found.texts)) if found.end == len(text) and all(found.texts) else ("",)


def _choices(pattern: str, at: int) -> _Needed:
    """Read alternatives from ``at`` on, up to the bracket that closes them."""
    found: list[str] = []
    exact = True
    while True:
        each = _sequence(pattern, at)
        found += each.texts
        exact = exact and each.exact
        at = each.end
        if not pattern.startswith("|", at):
            return _Needed(found, exact, at)
        at += 1


def _sequence(pattern: str, at: int) -> _Needed:
    """Read one alternative: the best of the texts, or of the products of groups of texts, that stand in it without a gap."""
    best, run, exact = [""], [""], True
    while at < len(pattern) and pattern[at] not in "|)":
        part = _element(pattern, at)
        at = part.end
        quantifier = _QUANTIFIER.match(pattern, at)
        if quantifier is not None:
            at = quantifier.end()
            part = _Needed(part.texts if quantifier[0][0] == "+" else [""], exact=False, end=at)
        if part.exact and len(run) * len(part.texts) <= _MOST:
            run = [before + text for before in run for text in part.texts]
        else:
            exact, run = False, part.texts if part.exact else [""]
            best = max(best, part.texts, key=_worth)
        best = max(best, run, key=_worth)
    return _Needed(run if exact else best, exact, at)


def _worth(texts: list[str]) -> int:
    """Return how much it helps to know that a match holds one of some texts."""
    return min(map(len, texts))


def _element(pattern: str, at: int) -> _Needed:
    """Read one character, class or group."""
    char = pattern[at]
    if char == "(":
        return _group(pattern, at)
    if char == "[":
        found = _CLASS.match(pattern, at)
        return _Needed([""], exact=False, end=found.end() if found else len(pattern) + 1)
    if char == "\\":
        escaped = pattern[at + 1 : at + 2]
        if escaped.isalnum():
            return _Needed([""], exact=escaped in "bBAZ", end=at + 2)
        return _Needed([escaped], exact=True, end=at + 2)
    if char in "^$.":
        return _Needed([""], exact=char != ".", end=at + 1)
    return _Needed([char], exact=True, end=at + 1)


def _group(pattern: str, at: int) -> _Needed:
    """Read a group; one that looks around is empty, of one with flags nothing is known."""
    plain, look = _GROUP.match(pattern, at), _LOOK.match(pattern, at)
    opening = plain or look
    inner = _choices(pattern, opening.end() if opening else at + 2)
    if plain:
        return inner._replace(end=inner.end + 1)
    return _Needed([""], exact=look is not None, end=inner.end + 1)


class _Behind(Generic[AnyStr]):
    """A pattern that is only tried behind its needles."""

    def __init__(self, source: AnyStr) -> None:
        """Keep the pattern's text."""
        self._pattern: re.Pattern[AnyStr] = lazy(source)
        found = needles(source)
        self._needles: tuple[Any, ...] = (
            found if isinstance(source, str) else tuple(text.encode("latin-1") for text in found)
        )

    def search(self, text: AnyStr) -> re.Match[AnyStr] | None:
        """Return the first match."""
        return self._pattern.search(text) if any(map(text.__contains__, self._needles)) else None


def behind_needles(source: AnyStr) -> _Behind[AnyStr]:
    """Return a pattern whose :meth:`search` first looks for what every match holds: for many texts, of which few hold any."""
    return _Behind(source)
