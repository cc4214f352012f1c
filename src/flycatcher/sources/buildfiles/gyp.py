"""GYP: ``<!(...)`` and ``<!@(...)`` in binding.gyp, which ``npm install`` runs (GYP's input format reference, command expansions)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
from flycatcher.sources.buildfiles.engine.groovy import unescaped
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.yaml import punched

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXPANSION = lazy(r"[<>^]!@?\(")
_STRING = lazy(r"'((?:\\.|[^'\\\n])*)'|\"((?:\\.|[^\"\\\n])*)\"|#[^\n]*")
_VARIABLE = re.compile(r"[<>^]@?\([^()]*\)")
_ACTION = lazy(r"['\"]action['\"][ \t]*:[ \t\r\n]*\[([^\[\]]{0,4000})\]")
MAX_EXPANSIONS = 500


class Gyp(FileType):
    """A string's command expansion is a shell's text; ``action`` is a list of words."""

    id = "gyp"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.gyp", "*.gypi")

    def read(self, document: Document) -> Iterator[Region]:
        """Yield the text of each command expansion, and each action's words as one line."""
        text = document.text
        for match in islice(_STRING.finditer(text), MAX_EXPANSIONS * 100):
            group = 1 if match[1] is not None else 2
            if match[group] is None:
                continue
            said = unescaped(text, match.start(group), match.end(group), interpolates=False)
            for opening in islice(_EXPANSION.finditer(said.text), MAX_EXPANSIONS):
                end = said.text.rfind(")")
                if end > opening.end():
                    body = punched(said.part(opening.end(), end), _VARIABLE)
                    yield Region(text=body, symbol=("command expansion",), context={"hook": "install"})
        for match in islice(_ACTION.finditer(text), MAX_EXPANSIONS):
            yield Region(
                text=_spaced(document, match.start(1), match.end(1)), symbol=("action",), context={"hook": "install"}
            )


def _spaced(document: Document, start: int, end: int) -> Located:
    """Return a list of strings as the words of a command line."""
    builder = Builder()
    at = start
    for match in re.finditer(r"(['\"])([ \t\r\n]*),[ \t\r\n]*", document.text[start:end]):
        stop = start + match.end(1)
        builder.put(document.text[at:stop], at, stop)
        builder.put(" ", stop, start + match.end())
        at = start + match.end()
    builder.put(document.text[at:end].strip(), at, at + len(document.text[at:end].strip()))
    return builder.done()
