"""Make docs/picture.svg out of a real run of the demo: ``python tools/picture.py`` (Linux, after ``make demo``)."""

from __future__ import annotations

import os
import pty
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 132


def record(command: list[str]) -> str:
    """Return what a command prints on a terminal of its own."""
    pieces: list[bytes] = []

    def keep(descriptor: int) -> bytes:
        block = os.read(descriptor, 1 << 16)
        pieces.append(block)
        return block

    os.environ.update(COLUMNS=str(WIDTH), LINES="50", TERM="xterm-256color", FORCE_COLOR="1")
    stdin, sys.stdin = sys.stdin, open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 - pty.spawn copies stdin
    try:
        code = pty.spawn(command, keep, lambda _: b"")
    finally:
        sys.stdin = stdin
    if code:
        raise SystemExit(f"{command[0]} ended with {code}")
    return b"".join(pieces).decode(errors="replace").replace("\r\n", "\n")


def main() -> None:
    """Run the demo, keep the lines up to the summary, and draw them."""
    shown = record([str(ROOT / "examples" / "demo.sh"), "build"])
    shown = re.sub(r"/tmp/tmp\.\w+/", "", shown)
    console = Console(record=True, width=WIDTH, file=open(os.devnull, "w", encoding="utf-8"), force_terminal=True)  # noqa: SIM115, PTH123
    console.print(Text.from_ansi(shown.strip()))
    svg = console.export_svg(title="make demo")
    # the viewer's own fonts: a picture that fetches nothing
    svg = re.sub(r"@font-face\s*{.*?}", "", svg, flags=re.DOTALL)
    (ROOT / "docs" / "picture.svg").write_text(svg, encoding="utf-8")


main()
