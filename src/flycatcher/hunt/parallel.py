"""The same hunt in several processes, to the same result, in the same order: each takes whole logs.

A log is never cut: who started whom, and which serial numbers are missing, is known to the one that reads all of it.
"""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from flycatcher.hunt.engine import Found, Hunt, Options, Tally
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from flycatcher.hunt.inputs import Series

_AHEAD = 2
"""Logs under way for each process."""


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

    from flycatcher.hunt.exchange import unpacked  # noqa: PLC0415 - as above

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
    from flycatcher.hunt.exchange import Result, packed  # noqa: PLC0415 - one process does without

    own = Hunt(options)
    return packed(Result(list(own.one(log)), own.tally))


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
