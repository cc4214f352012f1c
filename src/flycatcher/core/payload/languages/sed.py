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
        items.append(marked.call(source, name, match.start(), match.span(group)))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))


LANGUAGE = Language(id="sed", parse=_sed, starts={"e": Starts("text"), "s///e": Starts("text")})
