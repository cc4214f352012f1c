"""Which module describes which interpreter: an index of the family folders, so that one command line imports one table.

``make index`` and the build of a wheel write it to ``interpreters/_index.py`` (:mod:`flycatcher.core.indexes`). Where that file is
missing, every table is imported instead: the same answers, ten times as slowly.
"""

from __future__ import annotations

import importlib
import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.core.interpreters.engine.interpreter import Interpreter

PACKAGE = "flycatcher.core.interpreters"
INDEX = f"{PACKAGE}._index"
NO_FAMILIES = frozenset({"engine", "identity"})
"""Folders beside the families that describe no interpreter."""


class Entry(NamedTuple):
    """One interpreter, as the index has it."""

    id: str
    module: str
    """Of the family folders, dotted: ``python.jupyter``."""
    names: tuple[str, ...]
    """Regular expressions of its files' base names."""
    literals: tuple[str, ...]
    """One of these is part of every name that fits."""
    kind: str = "scripting"
    language: str = ""
    grammar: str = ""
    """Of a shell: the grammar that its text is read in, or a plain command of its text."""
    in_variables: bool = False
    """Makefiles and scripts keep its path in a variable of its name."""
    variables: tuple[str, ...] = ()
    """Regular expressions of the environment variables that it reads."""

    def fits(self, name: str) -> bool:
        """Whether a file of this base name is this interpreter's."""
        return _pattern(self.names).match(name) is not None

    def reads(self, variable: str) -> bool:
        """Whether this interpreter reads an environment variable of this name for program text."""
        return any(
            name == variable or (not name.isidentifier() and re.fullmatch(name, variable)) for name in self.variables
        )


@cache
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    """Compile names when one of their literals has been seen: most never are."""
    return re.compile(f"(?:{'|'.join(names)})$")


@cache
def entries() -> tuple[Entry, ...]:
    """Return the index: the generated one, or the same made now."""
    try:
        rows = importlib.import_module(INDEX).INTERPRETERS
    except ModuleNotFoundError:
        return build()
    return tuple(Entry(*row) for row in rows)


@cache
def by_id() -> dict[str, Entry]:
    """Return the index by interpreters' ids."""
    return {entry.id: entry for entry in entries()}


@cache
def _variables() -> tuple[frozenset[str], Callable[[str], object]]:
    """Return the variables of all interpreters: plain names, and what matches the families of names."""
    found = {name for entry in entries() for name in entry.variables}
    plain = frozenset(filter(str.isidentifier, found))
    return plain, re.compile("|".join(sorted(found - plain))).fullmatch


def reads(variable: str) -> bool:
    """Whether some built-in interpreter reads this environment variable for program text."""
    names, family = _variables()
    return variable in names or family(variable) is not None


GRAM = 3
"""Characters by which a literal is looked up. Names with a shorter one are tried as they are, all at once."""


@cache
def _by_gram() -> tuple[dict[str, tuple[tuple[str, int], ...]], re.Pattern[str], tuple[int, ...]]:
    """Return the literals of names, each with its interpreter's place in the index, by their first characters.

    For the interpreters with a short literal: one expression for all of their names, and their places.
    """
    grams: dict[str, list[tuple[str, int]]] = {}
    short = [place for place, entry in enumerate(entries()) if any(len(text) < GRAM for text in entry.literals)]
    for place, entry in enumerate(entries()):
        for text in () if place in short else entry.literals:
            grams.setdefault(text[:GRAM], []).append((text, place))
    names = tuple(name for place in short for name in entries()[place].names)
    return {gram: tuple(rows) for gram, rows in grams.items()}, _pattern(names), tuple(short)


@lru_cache(maxsize=1 << 14)
def all_named(name: str) -> tuple[Entry, ...]:
    """Return the interpreters whose files may have this base name, in the order of the index."""
    grams, short, places = _by_gram()
    found = set(places) if short.match(name) else set()
    for at in range(len(name) - GRAM + 1):
        if rows := grams.get(name[at : at + GRAM]):
            found.update(place for text, place in rows if name.startswith(text, at))
    return tuple(entry for entry in map(entries().__getitem__, sorted(found)) if entry.fits(name)) if found else ()


def named(name: str) -> Entry | None:
    """Return the interpreter that a file of this base name is taken for, None for none."""
    return next(iter(all_named(name)), None)


def modules() -> Iterator[str]:
    """Yield the modules of all families, in the order of their names."""
    import pkgutil  # noqa: PLC0415 - not needed with the generated index

    package = importlib.import_module(PACKAGE)
    for family in pkgutil.iter_modules(package.__path__):
        if not family.ispkg or family.name in NO_FAMILIES:
            continue
        inner = importlib.import_module(f"{PACKAGE}.{family.name}")
        for module in pkgutil.iter_modules(inner.__path__):
            yield f"{family.name}.{module.name}"


@cache
def declared(module: str) -> tuple[Interpreter, ...]:
    """Return the interpreters that one module of a family declares."""
    from flycatcher.core.interpreters.engine.interpreter import Interpreter  # noqa: PLC0415 - it reads by this index

    loaded = importlib.import_module(f"{PACKAGE}.{module}")
    return tuple(
        value()
        for value in vars(loaded).values()
        if isinstance(value, type)
        and issubclass(value, Interpreter)
        and value.__module__ == loaded.__name__
        and value.id
    )


def build() -> tuple[Entry, ...]:
    """Make the index from the tables themselves."""
    from flycatcher.core.interpreters.engine.literals import literals  # noqa: PLC0415 - not needed with the generated index

    found = ((module, interpreter) for module in modules() for interpreter in declared(module))
    return tuple(
        Entry(
            interpreter.id,
            module,
            tuple(interpreter.names),
            tuple(dict.fromkeys(text for name in interpreter.names for text in literals(name))),
            interpreter.kind,
            interpreter.language,
            interpreter.grammar,
            interpreter.in_variables,
            tuple(interpreter.variables),
        )
        for module, interpreter in found
    )


def source() -> str:
    """Return the text of the index's file."""
    rows = "".join(f"    {tuple(entry)!r},\n" for entry in build())
    return f'"""Made by ``make index``; not to be edited."""\n\nINTERPRETERS = (\n{rows})\n'
