"""Documents for people, on demand: commands that readers copy from fenced blocks and code spans (CommonMark, 4.5 and 6.1; RST, AsciiDoc)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import BOURNE, grammar_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher
from flycatcher.sources.buildfiles.engine.lines import replaced
from flycatcher.sources.buildfiles.engine.located import Builder, between

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located

_FENCE = re.compile(
    r"^(?P<indent>[ \t>]*)(?P<mark>`{3,}|~{3,})[ \t]*\{?\.?(?P<language>[\w+-]*)[^\n`]*\n(?P<body>(?:(?![ \t>]*(?P=mark))[^\n]*\n)*)",
    re.MULTILINE,
)
_DIRECTIVE = re.compile(
    r"^(?P<indent>[ \t]*)(?:\.\.[ \t]+(?:code-block|code|sourcecode|prompt)::[ \t]*(?P<language>[\w+-]*)|\[source,(?:subs=[^\]]*,)?(?P<adoc>\w+)[^\]]*\])[^\n]*\n"
    r"(?:----\n)?(?P<body>(?:(?:(?P=indent)[ \t]+[^\n]*|[ \t]*|(?!----)[^\n]+(?=\n(?:[^\n]+\n)*----))\n)*)",
    re.MULTILINE,
)
_SPAN = re.compile(r"(?<!`)`(?!`)(?P<text>[^`\n]{3,2000})`(?!`)")
_INDENTED = re.compile(r"(?:^|(?<=\n\n))(?P<text>(?:(?: {4}|\t)[^\n]*\n)+)")
_PROMPT = lazy(r"^[ \t]*(?:\w+@[\w.-]+[^\n$#]{0,40})?[$#%>][ \t]+(?P<text>\S[^\n]*(?:\\\n[^\n]*)*)", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{(?P<inner>[^{}\n]*)\}\}")
_SHELLS = frozenset({"console", "shell-session", "terminal", "session", "shellsession", "sh-session", "prompt", "text"})
"""Languages of blocks that show a terminal: only lines with a prompt are commands."""
MAX_BLOCKS = 2000


class Markdown(FileType):
    """A block in a shell's language is its text, one that shows a terminal is what stands behind its prompts."""

    id = "markdown"
    on_demand = True
    comments: ClassVar[tuple[str, ...]] = ("<!--",)
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.md", "*.markdown", "*.mdx", "*.rst", "*.adoc", "*.asciidoc")
    words: ClassVar[tuple[Searcher, ...]] = FileType.words

    def read(self, document: Document) -> Iterator[Region]:
        """Yield the blocks, then the code spans outside of them."""
        taken: list[tuple[int, int]] = []
        for pattern in (_FENCE, _DIRECTIVE):
            for match in islice(pattern.finditer(document.text), MAX_BLOCKS):
                taken.append(match.span())
                language = (match["language"] or match.groupdict().get("adoc") or "").lower()
                yield from _block(document, match, language)
        for pattern in (_SPAN, _INDENTED):
            for match in islice(pattern.finditer(document.text), MAX_BLOCKS):
                if not any(low <= match.start() < high for low, high in taken):
                    yield _region(between(document.text, *match.span("text")), "span")


def _block(document: Document, match: re.Match[str], language: str) -> Iterator[Region]:
    """Yield what one block says a shell gets."""
    text = between(document.text, *match.span("body"))
    if _PROMPT.search(text.text) and (language in _SHELLS or not language or grammar_of(language) in BOURNE):
        for line in islice(_PROMPT.finditer(text.text), MAX_BLOCKS):
            yield _region(text.part(*line.span("text")), "terminal")
    elif (grammar := grammar_of(language)) in BOURNE or not language:
        yield _region(_without_margin(text, match["indent"]), "block", grammar or "bash")


def _region(text: Located, symbol: str, dialect: str = "bash") -> Region:
    """Return a text that a reader may copy into a shell; a template's braces are around an example."""
    said = replaced(text, _TEMPLATE, r"\g<inner>") if "{{" in text.text else text
    return Region(text=said, dialect=dialect, symbol=(symbol,), confidence="low")


def _without_margin(text: Located, indent: str) -> Located:
    """Return a block without what its lines begin with because the block itself is indented."""
    if not indent:
        return text
    builder = Builder()
    for number, line in enumerate(text.lines()):
        if number:
            end = line.start(0)
            builder.put("\n", max(0, end - 1), end)
        builder.take(line, len(indent) if line.text.startswith(indent) else 0)
    return builder.done()
