"""GNU sed: ``e command``, ``s///e`` and ``w file``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir
from flycatcher.core.payload.frontends import marked
from flycatcher.core.payload.language import Language, Starts

if TYPE_CHECKING:
    from flycatcher.core.payload.source import Source

_SED = re.compile(
    r"(?:^|[;{}\n])\s*(?:\d+|\$|/(?:[^/\\\n]|\\.)*/)?(?:,(?:\d+|\$|/(?:[^/\\\n]|\\.)*/))?\s*!?\s*"
    r"(?:e\s+(?P<command>[^\n]+)|(?P<own>e)(?=[ \t]*(?:[;}\n]|\Z))|(?P<file>[wW])\s+(?P<path>[^\n;]+)"
    r"|s(?P<mark>[^\\\n\w\s])(?:(?!(?P=mark))[^\\]|\\.)*(?P=mark)(?P<text>(?:(?!(?P=mark))[^\\]|\\.)*)(?P=mark)"
    r"(?P<flags>[gpiImM0-9]*e[gpiImM0-9]*))"
)

_MATCHED = re.compile(r"(?<!\\)&|\\[1-9]")
"""What stands for text that was matched."""


def _sed(source: Source, nodes: int) -> ir.Program:
    """GNU sed: ``e command``, ``e`` alone, ``s///e``, ``w file``."""
    items: list[ir.Node] = []
    for match in _SED.finditer(source.head):
        if len(items) >= nodes:
            break
        group, name = ("path", "w") if match["file"] else ("text", "s///e") if match["mark"] else ("command", "e")
        span = match.span(group)
        if match["own"] or (match["mark"] and _MATCHED.search(match["text"])):  # what is read is the command
            span = match.end(), match.end()
        items.append(marked.call(source, name, match.start(), span))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


LANGUAGE = Language(id="sed", parse=_sed, starts={"e": Starts("text"), "s///e": Starts("text")})
