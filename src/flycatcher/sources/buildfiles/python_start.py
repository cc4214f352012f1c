"""Lines that Python runs whenever it starts: ``import`` lines of ``*.pth`` files (the ``site`` module's documentation)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Searcher, Start

if TYPE_CHECKING:
    from collections.abc import Iterator

_IMPORT = lazy(r"^import[ \t][^\n]*", re.MULTILINE)
_PLAIN = lazy(r"import[ \t]+[\w., \t]+\Z")
"""A line that does nothing but import is a file's code, which can be reviewed there."""


class PathConfiguration(FileType):
    """``site`` executes each line that begins with ``import`` and a blank."""

    id = "python-pth"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.pth",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"(?m)^import[ \t]"),)

    def accepts(self, document: Document) -> bool:
        """Weights of models have the same suffix, and are no text."""
        return _IMPORT.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Start]:
        """Yield each line as text that Python runs."""
        for match in _IMPORT.finditer(document.text):
            line = match[0].rstrip("\r")
            if not _PLAIN.match(line):
                span = (match.start(), match.start() + len(line))
                yield Start(
                    argv=("python3", "-c", line), span=span, payload=span, symbol=("line of a .pth file",),
                    context={"hook": "start of Python"},
                )  # fmt: skip
