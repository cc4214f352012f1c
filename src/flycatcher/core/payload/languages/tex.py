"""TeX: Lua and shell commands in the arguments of its control sequences."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.source import Source


def _closing(text: str, at: int, pair: str) -> int:
    """Return where the bracket that opens at ``at`` closes; the end where it never does."""
    level = 0
    for index in range(at, len(text)):
        if text[index] in pair:
            level += 1 if text[index] == pair[0] else -1
            if level == 0:
                return index
    return len(text)


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
            items.append(marked.call(source, name, match.start(), (begin, max(end, begin))))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


_TEX = (
    (r"\\(?:directlua|latelua|luaexec|luadirect)\s*(?=\{)", "{}", "directlua"),
    (r"\\write\s*18\s*(?=\{)|\\(?:ShellEscape|sys_shell_now:n|sys_shell_shipout:n)\s*(?=\{)", "{}", "write18"),
    (r"\\(?:input|@@input|openin\d+\s*=?)\s*(?=\{\s*\|)", "{}", "input"),
    (r"\\(?:input|@@input|openin\d+\s*=?)\s*\|\s*", "", "write18"),
    (r"\\(?:input|@@input)\s*\"\|", "", "write18"),
    (r"\\openout\s*\d*\s*=?\s*", "", "openout"),
)

LANGUAGE = Language(
    id="tex",
    aliases=("latex", "context"),
    parse=partial(_bracketed, openers=_TEX),
    delegates={"directlua": "lua"},
    starts={"write18": Starts("text"), "input": Starts("tcl-open")},
)
