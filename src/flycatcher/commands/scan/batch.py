"""What some files gave, put together: workers hand on one such whole for each chunk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.scanning.finding import FileResult

if TYPE_CHECKING:
    from collections.abc import Iterable


class Batch(Struct):
    """What some files gave. Of most there is nothing to tell but that they were read, so they are only counted."""

    size: int = 0
    """How many files were looked at."""
    typed: int = 0
    """How many may be build files."""
    parsed: int = 0
    """How many were read."""
    results: list[FileResult] = []
    """Of those with findings, notices, or something that was not read."""
    rows: list[tuple[bytes, bytes]] = []
    """What is added to the cache."""

    def add(self, other: Batch) -> None:
        """Add what other files gave."""
        self.size += other.size
        self.typed += other.typed
        self.parsed += other.parsed
        self.results += other.results
        self.rows += other.rows


def batch_of(results: Iterable[FileResult | None]) -> Batch:
    """Put the results of some files together, None for those that can hold nothing."""
    batch = Batch()
    for result in results:
        batch.size += 1
        if result is not None:
            batch.typed += result.typed
            batch.parsed += result.parsed
            if result.findings or result.suppressed or result.notices or result.skipped:
                batch.results.append(result)
    return batch
