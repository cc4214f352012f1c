"""Write docs/reference/launchers.md from the tables: ``python tools/launchers.py``; with ``--check``, only say whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from flycatcher.core.launchers.setters import SETTERS
from flycatcher.core.launchers.unwrap import names
from flycatcher.core.planted_places import PLACES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "launchers.md"
HEAD = """# Launchers, setters and planted places

Generated from the tables by `tools/launchers.py`.

## Launchers

Programs that start another one which their words name; what they start is read as if it stood alone:

"""


def page() -> str:
    """Return the page's text."""
    listed = ", ".join(f"`{name}`" for name in sorted(names()))
    setters = ", ".join(f"`{name}`" for name in sorted(SETTERS))
    rows = "".join(
        f"| `{place.pattern.replace('|', chr(92) + '|')}` | {place.reader} | {place.sentence} |\n" for place in PLACES
    )
    return (
        f"{HEAD}{listed}\n\n## Setters\n\nPrograms that put variables into an environment elsewhere (`docker run -e`, "
        f"`aws lambda --environment`):\n\n{setters}\n\n## Planted places\n\nText that is written to such a path is read by its reader; "
        f"the expression stands for a path's end.\n\n| path | reader | who runs it |\n|---|---|---|\n{rows}"
    )


if "--check" in sys.argv:
    sys.exit(
        None if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE} is not up to date: run tools/launchers.py"
    )
PAGE.write_text(page(), encoding="utf-8")
