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

Programs that start another one which their words name; what they start is read as if it stood alone. The list comes from the manuals:
of the 2,000 programs in /usr/bin and /usr/sbin of a Debian 12 with all required, important and standard packages and the interpreters that
the oracle runs, the 206 whose manual says that they run a command, a program or words of their line were looked at; the
others are launchers of builds, clusters, containers, terminals and process managers, from their own manuals. Debian's figures of use
(popularity-contest) were not at hand. Of a program that is not listed, an interpreter with inline text among its words is taken for what it starts, and so is a
text that begins with one behind an option or a subcommand that says run, exec, command, pager, editor, prepare or the like.

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
