"""One grammar a file; putting a file here is all it takes to add one."""

from __future__ import annotations

import importlib
import pkgutil

from tests.oracle.harness import Grammar


def all_grammars() -> list[Grammar]:
    """Return every grammar, in the order of their files' names."""
    found: list[Grammar] = []
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        found += [
            value()
            for value in vars(loaded).values()
            if isinstance(value, type)
            and issubclass(value, Grammar)
            and value.__module__ == loaded.__name__
            and value.id
        ]
    return found
