"""The markers that interpreters' own tables carry, from the generated index: no table is loaded to identify a file."""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.core import interpreters
from flycatcher.core.interpreters.identity.markers import Markers
from flycatcher.core.interpreters.identity.signatures import LAUNCHERS, SIGNATURES

if TYPE_CHECKING:
    from collections.abc import Mapping

INDEX = "flycatcher.core.interpreters.identity._index"


@cache
def builtin() -> Mapping[str, tuple[Markers, ...]]:
    """Return the markers of the built-in interpreters by their ids: from the index, or from the tables themselves."""
    try:
        rows = importlib.import_module(INDEX).MARKERS
    except ModuleNotFoundError:
        return build()
    return {name: tuple(Markers(*each) for each in alternatives) for name, alternatives in rows.items()}


def own() -> dict[str, tuple[Markers, ...]]:
    """Return the markers of every interpreter that carries some, those that a configuration added included."""
    added = interpreters.added()
    found = {name: markers for name, markers in builtin().items() if name not in added}
    return found | {name: each.markers for name, each in added.items() if each.markers}


def named_only(*paths: str, hosts: bool = False) -> str:
    """Return the id of the program that one of a file's names says it is, where nothing is known of such a program's content.

    Without ``hosts``, those are left out whose children show what they start; ``""`` for none.
    """
    for path in paths:
        found = interpreters.by_name(path) if path else None
        if found is not None and (hosts or found.kind != "embedded" or found.plants) and not _has_markers(found.id):
            return found.id
    return ""


def _has_markers(name: str) -> bool:
    """Whether anything is known of the content of an interpreter's program."""
    return name in SIGNATURES or name in LAUNCHERS or name in own()


def build() -> dict[str, tuple[Markers, ...]]:
    """Make the index from the tables."""
    return {name: found.markers for name, found in interpreters.builtin().items() if found.markers}


def source() -> str:
    """Return the text of the index's file."""
    rows = "".join(f"    {name!r}: {tuple(tuple(each) for each in markers)!r},\n" for name, markers in build().items())
    return f'"""Made by ``make index``; not to be edited."""\n\nMARKERS = {{\n{rows}}}\n'
