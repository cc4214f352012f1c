"""The interpreters, by family: one file each. Putting a file into a family's folder is all it takes to add one."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.catalog import all_named, declared, entries, reads
from flycatcher.core.interpreters.engine.catalog import by_id as indexed
from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.identity.markers import PREFIX
from flycatcher.core.interpreters.names import may_name

__all__ = [
    "Interpreter",
    "Reading",
    "added",
    "builtin",
    "by_id",
    "by_name",
    "forget",
    "interpreter_of",
    "may_be_known",
    "on_change",
    "plain_name",
    "read",
    "read_as",
    "readers_of",
    "reads_variable",
    "register",
    "registry",
]

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.catalog import Entry

_NAME_CACHE_LIMIT = 65536
_by_name: dict[str, Interpreter | None] = {}
_registered: dict[str, Interpreter] = {}
_listeners: list[Callable[[], None]] = []


def registry() -> dict[str, Interpreter]:
    """Return every interpreter by id: the built-in ones, then those that a configuration added."""
    return builtin() | _registered if _registered else builtin()


def added() -> dict[str, Interpreter]:
    """Return the interpreters that a configuration added, by id."""
    return dict(_registered)


def register(interpreter: Interpreter) -> None:
    """Add an interpreter that a configuration describes, or put it in the place of the one of the same id."""
    _registered[interpreter.id] = interpreter
    _changed()


def forget() -> None:
    """Take back every :func:`register`."""
    _registered.clear()
    _changed()


def on_change(forgets: Callable[[], None]) -> None:
    """Have something called whenever the registry changes: what has kept answers about names forgets them."""
    _listeners.append(forgets)


def _changed() -> None:
    """Forget what was kept about names, here and elsewhere."""
    _by_name.clear()
    for forgets in _listeners:
        forgets()


@cache
def builtin() -> dict[str, Interpreter]:
    """Return every built-in interpreter by id, in the order of their modules' names."""
    return {interpreter.id: interpreter for entry in entries() for interpreter in declared(entry.module)}


def by_name(name: str) -> Interpreter | None:
    """Return the interpreter that a file of this base name is taken for, None for none.

    A login shell's leading dash and the kernel's mark of an unlinked file are not part of the name.
    """
    if name in _by_name:
        return _by_name[name]
    base = name.removesuffix(" (deleted)").rpartition("/")[2].removeprefix("-")
    found = _search(base)
    if len(_by_name) >= _NAME_CACHE_LIMIT:
        _by_name.clear()
    _by_name[name] = found
    return found


def may_be_known(word: str) -> bool:
    """Whether a plain word may name an interpreter, or a variable that is called after one; quick, and True in doubt."""
    return bool(_registered) or may_name(word)


def _search(base: str) -> Interpreter | None:
    """Look through the names of all interpreters; the tables whose names do not fit are not imported."""
    entry = next((entry for entry in all_named(base) if entry.id not in _registered), None)
    if entry is not None:
        return _loaded(entry)
    return next((each for each in _registered.values() if each.names and _is_called(each, base)), None)


def _loaded(entry: Entry) -> Interpreter:
    """Import an interpreter's table."""
    return next(found for found in declared(entry.module) if found.id == entry.id)


def _is_called(interpreter: Interpreter, base: str) -> bool:
    """Whether an interpreter's names hold this one."""
    return re.match(f"(?:{'|'.join(interpreter.names)})$", base) is not None


def by_id(name: str) -> Interpreter | None:
    """Return the interpreter of this id, None for none, without loading the others."""
    if name in _registered:
        return _registered[name]
    entry = indexed().get(name)
    return None if entry is None else _loaded(entry)


def plain_name(name: str) -> str:
    """Return a base name by which the interpreter of this id is called: ``Rscript`` for ``r``."""
    entry = indexed().get(name)
    names = (name, *(entry.literals if entry is not None else ()))
    return next((each for each in names if (found := by_name(each)) is not None and found.id == name), name)


def interpreter_of(execution: Execution) -> Interpreter | None:
    """Return which interpreter an execution starts.

    What the file contains decides, where a source has looked; then the executable's name; then ``argv[0]``, which the
    caller of execve(2) chooses freely and which therefore comes last.
    """
    if execution.interpreter is not None and not execution.interpreter.startswith(PREFIX):
        return by_id(execution.interpreter) if execution.interpreter else None
    if execution.exe:
        found = by_name(execution.exe)
        if found is not None:
            return found
    named = by_name(execution.argv[0]) if execution.argv else None
    return named if named is not None or not execution.interpreter else by_id(execution.interpreter)


def reads_variable(name: str) -> bool:
    """Whether some interpreter reads an environment variable of this name for program text."""
    return reads(name) or any(name in interpreter.variables for interpreter in _registered.values())


def readers_of(variable: str) -> tuple[str, ...]:
    """Return the ids of the interpreters that read an environment variable for program text, the one it is named after first."""
    mine = tuple(each.id for each in _registered.values() if variable in each.variables)
    return mine + tuple(name for name in _readers(variable) if name not in mine)


@lru_cache(maxsize=4096)
def _readers(variable: str) -> tuple[str, ...]:
    """Return the built-in interpreters that read a variable."""
    if not reads(variable):
        return ()
    lowered = variable.lower()
    found = [entry for entry in entries() if entry.reads(variable)]
    found.sort(
        key=lambda entry: (
            len(entry.id) == 1 or entry.id not in lowered,
            not any(text and text in lowered for text in entry.literals),
            not entry.in_variables,
        )
    )
    return tuple(entry.id for entry in found)


def read(execution: Execution) -> Reading | None:
    """Read an execution as its interpreter would; None where it starts none."""
    interpreter = interpreter_of(execution)
    return read_as(interpreter, execution) if interpreter is not None else None


def read_as(interpreter: Interpreter, execution: Execution) -> Reading:
    """Read an execution as an interpreter would; if the script that it runs is an interpreter too, read the rest as that one."""
    reading = interpreter.read(execution)
    start = _script(reading)
    inner = by_name(execution.argv[start]) if start is not None else None
    if start is None or inner is None or interpreter.id not in inner.runs_on:
        return reading
    words = replace(execution, argv=execution.argv[start:], exe="", interpreter=inner.id)
    return inner.read(words).shift(execution, start).prepend(reading)


def _script(reading: Reading) -> int | None:
    """Return the index of the word that names the script; None where none runs."""
    if reading.script is None and reading.outcome == "script" and not reading.snippets and reading.command is not None:
        return reading.command.operands[0] if reading.command.operands else None
    return reading.script
