"""The libraries themselves: the programs of ``recorders/`` read lines with them.

Words go in as hexadecimal numbers behind an ``x``, a line of them each; ``name=xVALUE`` comes out for each option, then a bar and
the operands, or ``refused``.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.parsers.lines import Found

RECORDERS = Path(__file__).parent / "recorders"
FOLDER = Path(__file__).parent / "recorded"


def ask(command: Sequence[str], lines: Sequence[Sequence[str]]) -> list[Found]:
    """Return what a recorder finds on each line."""
    text = "".join(" ".join("x" + word.encode().hex() for word in words) + "\n" for words in lines)
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    answers = done.stdout.splitlines()
    assert len(answers) == len(lines), done.stderr[-500:]
    return [_found(answer) for answer in answers]


def _found(answer: str) -> Found:
    """Read one answer."""
    if answer == "refused":
        return None
    options, _, operands = answer.partition("|")
    found: dict[str, list[str]] = {}
    for field in options.split():
        name, _, value = field.partition("=")
        found.setdefault(name, []).append(_text(value))
    return found, [_text(field) for field in operands.split()]


def _text(field: str) -> str:
    return bytes.fromhex(field[1:]).decode()
