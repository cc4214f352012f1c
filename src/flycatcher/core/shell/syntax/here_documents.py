"""The bodies of here-documents (POSIX XCU 2.7.4; ``<<#`` of ksh93)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.shell.syntax.nodes import Lit, Source
from flycatcher.core.shell.syntax.scanner import Scanner

if TYPE_CHECKING:
    from flycatcher.core.shell.syntax.scanner import Pending


class HereDocuments(Scanner):
    """Reads what stands behind the line that asks for it."""

    def read_pending(self) -> None:
        """Read the bodies of the here-documents that the line just ended asks for."""
        waiting, self.pending = self.pending, []
        for entry in waiting:
            self._here_document(entry)

    def _here_document(self, entry: Pending) -> None:
        begin = at = self.pos
        body_end = after = self.end
        while at < self.end:
            newline = self.text.find("\n", at, self.end)
            line_end = self.end if newline < 0 else newline
            line = self.text[at:line_end].removesuffix("\r")
            if line.lstrip(entry.strip or "\0") == entry.delimiter:
                body_end, after = at, min(line_end + 1, self.end)
                break
            at = line_end + 1
        else:
            self.problem(f"here-document without its {entry.delimiter!r}", begin)
        body = self.text[begin:body_end]
        if entry.strip:
            body = _without_margin(body) if " " in entry.strip else re.sub(r"(?m)^\t+", "", body)
        entry.word.start, entry.word.end = begin, body_end
        if entry.quoted:
            entry.word.parts.append(Lit(body, quoted=True))
        elif entry.strip:
            inner = self.subparser(Source(body, fixed=self.source.span(begin, body_end)))
            inner._double(entry.word.parts, "")  # noqa: SLF001 (the same class)
        else:
            saved, self.end, self.pos = self.end, body_end, begin
            self._double(entry.word.parts, "")
            self.end = saved
        self.pos = after


def _without_margin(body: str) -> str:
    """Return a text without the blanks that its first line begins with (``<<#`` of ksh93)."""
    margin = len(body) - len(body.lstrip(" \t"))
    return "".join(line[min(margin, len(line) - len(line.lstrip(" \t"))) :] for line in body.splitlines(keepends=True))
