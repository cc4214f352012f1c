"""A record as one row of plain columns, for tables: CSV, Parquet, spreadsheets, notebooks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = (
    "time", "host", "user", "login", "level", "score", "id", "shape", "interpreter", "vector", "option", "text", "argv",
    "exe", "cwd", "pid", "parent", "log", "line", "byte", "certainty", "happened", "truncated", "techniques",
    "capabilities", "reasons", "notes",
)  # fmt: skip
"""In this order. ``argv`` is a JSON list; several values stand in one column with ``; `` between them."""
NUMBERS = frozenset({"score", "pid", "line", "byte"})


def row(record: Mapping[str, Any]) -> dict[str, str | int]:
    """Return the columns of a record; what it does not hold is empty, or 0."""
    execution = record.get("execution") or {}
    fidelity, context = execution.get("fidelity") or {}, execution.get("context") or {}
    snippet = (record.get("snippets") or [{}])[0]
    process, risk = execution.get("process") or {}, record.get("risk") or {}
    uid = process.get("uid")
    return {
        "time": fidelity.get("time", ""),
        "host": context.get("host.name", ""),
        "user": context.get("user.name", "") or ("" if uid is None else str(uid)),
        "login": context.get("user.login", ""),
        "level": risk.get("level", "none"),
        "score": risk.get("score", 0),
        "id": record.get("id", ""),
        "shape": record.get("shape", ""),
        "interpreter": record.get("interpreter", ""),
        "vector": snippet.get("vector", ""),
        "option": snippet.get("option", ""),
        "text": next((str(snippet[name]) for name in ("text", "path", "url") if snippet.get(name)), ""),
        "argv": json.dumps(execution.get("argv") or [], ensure_ascii=False),
        "exe": execution.get("exe", ""),
        "cwd": execution.get("cwd", ""),
        "pid": process.get("pid", 0),
        "parent": parent(execution),
        "log": fidelity.get("log", ""),
        "line": fidelity.get("line", 0),
        "byte": fidelity.get("byte", 0),
        "certainty": fidelity.get("certainty", ""),
        "happened": fidelity.get("happened", ""),
        "truncated": "yes" if fidelity.get("truncated") else "",
        "techniques": "; ".join(map(str, record.get("techniques") or ())),
        "capabilities": "; ".join(map(str, record.get("capabilities") or ())),
        "reasons": "; ".join(
            str(reason.get("text", "")) for reason in risk.get("reasons") or () if isinstance(reason, dict)
        ),
        "notes": "; ".join(map(str, fidelity.get("notes") or ())),
    }


def parent(execution: Mapping[str, Any]) -> str:
    """Return the command line of the process that started it."""
    above = (execution.get("ancestry") or [{}])[0]
    return " ".join(map(str, above.get("argv") or ())) or str(above.get("exe") or above.get("comm") or "")
