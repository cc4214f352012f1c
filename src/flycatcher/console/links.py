"""Addresses within the console: a query with a term more or less, and parameters that change one at a time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store.language import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = re.compile(r"[\w./@+:=-]+", re.ASCII)


def term(field: str, value: str) -> str:
    """Return one term that finds a value as it is; empty where the language has none for it."""
    text = value if _PLAIN.fullmatch(value) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    made = f"{field}:{text}"
    try:
        return made if len(parse(made)) == 1 else ""
    except FlycatcherError:
        return ""


def toggled(query: str, field: str, value: str) -> str:
    """Return a query with a term more, or without it where it has it."""
    made = term(field, value)
    words = f" {query} "
    if made and f" {made} " in words:
        return words.replace(f" {made} ", " ", 1).strip()
    return f"{query} {made}".strip()


def has(query: str, field: str, value: str) -> bool:
    """Whether a query has a term."""
    made = term(field, value)
    return bool(made) and f" {made} " in f" {query} "


def address(path: str, params: Mapping[str, object]) -> str:
    """Return a path with the parameters that say something."""
    said = {name: value for name, value in params.items() if value not in (None, "")}
    return f"{path}?{urlencode(said, errors='replace')}" if said else path
