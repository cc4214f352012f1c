"""Harmless shapes by structure, and where results come from.

A payload has a harmless shape when *every* name that it calls or reads is on a list of pure or read-only names and nothing
else happens. Nothing that a payload adds can make it more harmless: whatever is not on a list takes the shape away.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.core.payload.conditions import OPEN_FILE
from flycatcher.core.payload.evaluator.values import NO_TAINT, Taint
from flycatcher.core.payload.names import COMMANDS_FROM_NETWORK, NAME_SOURCES, PURE_CALLS, PURE_ROOTS, SOURCES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.payload.evaluator.values import Value


_TEMPORARY = re.compile(OPEN_FILE)


class Observer:
    """Watches one layer for anything that is not pure."""

    def __init__(self, language: str) -> None:
        """Start with nothing seen."""
        self.pure = PURE_CALLS.get(language, frozenset())
        self.roots = PURE_ROOTS.get(language, ())
        self.spoiled = language not in PURE_CALLS
        self.imports = 0
        self.calls = 0

    def called(self, name: str) -> None:
        """Take a call."""
        if self.spoiled:
            return
        if name == "import":
            self.imports += 1
            return
        self.calls += 1
        tail = "*." + name.rpartition(".")[2]
        if name not in self.pure and tail not in self.pure and not name.startswith(self.roots or ("\0",)):
            self.spoiled = True

    def used(self, name: str) -> None:
        """Take a reading of a name: reading is harmless, whatever is secret in it has a rule of its own."""

    def name(self) -> str:
        """Return the shape's name, empty for none."""
        if self.spoiled:
            return ""
        if self.calls:
            return "pure computation printed to stdout"
        return "import probe" if self.imports else "constant expression"


@cache
def _sources(language: str) -> dict[str, Taint]:
    table: dict[str, Taint] = {}
    for kind, names in SOURCES.get(language, {}).items():
        for name in names.split():
            table[name] = table.get(name, NO_TAINT) | {kind}
    return table


def source(language: str, name: str, method: str, args: Sequence[Value]) -> Taint:
    """Return where the result of calling ``name`` comes from."""
    table = _sources(language)
    taint = table.get(name, NO_TAINT) | table.get(method, NO_TAINT)
    if "file-or-url" in taint:
        text = args[0].text if args and args[0].exact else None
        kinds = {"file", "network"} if text is None else {"network" if "://" in text[:12] else "file"}
        taint = taint - {"file-or-url"} | kinds
    if language == "powershell" and args and (args[0].text or "").lower() in ("env:", "env:*"):
        taint |= {"all-environment"}
    if name == "getenv" and language == "php" and not args:
        taint = taint - {"environment"} | {"all-environment"}
    if "file" in taint and args and _TEMPORARY.match(args[0].text or ""):
        taint |= {"temporary-file"}
    return taint


def name_source(language: str, name: str) -> Taint:
    """Return what reading a name brings in."""
    return NAME_SOURCES.get(language, {}).get(name, NO_TAINT)


def command_source(words: Sequence[str]) -> Taint:
    """Return where a command's output comes from."""
    if words and words[0].rpartition("/")[2] in COMMANDS_FROM_NETWORK:
        return frozenset({"network"})
    return NO_TAINT
