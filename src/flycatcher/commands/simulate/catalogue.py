"""The catalogue: techniques as data files, and those that follow from the tables of interpreters and carriers."""

from __future__ import annotations

import shlex
import shutil
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.interpreters import Interpreter, builtin, plain_name
from flycatcher.core.snippet import Vector

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent / "data"
MARKER = "@MARKER@"


class Technique(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One harmless way to run program text. ``[[technique]]`` of a catalogue (docs/reference/simulation.md)."""

    id: str
    title: str
    interpreter: str
    """Id of the interpreter that has to be named by whoever sees it."""
    also: tuple[str, ...] = ()
    """Ids that count as well: ``ksh`` may be a link to ``mksh``."""
    vector: Vector
    carrier: str = ""
    attack: tuple[str, ...] = ()
    """ATT&CK ids; empty: the interpreter's own."""
    needs: tuple[str, ...] = ()
    """Programs without which it is skipped."""
    command: str
    """Shell text, run as a script file in a folder of its own; it has to print :data:`MARKER`."""
    files: dict[str, str] = {}
    """Names of files in that folder, and what they hold."""


class Row(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An interpreter of which the techniques are derived."""

    id: str
    text: str
    also: tuple[str, ...] = ()
    argument: str = ""
    options: tuple[str, ...] = ()
    renamed: str = ""
    stdin_words: str = ""
    carriers: tuple[str, ...] = ()


class Carrier(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A way to an interpreter."""

    name: str
    vector: Vector
    command: str
    needs: tuple[str, ...] = ()
    attack: tuple[str, ...] = ()


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    technique: tuple[Technique, ...] = ()
    interpreter: tuple[Row, ...] = ()
    carrier: tuple[Carrier, ...] = ()


def catalogue(folders: tuple[Path, ...] = ()) -> dict[str, Technique]:
    """Return all techniques by id, those of further folders last. Raises FlycatcherError."""
    files = [_read(path) for folder in (DATA, *folders) for path in _paths(folder)]
    rows = [row for file in files for row in file.interpreter]
    carriers = [carrier for file in files for carrier in file.carrier]
    found: dict[str, Technique] = {}
    derived = (technique for row in rows for carrier in carriers for technique in _derived(row, carrier))
    for technique in (*derived, *(each for file in files for each in file.technique)):
        if technique.id in found:
            raise FlycatcherError(f"technique {technique.id} is there twice", code=2)
        found[technique.id] = _checked(technique)
    return found


def missing(technique: Technique) -> tuple[str, ...]:
    """Return the programs that it needs and that are not installed."""
    return tuple(name for name in technique.needs if program(name) is None)


def program(name: str) -> str | None:
    """Return the file of a program; Python is the one that runs this, since a version manager's python is a script."""
    return sys.executable if name in {"python", "python3"} else shutil.which(name)


def _paths(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise FlycatcherError(f"{folder}: no such folder", code=2)
    return sorted(folder.glob("*.toml"))


def _read(path: Path) -> _File:
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise FlycatcherError(f"{path}: {error}", hint="docs/reference/simulation.md has the schema", code=2) from error


def _checked(technique: Technique) -> Technique:
    """Return a technique with its ATT&CK ids. Raises FlycatcherError where it could not be judged or leaves its folder."""
    kind = builtin().get(technique.interpreter)
    if kind is None:
        raise FlycatcherError(f"technique {technique.id}: unknown interpreter {technique.interpreter}", code=2)
    if MARKER not in technique.command + "".join(technique.files.values()):
        raise FlycatcherError(f"technique {technique.id}: no {MARKER} in its text", code=2)
    if any("/" in name or name in {"", ".", ".."} for name in technique.files):
        raise FlycatcherError(f"technique {technique.id}: a file may only lie in its own folder", code=2)
    return msgspec.structs.replace(technique, attack=technique.attack or (kind.technique,))


def _derived(row: Row, carrier: Carrier) -> Iterator[Technique]:
    """Yield what follows from an interpreter and a carrier: for an argument, one technique per option that takes text."""
    kind = builtin()[row.id]
    name = "python3" if row.id == "python" else plain_name(row.id)
    if row.carriers and carrier.name not in row.carriers:
        return
    options = row.options or tuple(_code_options(kind))
    if carrier.name == "renamed":
        options = (row.renamed,) if row.renamed else options[:1]
    for option in options if "@OPTION@" in carrier.command else ("",):
        end = f"-{option.lstrip('-')}" if carrier.name == "argument" else ""
        text = row.text
        words = {"@PROGRAM@": program(name) or name, "@OPTION@": option, "@WORDS@": row.stdin_words, "@TEXT@": text}
        words["@ARGUMENT@"] = shlex.quote(row.argument or text)
        command = carrier.command
        for key, value in words.items():
            command = command.replace(key, value)
        yield Technique(
            id=f"{row.id}-{carrier.name}{end}",
            title=f"{row.id}: text by {carrier.name} {option}".strip(),
            interpreter=row.id,
            also=row.also,
            vector=carrier.vector,
            carrier=carrier.name,
            attack=(kind.technique, *carrier.attack),
            needs=(name, *carrier.needs),
            command=command,
            files={"text": text + "\n"},
        )


def _code_options(kind: Interpreter) -> Iterator[str]:
    """Yield the options whose value is program text, by the interpreter's own table."""
    for name, option in {**kind.options.short, **kind.options.long}.items():
        if option.role == "code":
            yield name if name.startswith("-") else f"-{name}"
