"""A tolerant reader for languages of commands: one a line, a word and what follows it (gdb, sqlite, vim)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.payload import ir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.source import Source


def parse(
    source: Source,
    nodes: int,
    *,
    separators: str = r"\n",
    prefix: str = "",
    rest: Sequence[str] = (),
    blocks: Sequence[str] = (),
) -> ir.Program:
    """Read one command a line: its first word is called with the rest of the line as one text.

    ``prefix`` characters before a command are dropped. The words of ``rest`` take all that follows, over line ends too; those of ``blocks`` do so
    where they stand alone on their line, up to a line ``end``.
    """
    text = source.head
    items: list[ir.Node] = []
    at = 0
    for match in re.finditer(rf"(?:[^{separators}\\]|\\.)+", text, re.DOTALL):
        if match.start() < at or len(items) >= nodes:
            continue
        begin = match.start() + len(match[0]) - len(match[0].lstrip(f" \t\r{prefix}"))
        line = text[begin : match.end()]
        found = re.match(r"(!|\.?[A-Za-z_]\w*!?|\S)\s*", line)
        if found is None:
            continue
        word = found[1]
        stop = len(text) if word in rest else match.end()
        if word in blocks and begin + len(found[0].rstrip(" \t")) >= match.end():  # the word alone: up to "end"
            closed = re.compile(r"^[ \t]*end[ \t]*$", re.MULTILINE).search(text, match.end())
            stop = closed.start() if closed else len(text)
        if stop > match.end():
            at = stop
        start_byte = source.byte(begin)
        argument = ir.Const(
            source.byte(begin + found.end()), source.byte(stop), text[begin + found.end() : stop].strip("\r\n")
        )
        items.append(ir.Invoke(start_byte, argument.end, ir.Name(start_byte, start_byte + len(word), word), [argument]))
    return ir.Program(ir.Group(0, len(source.data), items), complete=len(items) < nodes, read=len(items))
