"""Texts that hold other languages in brackets and commands of their own: TeX, sed scripts."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.language import Language, Starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.source import Source

_TEXT = Starts("text")


def _closing(text: str, at: int, pair: str) -> int:
    """Return where the bracket that opens at ``at`` closes; the end where it never does."""
    level = 0
    for index in range(at, len(text)):
        if text[index] in pair:
            level += 1 if text[index] == pair[0] else -1
            if level == 0:
                return index
    return len(text)


def _call(source: Source, name: str, start: int, inner: tuple[int, int]) -> ir.Node:
    """Return a call of ``name`` with a part of the text as it stands."""
    first, last = (source.byte(at) for at in inner)
    argument = ir.Const(first, last, source.head[inner[0] : inner[1]])
    return ir.Invoke(source.byte(start), last, ir.Name(source.byte(start), first, name), [argument])


def _bracketed(source: Source, nodes: int, *, openers: Sequence[tuple[str, str, str]]) -> ir.Program:
    """Find each opener (an expression that ends before the bracket, the pair of brackets, the name that is called)."""
    items: list[ir.Node] = []
    text = source.head
    for pattern, pair, name in openers:
        end = 0
        for match in re.finditer(pattern, text):
            if match.end() < end or len(items) >= nodes:
                continue
            end = _closing(text, match.end(), pair) if pair else len(text)
            begin = match.end() + bool(pair)
            items.append(_call(source, name, match.start(), (begin, max(end, begin))))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


_TEX = (
    (r"\\(?:directlua|latelua|luaexec|luadirect)\s*(?=\{)", "{}", "directlua"),
    (r"\\write\s*18\s*(?=\{)|\\(?:ShellEscape|sys_shell_now:n|sys_shell_shipout:n)\s*(?=\{)", "{}", "write18"),
    (r"\\(?:input|@@input|openin\d+\s*=?)\s*(?=\{\s*\|)", "{}", "input"),
    (r"\\(?:input|@@input|openin\d+\s*=?)\s*\|\s*", "", "write18"),
    (r"\\(?:input|@@input)\s*\"\|", "", "write18"),
    (r"\\openout\s*\d*\s*=?\s*", "", "openout"),
)


_SED = re.compile(
    r"(?:^|[;{}\n])\s*(?:\d+|\$|/(?:[^/\\\n]|\\.)*/)?(?:,(?:\d+|\$|/(?:[^/\\\n]|\\.)*/))?\s*!?\s*"
    r"(?:e\s+(?P<command>[^\n]+)|(?P<file>[wW])\s+(?P<path>[^\n;]+)"
    r"|s(?P<mark>[^\\\n\w\s])(?:(?!(?P=mark))[^\\]|\\.)*(?P=mark)(?P<text>(?:(?!(?P=mark))[^\\]|\\.)*)(?P=mark)"
    r"(?P<flags>[gpiImM0-9]*e[gpiImM0-9]*))"
)


def _sed(source: Source, nodes: int) -> ir.Program:
    """GNU sed: ``e command``, ``s///e``, ``w file``."""
    items: list[ir.Node] = []
    for match in _SED.finditer(source.head):
        if len(items) >= nodes:
            break
        group, name = ("command", "e") if match["command"] else ("path", "w") if match["file"] else ("text", "s///e")
        items.append(_call(source, name, match.start(), match.span(group)))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


TEX = Language(
    id="tex",
    aliases=("latex", "context"),
    parse=partial(_bracketed, openers=_TEX),
    hands={"directlua": "lua"},
    starts={"write18": _TEXT, "input": Starts("tcl-open")},
)
SED = Language(id="sed", parse=_sed, starts={"e": _TEXT, "s///e": _TEXT})
LANGUAGES = (TEX, SED)
