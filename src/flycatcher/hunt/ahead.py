"""One log in several processes: they sift its lines ahead of the one that reads it, which alone knows what came before.

Most lines tell of starts that are of no interest, whoever started them: a process needs nothing but their lines to see that. The
reader remembers those as ancestors, and reads the others as ever, each at its place; so the result is the same.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from flycatcher.sources.logs import formats
from flycatcher.sources.logs.engine.format import Shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.sources.logs.engine.format import Format
    from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded

_FEW = 8
"""Blocks up to which a log is not worth the processes."""
_AHEAD = 3
"""Blocks under way for each process."""
Read = tuple["Block", "Iterable[Recorded | Lost]"]


def read(reader: Format, blocks: Iterable[Block], jobs: int) -> Iterator[Read]:
    """Yield each block with what its lines say; that is to be taken before the next one is asked for."""
    rest = iter(blocks)
    first = list(islice(rest, _FEW))
    if len(first) < _FEW:
        yield from ((block, reader.read(block)) for block in first)
        return
    waiting: deque[tuple[Block, Future[Any] | None]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for block in chain(first, rest):
            waiting.append((block, _submitted(pool, reader.name, block.data)))
            if len(waiting) > jobs * _AHEAD:
                yield _taken(reader, *waiting.popleft())
        while waiting:
            yield _taken(reader, *waiting.popleft())


def _submitted(pool: ProcessPoolExecutor, form: str, data: bytes) -> Future[Any] | None:
    """Give a block to a process; None where one of them has died."""
    try:
        return pool.submit(sift, form, data)
    except BrokenProcessPool:
        return None


def _taken(reader: Format, block: Block, future: Future[Any] | None) -> Read:
    """Return what a block says; one whose process has died is read here."""
    try:
        return block, reader.read(block) if future is None else reader.sifted(block, future.result())
    except BrokenProcessPool:
        return block, reader.read(block)


def sift(form: str, data: bytes) -> Any:  # noqa: ANN401 - each format's own
    """Return what of a block of a format is of no interest, in a process of its own."""
    return _sieve(form).sift(data)


@lru_cache(8)
def _sieve(form: str) -> Format:
    """Return the reader that sifts for a format, one in each process; it knows no lineage."""
    return formats()[form](Shared())
