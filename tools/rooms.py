"""Write the map of src/flycatcher into docs/explanation.md from the packages' docstrings: ``python tools/rooms.py``.

With ``--check``, only say whether it is up to date.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "flycatcher"
PAGE = ROOT / "docs" / "explanation.md"
BEGIN, END = "<!-- rooms: written by tools/rooms.py -->\n", "<!-- end of rooms -->\n"


def rooms(package: Path = PACKAGE) -> Iterator[tuple[int, str, str]]:
    """Yield depth (1 or 2), name and purpose of every package, two levels deep."""
    for outer in _packages(package):
        yield 1, outer.name, purpose(outer)
        for inner in _packages(outer):
            yield 2, inner.name, purpose(inner)


def _packages(folder: Path) -> list[Path]:
    """Return the packages directly below a folder, by name."""
    return sorted(init.parent for init in folder.glob("*/__init__.py"))


def purpose(package: Path) -> str:
    """Return the first sentence of a package's docstring, without its marks."""
    text = ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or ""
    sentence = re.split(r"(?<=[a-z\])`])\.\s", text.partition("\n\n")[0], maxsplit=1)[0]
    return re.sub(r":\w+:`\.*([^`]+)`|``([^`]+)``", r"\1\2", sentence).replace("\n", " ").rstrip(".")


def block() -> str:
    """Return the map: a tree of all rooms."""
    names = [("  " * depth + name + "/", text) for depth, name, text in rooms()]
    width = max(len(name) for name, _ in names)
    rows = [f"{name:<{width}}  {text}\n" for name, text in names]
    return "".join([BEGIN, "```text\nsrc/flycatcher/\n", *rows, "```\n", END])


def page(text: str) -> str:
    """Return the page with the map between the two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + block() + after


def main() -> None:
    """Write the page again, or compare it."""
    text = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        sys.exit(0 if text == page(text) else f"{PAGE} is not up to date: run tools/rooms.py")
    PAGE.write_text(page(text), encoding="utf-8")


if __name__ == "__main__":
    main()
