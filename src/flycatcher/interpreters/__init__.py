"""The interpreters: one file each. Putting a file here is all it takes to add one."""

from __future__ import annotations

import importlib
import importlib.util
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.sources import Source, sources

__all__ = [
    "Interpreter",
    "Reading",
    "builtin",
    "by_id",
    "by_name",
    "forget",
    "interpreter_of",
    "read",
    "read_as",
    "register",
    "registry",
]

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
    import pkgutil  # noqa: PLC0415 - one command line needs one table

    found: dict[str, Interpreter] = {}
    for module in pkgutil.iter_modules(__path__):
        found.update({interpreter.id: interpreter for interpreter in _in_file(module.name)})
    return found


@cache
def _in_file(name: str) -> tuple[Interpreter, ...]:
    """Return the interpreters that one file of this package describes; none where there is no such file."""
    if importlib.util.find_spec(f"{__name__}.{name}") is None:
        return ()
    module = importlib.import_module(f"{__name__}.{name}")
    return tuple(
        value()
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Interpreter)
        and value.__module__ == module.__name__
        and value.id
    )


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
    found = _named_like_its_file(base) or _search(base)
    if len(_by_name) >= _NAME_CACHE_LIMIT:
        _by_name.clear()
    _by_name[name] = found
    return found


def _named_like_its_file(base: str) -> Interpreter | None:
    """Look into the one file that is called like the program (python3.11: python.py), so that one command line loads one table."""
    stem = re.match(r"[a-z]+", base)
    for interpreter in _in_file(stem[0]) if stem is not None else ():
        if any(re.fullmatch(pattern, base) for pattern in interpreter.names):
            return interpreter
    return None


def _search(base: str) -> Interpreter | None:
    """Look through the names of all interpreters; load those tables alone whose files may describe such a name."""
    if not _registered:
        fitting = (i for source in _sources() if source.fits(base) for i in _in_file(source.module))
        return next((i for i in fitting if i.names and _is_called(i, base)), None)
    match = _patterns().match(base)
    return registry()[match.lastgroup] if match is not None and match.lastgroup is not None else None


def _is_called(interpreter: Interpreter, base: str) -> bool:
    """Tell whether an interpreter's names hold this one."""
    return re.match(f"(?:{'|'.join(interpreter.names)})$", base) is not None


def _sources() -> tuple[Source, ...]:
    """Return what the files of this package say of the names that they describe."""
    return sources(tuple(__path__))


def by_id(name: str) -> Interpreter | None:
    """Return the interpreter of this id, None for none, without loading the others."""
    return _registered.get(name) or _builtin(name)


@lru_cache(maxsize=1024)
def _builtin(name: str) -> Interpreter | None:
    """Return the built-in interpreter of this id, None for none."""
    files = (source.module for source in _sources() if name in source.ids or not source.understood)
    return next((i for file in files for i in _in_file(file) if i.id == name), None)


def interpreter_of(execution: Execution) -> Interpreter | None:
    """Return which interpreter an execution starts.

    What the file contains decides, where a source has looked; then the executable's name; then ``argv[0]``, which the
    caller of execve(2) chooses freely and which therefore comes last.
    """
    if execution.interpreter is not None:
        return by_id(execution.interpreter) if execution.interpreter else None
    if execution.exe:
        found = by_name(execution.exe)
        if found is not None:
            return found
    return by_name(execution.argv[0]) if execution.argv else None


def read(execution: Execution) -> Reading | None:
    """Read an execution as its interpreter would; None where it starts none."""
    interpreter = interpreter_of(execution)
    return read_as(interpreter, execution) if interpreter is not None else None


def read_as(interpreter: Interpreter, execution: Execution) -> Reading:
    """Read an execution as an interpreter would; where its script is an interpreter too, as that one would."""
    reading = interpreter.read(execution)
    start = _script(reading)
    inner = by_name(execution.argv[start]) if start is not None else None
    if start is None or inner is None or interpreter.id not in inner.runs_on:
        return reading
    words = replace(execution, argv=execution.argv[start:], exe="", interpreter=inner.id)
    return inner.read(words).behind(execution, start).preceded(reading)


def _script(reading: Reading) -> int | None:
    """Return the index of the word that names the script; None where none runs."""
    if reading.script is None and reading.outcome == "script" and not reading.snippets and reading.command is not None:
        return reading.command.operands[0] if reading.command.operands else None
    return reading.script
