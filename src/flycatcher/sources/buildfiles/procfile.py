"""Procfile (Heroku, foreman, honcho): ``name: text for a shell``."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE = lazy(r"([A-Za-z0-9_-]+):[ \t]*")


class Procfile(FileType):
    """One process type a line."""

    id = "procfile"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("Procfile", "Procfile.*")

    def read(self, document: Document) -> Iterator[Region]:
        """Yield each line's command."""
        for line in document.located.lines():
            match = _LINE.match(line.text)
            if match:
                yield Region(
                    text=line.part(match.end(), len(line.text)), dialect="bash", symbol=("process " + match[1],)
                )
