"""One string instead of a list: the words that it could have been made of, and what an interpreter makes of each such list.

Words may hold blanks, so that a string has many readings. Asked are: every blank as a separator; every word from the second on that
runs to the end, and every run of words as one. An option and what follows it are not taken for one word, unless that is all that
there is. A line that the interpreter refuses is no reading of a program that ran.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core import interpreters
from flycatcher.core.execution import Fidelity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading

LIMIT = 64
"""Readings of one string that are asked."""
_ASKED = 1 << 15
"""Words in all readings of one string: of a string with very many, fewer readings are asked."""
_WORDS = 4096
"""Words of a string that are told apart; what follows belongs to the last."""
_SHOWN = 2000
"""Characters of a reading that a record shows."""
_CLOSER = re.compile(r'"(?= |\Z)')
"""A quote that may close a word."""


class Answer(Struct, frozen=True):
    """What the readings of a string say."""

    argv: tuple[str, ...]
    """The reading that is most likely: the program text goes on for as long as the string does."""
    certain: bool
    other: tuple[str, ...] = ()
    """A reading that runs no program text."""
    bounded: int = 0
    """How many readings were asked where there are more; 0 where all were."""

    def fidelity(self, execution: Execution) -> Fidelity:
        """Return the execution's fidelity with what is known of its words."""
        notes = ["recorded as one string: where its words end is not known"]
        if self.bounded:
            notes.append(f"only the first {self.bounded} readings were asked")
        own = execution.fidelity or Fidelity()
        return replace(
            own,
            certainty="certain" if self.certain else "possible",
            readings=() if self.certain else (self.argv, self.other),
            notes=(*own.notes, *notes),
        )


class Readings:
    """Asks the readings of strings."""

    def answer(self, execution: Execution, text: str, *, quoting: str = "") -> Answer | None:
        """Return what the readings of a string say; None where none of them runs program text."""
        lists = _quoted_lists(text) if quoting == "double" else _lists(text.split(" ", _WORDS), quoting)
        inline, other, asked = [], None, 0
        limit = max(2, min(LIMIT, _ASKED // (text.count(" ") + 1)))
        for argv in lists:
            asked += 1
            if asked > limit:
                break
            reading = interpreters.read(replace(execution, argv=argv))
            if reading is not None and reading.outcome == "refuses":
                continue
            if reading is not None and reading.snippets:
                inline.append((_weight(reading), -asked, argv))
            elif other is None:
                other = argv
        if not inline:
            return None
        best = max(inline)[2]
        shown = tuple(word[:_SHOWN] for word in other) if other is not None else ()
        return Answer(best, certain=other is None, other=shown, bounded=limit if asked > limit else 0)


def _weight(reading: Reading) -> int:
    """Return how much text a reading runs."""
    return sum(len(snippet.text or "") for snippet in reading.snippets)


def _lists(words: Sequence[str], quoting: str) -> Iterator[tuple[str, ...]]:
    """Yield the lists of words that a string could have been made of, the likeliest first."""
    if quoting == "sorted":
        yield unsorted(words)
    yield tuple(words)
    count = len(words)
    for start in range(1, count - 1):
        if not words[start].startswith("-"):
            yield (*words[:start], " ".join(words[start:]))
    for start in range(1, count - 1):
        if words[start].startswith("-"):
            continue
        for end in range(start + 2, count):
            yield (*words[:start], " ".join(words[start:end]), *words[end:])


def _quoted_lists(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a string with quotes; where one is left over, also with the quotes that close as late as they may."""
    words = quoted(text)
    yield tuple(words)
    if any(word.count('"') % 2 for word in words):
        yield tuple(quoted(text, last=True))


def unsorted(words: Sequence[str]) -> tuple[str, ...]:
    """Return words in their order which somebody has put into that of their numbers as text: 0, 1, 10, 11, 2."""
    order = sorted(range(len(words)), key=str)
    return tuple(words[at] for at in sorted(range(len(words)), key=order.__getitem__))


def quoted(text: str, *, last: bool = False) -> list[str]:
    """Return the words of a string in which one with blanks stands in double quotes, without any escaping.

    The first quote, or the ``last``, that a blank or nothing follows ends the word. Between two blanks is an empty
    word.
    """
    words: list[str] = []
    at, end = 0, len(text)
    closers = [match.start() for match in _CLOSER.finditer(text)]
    while at < end and len(words) < _WORDS:
        close = _closing(text, at, closers, last=last) if text[at] == '"' else -1
        if close > 0:
            words.append(text[at + 1 : close])
            at = close + 1
        else:
            stop = text.find(" ", at)
            stop = end if stop < 0 else stop
            words.append(text[at:stop])
            at = stop
        at += at < end
    return [*words, text[at:]] if at < end else words


def _closing(text: str, at: int, closers: Sequence[int], *, last: bool) -> int:
    """Return where the quote that opens at ``at`` closes, of the places where one may; -1 where it does not."""
    number = bisect_right(closers, at)
    close = closers[-1 if last else number] if number < len(closers) else -1
    return close if close > 0 and text.find(" ", at, close) > 0 else -1
