"""One language a file; putting a file here is all it takes to add one."""

from __future__ import annotations

import importlib
import pkgutil

from tests.oracle_payload.grammar import Grammar


def all_grammars() -> list[Grammar]:
    """Return every language's grammar, in the order of their files' names."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    found = [value for module in modules for value in vars(module).values()]
    found = [each for value in found for each in (value if isinstance(value, tuple) else (value,))]
    return [value for value in found if isinstance(value, Grammar)]
