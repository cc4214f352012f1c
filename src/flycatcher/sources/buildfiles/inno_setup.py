"""Inno Setup (its help, sections Run and UninstallRun, and Pascal scripting's Exec): programs that an installer starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import behind_needles, lazy
from flycatcher.core.unknown import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.located import Builder
from flycatcher.sources.buildfiles.engine.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECTION = lazy(r"^[ \t]*\[(?P<name>\w+)\][^\n]*\n(?P<body>(?:(?![ \t]*\[\w+\])[^\n]*(?:\n|\Z))*)", re.MULTILINE)
_ENTRY = lazy(r"^(?![ \t]*;)[ \t]*(?P<entry>(?:[^\n\\]|\\(?!\r?\n)|\\\r?\n)+)", re.MULTILINE)
_PARAMETER = lazy(
    r"\b(?P<name>Filename|Parameters)[ \t]*:[ \t\\\r\n]*(?:\"(?P<quoted>(?:\"\"|[^\"])*)\"|(?P<plain>[^;\s]+))"
)
_STRING = r"[ \t\r\n]*'((?:''|[^'\n])*)'[ \t\r\n]*"
_CALL = lazy(
    rf"\b(?:(?:Exec(?:AsOriginalUser|AndLogOutput|AndCaptureOutput)?)\(|ShellExec\({_STRING},){_STRING},{_STRING},"
)
_CONSTANT = lazy(r"\{(?:code:[^{}]*|[a-z0-9]+)\}\\?")
"""``{app}``, ``{sys}``: a folder that is known on the machine alone."""
_STARTED = frozenset({"run", "uninstallrun"})


class InnoSetup(FileType):
    """Scripts of Inno Setup."""

    id = "inno-setup"
    comments: ClassVar[tuple[str, ...]] = (";", "//")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.iss", "*.isl", "*.iss.in")
    words: ClassVar[tuple[Searcher, ...]] = (behind_needles(rb"Filename|Exec"),)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield what each entry and each call starts."""
        for section in _SECTION.finditer(document.text):
            name = section["name"]
            if name.lower() in _STARTED:
                for entry in _ENTRY.finditer(document.text, *section.span("body")):
                    yield from _entry(document, entry, name)
            elif name.lower() == "code":
                for call in _CALL.finditer(document.text, *section.span("body")):
                    yield from _started(
                        document, call.span(2), call.span(3), quote="'", span=call.span(), symbol="[Code]"
                    )


def _entry(document: Document, entry: re.Match[str], section: str) -> Iterator[Region | Start]:
    """Yield what one entry starts."""
    found = {match["name"]: match for match in _PARAMETER.finditer(document.text, *entry.span("entry"))}
    if "Filename" not in found:
        return
    spans = [
        match.span("quoted" if match["quoted"] is not None else "plain") if match is not None else (0, 0)
        for match in (found["Filename"], found.get("Parameters"))
    ]
    ends = [match.span() for match in found.values()]
    span = (min(low for low, _ in ends), max(high for _, high in ends))
    yield from _started(document, *spans, quote='"', span=span, symbol=f"[{section}]")


def _started(  # noqa: PLR0913 - where a program, its words and both of them stand
    document: Document,
    program: tuple[int, int],
    words: tuple[int, int],
    *,
    quote: str,
    span: tuple[int, int],
    symbol: str,
) -> Iterator[Region | Start]:
    """Yield the start of a program with its words; of the command interpreter, the text. ``quote`` stands doubled in a string."""
    text = document.text
    name = text[slice(*program)].replace(quote * 2, quote)
    given = text[slice(*words)].replace(quote * 2, quote)
    if name.lower() in ("{cmd}", "cmd", "cmd.exe", "{sys}\\cmd.exe"):
        match = re.match(r"(?:[ \t]*/[^\sckCK]\S*)*[ \t]*/[ckCK][ \t]*", text[slice(*words)])
        at = words[0] + (match.end() if match else 0)
        builder = Builder()
        for number, part in enumerate(re.split(f"({quote * 2})", text[at : words[1]])):
            builder.put(quote if number % 2 else part, at, at + len(part))
            at += len(part)
        yield Region(text=builder.done(), dialect="cmd", symbol=(symbol,), confidence="low")
        return
    path = _CONSTANT.sub("", name).replace("\\", "/") or UNKNOWN
    yield Start(argv=(path, *split(_CONSTANT.sub(UNKNOWN, given).replace("\\", "/"))), span=span, symbol=(symbol,))
