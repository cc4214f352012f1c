"""The same hunt in several processes: each takes a whole log, or a part of a large plain one."""

from __future__ import annotations

import os
from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.hunt.engine import Found, Hunt, Options, Part, Tally
from flycatcher.hunt.inputs import STDIN, Series
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

PART = 1 << 26
"""Bytes of a plain log that one process takes at once."""
_AHEAD = 2
"""Tasks under way for each process."""
_PACKED = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"PK\x03\x04",
    b"7z\xbc\xaf",
    b"PAR1",
    b"ARROW1",
    b"[",
    b"\xff\xfe",
)


class Task(Struct, frozen=True):
    """What a process is given."""

    log: Series
    part: Part | None = None

    @property
    def size(self) -> int:
        """Bytes of it on the disk."""
        if self.part is None:
            return self.log.size
        return (self.part.end or self.log.size) - self.part.start


class Result(Struct):
    """What it gives back."""

    found: list[Found | Lost]
    tally: Tally


def tasks(logs: Iterable[Series]) -> Iterator[Task]:
    """Yield the tasks of a hunt, in the order of the logs."""
    for log in logs:
        size = log.size
        if len(log.paths) > 1 or size < 2 * PART or not _is_plain(log.paths[0]):
            yield Task(log)
            continue
        count = size // PART
        for number in range(count):
            yield Task(log, Part(number * PART, (number + 1) * PART if number + 1 < count else 0))


def _is_plain(path: str) -> bool:
    """Whether a file is one of lines, which may be cut anywhere."""
    if path == STDIN:
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(512)
    except OSError:
        return False
    return not head.lstrip().startswith(_PACKED) and head[257:262] != b"ustar"


def hunt(
    logs: list[Series], options: Options, tally: Tally, *, jobs: int, progress: Callable[[int], None] | None = None
) -> Iterator[Found | Lost]:
    """Yield what is found, in the order of the logs, by ``jobs`` processes; the figures are added to ``tally``."""
    given = list(tasks(logs))
    if jobs <= 1 or len(given) <= 1:
        own = Hunt(options, progress=progress)
        yield from own.hunt(logs)
        tally.add(own.tally)
        return
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - one process does without
    from multiprocessing import get_context  # noqa: PLC0415

    waiting: deque[tuple[Task, Future[Result]]] = deque()
    with ProcessPoolExecutor(min(jobs, len(given)), mp_context=get_context("fork")) as pool:
        for task in given:
            waiting.append((task, pool.submit(_do, task, options)))
            if len(waiting) >= jobs * _AHEAD:
                yield from _taken(waiting.popleft(), tally, progress)
        while waiting:
            yield from _taken(waiting.popleft(), tally, progress)


def _taken(
    given: tuple[Task, Future[Result]], tally: Tally, progress: Callable[[int], None] | None
) -> Iterator[Found | Lost]:
    """Yield the result of a task; a process that died over it is a loss."""
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415 - one process does without

    task, future = given
    try:
        result = future.result()
    except BrokenProcessPool:
        yield Lost(text=f"{task.log.name}: the process that read it has died: not read", place="read")
        return
    tally.add(result.tally)
    if progress is not None:
        progress(task.size)
    yield from result.found


def _do(task: Task, options: Options) -> Result:
    """Do one task, in a process of its own."""
    own = Hunt(options)
    return Result(list(own.one(task.log, task.part)), own.tally)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))
