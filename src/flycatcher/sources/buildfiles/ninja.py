"""Ninja: the commands of rules and the variables that hold them (the Ninja manual, file reference), text for sh."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.regex import lazy
from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.lines import Lines, line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.sources.buildfiles.engine.filetype import Document, Region, Start

_VALUE = r"(?P<text>(?:[^\n$]|\$.|\$\n)+)"


class Ninja(Lines):
    """``$`` escapes: ``$$`` is a dollar sign, ``$`` at a line's end goes on, ``$in`` and its like are not known."""

    id = "ninja"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.ninja", "*.ninja.in")
    replaced = (
        (re.compile(r"\$\n[ \t]*"), " "),
        (re.compile(r"(?<!\$)\$(?:\{[\w.-]+\}|[A-Za-z_][\w-]*)"), UNKNOWN),
        (re.compile(r"\$([$: ])"), r"\1"),
    )
    lines = (line(rf"^[ \t]+(?P<name>command|COMMAND|cmd|CMD|PRE_LINK|POST_BUILD)[ \t]*=[ \t]*{_VALUE}"),)

    def read(self, document: Document) -> Iterator[Region | Start]:
        """Fill in the variables of the file that name a program, then read the lines."""
        programs = [
            (match[1], match[2]) for match in _PROGRAM.finditer(document.text) if entry_of(match[2]) is not None
        ]
        reader = type(self)()
        known = tuple((re.compile(rf"(?<!\$)\$(?:\{{{name}\}}|{name}\b)"), program) for name, program in programs[:50])
        vars(reader)["replaced"] = (*known, *self.replaced)
        yield from super(Ninja, reader).read(document)


_PROGRAM = lazy(r"^(\w+)[ \t]*=[ \t]*([\w./+-]+)[ \t]*$", re.MULTILINE)


class QMake(Lines):
    """qmake (function and variable reference): ``system()``, commands of extra targets, steps around linking."""

    id = "qmake"
    rank = 20
    names: ClassVar[tuple[str, ...]] = ("*.pro", "*.pri", "*.prf")
    replaced = (
        (re.compile(r"\\\n[ \t]*"), " "),
        (re.compile(r"\$\$(?:\{[^{}]*\}|\[[^\[\]]*\]|[\w.]+(?:\([^()]*\))?)"), UNKNOWN),
        (re.compile(r"\\([\"'])"), r"\1"),
    )
    remark = re.compile(r"^[ \t]*#[^\n]*", re.MULTILINE)
    lines = (
        line(r"\b(?P<name>system)\([ \t]*(?:\"(?P<text>(?:\\.|[^\"\\\n])*)\")"),
        line(r"\b(?P<name>system)\([ \t]*(?P<text>(?:\\.|[^\"\n()\\]|\((?:\\.|[^()\n\\])*\))+)[,)]"),
        line(r"^[ \t]*(?P<name>[\w.]+\.(?:commands|extra|clean_commands)|QMAKE_(?:PRE|POST)_LINK)[ \t]*\+?=[ \t]*(?P<text>(?:[^\n\\]|\\.|\\\n)+)"),
    )  # fmt: skip
