"""Scans many files: in this process where they are few, else on all cores."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from multiprocessing import get_context
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.commands.scan.engine import SIZE_LIMIT, scan_bytes
from flycatcher.commands.scan.finding import FileResult
from flycatcher.commands.scan.suppress import apply_comments
from flycatcher.commands.scan.unread import OVERLAP, word_in
from flycatcher.sinks.summary import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.commands.scan.walk import Candidate

CHUNKS = 128
"""Of SIZE_LIMIT bytes, that are searched behind those that are read: one GiB."""
UNKNOWN_CONTENT = "unknown content"
CHUNK = 64
"""Files that a worker takes at once."""
AHEAD = 4
"""Chunks under way for each process."""
FEW = 200
"""Up to so many files, starting workers takes longer than the work."""


class WorkerOptions(Struct, frozen=True):
    """What a worker must know."""

    shells: bool = False
    ignores: bool = True
    """Honour suppressing comments."""


def scan_file(candidate: Candidate, options: WorkerOptions) -> FileResult | None:
    """Scan one file; None where it is nothing that can hold a finding."""
    try:
        data, truncated, beyond = _content(candidate.path)
    except OSError as error:
        reason = Skipped(path=candidate.shown, reason=error.strerror or str(error), unread=UNKNOWN_CONTENT)
        return FileResult(path=candidate.shown, skipped=[reason])
    result = scan_bytes(candidate.shown, data, shells=options.shells, truncated=truncated, beyond=beyond)
    if candidate.vendored:
        result.findings = [structs.replace(finding, vendored=True) for finding in result.findings]
    if b"flycatcher:" in data:
        text = data.decode("utf-8", "surrogateescape")
        apply_comments(result, text, honour=options.ignores)
    return result if result.typed or result.skipped else None


def _content(path: str) -> tuple[bytes, bool, str]:
    """Return a file's first bytes, whether it goes on, and the word of an interpreter that stands behind them.

    A device or a pipe that has taken the file's place is not waited for.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        data = file.read(SIZE_LIMIT + 1) or b""
        if len(data) <= SIZE_LIMIT:
            return data, False, ""
        rest = (chunk for _ in range(CHUNKS) if (chunk := file.read(SIZE_LIMIT)))
        return data[:SIZE_LIMIT], True, word_in(chain((data[-OVERLAP:],), rest))


def scan_all(
    candidates: Iterable[Candidate],
    options: WorkerOptions,
    *,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
) -> Iterator[FileResult]:
    """Yield the results in the order of the candidates. ``workers``: 0 means one for each core."""
    workers = workers or len(os.sched_getaffinity(0))
    files = iter(candidates)
    first = list(islice(files, FEW + 1))
    if len(first) <= FEW or workers == 1:
        for candidate in (*first, *files):
            result = scan_file(candidate, options)
            if progress is not None:
                progress(1)
            if result is not None:
                yield result
        return
    yield from _in_parallel(first, files, options, workers, progress)


def _in_parallel(
    first: list[Candidate],
    files: Iterator[Candidate],
    options: WorkerOptions,
    workers: int,
    progress: Callable[[int], None] | None,
) -> Iterator[FileResult]:
    """Hand out chunks to processes that are forked from this one, with all that it has loaded."""
    from flycatcher.core.interpreters import registry  # noqa: PLC0415
    from flycatcher.sources.buildfiles import file_types  # noqa: PLC0415 - only for large trees

    file_types(), registry()
    crew = _Crew(options, workers)
    try:
        for size, results in crew.results(_chunks(first, files)):
            if progress is not None:
                progress(size)
            yield from results
    finally:
        crew.end()


class _Crew:
    """The worker processes. One that dies over a file takes nothing else with it."""

    def __init__(self, options: WorkerOptions, workers: int) -> None:
        self.task = _Chunk(options)
        self.workers = workers
        self.waiting: deque[tuple[list[Candidate], Future[tuple[int, list[FileResult]]]]] = deque()
        self.pool = self._hire()

    def _hire(self) -> ProcessPoolExecutor:
        """Start the processes."""
        return ProcessPoolExecutor(self.workers, mp_context=get_context("fork"))

    def results(self, chunks: Iterator[list[Candidate]]) -> Iterator[tuple[int, list[FileResult]]]:
        """Yield each chunk's results in order, with only so many chunks under way that the walk stays ahead."""
        for chunk in chunks:
            self._submit(chunk)
            if len(self.waiting) >= self.workers * AHEAD:
                yield self._next()
        while self.waiting:
            yield self._next()

    def _submit(self, chunk: list[Candidate]) -> None:
        """Hand out a chunk; where the processes are gone, its results come from what is done one by one."""
        try:
            future = self.pool.submit(self.task, chunk)
        except BrokenProcessPool as error:
            future = Future()
            future.set_exception(error)
        self.waiting.append((chunk, future))

    def _next(self) -> tuple[int, list[FileResult]]:
        """Return the oldest chunk's results."""
        chunk, future = self.waiting.popleft()
        try:
            return future.result()
        except BrokenProcessPool:
            lost = [chunk, *(each for each, _ in self.waiting)]
            self.waiting.clear()
            self.end()
            self.pool = self._hire()
            for each in lost[1:]:
                self._submit(each)
            results = [result for candidate in chunk if (result := self._alone(candidate)) is not None]
            return len(chunk), results

    def _alone(self, candidate: Candidate) -> FileResult | None:
        """Scan one file in a process of its own."""
        with ProcessPoolExecutor(1, mp_context=get_context("fork")) as pool:
            try:
                _, results = pool.submit(self.task, [candidate]).result()
            except BrokenProcessPool:
                reason = "reading it ended the process that read it"
                lost = Skipped(path=candidate.shown, reason=reason, unread=UNKNOWN_CONTENT)
                return FileResult(path=candidate.shown, skipped=[lost])
        return results[0] if results else None

    def end(self) -> None:
        """Send the processes home."""
        self.pool.shutdown(wait=False, cancel_futures=True)


def _chunks(first: list[Candidate], files: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    """Yield the candidates in chunks."""
    for at in range(0, len(first), CHUNK):
        yield first[at : at + CHUNK]
    while chunk := list(islice(files, CHUNK)):
        yield chunk


class _Chunk:
    """What a worker does; an object, so that the options travel with it."""

    def __init__(self, options: WorkerOptions) -> None:
        self.options = options

    def __call__(self, chunk: list[Candidate]) -> tuple[int, list[FileResult]]:
        """Scan a chunk."""
        results = (scan_file(candidate, self.options) for candidate in chunk)
        return len(chunk), [result for result in results if result is not None]
