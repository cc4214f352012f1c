"""Where commands stand in a file of lines: an expression for each kind of line, whose group holds the command.

Group ``text``: a shell's text; ``words``: a command line that is split into words, and started without a shell; ``json``: a JSON list of
words; ``code``: program text.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct

from flycatcher.core.interpreters.names import BOURNE, grammar_of, interpreter_by_name
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located, between
from flycatcher.sources.buildfiles.engine.shells import words_of
from flycatcher.sources.buildfiles.engine.words import split
from flycatcher.sources.buildfiles.engine.yaml import NEVER, script, words

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_MATCHES = 10_000


class Line(Struct, frozen=True):
    """One kind of line, or of block."""

    pattern: re.Pattern[str]
    """With a group ``text``, ``words`` or ``code``; ``by``, where there is one, is what the file names as its interpreter."""
    dialect: str = "sh"
    """A shell, or with ``code`` the words that start the interpreter, in front of the text."""
    symbol: str = ""
    hook: str = ""
    confidence: str = "high"


def line(pattern: str, dialect: str = "sh", symbol: str = "", hook: str = "", confidence: str = "high") -> Line:
    """Return a kind of line; ``^`` and ``$`` are those of a line."""
    return Line(re.compile(pattern, re.MULTILINE), dialect, symbol, hook, confidence)


class Lines(FileType):
    """A file type that is a table of kinds of lines."""

    lines: ClassVar[tuple[Line, ...]] = ()
    marks: ClassVar[tuple[re.Pattern[str], ...]] = ()
    """Where the name alone does not tell: all of these stand in such a file."""
    replaced: ClassVar[tuple[tuple[re.Pattern[str], str], ...]] = ()
    """What the reader of such files puts in the place of what it knows itself: escapes, continued lines, variables as holes."""
    remark: ClassVar[re.Pattern[str]] = NEVER
    """A comment, up to its end: what begins in one is no command."""

    def accepts(self, document: Document) -> bool:
        """Look for the marks."""
        return all(mark.search(document.text) for mark in self.marks)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what each line runs, in the order of the table."""
        remarks = [match.span() for match in islice(self.remark.finditer(document.text), MAX_MATCHES)]
        for kind in self.lines:
            for match in islice(kind.pattern.finditer(document.text), MAX_MATCHES):
                if not any(low <= match.start() < high for low, high in remarks):
                    yield from self._found(document, kind, match)

    def _found(self, document: Document, kind: Line, match: re.Match[str]) -> Iterator[Region | Start]:
        """Yield one command."""
        groups = match.groupdict()
        group = next((name for name in ("text", "words", "json", "code") if groups.get(name)), "")
        if not group:
            return
        located = self.said(between(document.text, *match.span(group)))
        named = groups.get("name") or ""
        symbol = tuple(filter(None, (kind.symbol, named)))
        span = (located.start(0), located.end(len(located.text)))
        context = {"hook": kind.hook} if kind.hook else {}
        dialect = groups.get("by") or kind.dialect
        program = next(iter(words_of(dialect)), dialect)
        grammar = grammar_of(program)
        if group == "text" and grammar in BOURNE:
            yield from script(located, symbol, {}, dialect=grammar, context=context, confidence=kind.confidence)
        elif group == "text" and grammar:
            yield Region(text=located, dialect=grammar, symbol=symbol, context=context, confidence="low")
        elif group in ("words", "json"):
            if argv := split(located.text) if group == "words" else _listed(document, *span):
                yield Start(argv=argv, span=span, symbol=symbol, context=context, confidence=kind.confidence)
        else:
            argv = tuple(dialect.split())
            if group == "text":
                yield Start(
                    argv=(*argv, "/dev/fd/3"), span=span, payload=span, descriptors={3: located.text}, symbol=symbol,
                    context={**context, "script": "temporary file"}, confidence=kind.confidence,
                )  # fmt: skip
            else:
                yield Start(
                    argv=(*argv, located.text), span=span, payload=span, symbol=symbol, context=context,
                    confidence=kind.confidence,
                )  # fmt: skip

    def said(self, text: Located) -> Located:
        """Return what a text says to who reads the file."""
        for pattern, by in self.replaced:
            text = replaced(text, pattern, by)
        return text


def _listed(document: Document, start: int, end: int) -> tuple[str, ...]:
    """Return the words of a JSON list; none where it is no list of texts."""
    tree, at = jsontext.parse(Document(document.path, document.text), start, end)
    return words(tree) if at >= 0 else ()


def named(reference: str, behind: str = "") -> str:
    """Return the interpreter that a reference is named after (``$(PYTHON)``, ``${lib.getExe perl}``), where nothing goes on behind it."""
    words = _IDENTIFIER.findall(reference)
    return "" if not words or behind[:1].isalnum() or behind[:1] in _GOES_ON else _of(words)


def _of(words: list[str]) -> str:
    """Return the interpreter that the last words of a reference name: ``python.interpreter``, ``pkgs.python3``."""
    words = [_CAMEL.sub("_", word) for word in words]
    return interpreter_by_name(words[-1]) or (
        interpreter_by_name(words[-2]) if len(words) > 1 and words[-1] in {"interpreter", "executable", "path"} else ""
    )


def configured(document: Document) -> Document:
    """Return a template of configure's with the interpreters that it is told about by name (``@PYTHON@``), every place kept."""
    if not document.name.endswith((".in", ".am")) or "@" not in document.text:
        return document
    text = _PLACE.sub(_filled, document.text)
    return Document(document.path, text)


def _filled(match: re.Match[str]) -> str:
    """Return a place of configure's as the interpreter that it is named after."""
    return (interpreter_by_name(match[1]) or match[0]).ljust(len(match[0]))


_PLACE = lazy(r"@(\w+)@")
_CAMEL = lazy(r"(?<=[a-z0-9])(?=[A-Z])")
_IDENTIFIER = lazy(r"[A-Za-z_]\w*")
_GOES_ON = tuple("/_.-")


def replaced(text: Located, pattern: re.Pattern[str], by: str) -> Located:
    r"""Return the text with every match of a pattern replaced (``\\1`` is its first group), with the places of the match."""
    builder, at = Builder(), 0
    for match in pattern.finditer(text.text):
        builder.take(text, at, match.start())
        said = match.expand(by) if by != UNKNOWN else named(match[0], text.text[match.end() :]) or UNKNOWN
        builder.replace(text, match.start(), match.end(), said)
        at = match.end()
    if not at:
        return text
    builder.take(text, at)
    return builder.done()
