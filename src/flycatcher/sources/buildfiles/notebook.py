"""Jupyter notebooks: ``!command`` lines and ``%%bash``-like cells (nbformat 4; IPython's magics reference, script magics)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.lines import replaced
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.nested import inside
from flycatcher.sources.buildfiles.engine.shells import program_of
from flycatcher.sources.buildfiles.engine.yaml import punched, scalars
from flycatcher.sources.buildfiles.engine.yamltext import List, Map
from flycatcher.sources.buildfiles.sources import Python

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = lazy(r"%%(bash|sh|script|perl|ruby|python[23]?|pypy|javascript|js|system|sx|!)[ \t]*([^\n]*)\n")
_BANG = lazy(r"^[ \t]*(?:[\w, \t]+=[ \t]*)?(?:!!?|%(?:sx|system)[ \t]+)(.+)$")
_LINE = re.compile(r"^([ \t]*)[!%?][^\n]*", re.MULTILINE)
_VALUE = re.compile(r"\{[^{}\n]*\}")
_OPTIONS = lazy(r"--(?:out|err|bg|proc|no-raise-error)\S*(?:[ \t]+\w+)?")


class Notebook(FileType):
    """A code cell's own Python is a file's code, which is reviewed there; what it hands to a shell is not."""

    id = "notebook"
    comments: ClassVar[tuple[str, ...]] = ()
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.ipynb",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"[!%]|subprocess|os\.(?:system|popen|exec|spawn)"),)

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Go through the code cells."""
        root = jsontext.tree(document)
        cells = root.get("cells") if isinstance(root, Map) else None
        for number, cell in enumerate(cells.items if isinstance(cells, List) else (), 1):
            if isinstance(cell, Map) and cell.text("cell_type") == "code":
                builder = Builder()
                for each in scalars(cell.get("source")):
                    builder.take(each.text)
                cell_text = builder.done()
                yield from _cell(cell_text, (f"cell {number}",))
                if not cell_text.text.startswith("%%") and Python.words[0].search(
                    cell_text.text.encode("utf-8", "replace")
                ):
                    yield from inside(document, _plain(cell_text), Python())


def _plain(text: Located) -> Located:
    """Return a cell without the lines that are no Python."""
    return replaced(text, _LINE, r"\1pass")


def _cell(text: Located, symbol: tuple[str, ...]) -> Iterator[Region | Start]:
    """Yield what one cell hands on: all of it by a magic in its first line, else its lines with a ``!``."""
    magic = _MAGIC.match(text.text)
    if magic is None:
        for line in text.lines():
            if bang := _BANG.match(line.text):
                yield Region(text=punched(line.part(bang.start(1), bang.end(1)), _VALUE), dialect="bash", symbol=symbol)
        return
    body = text.part(magic.end(), len(text.text))
    options = _OPTIONS.sub("", magic[2]).strip()
    command = (
        options
        if magic[1] == "script"
        else f"{magic[1]} {options}"
        if magic[1] not in ("system", "sx", "!")
        else "bash"
    )
    if grammar := bourne_grammar_of(program_of(command)):
        yield Region(text=body, dialect=grammar, symbol=symbol, context={"script": "cell magic"})
    elif command.split() and magic[1] not in ("javascript", "js"):  # those are the browser's
        span = (body.start(0), body.end(len(body.text)))
        argv = tuple(_VALUE.sub(UNKNOWN, command).split())
        yield Start(argv=argv, span=span, payload=span, stdin_text=body.text, symbol=symbol)
