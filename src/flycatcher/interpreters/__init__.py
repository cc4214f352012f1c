"""The interpreters: one file each. Putting a file here is all it takes to add one."""

from __future__ import annotations

import importlib
import pkgutil
import re
from functools import cache
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading

__all__ = ["Interpreter", "Reading", "builtin", "by_name", "forget", "interpreter_of", "read", "register", "registry"]

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_NAME_CACHE_LIMIT = 65536
_by_name: dict[str, Interpreter | None] = {}
_registered: dict[str, Interpreter] = {}


def registry() -> dict[str, Interpreter]:
    """Return every interpreter by id: the built-in ones, then those that a configuration added."""
    return builtin() | _registered if _registered else builtin()


def register(interpreter: Interpreter) -> None:
    """Add an interpreter that a configuration describes, or put it in the place of the one of the same id."""
    _registered[interpreter.id] = interpreter
    _by_name.clear()
    _patterns.cache_clear()


def forget() -> None:
    """Take back every :func:`register`."""
    _registered.clear()
    _by_name.clear()
    _patterns.cache_clear()


@cache
def builtin() -> dict[str, Interpreter]:
    """Return every built-in interpreter by id, in the order of their files' names."""
    found: dict[str, Interpreter] = {}
    for module in pkgutil.iter_modules(__path__):
        loaded = importlib.import_module(f"{__name__}.{module.name}")
        for value in vars(loaded).values():
            if (
                isinstance(value, type)
                and issubclass(value, Interpreter)
                and value.__module__ == loaded.__name__
                and value.id
            ):
                found[value.id] = value()
    return found


@cache
def _patterns() -> re.Pattern[str]:
    """Return one expression of all names; the group that matched tells the interpreter."""
    return re.compile("|".join(f"(?P<{i.id}>(?:{'|'.join(i.names)}))$" for i in registry().values() if i.names))


def by_name(name: str) -> Interpreter | None:
    """Return the interpreter that a file of this base name is taken for, None for none.

    A login shell's leading dash and the kernel's mark of an unlinked file are not part of the name.
    """
    if name in _by_name:
        return _by_name[name]
    base = name.removesuffix(" (deleted)").rpartition("/")[2].removeprefix("-")
    match = _patterns().match(base)
    found = registry()[match.lastgroup] if match is not None and match.lastgroup is not None else None
    if len(_by_name) >= _NAME_CACHE_LIMIT:
        _by_name.clear()
    _by_name[name] = found
    return found


def interpreter_of(execution: Execution) -> Interpreter | None:
    """Return which interpreter an execution starts.

    What the file contains decides, where a source has looked; then the executable's name; then ``argv[0]``, which the
    caller of execve(2) chooses freely and which therefore comes last.
    """
    if execution.interpreter is not None:
        return registry().get(execution.interpreter)
    if execution.exe:
        found = by_name(execution.exe)
        if found is not None:
            return found
    return by_name(execution.argv[0]) if execution.argv else None


def read(execution: Execution) -> Reading | None:
    """Read an execution as its interpreter would; None where it starts none."""
    interpreter = interpreter_of(execution)
    return interpreter.read(execution) if interpreter is not None else None
