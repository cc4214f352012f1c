"""Autoconf and Autotest: configure.ac, *.m4, *.at: shell text between M4's macros (Autoconf's manual, M4 quotation)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
from flycatcher.sources.buildfiles.engine.lines import replaced
from flycatcher.sources.buildfiles.engine.located import Builder

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = re.compile(
    r"\bdnl\b[^\n]*|\b(?:A[CS]_(?:MSG_\w+|HELP_STRING|MESSAGE)|m4_(?:warn|fatal|errprintn?))\(\[[^\[\]]*\]"
)
"""Remarks, and messages, which nothing runs."""
_TWICE = re.compile(r"(\bAT_CHECK\w*\([ \t\n]*)\[\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\]")
"""Autotest quotes a command twice where it holds brackets."""
_MACRO = re.compile(r"\b(?:A[CMSTHXU]|m4|LT|PKG|gl|AX|AS)_\w+\(|\bm4_\w+\b|\],?\s*\)|\][ \t]*,\s*\[?|\(\[", re.ASCII)
_DIGRAPHS = (
    (re.compile(r"@<:@"), "["),
    (re.compile(r"@:>@"), "]"),
    (re.compile(r"@S\|@"), "$"),
    (re.compile(r"@%:@"), "#"),
)
_DOUBLE = lazy(r"\[\[|\]\]|[\[\]]")


class Autoconf(FileType):
    """The macros' names and brackets go, what is between them stays: every argument is a text of its own."""

    id = "autoconf"
    comments: ClassVar[tuple[str, ...]] = ("#", "dnl")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("configure.ac", "configure.in", "*.m4", "*.at", "aclocal.m4", "*.ac")

    def read(self, document: Document) -> Iterator[Region]:
        """Yield the text without M4."""
        text = replaced(replaced(replaced(document.located, _COMMENT, ""), _TWICE, r"\1[\2]"), _MACRO, "\n")
        builder, at = Builder(), 0
        for match in _DOUBLE.finditer(text.text):
            builder.take(text, at, match.start())
            if len(match[0]) > 1:
                builder.replace(text, match.start(), match.end(), match[0][0])
            at = match.end()
        builder.take(text, at)
        said = builder.done()
        for pattern, by in _DIGRAPHS:
            said = replaced(said, pattern, by)
        # M4 is not run, so what its macros would make of the text is a guess
        yield Region(text=said, dialect="sh", symbol=(), confidence="low")
