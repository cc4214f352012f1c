"""Scans many files: in this process where they are few, else on all cores."""

from __future__ import annotations

import os
from itertools import chain, islice
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.commands.scan.batch import batch_of
from flycatcher.commands.scan.crew import UNKNOWN_CONTENT, Crew
from flycatcher.commands.scan.interruption import Interruption
from flycatcher.scanning.finding import FileResult
from flycatcher.scanning.limit import COMPILED, SIZE_LIMIT, TOO_LONG
from flycatcher.scanning.suppress import apply_comments
from flycatcher.sinks.summary import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.commands.scan.batch import Batch
    from flycatcher.commands.scan.cache import Cache
    from flycatcher.commands.scan.walk import Candidate


CHUNKS = 128
"""Of SIZE_LIMIT bytes, that are searched behind those that are read: one GiB."""
USUAL = 1 << 16
"""Bytes that are asked for at first: for as many as a file may have, memory is taken and given back for each file."""
CHUNK = 64
"""Files that a worker takes at once."""
FEW = 200
"""Up to so many files, starting workers takes longer than the work."""


class WorkerOptions(Struct, frozen=True):
    """What a worker must know."""

    shells: bool = False
    ignores: bool = True
    """Honour suppressing comments."""
    docs: bool = False
    """Read documents for people."""


def scan_file(candidate: Candidate, options: WorkerOptions, kept: Cache | None = None) -> FileResult | None:
    """Scan one file; None where it is nothing that can hold a finding."""
    try:
        data, truncated, beyond = _content(candidate.path)
    except OSError as error:
        reason = Skipped(path=candidate.shown, reason=error.strerror or str(error), unread=UNKNOWN_CONTENT)
        return FileResult(path=candidate.shown, skipped=[reason])
    key = kept.key(candidate.shown, data) if kept is not None and not truncated else b""
    result = kept.get(key) if kept is not None and key else None
    if result is None:
        from flycatcher.scanning.engine import scan_bytes  # noqa: PLC0415 - a scan that knows every file needs none of it

        result = scan_bytes(
            candidate.shown, data, shells=options.shells, truncated=truncated, beyond=beyond, docs=options.docs
        )
        if kept is not None and key and not any(each.reason.startswith(TOO_LONG) for each in result.skipped):
            kept.put(key, result)
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
    try:
        data = os.read(descriptor, USUAL)
        return (data, False, "") if len(data) < USUAL else _long_content(descriptor, data)
    finally:
        os.close(descriptor)


def _long_content(descriptor: int, data: bytes) -> tuple[bytes, bool, str]:
    """Return the same for a file that goes on behind ``data``."""
    data += os.read(descriptor, SIZE_LIMIT + 1 - USUAL)
    if len(data) <= SIZE_LIMIT:
        return data, False, ""
    if data.startswith(COMPILED):
        return data[:SIZE_LIMIT], True, ""
    from flycatcher.core.unread import OVERLAP, word_in  # noqa: PLC0415 - few files are so long

    rest = (chunk for _ in range(CHUNKS) if (chunk := os.read(descriptor, SIZE_LIMIT)))
    return data[:SIZE_LIMIT], True, word_in(chain((data[-OVERLAP:],), rest))


def scan_all(  # noqa: PLR0913 - what a scan shares with its workers
    candidates: Iterable[Candidate],
    options: WorkerOptions,
    *,
    workers: int = 0,
    progress: Callable[[int], None] | None = None,
    kept: Cache | None = None,
    interruption: Interruption | None = None,
) -> Iterator[Batch]:
    """Yield what the files gave in the order of the candidates. ``workers``: 0 means one for each core."""
    interruption = interruption or Interruption()
    workers = workers or len(os.sched_getaffinity(0))
    files = iter(candidates)
    first = list(islice(files, FEW + 1))
    if len(first) <= FEW or workers == 1:
        for candidate in (*first, *files):
            if interruption.asked:
                return
            batch = batch_of([scan_file(candidate, options, kept)])
            if progress is not None:
                progress(1)
            yield batch
        return
    from flycatcher.collector import spare_collections  # noqa: PLC0415 - only for large trees

    if kept is None or not kept.filled:
        _load()
    spare_collections()
    crew = Crew(_Chunk(options, kept), workers, interruption)
    try:
        for batch in crew.results(_chunks(first, files)):
            if progress is not None:
                progress(batch.size)
            if kept is not None:
                kept.add(batch.rows)
            yield batch
    finally:
        crew.end()


def _load() -> None:
    """Load what reads files, so that the workers need not do it each; where most files are known, none of it may be needed."""
    from flycatcher.core.interpreters import registry  # noqa: PLC0415
    from flycatcher.scanning import engine  # noqa: F401, PLC0415
    from flycatcher.sources.buildfiles import file_types  # noqa: PLC0415

    file_types()
    registry()


def _chunks(first: list[Candidate], files: Iterator[Candidate]) -> Iterator[list[Candidate]]:
    """Yield the candidates in chunks."""
    for at in range(0, len(first), CHUNK):
        yield first[at : at + CHUNK]
    while chunk := list(islice(files, CHUNK)):
        yield chunk


class _Chunk:
    """What a worker does."""

    def __init__(self, options: WorkerOptions, kept: Cache | None = None) -> None:
        self.options = options
        self.kept = kept

    def __call__(self, chunk: list[Candidate]) -> Batch:
        """Scan a chunk."""
        batch = batch_of(scan_file(candidate, self.options, self.kept) for candidate in chunk)
        batch.rows = self.kept.taken() if self.kept is not None else []
        return batch
