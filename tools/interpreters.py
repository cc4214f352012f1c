"""Write docs/interpreters.md from the tables: ``python tools/interpreters.py``; with ``--check``, only say whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from flycatcher.core.interpreters import builtin

PAGE = Path(__file__).resolve().parent.parent / "docs" / "interpreters.md"
HEAD = """# Interpreters

Generated from the tables by `tools/interpreters.py`. *Verified against* names the versions that the table was compared with, by reading and running the same command
lines of marker code (`make oracle`). A table without a version is **unverified**: it was written from the interpreter's source or manual, and is used all the same. Names are regular
expressions that must match a file's whole base name. Renamed copies are recognised by their content. *Parser* says who reads the command line; `own` is a loop of the program's, like no library's.

| interpreter | class | names | language | ATT&CK | parser | verified against | how to get it |
|---|---|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = []
    for name, interpreter in builtin().items():
        names = "<br>".join(f"`{pattern}`".replace("|", "\\|") for pattern in interpreter.names)
        verified = ", ".join(interpreter.verified) or "**unverified**"
        rows.append(
            f"| {name} | {interpreter.kind} | {names} | {interpreter.language} | {interpreter.technique} | {interpreter.options.parser} | {verified} "
            f"| {interpreter.install} |\n"
        )
    return HEAD + "".join(rows)


if "--check" in sys.argv:
    sys.exit(
        0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE} is not up to date: run tools/interpreters.py"
    )
PAGE.write_text(page(), encoding="utf-8")
