"""Meson: ``run_command``, ``command`` of custom targets and generators, install scripts (Meson's reference manual)."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import interpreter_by_name
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Start
from flycatcher.sources.buildfiles.engine.groovy import unescaped
from flycatcher.sources.buildfiles.engine.literals import PYTHON, Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPENING = lazy(
    r"\b(?:(?P<call>run_command|meson\.add_(?:install|postconf|dist)_script|vcs_tag|test|benchmark|generator)[ \t]*\(|"
    r"(?P<key>command|args|arguments)[ \t]*:[ \t]*\[)"
)
_WORD = lazy(
    r"\s+|#[^\n]*|,|f?'''(?P<long>.*?)'''|f?'(?P<short>(?:\\.|[^'\\\n])*)'|(?P<close>[\])])|(?P<open>[\[(])|"
    r"(?P<name>[A-Za-z_][\w.]*)(?P<key>[ \t]*:)?|(?P<other>[^\s,\[\]()'#]+)",
    re.DOTALL,
)
_PROGRAM = lazy(r"^[ \t]*(\w+)[ \t]*=[ \t]*find_program\([ \t\r\n]*'([^'\n]+)'", re.MULTILINE)
_PYTHON = lazy(
    r"^[ \t]*(\w+)[ \t]*=[ \t]*(?:import\('python3?'\)\.find_(?:installation|python)|\w+\.find_installation)\(",
    re.MULTILINE,
)
_COMMENT = lazy(r"^[ \t]*#.*$", re.MULTILINE)
MAX_STARTS = 2000
MAX_WORDS = 1000


class Meson(FileType):
    """Words are strings and programs that the file has looked up."""

    id = "meson"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("meson.build",)

    def read(self, document: Document) -> Iterator[Start]:
        """Yield the words of each command."""
        text = document.text
        programs = {match[1]: match[2] for match in _PROGRAM.finditer(text)} | {
            match[1]: "python3" for match in _PYTHON.finditer(text)
        }
        for opening in islice(_OPENING.finditer(text), MAX_STARTS):
            line = text[text.rfind("\n", 0, opening.start()) + 1 : opening.start()]
            if "#" in line:
                continue
            argv, end = _words(text, opening.end(), programs)
            if opening["call"] in ("test", "benchmark"):
                argv = argv[1:]
            if argv and argv[0] != UNKNOWN:
                yield Start(argv=tuple(argv), span=(opening.start(), end), symbol=(opening["call"] or opening["key"],))
        comments = [match.span() for match in islice(_COMMENT.finditer(text), MAX_STARTS)]
        yield from guess.in_source(document, Reader(text, PYTHON), comments)


def _words(text: str, at: int, programs: dict[str, str]) -> tuple[list[str], int]:
    """Return the words from an offset to the closing bracket, without keyword arguments, and where that is."""
    found: list[str] = []
    depth, keyword = 1, False
    for _ in range(MAX_WORDS):
        match = _WORD.match(text, at)
        if match is None:
            break
        at = match.end()
        depth += (match["open"] is not None) - (match["close"] is not None)
        if not depth:
            break
        if match["key"]:
            keyword = match["name"] not in ("command", "args", "arguments")
        elif keyword or match[0].isspace() or match[0] in (",", "[", "]", "(", ")"):
            keyword = keyword and match[0] != ","
        elif match["name"] != "find_program":
            found.append(_said(text, match, programs))
    return found, at


def _said(text: str, match: re.Match[str], programs: dict[str, str]) -> str:
    """Return what a word says."""
    if match["long"] is not None:
        return match["long"]
    if match["short"] is not None:
        return unescaped(text, *match.span("short"), interpolates=False).text
    name = (match["name"] or "").partition(".")[0]
    return programs.get(name) or interpreter_by_name(name) or UNKNOWN
