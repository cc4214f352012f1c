"""Scripts of Windows' shells: each line's command, read as far as it is written as in other shells (cmd's and PowerShell's references)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region
from flycatcher.sources.buildfiles.engine.lines import MAX_MATCHES
from flycatcher.sources.buildfiles.engine.located import Builder, between

if TYPE_CHECKING:
    from collections.abc import Iterator

_INNER = lazy(r"\bin[ \t]*\([ \t]*(?:'([^'\n]*)'|`([^`\n]*)`)[ \t]*\)", re.IGNORECASE)
"""What ``for /f`` runs."""
_BATCH = re.compile(
    r"^(?![ \t]*(?:@?rem\b|::))[ \t]*(?:@|call[ \t]+|if[ \t]+(?:not[ \t]+)?(?:errorlevel[ \t]+\d+|exist[ \t]+\S+|defined[ \t]+\S+)[ \t]*\(?[ \t]*)*"
    r"(?P<text>(?:[^\n^]|\^\r?\n|\^.)+)",
    re.MULTILINE | re.IGNORECASE,
)
_POWERSHELL = re.compile(
    r"^(?![ \t]*#)[ \t]*(?:\$[\w:.]+[ \t]*\+?=[ \t]*|&[ \t]*|return[ \t]+|(?:Invoke-Expression|iex)[ \t]+(?:-Command[ \t]+)?(?=[\"'])|\([ \t]*)*"
    r"(?P<text>(?:[^\n`]|`\r?\n|`.)+)",
    re.MULTILINE | re.IGNORECASE,
)
_PLAIN = lazy(r"(?P<quote>[\"'])(?P<inner>[^\n]*)(?P=quote)[ \t\r]*")


class _Windows(FileType):
    """A shell's scripts."""

    rank = 60
    dialect: ClassVar[str] = ""
    line: ClassVar[re.Pattern[str]]

    def read(self, document: Document) -> Iterator[Region]:
        """Yield each command's text; lines that continue are one."""
        text = document.text
        for count, match in enumerate(self.line.finditer(text)):
            if count >= MAX_MATCHES:
                return
            yield self._region(document, *match.span("text"))

    def _region(self, document: Document, low: int, high: int) -> Region:
        """Return the text between two offsets; a text that is one string is what the string says."""
        builder = Builder()
        if whole := _PLAIN.fullmatch(document.text, low, high):
            low, high = whole.span("inner")
        for at, part in enumerate(re.split(r"([`^]\r?\n)", document.text[low:high])):
            builder.put(" " if at % 2 else part, low, low + len(part))
            low += len(part)
        return Region(text=builder.done(), dialect=self.dialect, confidence="low")


class Batch(_Windows):
    """``.bat`` and ``.cmd``."""

    id = "batch"
    comments: ClassVar[tuple[str, ...]] = ("rem", "REM", "Rem", "::")
    dialect = "cmd"
    line = _BATCH
    names: ClassVar[tuple[str, ...]] = ("*.bat", "*.cmd", "*.BAT", "*.CMD")

    def read(self, document: Document) -> Iterator[Region]:
        """Yield what ``for /f`` runs as well."""
        yield from super().read(document)
        for match in _INNER.finditer(document.text):
            low, high = match.span(1 if match[1] is not None else 2)
            yield Region(text=between(document.text, low, high), dialect="cmd", confidence="low")


class PowerShell(_Windows):
    """``.ps1`` and modules."""

    id = "powershell"
    comments: ClassVar[tuple[str, ...]] = ("#",)
    dialect = "pwsh"
    line = _POWERSHELL
    names: ClassVar[tuple[str, ...]] = ("*.ps1", "*.psm1")
    shebangs: ClassVar[tuple[str, ...]] = ("pwsh", "powershell")
