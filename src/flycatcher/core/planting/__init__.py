"""Planting: text that is written to where somebody will run it later, and how it is read there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters import by_id
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.planted_places import place_of
from flycatcher.core.planting.commands import by_command
from flycatcher.core.snippet import Snippet
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution

__all__ = ["LONGEST", "MOST", "as_planted", "is_place", "planted_reading", "planted_snippets"]

LONGEST = 1 << 18
"""Characters of a planted text that are read."""
MOST = 64
"""Pieces of one text: lines of a table, lines of a unit."""


def is_place(path: str) -> bool:
    """Whether what is written to a path will be run later."""
    return place_of(path) is not None


def planted_snippets(path: str, text: str, *, descriptor: int | None = None) -> tuple[Snippet, ...]:
    """Return what will run of a text that is put at a path; nothing where no place is known there."""
    place = place_of(path)
    if place is None or not text.strip(UNKNOWN + " \t\r\n"):
        return ()
    return tuple(_snippets(path, place.reader, text[:LONGEST], place.sentence, descriptor))


def planted_reading(execution: Execution) -> Reading | None:
    """Return the reading of a start that plants a text, as a reader of text knows or by its words; None for every other one."""
    if execution.planted is not None:
        snippets = planted_snippets(execution.planted.path, execution.planted.text)
    else:
        texts = by_command(execution.argv, execution.cwd)
        snippets = tuple(snippet for path, text in texts for snippet in planted_snippets(path, text))
    owner = by_id(snippets[0].interpreter) if snippets else None
    if owner is None:
        return None
    reading = Reading(owner, execution)
    reading.snippets, reading.outcome = list(snippets), "inline"
    return reading


def as_planted(reading: Reading) -> Reading:
    """Put the pieces that will run in the place of a whole text that a program plants: of a table of cron's, each command."""
    if reading.snippets and any(
        snippet.vector == "planted" and snippet.text is not None for snippet in reading.snippets
    ):
        reading.snippets = [
            piece
            for snippet in reading.snippets
            for piece in (
                [snippet]
                if snippet.vector != "planted" or snippet.text is None
                else planted_snippets(snippet.path or "", snippet.text, descriptor=snippet.descriptor)
            )
        ]
    return reading


def _snippets(path: str, reader: str, text: str, note: str, descriptor: int | None) -> Iterator[Snippet]:
    """Yield a snippet for each piece that the place's reader finds."""
    from flycatcher.core.planting.readers import reader_of  # noqa: PLC0415 - few texts are planted

    count = 0
    for piece in reader_of(reader)(path, text):
        if piece.text.strip(UNKNOWN + " \t\r\n"):
            count += 1
            if count > MOST:
                return
            yield Snippet(
                interpreter=piece.interpreter, language=piece.language, vector="planted", path=path, text=piece.text, note=note,
                variable=piece.variable, descriptor=descriptor,
            )  # fmt: skip
