"""A file inside a file: cloud-init's user data in a template, a Dockerfile in a bake file. What is found in it stands in the outer file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, Injection, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.yaml import script

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.sources.buildfiles.engine.filetype import FileType

_CLOUD = lazy(r"\s*(?:## template: jinja\s*\n\s*)?#cloud-config\b")
_PART = lazy(r"^--\S+[ \t]*\r?\n(?:[A-Za-z-]+:[^\n]*\n)+\r?\n", re.MULTILINE)
_BOUNDARY = lazy(r"^--\S+[ \t]*$", re.MULTILINE)


def inside(document: Document, text: Located, reader: FileType) -> Iterator[Region | Start | Injection]:
    """Yield what a reader finds in a text of a document, at its places in the document."""
    inner = Document(document.path, text.text)
    yield from moved(reader.read(inner), text)
    for problem in inner.problems:
        at = text.start(inner.at(problem.line, problem.column))
        document.problem(at, problem.message, stops=problem.stops)


def moved(items: Iterable[Region | Start | Injection], outer: Located) -> Iterator[Region | Start | Injection]:
    """Yield what a text of a file holds, with the places of the file."""
    for item in items:
        yield _moved(item, outer)


def _moved(item: Region | Start | Injection, outer: Located) -> Region | Start | Injection:
    """Return an item with the places of the outer file."""
    if isinstance(item, Region):
        return structs.replace(item, text=_text(item.text, outer), origins={})
    span = _span(item.span, outer)
    if isinstance(item, Start):
        return structs.replace(item, span=span, payload=_span(item.payload, outer) if item.payload else None)
    return structs.replace(item, span=span)


def _span(span: tuple[int, int], outer: Located) -> tuple[int, int]:
    """Return the offsets in the outer file."""
    return outer.start(span[0]), outer.end(span[1])


def _text(text: Located, outer: Located) -> Located:
    """Return a located text of the inner file as one of the outer file."""
    builder = Builder()
    for segment in text.segments:
        said = text.text[segment.at : segment.at + segment.length]
        if segment.length == segment.end - segment.start and outer.text[segment.start : segment.end] == said:
            builder.take(outer, segment.start, segment.end)
        else:
            builder.replace(outer, segment.start, segment.end, said)
    return builder.done()


def user_data(
    document: Document, text: Located, symbol: tuple[str, ...], env: Mapping[str, str]
) -> Iterator[Region | Start | Injection]:
    """Yield what a machine's first boot runs: a script, a ``#cloud-config``, or both as parts of a MIME message (cloud-init, formats)."""
    from flycatcher.sources.buildfiles.cloud_init import CloudInit  # noqa: PLC0415 - uses the readers of this folder

    for part in _parts(text):
        body = part.strip()
        if _CLOUD.match(body.text):
            for item in inside(document, body, CloudInit()):
                yield structs.replace(item, symbol=(*symbol, *item.symbol))
        elif body.text.startswith("#!"):
            yield from script(body, symbol, env, context={"hook": "boot"})


def _parts(text: Located) -> Iterator[Located]:
    """Yield the parts of a MIME message, or the whole text where it is none."""
    heads = list(_PART.finditer(text.text))
    if not heads:
        yield text
    for head in heads:
        closing = _BOUNDARY.search(text.text, head.end())
        yield text.part(head.end(), closing.start() if closing else len(text.text))
