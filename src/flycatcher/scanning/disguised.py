"""Scripts that no reader looks at because of their names: ``node fonts/solid.woff2``, ``python3 logo.png``.

A file with the ending of a font or a picture is not opened by a scan. Where a command of a build file runs one as a script, that is
said at the command: the file may hold anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import read
from flycatcher.core.interpreters.names import entry_of
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

ENDINGS = tuple(
    ".svg .png .jpg .jpeg .gif .ico .bmp .webp .tif .tiff .psd .pdf .woff .woff2 .ttf .otf .eot .mp3 .mp4 .ogg .flac .wav .avi "  # noqa: SIM905
    ".mov .mkv .webm .css .csv .tsv".split()
)
"""Of what no interpreter is written for."""


_CANDIDATE = lazy(
    r"(?P<program>[\w./+-]+)['\"]?[ \t]+(?:-[^\s;|&]+[ \t]+){0,8}['\"]?[^\s;|&'\"]{0,200}(?:"
    + "|".join(map(re.escape, ENDINGS))
    + r")(?![\w.-])",
    re.IGNORECASE,
)


def may_disguise(text: str) -> bool:
    """Whether a shell text may run such a file: an interpreter's name, options, and a file with such an ending."""
    lowered = text.lower()
    return any(ending in lowered for ending in ENDINGS) and any(
        entry_of(match["program"]) is not None for match in _CANDIDATE.finditer(text)
    )


def disguised(execution: Execution) -> tuple[str, str] | None:
    """Return the interpreter, and the file with such an ending that it runs as its script; None for every other start."""
    if not any(word.lower().endswith(ENDINGS) for word in execution.argv[1:]):
        return None
    reading = read(execution)
    if reading is None or reading.outcome != "script":
        return None
    at = reading.script
    if at is None and reading.command is not None and reading.command.operands:
        at = reading.command.operands[0]
    if at is None or at >= len(execution.argv) or not execution.argv[at].lower().endswith(ENDINGS):
        return None
    return reading.interpreter.id, execution.argv[at]
