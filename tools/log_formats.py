"""Write docs/reference/log-formats.md from what the formats in sources/logs say about themselves: ``python tools/log_formats.py``.

With ``--check``, only say whether it is up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from flycatcher.sources.logs import formats

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "log-formats.md"
HEAD = """# Log formats

Written by `python tools/log_formats.py` from the formats themselves; a test compares both. `flycatcher hunt` recognises each by its content; `--from NAME` says it.

How the words of a start stand in a log decides what can be said of it:

- **list**: each word by itself. What is found is what ran.
- **string**: the words are joined by blanks, and which words they were is not known. Each reading that could have given the string is asked. All of them run text: the detection is
  *certain*. Only some do: it is *possible*, and `fidelity.readings` shows one of each. None does: there is no detection.
- **text**: shell text, or what was typed into a console. It is read as `check --shell` reads it. What was typed into a console counts where it starts an inline interpreter or carries risk.

| `--from` | log | words | what is read |
|---|---|---|---|
"""
FOOT = """
## What all of them may lie in

Files, folders, globs and standard input; gzip, bzip2, xz; zip and tar archives; with the extra `hunt` also Zstandard, LZ4, 7z, Parquet and Arrow. Rotated files (`audit.log.2.gz`,
`audit.log.1`, `audit.log`) are one log, the oldest first. Besides lines, JSON documents (arrays, the answers of a search) and CSV exports are read row by row.

## Adding a format

One file in `src/flycatcher/sources/logs/` with a class that says `name`, `title`, `words`, whether a line is its own (`takes`), and what a line tells (`line`, or `row` for JSON); a case in
`tests/hunt/test_formats.py`, which fails without one; then `python tools/log_formats.py`.
"""


def page() -> str:
    """Return the page."""
    rows = [
        f"| `{each.name}` | {each.title} | {each.words} | {_sentence(each.__doc__ or '')} |"
        for each in sorted(formats().values(), key=lambda each: each.name)
    ]
    return HEAD + "\n".join(rows) + "\n" + FOOT


def _sentence(docstring: str) -> str:
    """Return a docstring in one line, its marks as Markdown has them."""
    return re.sub(r"``([^`]+)``", r"`\1`", " ".join(docstring.split())).replace("|", "\\|")


def main() -> None:
    """Write the page again, or compare it."""
    if "--check" in sys.argv:
        sys.exit(
            0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE} is not up to date: run tools/log_formats.py"
        )
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
