"""The same hunt in several processes, to the same result, in the same order: each takes whole logs.

A log is never cut: who started whom, and which serial numbers are missing, is known to the one that reads all of it.
"""

from __future__ import annotations

import io
import os
import pickle
from collections import deque
from typing import IO, TYPE_CHECKING

from msgspec import Struct

from flycatcher.hunt.engine import Found, Hunt, Options, Tally
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from flycatcher.hunt.inputs import Series

_AHEAD = 2
"""Logs under way for each process."""


class Result(Struct):
    """What it gives back."""

    found: list[Found | Lost]
    tally: Tally
    read: dict[str, int] = {}
    """What was read of each file, where that is asked for."""


def hunt(
    logs: list[Series], options: Options, tally: Tally, *, jobs: int, progress: Callable[[int], None] | None = None
) -> Iterator[Found | Lost]:
    """Yield what is found, in the order of the logs, by ``jobs`` processes; the figures are added to ``tally``."""
    if jobs <= 1 or len(logs) <= 1:
        own = Hunt(options, progress=progress)
        yield from own.hunt(logs)
        tally.add(own.tally)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - one process does without
    from multiprocessing import get_context  # noqa: PLC0415

    waiting: deque[tuple[Series, Future[bytes]]] = deque()
    with ProcessPoolExecutor(min(jobs, len(logs)), mp_context=get_context("fork")) as pool:
        for log in logs:
            waiting.append((log, pool.submit(_do, log, options)))
            if len(waiting) >= jobs * _AHEAD:
                yield from _taken(waiting.popleft(), tally, progress)
        while waiting:
            yield from _taken(waiting.popleft(), tally, progress)


def _taken(
    given: tuple[Series, Future[bytes]], tally: Tally, progress: Callable[[int], None] | None
) -> Iterator[Found | Lost]:
    """Yield what was found in a log; a process that died over it is a loss."""
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - one process does without

    log, future = given
    try:
        result = unpacked(future.result())
    except BrokenProcessPool:
        yield Lost(text=f"{log.name}: the process that read it has died: not read", place="read")
        return
    tally.add(result.tally)
    if progress is not None:
        progress(log.size)
    yield from result.found


def _do(log: Series, options: Options) -> bytes:
    """Read one log, in a process of its own."""
    own = Hunt(options)
    return packed(Result(list(own.one(log)), own.tally))


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


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
