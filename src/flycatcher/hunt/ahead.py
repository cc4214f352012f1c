"""One log of JSON in several processes: they sift its lines ahead of the one that reads it, which alone knows what came before.

Most lines tell of starts that are of no interest, whoever started them: a process needs nothing but the line to see that. The
reader remembers those as ancestors, and reads the others as ever, each at its place; so the result is the same.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.format import Shared

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from flycatcher.sources.logs.engine.jsonrows import QuickJson
    from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded

_FEW = 8
"""Blocks up to which a log is not worth the processes."""
_AHEAD = 3
"""Blocks under way for each process."""
Sifted = tuple[list[int], list["Hashable"]]
"""The places of the lines of no interest, and the keys of their processes."""
Read = tuple["Block", "Iterable[Recorded | Lost]"]


def read(reader: QuickJson, blocks: Iterable[Block], jobs: int) -> Iterator[Read]:
    """Yield each block with what its lines say; that is to be taken before the next one is asked for."""
    rest = iter(blocks)
    first = list(islice(rest, _FEW))
    if len(first) < _FEW:
        yield from ((block, reader.read(block)) for block in first)
        return
    waiting: deque[tuple[Block, Future[Sifted] | None]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=get_context("fork")) as pool:
        for block in chain(first, rest):
            waiting.append((block, _submitted(pool, type(reader), block.data)))
            if len(waiting) > jobs * _AHEAD:
                yield _taken(reader, *waiting.popleft())
        while waiting:
            yield _taken(reader, *waiting.popleft())


def _submitted(pool: ProcessPoolExecutor, kind: type[QuickJson], data: bytes) -> Future[Sifted] | None:
    """Give a block to a process; None where one of them has died."""
    try:
        return pool.submit(sift, kind, data)
    except BrokenProcessPool:
        return None


def _taken(reader: QuickJson, block: Block, future: Future[Sifted] | None) -> Read:
    """Return what a block says; one whose process has died is read here."""
    try:
        return block, reader.read(block) if future is None else reader.sifted(block, *future.result())
    except BrokenProcessPool:
        return block, reader.read(block)


def sift(kind: type[QuickJson], data: bytes) -> Sifted:
    """Return the lines of no interest, in a process of its own."""
    sieve = _sieve(kind)
    dull: list[int] = []
    sieve.keys = []
    for at, line in enumerate(data.split(b"\n")):
        if line[:1] == b"{" and sieve.reader.is_dull(line):
            dull.append(at)
    return dull, sieve.keys


class _Sieve:
    """A reader that knows no lineage, and keeps the keys of what it finds of no interest."""

    def __init__(self, kind: type[QuickJson]) -> None:
        self.keys: list[Hashable] = []
        self.reader = kind(Shared())
        self.reader.dull = self._dull  # type: ignore[method-assign] # for this reader alone

    def _dull(self, exe: str, argv: list[str], key: Hashable, parent: Hashable, line: bytes) -> bool:
        """Whether a start cannot be of interest, whoever started it."""
        del parent, line
        if not argv:
            return False
        hint = self.reader.shared.interest.of(exe, argv[0])
        if hint is not None and hint("\n".join(argv)) is not None:
            return False
        self.keys.append(key)
        return True


@lru_cache(8)
def _sieve(kind: type[QuickJson]) -> _Sieve:
    """Return the sieve for a format, one in each process."""
    return _Sieve(kind)
