"""Write docs/reference/arrow.md from the columns of flycatcher.hunt.schema and the records that they come from: ``python tools/arrow_schema.py``.

With ``--check``, only say whether it is up to date.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core import detection, execution, snippet
from flycatcher.core.payload import model
from flycatcher.core.recipe import risk
from flycatcher.hunt import schema

if TYPE_CHECKING:
    import pyarrow as pa

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "arrow.md"
HEAD = """# Detections in Arrow

Written by `python tools/arrow_schema.py` from the records themselves; a test compares both. These are the columns of `flycatcher.hunt.arrow.detect`, of `read(...).arrow()` and of what
`hunt --engine spark` writes as Parquet: one detection a row, nested as in JSON, so that `risk.reasons` or `execution.argv` need no parsing.

The version stands in the schema's metadata under `flycatcher.schema`: `{version}`. A column that goes, or changes its name or type, makes another version; a new one does not. Parquet that Spark writes has the same columns, without that metadata.

A text is UTF-8; a byte that is none stands as `\\udcff` (for 0xff), as in JSON. A field that a record leaves out has its default here; null stands for what is not known.

## Columns

| column | type | what it is |
|---|---|---|
"""
DEEPER = """
## What they hold

"""
ROOMS = (detection, execution, snippet, model, risk, schema)
"""Modules whose records the columns come from."""


def page() -> str:
    """Return the page."""
    told = {**_told(detection.Detection), **_told(schema.FirstColumns)}
    told |= {"layers": _first(schema.Layer.__doc__), "fidelity": _first(execution.Fidelity.__doc__)}
    told |= {
        "risk": _first(risk.Risk.__doc__),
        "snippets": _first(snippet.Snippet.__doc__),
        "execution": _first(execution.Execution.__doc__),
    }
    told |= {
        "observations": _first(snippet.Load.__doc__),
        "policy": _first(detection.Policy.__doc__),
        "texts": _first(detection.Text.__doc__),
    }
    rows = [f"| `{field.name}` | {_type(field.type)} | {told.get(field.name, '')} |" for field in schema.SCHEMA]
    parts = [_deeper(each) for each in _records()]
    return HEAD.replace("{version}", schema.VERSION) + "\n".join(rows) + "\n" + DEEPER + "\n".join(parts)


def _deeper(record: type[Struct]) -> str:
    """Return the section of one record."""
    lines = [f"### {_name(record)}", "", _first(record.__doc__), "", "| field | type | what it is |", "|---|---|---|"]
    told = _told(record)
    kind = schema.arrow_type(schema.inspect.type_info(record))
    lines += [f"| `{field.name}` | {_type(field.type)} | {told.get(field.name, '')} |" for field in kind]
    return "\n".join(lines) + "\n"


def _records() -> list[type[Struct]]:
    """Return the records that stand in columns, each once, in the order of the columns."""
    known = {_shape(schema.arrow_type(schema.inspect.type_info(each))): each for each in _structs()}
    found: dict[type[Struct], None] = {}
    for field in schema.SCHEMA:
        for kind in _inner(field.type):
            found.setdefault(known[_shape(kind)])
    return list(found)


def _structs() -> list[type[Struct]]:
    """Return the records of the rooms."""
    names = {
        name: each
        for room in ROOMS
        for name, each in vars(room).items()
        if isinstance(each, type) and issubclass(each, Struct)
    }
    return [
        each
        for name, each in names.items()
        if name not in ("Struct", "Detection", "Recipe", "Analysis", "Capability", "Measures", "Limits", "FirstColumns")
    ]


def _shape(kind: pa.DataType) -> str:
    """Return what tells one struct from another."""
    return ",".join(field.name for field in kind)


def _inner(kind: pa.DataType) -> list[pa.DataType]:
    """Return the structs in a type, the outermost first."""
    if schema.pa.types.is_struct(kind):
        return [kind, *(each for field in kind for each in _inner(field.type))]
    if schema.pa.types.is_list(kind):
        return _inner(kind.value_type)
    return _inner(kind.item_type) if schema.pa.types.is_map(kind) else []


def _type(kind: pa.DataType) -> str:
    """Return a type for people: ``list of snippet``."""
    types = schema.pa.types
    if types.is_struct(kind):
        known = {_shape(schema.arrow_type(schema.inspect.type_info(each))): each for each in _structs()}
        name = _name(known[_shape(kind)])
        return f"[{name}](#{name})"
    if types.is_list(kind):
        return f"list of {_type(kind.value_type)}"
    return f"map of string to {_type(kind.item_type)}" if types.is_map(kind) else str(kind)


def _name(record: type[Struct]) -> str:
    """Return a record's name as a heading: ``file fact``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "-", record.__name__).lower()


def _told(record: type[Struct]) -> dict[str, str]:
    """Return what the docstrings behind a record's fields say; one docstring may be for the fields before it, too."""
    body = ast.parse(inspect.getsource(record)).body[0]
    lines = body.body if isinstance(body, ast.ClassDef) else []
    found = {}
    for line, after in pairwise(lines):
        if (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
        ):
            found[line.target.id] = _first(str(after.value.value))
    return found


def _first(docstring: str | None) -> str:
    """Return a docstring's first paragraph in one line, its marks as Markdown has them."""
    line = " ".join((docstring or "").strip().partition("\n\n")[0].split())
    line = re.sub(r":\w+:`~?\.?(?:[\w.]+\.)?(\w+)`", r"`\1`", line)
    return re.sub(r"``([^`]+)``", r"`\1`", line).replace("|", "\\|")


def main() -> None:
    """Write the page again, or compare it."""
    if "--check" in sys.argv:
        sys.exit(
            0 if PAGE.read_text(encoding="utf-8") == page() else f"{PAGE} is not up to date: run tools/arrow_schema.py"
        )
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
