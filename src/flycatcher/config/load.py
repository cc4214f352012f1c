"""Find and read the configuration; report errors by file, line and field."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, cast

import msgspec
from msgspec import Struct

from flycatcher.config.locate import line_of
from flycatcher.config.model import Config, InterpreterTable
from flycatcher.config.search import content, nearest
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.policy.names import misnamed
from flycatcher.core.policy.rule import faults


class Loaded(Struct, frozen=True):
    """A configuration and the file that it came from (None: there is none, all defaults)."""

    config: Config
    path: Path | None = None
    remarks: tuple[str, ...] = ()
    """What the user should know about where it is from."""


def load(path: Path | None = None, *, start: Path | None = None) -> Loaded:
    """Read ``path``, or what :func:`flycatcher.config.search.nearest` finds from ``start`` (the working folder) upwards.

    Raises FlycatcherError, with file, line and field, where it cannot be read.
    """
    if path is not None:
        return Loaded(_read(path, content(path)), path)
    found = nearest(start or Path.cwd())
    return Loaded(_read(*found), found[0]) if found else Loaded(Config())


def load_committed(path: Path | None = None, *, commit: str = "") -> Loaded:
    """Read ``path``, or what is committed in the repository of the working folder (:mod:`.committed`).

    For what enforces while a build runs. ``commit``: the one that the CI system says it builds; HEAD where it is not known.
    Raises FlycatcherError, with file, line and field, where it cannot be read.
    """
    if path is not None:
        return load(path)
    from flycatcher.config.committed import committed  # noqa: PLC0415 - git, which most commands do without

    found = committed(Path.cwd(), commit)
    config = Config() if found.path is None else _read(found.path, found.data)
    return Loaded(config, found.path, found.remarks)


def _read(path: Path, data: bytes) -> Config:
    """Read one file's content."""
    try:
        text = data.decode()
        document: dict[str, Any] = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise FlycatcherError(f"{path}: byte {error.start} is not UTF-8", hint="TOML is written in UTF-8") from error
    except ValueError as error:  # TOMLDecodeError, or a number of too many digits
        raise FlycatcherError(f"{path}: not TOML: {error}", hint="see https://toml.io for the syntax") from error
    except RecursionError as error:
        raise FlycatcherError(f"{path}: nested too deeply", hint="a configuration has three levels at most") from error
    prefix = ""
    if path.name == "pyproject.toml":
        document, prefix = document.get("tool", {}).get("flycatcher", {}), ".tool.flycatcher"
    tables = document.get("interpreters")
    parts: list[tuple[str, Any, Any]] = [(prefix, document, Config)]
    if isinstance(tables, dict):
        # msgspec names no key of a dict: each table is read by itself first, so that a mistake has its table's name
        parts[:0] = [(f"{prefix}.interpreters.{name}", table, InterpreterTable) for name, table in tables.items()]
    for where, part, kind in parts:
        try:
            config = msgspec.convert(part, kind)
        except msgspec.ValidationError as error:
            raise _explained(path, text, str(error), where) from error
    read = cast("Config", config)
    for field, said in (*faults(read.rule), *misnamed(read.rule, read.interpreters)):
        line = line_of(text, f"${prefix}.{field}") or 1
        raise FlycatcherError(
            f"{path}:{line}: {field}: {said}", hint="docs/reference/rules.md says what a rule may rest on"
        )
    return read


def _explained(path: Path, text: str, message: str, prefix: str) -> FlycatcherError:
    """Turn msgspec's message into one with the file, the line and the field."""
    said, _, place = message.partition(" - at `")
    field = place.rstrip("`").removeprefix("key in ")
    unknown = said.rpartition("unknown field `")[2].rstrip("`") if "unknown field" in said else ""
    where = f"${prefix}{field.removeprefix('$')}" + (f".{unknown}" if unknown else "")
    line = line_of(text, where)
    return FlycatcherError(
        f"{path}:{line or 1}: {where.removeprefix('$.') or 'the document'}: {said[:1].lower()}{said[1:]}",
        hint="`flycatcher config schema` prints every field and what it takes",
    )


def placed(path: Path, sentence: str) -> str:
    """Return a sentence that begins with a field (``interpreters.frob.names[1]: ...``) after the file and the field's line."""
    field = sentence.partition(": ")[0]
    prefix = "tool.flycatcher." if path.name == "pyproject.toml" else ""
    line = line_of(content(path).decode(), f"$.{prefix}{field}")
    return f"{path}:{line or 1}: {sentence}"
