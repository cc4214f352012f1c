"""Groovy's strings in pipeline steps and Gradle's exec blocks (Groovy language documentation, strings)."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.filetype import Document, Region, Start
from flycatcher.sources.buildfiles.engine.located import Builder, Located
from flycatcher.sources.buildfiles.engine.words import split
from flycatcher.sources.buildfiles.engine.yaml import script

if TYPE_CHECKING:
    from collections.abc import Iterator

_STRING = (
    r"'''(?P<{0}3s>(?:\\.|[^\\])*?)'''|\"\"\"(?P<{0}3d>(?:\\.|[^\\])*?)\"\"\"|"
    r"'(?!'')(?P<{0}1s>(?:\\.|[^'\\\n])*)'|\"(?!\"\")(?P<{0}1d>(?:\\.|[^\"\\\n])*)\""
)
_STEP = lazy(
    r"(?<![\w.$])(?P<step>sh|bat|powershell|pwsh)\b[ \t]*\(?\s*(?:(?:label|encoding|returnStdout|returnStatus)\s*:\s*[^,\n]+,\s*)*"
    r"(?:script\s*:\s*)?(?:" + _STRING.format("t") + ")",
    re.DOTALL,
)
_OPENED = lazy(r"(?<![\w.$])(?:sh|bat|powershell|pwsh)\b[ \t]*\(?\s*(?:script\s*:\s*)?(?=(?P<quote>'''|\"\"\"|['\"]))")
_EXECUTED = lazy(r"(?:'(?P<x1s>(?:\\.|[^'\\\n])*)'|\"(?P<x1d>(?:\\.|[^\"\\\n])*)\")\.execute\(")
_ELSEWHERE = lazy(r"\b(?P<key>command|cmd|execCommand|remoteCommand)\s*:\s*(?:" + _STRING.format("c") + ")", re.DOTALL)
_LINE = lazy(r"commandLine\s*[\s(=]\s*\[?((?:\s*(?:'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")\s*,?)+)")
_BESIDE = lazy(
    r"\bexecutable\s*[\s(=]\s*((?:'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")\)?[\s;]*\bargs\s*[\s(=]\s*\[?"
    r"(?:\s*(?:'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\")\s*,?)+)"
)
"""A program, and its words in the next call."""
_WORD = lazy(r"'((?:\\.|[^'\\\n])*)'|\"((?:\\.|[^\"\\\n])*)\"")
_COMMENT = lazy(r"(?:^|\s)//[^\n]*$|/\*(?:(?!\*/).)*$", re.DOTALL)
_PIECE = lazy(r"\\(u[0-9a-fA-F]{4}|\n|.)|\$\{[^}]*\}|\$[A-Za-z_][\w.]*", re.DOTALL)
_SINGLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_STAGE = lazy(r"\bstage\s*\(?\s*['\"]([^'\"\n]+)['\"]")
_DIALECTS = {"sh": "sh", "bat": "cmd", "powershell": "pwsh", "pwsh": "pwsh"}


def unescaped(text: str, start: int, end: int, *, interpolates: bool) -> Located:
    """Return what a string at text[start:end] says; what it interpolates is a hole."""
    builder, at = Builder(), start
    for match in _PIECE.finditer(text, start, end):
        escape = match[1]
        if escape is None and not interpolates:
            continue
        builder.put(text[at : match.start()], at, match.start())
        if escape is None:
            builder.put(UNKNOWN, match.start(), match.end())
        else:
            said = chr(int(escape[1:], 16)) if len(escape) > 1 else _SINGLE.get(escape, escape)
            builder.put(said, match.start(), match.end())
        at = match.end()
    builder.put(text[at:end], at, end)
    return builder.done()


def steps(document: Document) -> Iterator[Region | Start]:
    """Yield the text of each sh, bat and powershell step."""
    text, read = document.text, set()
    for match in _STEP.finditer(text):
        read.add(match.start())
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        if _COMMENT.search(line):
            continue
        group = next(name for name in ("t3s", "t3d", "t1s", "t1d") if match[name] is not None)
        located = unescaped(text, match.start(group), match.end(group), interpolates=group.endswith("d"))
        stages = _STAGE.findall(text, 0, match.start())
        dialect = _DIALECTS[match["step"]]
        symbol = (*(("stage " + stages[-1],) if stages else ()), match["step"])
        confidence = "high" if dialect == "sh" else "low"
        context = {"ci.system": "jenkins"}
        if dialect == "sh":
            yield from script(located, symbol, {}, dialect=dialect, context=context)
        else:
            yield Region(text=located, dialect=dialect, symbol=symbol, context=context, confidence=confidence)
    for match in _OPENED.finditer(text):
        if match.start() not in read and not _COMMENT.search(
            text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        ):
            whole = len(match["quote"]) > 1
            document.problem(match.end(), "a step's string that does not end", stops=whole, blanked=not whole)


def executed(document: Document) -> Iterator[Region | Start]:
    """Yield what ``"...".execute()`` starts, and the commands of steps that run them elsewhere (``sshCommand command: "..."``)."""
    for match in _EXECUTED.finditer(document.text):
        group = "x1s" if match["x1s"] is not None else "x1d"
        text = unescaped(document.text, *match.span(group), interpolates=group == "x1d")
        yield Start(argv=split(text.text), span=match.span(group), symbol=("execute",), confidence="medium")
    for match in _ELSEWHERE.finditer(document.text):
        group = next(name for name in ("c3s", "c3d", "c1s", "c1d") if match[name] is not None)
        text = unescaped(document.text, *match.span(group), interpolates=group.endswith("d"))
        yield Region(text=text, symbol=(match["key"],), context={"ci.system": "jenkins"}, confidence="low")


def command_lines(document: Document) -> Iterator[Start]:
    """Yield the words of Gradle's ``commandLine``, or of its ``executable`` with ``args``."""
    for match in chain(_LINE.finditer(document.text), _BESIDE.finditer(document.text)):
        if _COMMENT.search(document.text[document.text.rfind("\n", 0, match.start()) + 1 : match.start()]):
            continue
        argv = []
        for word in _WORD.finditer(document.text, *match.span(1)):
            group = 1 if word[1] is not None else 2
            argv.append(unescaped(document.text, *word.span(group), interpolates=group == 2).text)
        if argv:
            end = match.start(1) + len(match[1].rstrip(" \t\n,"))
            yield Start(argv=tuple(argv), span=(match.start(), end), symbol=("commandLine",))
