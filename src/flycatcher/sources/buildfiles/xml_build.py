"""Builds in XML: Ant's ``<exec>``, Maven's exec plugin, MSBuild's ``<Exec Command>`` (each tool's task reference)."""

from __future__ import annotations

import html
import re
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Region, Searcher, Start
from flycatcher.sources.buildfiles.engine.lines import named
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.words import split

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMENT = lazy(r"<!--.*?-->", re.DOTALL)
_ANT = lazy(
    r"<(?:exec|apply)\b[^<>]*?\bexecutable\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^<>]*>(.*?)</(?:exec|apply)>", re.DOTALL
)
_ARG = lazy(r"<arg\b[^<>]*?\b(value|line)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_MAVEN = lazy(
    r"<executable>([^<]*)</executable>((?:(?!<executable>).){0,8000}?)</(?:configuration|execution)>", re.DOTALL
)
_ARGUMENT = lazy(r"<(argument|commandlineArgs|arg)>(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))</\1>", re.DOTALL)
_MSBUILD = re.compile(r"<[Ee]xec\b[^<>]*?\b[Cc]ommand\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
_EVENT = re.compile(r"<(?:PreBuildEvent|PreLinkEvent|PostBuildEvent|Command)(?:\s[^<>]*)?>([^<]+)</")
_WIX = re.compile(r"\bExeCommand\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_ENTITY = lazy(r"&(?:#\d+|#x[0-9a-fA-F]+|\w+);")
_REFERENCE = lazy(r"\$\{[^{}]*\}|\$\([^()]*\)|@\([^()]*\)|%\([^()]*\)")
MAX_STARTS = 1000


class XmlBuild(FileType):
    """Ant and Maven start words; MSBuild hands text to the system's shell."""

    id = "xml-build"
    comments: ClassVar[tuple[str, ...]] = ("<!--",)
    rank = 20
    names: ClassVar[tuple[str, ...]] = (
        "pom.xml", "build.xml", "build-*.xml", "*.pom", "*.csproj", "*.vbproj", "*.fsproj", "*.vcxproj", "*.proj", "*.props", "*.targets", "*.wxs", "*.wxi",
    )  # fmt: skip
    words: ClassVar[tuple[Searcher, ...]] = (
        re.compile(rb"<exec|<Exec|<apply|ExeCommand|BuildEvent>|<Command|LinkEvent>"),
    )

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Yield each command."""
        text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), document.text)
        for match in islice(_ANT.finditer(text), MAX_STARTS):
            argv = [match[1] if match[1] is not None else match[2]]
            for arg in _ARG.finditer(text, *match.span(3)):
                value = arg[2] if arg[2] is not None else arg[3]
                argv.extend(split(_said(value)) if arg[1] == "line" else [value])
            argv[0] = _property(text, argv[0])
            yield Start(argv=tuple(map(_said, argv)), span=match.span(), symbol=("exec",))
        for match in islice(_MAVEN.finditer(text), MAX_STARTS):
            argv = [match[1].strip()]
            for arg in _ARGUMENT.finditer(text, *match.span(2)):
                value = arg[2] if arg[2] is not None else arg[3]
                argv.extend(split(_said(value)) if arg[1] == "commandlineArgs" else [value])
            yield Start(argv=tuple(map(_said, argv)), span=(match.start(), match.end(2)), symbol=("executable",))
        for pattern in (_MSBUILD, _EVENT, _WIX):
            for match in islice(pattern.finditer(text), MAX_STARTS):
                group = 1 if match[1] is not None else 2
                yield Region(
                    text=_located(text, *_kept(text, match.span(group))), symbol=("Exec",), confidence="medium"
                )


def _property(text: str, word: str) -> str:
    """Return what a word that is Ant's reference to a property of this file says."""
    reference = _ANT_REFERENCE.fullmatch(word)
    value = (
        re.search(rf"<property\s+name\s*=\s*[\"']{re.escape(reference[1])}[\"']\s+value\s*=\s*[\"']([^\"'<>]*)", text)
        if reference
        else None
    )
    return value[1] if value else word


_ANT_REFERENCE = re.compile(r"\$\{([\w.-]+)\}")
_MSBUILD_REFERENCE = re.compile(r"\s*\$\((\w+)\)\s*")


def _kept(text: str, span: tuple[int, int]) -> tuple[int, int]:
    """Return the span of a command, or where it is nothing but a property of this file, that of its value."""
    reference = _MSBUILD_REFERENCE.fullmatch(text, *span)
    value = re.search(rf"<{reference[1]}(?:\s[^<>]*)?>([^<]+)</{reference[1]}>", text) if reference else None
    return value.span(1) if value else span


def _said(word: str) -> str:
    """Return what a word says: entities undone, references as holes."""
    return html.unescape(_REFERENCE.sub(lambda match: named(match[0]) or UNKNOWN, word))


def _located(text: str, start: int, end: int) -> Located:
    """Return what an attribute says, with places."""
    builder, at = Builder(), start
    pattern = re.compile(f"{_ENTITY.pattern}|{_REFERENCE.pattern}")
    for match in pattern.finditer(text, start, end):
        builder.put(text[at : match.start()], at, match.start())
        said = html.unescape(match[0]) if match[0][0] == "&" else named(match[0], text[match.end() : end]) or UNKNOWN
        builder.put(said, match.start(), match.end())
        at = match.end()
    builder.put(text[at:end], at, end)
    return builder.done()


class Launchd(FileType):
    """launchd.plist(5): an agent's or a daemon's words."""

    id = "launchd"
    comments: ClassVar[tuple[str, ...]] = ("<!--",)
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.plist", "*.plist.in")

    def accepts(self, document: Document) -> bool:
        """Of all property lists in XML those that start something."""
        return _PROGRAM.search(document.text) is not None

    def read(self, document: Document) -> Iterator[Start]:
        """Yield the words of ``ProgramArguments``."""
        for match in islice(_PROGRAM.finditer(document.text), MAX_STARTS):
            words = list(_STRING.finditer(document.text, *match.span(1)))
            argv = tuple(html.unescape(word[1]) for word in words)
            if argv:
                yield Start(
                    argv=argv,
                    span=(words[0].start(1), words[-1].end(1)),
                    symbol=("ProgramArguments",),
                    context={"hook": "boot"},
                )


_PROGRAM = lazy(r"<key>\s*ProgramArguments\s*</key>\s*<array>(.*?)</array>", re.DOTALL)
_STRING = lazy(r"<string>([^<]*)</string>")
