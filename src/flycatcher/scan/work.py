"""Scans many files: in this process where they are few, else on all cores."""

from __future__ import annotations

import os
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.scan.engine import SIZE_LIMIT, scan_bytes
from flycatcher.scan.finding import FileResult, Skipped
from flycatcher.scan.suppress import apply_comments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.scan.walk import Candidate

CHUNK = 64
"""Files that a worker takes at once."""
FEW = 200
"""Up to so many files, starting workers takes longer than the work."""


class Options(Struct, frozen=True):
    """What a worker must know."""

    shells: bool = False
    ignores: bool = True
    """Honour suppressing comments."""


def scan_file(candidate: Candidate, options: Options) -> FileResult | None:
    """Scan one file; None where it is nothing that can hold a finding."""
    try:
        data, size = _content(candidate.path)
    except OSError as error:
        reason = Skipped(path=candidate.shown, reason=error.strerror or str(error))
        return FileResult(path=candidate.shown, skipped=[reason])
    result = scan_bytes(candidate.shown, data, shells=options.shells, truncated=size > SIZE_LIMIT)
    if candidate.vendored:
        result.findings = [structs.replace(finding, vendored=True) for finding in result.findings]
    if b"flycatcher:" in data:
        apply_comments(result, data.decode("utf-8", "surrogateescape"), honour=options.ignores)
    return result if result.parsed or result.skipped else None


def _content(path: str) -> tuple[bytes, int]:
    """Return a file's first bytes and its size. A device or a pipe that has taken the file's place is not waited for."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        data = file.read(SIZE_LIMIT + 1) or b""
        return data[:SIZE_LIMIT], len(data)


def scan_all(
    candidates: Iterable[Candidate],
    options: Options,
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
    options: Options,
    workers: int,
    progress: Callable[[int], None] | None,
) -> Iterator[FileResult]:
    """Hand out chunks to processes that are forked from this one, with all that it has loaded."""
    from multiprocessing import get_context  # noqa: PLC0415 - only for large trees

    from flycatcher.buildfiles import file_types  # noqa: PLC0415
    from flycatcher.interpreters import registry  # noqa: PLC0415

    file_types(), registry()
    with get_context("fork").Pool(workers) as pool:
        for size, results in pool.imap(_Chunk(options), _chunks(first, files)):
            if progress is not None:
                progress(size)
            yield from results


def _chunks(first: list[Candidate], files: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    """Yield the candidates in chunks."""
    for at in range(0, len(first), CHUNK):
        yield first[at : at + CHUNK]
    while chunk := list(islice(files, CHUNK)):
        yield chunk


class _Chunk:
    """What a worker does; an object, so that the options travel with it."""

    def __init__(self, options: Options) -> None:
        self.options = options

    def __call__(self, chunk: list[Candidate]) -> tuple[int, list[FileResult]]:
        """Scan a chunk."""
        results = (scan_file(candidate, self.options) for candidate in chunk)
        return len(chunk), [result for result in results if result is not None]
