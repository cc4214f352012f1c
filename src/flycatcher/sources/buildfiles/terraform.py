"""Terraform and OpenTofu: provisioners and the external data source (HCL native syntax, templates)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.regex import lazy
from flycatcher.sources.buildfiles.engine import guess, jsontext
from flycatcher.sources.buildfiles.engine.filetype import Document, FileType, Injection, Region, Start
from flycatcher.sources.buildfiles.engine.hcl import template
from flycatcher.sources.buildfiles.engine.literals import CURLY, Reader
from flycatcher.sources.buildfiles.engine.nested import inside, user_data
from flycatcher.sources.buildfiles.engine.yaml import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.located import Located

_BLOCK = lazy(r"(provisioner|data)\s+\"(local-exec|remote-exec|external)\"[^{\n]*\{")
_ENTRY = lazy(r"(?m)(?:^|[{;,])[ \t]*(command|interpreter|inline|program)[ \t]*=[ \t]*")
_HEREDOC = lazy(r"<<(-?)([A-Za-z_]\w*)[ \t]*\n")
_QUOTED = lazy(r"\"((?:\\.|\$\{[^}\"]*\}|[^\"\\\n])*)\"")
_USER_DATA = lazy(
    r"(?m)^[ \t]*\"?(user_data(?:_base64)?|custom_data|startup_script|metadata_startup_script|startup-script|user-data|content)\"?"
    r"[ \t]*[=:][ \t]*(?:(?:base64encode|base64gzip|trimspace|chomp)\([ \t\n]*)*(?=<<|\"#!)"
)
_STARTUP = lazy(r"[\"{,\s](metadata_startup_script|startup-script|shutdown-script)\"?[ \t]*[=:][ \t]*(?=\"[^#])")
"""Google's, which is started as it is."""
_KEYED = lazy(r"\b\"?(commandToExecute|command|script|execute)\"?[ \t]*[=:][ \t]*(?=\")")
_CHECK = lazy(r"\[[ \t\n]*\"CMD-SHELL\"[ \t\n]*,[ \t\n]*(?=\")")
"""A health check of ECS, as Docker writes it."""
"""What a machine runs at its first boot, where it is written here."""
MAX_BLOCK = 1 << 16
"""Characters of a block that are read."""


class Terraform(FileType):
    """``local-exec`` (its interpreter or /bin/sh -c), ``remote-exec``'s lines, ``data "external"``'s program."""

    id = "terraform"
    comments: ClassVar[tuple[str, ...]] = ("#", "//", "/*")
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.tf", "*.tofu", "terragrunt*.hcl", "*.tofu.json", "*.tftest.hcl")

    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Go through the blocks."""
        end = 0
        for block in _BLOCK.finditer(document.text):
            if block.start() < end:
                continue
            end = _end(document.text, block.end())
            values = {m[1]: m.end() for m in _ENTRY.finditer(document.text, block.end(), end)}
            yield from _block(document, block[2], values, end)
        for match in _USER_DATA.finditer(document.text):
            value = _value(document.text, match.end(), len(document.text))
            if value is not None:
                yield from user_data(document, value, (match[1],), {})
        yield from _elsewhere(document)


def _elsewhere(document: Document) -> Iterator[Region | Start | Injection]:
    """Yield what resources that no list names start: containers, extensions, hooks, documents in JSON."""
    for match in _STARTUP.finditer(document.text):
        value = _value(document.text, match.end(), len(document.text))
        if value is not None:
            yield Region(text=value, dialect="bash", symbol=(match[1],), context={"hook": "boot"}, confidence="medium")
    for pattern in (_KEYED, _CHECK):
        for match in pattern.finditer(document.text):
            value = _value(document.text, match.end(), len(document.text))
            if value is not None:
                symbol = tuple(filter(None, match.groups()))
                yield Region(text=value, dialect="sh", symbol=symbol or ("CMD-SHELL",), confidence="low")
    for match in _JSON.finditer(document.text):
        value = _value(document.text, match.start(), len(document.text))
        if value is not None:
            yield from inside(document, value.strip(), _DOCUMENT)
    yield from guess.in_source(document, Reader(document.text, CURLY), _comments(document.text))


def _comments(text: str) -> list[tuple[int, int]]:
    """Return the spans of lines that are comments."""
    return [match.span() for match in _COMMENT.finditer(text)]


class _Json(FileType):
    """A document in JSON within a here-document."""

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Go through the tree."""
        yield from guess.in_tree(jsontext.tree(document), ())


