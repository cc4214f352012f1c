"""Ninja: the commands of rules and the variables that hold them (the Ninja manual, file reference), text for sh."""

from __future__ import annotations

import re
from typing import ClassVar

from flycatcher.core.shell import UNKNOWN
from flycatcher.sources.buildfiles.engine.lines import Lines, line

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
