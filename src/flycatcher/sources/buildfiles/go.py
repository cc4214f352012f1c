"""Go: ``//go:generate`` lines and ``exec.Command`` (go help generate; os/exec)."""

from __future__ import annotations

import re
import shlex
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine import guess
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Searcher, Start
from flycatcher.sources.buildfiles.engine.groovy import unescaped
from flycatcher.sources.buildfiles.engine.literals import CURLY, Reader, constant, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

_GENERATE = lazy(r"^//go:generate[ \t]+([^\r\n]+)", re.MULTILINE)
_COMMAND = lazy(
    r"(?:\bexec\.Command(?:Context\([^,\n]*,)?\(?|\.WithExec\(\[\]string\{)\s*((?:(?:\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|[A-Za-z_][\w.]*(?:\([^()\n]*\))?)\s*,?\s*)+)[)}]"
)
_WORD = lazy(r"\"((?:\\.|[^\"\\\n])*)\"|`([^`]*)`|([A-Za-z_][\w.]*(?:\([^()\n]*\))?)")
MAX_STARTS = 1000


class Go(FileType):
    """Both start programs without a shell."""

    id = "go"
    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    rank = 60
    names: ClassVar[tuple[str, ...]] = ("*.go",)
    words: ClassVar[tuple[Searcher, ...]] = (re.compile(rb"//go:generate|exec\.Command|WithExec|\"-{1,2}[A-Za-z]+\""),)

    def read(self, document: Document) -> Iterator[Start]:
        """Yield the words of each line and each call."""
        text = document.text
        for match in islice(_GENERATE.finditer(text), MAX_STARTS):
            try:
                argv = shlex.split(re.sub(r"\$\w+", UNKNOWN, match[1]))
            except ValueError:
                argv = match[1].split()
            yield Start(argv=tuple(argv), span=match.span(1), symbol=("go:generate",))
        for match in islice(_COMMAND.finditer(text), MAX_STARTS):
            if "//" in text[text.rfind("\n", 0, match.start()) + 1 : match.start()]:
                continue
            found, payload = _words(text, match)
            if found and found[0] != UNKNOWN:
                yield Start(argv=tuple(found), span=match.span(), payload=payload, symbol=("exec.Command",))
        if not document.name.endswith("_test.go"):
            yield from guess.in_source(document, Reader(text, CURLY), lines_of(text))


def _words(text: str, call: re.Match[str]) -> tuple[list[str], tuple[int, int] | None]:
    """Return the words of a call, and where one of them is written, if that is elsewhere; what is no literal is not known."""
    found: list[str] = []
    payload = None
    for match in _WORD.finditer(text, *call.span(1)):
        if match[1] is not None:
            found.append(unescaped(text, *match.span(1), interpolates=False).text)
        elif match[2] is not None:
            found.append(match[2])
        elif (kept := constant(text, match[3], CURLY)) is not None:
            found.append(kept.text)
            payload = (kept.start(0), kept.end(len(kept.text)))
        elif formatted := _FORMATTED.match(match[3]):
            found.append(_VERB.sub(UNKNOWN, formatted[1]))
        else:
            found.append(UNKNOWN)
    return found, payload


_FORMATTED = lazy(r"fmt\.Sprintf\(\"((?:\\.|[^\"\\\n])*)\"")
_VERB = lazy(r"%[-+# 0]*[\d.]*[a-zA-Z]")
