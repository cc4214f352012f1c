"""What processes of one hunt pass each other: the results of a log, packed so that defaults stay the very defaults."""

from __future__ import annotations

import io
import pickle
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from flycatcher.hunt.engine import Found, Tally
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Iterator


class Result(Struct):
    """What it gives back."""

    found: list[Found | Lost]
    tally: Tally
    read: dict[str, int] = {}
    """What was read of each file, where that is asked for."""


def packed(result: Result) -> bytes:
    """Return a result as bytes for another process.

    An object that is a field's default arrives as the very default: msgspec leaves it out of JSON, and writes what is merely equal.
    """
    out = io.BytesIO()
    _Packer(out, pickle.HIGHEST_PROTOCOL).dump(result)
    return out.getvalue()


def unpacked(data: bytes) -> Result:
    """Return what a process of this hunt has packed."""
    result: Result = _Unpacker(io.BytesIO(data)).load()
    return result


class _Packer(pickle.Pickler):
    """Names the defaults instead of copying them."""

    def __init__(self, file: IO[bytes], protocol: int) -> None:
        super().__init__(file, protocol)
        self._names = {id(default): name for name, default in defaults()}

    def persistent_id(self, obj: object) -> tuple[type[Struct], str] | None:
        """Return the record and the field whose default an object is."""
        return self._names.get(id(obj))


class _Unpacker(pickle.Unpickler):
    """Finds the defaults by their names."""

    def persistent_load(self, pid: tuple[type[Struct], str]) -> object:
        """Return the default of a record's field."""
        kind, name = pid
        return dict(own_defaults(kind))[name]


def defaults() -> Iterator[tuple[tuple[type[Struct], str], object]]:
    """Yield the defaults of all records, each with its record and field."""
    kinds: list[type[Struct]] = Struct.__subclasses__()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("flycatcher.") and "<" not in kind.__qualname__:
            yield from (((kind, name), default) for name, default in own_defaults(kind))


def own_defaults(kind: type[Struct]) -> Iterator[tuple[str, object]]:
    """Yield the fields of a record whose defaults are single values or tuples, with these; the last fields have defaults."""
    values = kind.__struct_defaults__
    for name, default in zip(kind.__struct_fields__[-len(values) :], values, strict=True) if values else ():
        if isinstance(default, str | int | float | tuple) and not isinstance(default, bool):
            yield name, default
