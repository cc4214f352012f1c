"""Program starts that somebody else recorded: one log format a file.

Putting a file with a :class:`~flycatcher.sources.logs.engine.format.Format` into this folder is all it takes to add one. Formats are
recognised by content (:mod:`.engine.recognise`).
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.format import Format

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def names() -> tuple[str, ...]:
    """Return the names of the modules that hold formats."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.ispkg))


@cache
def formats() -> Mapping[str, type[Format]]:
    """Return every format by its name, the most particular first."""
    found = [each for name in names() for each in declared(name)]
    return {each.name: each for each in sorted(found, key=lambda each: (-each.rank, each.name))}


def declared(module: str) -> list[type[Format]]:
    """Return the formats that one module declares."""
    loaded = importlib.import_module(f"{__name__}.{module}")
    return [
        each
        for each in vars(loaded).values()
        if isinstance(each, type) and issubclass(each, Format) and each.__module__ == loaded.__name__ and each.name
    ]
