"""Files that a program writes to where they are run later: the places that its texts name, beside the texts that it may write there.

Which call writes which text into which file is not followed: what a program that names such a place holds besides, and what the
place's reader finds something to run in, is taken for what it puts there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.planted_places import place_of
from flycatcher.core.planting import planted_snippets

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.payload import ir
    from flycatcher.core.snippet import Snippet

PLACES = 4
TEXTS = 32
"""Of one layer; what comes later is not looked at."""


def _is_named(path: str) -> bool:
    """Whether a program that names a path may write there what will be run."""
    place = place_of(path)
    return place is not None and place.named


class Planting:
    """What one layer names and holds."""

    def __init__(self) -> None:
        """Begin with nothing met."""
        self._places: dict[str, None] = {}
        self._texts: dict[str, ir.Node] = {}

    def text(self, text: str, node: ir.Node) -> None:
        """Take one text: a place, or what may be written to one."""
        if len(text) < 512 and "/" in text + "/" and "\n" not in text and " " not in text and _is_named(text):
            if len(self._places) < PLACES:
                self._places[text] = None
        elif len(self._texts) < TEXTS and any(char in text for char in " \n="):
            self._texts[text] = node

    def found(self) -> Iterator[tuple[Snippet, ir.Node]]:
        """Yield what would run later, and the text's place."""
        for place in self._places:
            for text, node in self._texts.items():
                for snippet in planted_snippets(place, text):
                    yield snippet, node
