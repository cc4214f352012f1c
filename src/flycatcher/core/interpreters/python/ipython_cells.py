"""What a cell of IPython's is written in: Python, a shell's command behind ``!``, or another language below ``%%``.

Source: IPython/core/inputtransformer2.py (EscapedCommand, MagicAssign, SystemAssign, cell_magic), core/magics/script.py and
osm.py; tried against IPython 9.18.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LINES = 200
"""Lines with a shell's command that are told apart in one cell."""

_CELL = re.compile(r"\s*%%(\w+|!)[ \t]*([^\n]*)\n?")
_SYSTEM = re.compile(r"^[ \t]*(?:[\w., \t]+=[ \t]*)?(?:!!?|%(?:sx|system|sc)[ \t])[ \t]*([^\n]+)", re.MULTILINE)
_WRAPS = re.compile(r"\s*%{1,2}(?:time|timeit|prun|memit|capture)\b(?:[ \t]+-\S+)*[ \t]*")
_LANGUAGES = {"bash": "shell", "sh": "shell", "!": "shell", "sx": "shell", "system": "shell", "perl": "perl", "ruby": "ruby",
              "python": "python", "python2": "python", "python3": "python", "pypy": "python", "node": "javascript"}  # fmt: skip


def pieces(cell: str) -> Iterator[tuple[str, str, int]]:
    """Yield the language, the text and the place of each piece of a cell; the cell itself comes first, if it is Python."""
    magic = _CELL.match(cell)
    if magic is not None:
        name = magic[2].split(" ")[0].rpartition("/")[2] if magic[1] == "script" else magic[1]
        if name in _LANGUAGES:
            yield _LANGUAGES[name], cell[magic.end() :], magic.end()
            return
    commands = [found for _, found in zip(range(MAX_LINES), _SYSTEM.finditer(cell), strict=False)]
    if len(commands) == 1 and not (cell[: commands[0].start()] + cell[commands[0].end() :]).strip():
        yield "shell", commands[0][1], commands[0].start(1)
        return
    wrap = _WRAPS.match(cell)
    start = wrap.end() if wrap is not None else 0
    yield "python", cell[start:], start
    for found in commands:
        yield "shell", found[1], found.start(1)