_DOCUMENT = _Json()
_JSON = lazy(r"<<-?(\w+)[ \t]*\n(?=\s*[{\[]\s*[\"{])")
_COMMENT = lazy(r"^[ \t]*(?:#|//).*$", re.MULTILINE)


def _block(document: Document, kind: str, values: dict[str, int], end: int) -> Iterator[Region | Start]:
    """Read one block."""
    symbol = (kind,)
    if kind == "remote-exec" and "inline" in values:
        yield Region(text=joined(_list(document.text, values["inline"], end)), dialect="sh", symbol=symbol)
    if kind == "external" and "program" in values:
        yield from _start(_list(document.text, values["program"], end), symbol)
    if kind == "local-exec" and "command" in values:
        command = _value(document.text, values["command"], end)
        interpreter = _list(document.text, values["interpreter"], end) if "interpreter" in values else []
        words = [word.text for word in interpreter]
        if command is None:
            return
        grammar = bourne_grammar_of(words[0]) if words else "sh"
        if grammar:
            yield Region(text=command, dialect=grammar, symbol=symbol)
        else:
            yield from _start([*interpreter, command], symbol)


def _start(words: list[Located], symbol: tuple[str, ...]) -> Iterator[Start]:
    """Yield words as a program start."""
    if words:
        last = words[-1]
        spans = [(word.start(0), word.end(len(word.text))) for word in words if word.text]
        if spans:
            span = (min(low for low, _ in spans), max(high for _, high in spans))
            yield Start(
                argv=tuple(word.text for word in words),
                span=span,
                payload=(last.start(0), last.end(len(last.text))),
                symbol=symbol,
            )


def _end(text: str, at: int) -> int:
    """Return where a block ends: at the brace that closes it, strings and here-documents aside."""
    depth, limit = 1, min(len(text), at + MAX_BLOCK)
    pattern = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|<<-?([A-Za-z_]\w*)[ \t]*\n|[{}]|#[^\n]*|//[^\n]*")
    while match := pattern.search(text, at, limit):
        at = match.end()
        if match[1]:
            closing = re.compile(rf"(?m)^[ \t]*{match[1]}[ \t]*$").search(text, at)
            at = closing.end() if closing else len(text)
        elif match[0] in "{}":
            depth += 1 if match[0] == "{" else -1
            if not depth:
                return at
    return limit


def _value(text: str, at: int, end: int) -> Located | None:
    """Return a string or a here-document."""
    quoted = _QUOTED.match(text, at, end)
    if quoted:
        return template(text, *quoted.span(1), escapes=True)
    heredoc = _HEREDOC.match(text, at, end)
    if heredoc is None:
        return None
    closing = re.compile(rf"(?m)^[ \t]*{heredoc[2]}[ \t]*$").search(text, heredoc.end(), end)
    return template(text, heredoc.end(), closing.start() if closing else end, escapes=False)


def _list(text: str, at: int, end: int) -> list[Located]:
    """Return the strings of a list."""
    out: list[Located] = []
    at = text.find("[", at, end) + 1
    while at > 0:
        while at < end and text[at] in " \t\r\n,":
            at += 1
        value = _value(text, at, end)
        if value is None:
            return out
        out.append(value)
        quoted = _QUOTED.match(text, at, end)
        at = quoted.end() if quoted else value.end(len(value.text))
    return out
