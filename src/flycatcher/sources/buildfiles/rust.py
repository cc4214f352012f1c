"""Cargo's build scripts and other Rust sources: ``Command::new("python3").args(["-c", "..."])`` (std::process::Command)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Searcher, Start
from flycatcher.sources.buildfiles.engine.groovy import unescaped
from flycatcher.sources.buildfiles.engine.lines import named
from flycatcher.sources.buildfiles.engine.literals import CURLY, Reader, constant, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEW = lazy(r"\bCommand::new\(\s*(?:\"((?:\\.|[^\"\\\n])*)\"|&?([A-Za-z_][\w.]*)(?:\(\))?)\s*\)")
_METHOD = lazy(r"\s*\.\s*(\w+)\s*\(")
_WORD = lazy(r"\br(#*)\"(.*?)\"\1|\"((?:\\.|[^\"\\])*)\"|(&?[A-Za-z_][\w.:&!]*(?:\([^()]*\))?)", re.DOTALL)
_KEPT = lazy(r"\blet\s+(?:mut\s+)?(\w+)(?:\s*:\s*[\w:]+)?\s*=\s*(?:\w+::)*\Z")
"""A variable that a command is kept in."""
LATER = 2000
"""Characters behind a command in which its variable is looked for."""
MAX_STARTS = 1000
MAX_METHODS = 100


class Rust(FileType):
    """A command is built by a chain of calls; what is no literal is not known."""

    id = "rust"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.rs",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"\bCommand::new\("),)

    def read(self, document: Document) -> Iterator[Start]:
        """Yield each chain's words."""
        text = document.text
        for match in islice(_NEW.finditer(text), MAX_STARTS):
            if "//" in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]:
                continue
            if match[1] is None and not (said := named(match[2])):
                continue
            argv = [said if match[1] is None else unescaped(text, *match.span(1), interpolates=False).text]
            at = _chain(text, match.end(), argv)
            if kept := _KEPT.search(text, max(0, match.start() - 200), match.start()):
                # the chain goes on at the variable that holds the command
                later = re.compile(rf"\b{kept[1]}\b(?=\s*\.\s*args?\s*\()")
                for found in islice(later.finditer(text, at, at + LATER), MAX_METHODS):
                    at = _chain(text, found.end(), argv)
            yield Start(argv=tuple(argv), span=(match.start(), at), symbol=("Command",))
        tests = text.find("#[cfg(test)]")
        examples = [(tests, len(text))] if tests >= 0 else []
        remarks = [span for span in lines_of(text) if tests < 0 or span[0] < tests]
        yield from guess.in_source(document, Reader(text, CURLY), [*remarks, *examples])


def _chain(text: str, at: int, argv: list[str]) -> int:
    """Add the words of a chain of calls that begins at an offset, and return where it ends."""
    for _ in range(MAX_METHODS):
        method = _METHOD.match(text, at)
        if method is None:
            break
        at = _end(text, method.end())
        if method[1] in ("arg", "args"):
            argv.extend(_words(text, method.end(), at - 1))
    return at


def _end(text: str, at: int) -> int:
    """Return the offset behind the parenthesis that closes the one before an offset; strings are stepped over."""
    depth = 1
    for match in re.finditer(
        r"\br(#*)\".*?\"\1|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])'|[()]", text[at : at + 20_000], re.DOTALL
    ):
        depth += (match[0] == "(") - (match[0] == ")")
        if not depth:
            return at + match.end()
    return len(text)


def _words(text: str, start: int, end: int) -> Iterator[str]:
    """Yield the words between two offsets."""
    for match in _WORD.finditer(text, start, end):
        if match[2] is not None:
            yield match[2]
        elif match[3] is not None:
            yield unescaped(text, *match.span(3), interpolates=False).text
        else:
            kept = constant(text, match[4].lstrip("&"), CURLY)
            yield UNKNOWN if kept is None else kept.text
