"""Processes that run code on the fly now: each one's execution as /proc shows it, judged as the sensors' are."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import structs

from flycatcher.commands.respond.spared import spared
from flycatcher.core.detection import detection_of, judge, read
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.interpreters.identity.identify import identify
from flycatcher.isolation.worker import AnalysisWorker
from flycatcher.sources.context.container import container_of
from flycatcher.sources.context.whose import whose
from flycatcher.sources.sensors.clock import rfc3339
from flycatcher.sources.sensors.hosted import with_hosted
from flycatcher.sources.sensors.procfs import bounded, environment_of, link, start_of, with_files_of
from flycatcher.sources.sensors.procfs import read as read_file
from flycatcher.sources.sensors.seccomp.stdin import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.commands.respond.freeze import Stat
    from flycatcher.core.detection import Detection

SENSOR = "procfs"
LIMIT = 4 << 20
"""Bytes of a command line that are read; the kernel allows 2 MiB by default (execve(2))."""


class Live(NamedTuple):
    """A process, and what was detected in it."""

    stat: Stat
    detection: Detection


def live(known: dict[int, Stat]) -> Iterator[Live]:
    """Yield the processes that run program text without a script, but for the kernel's and this program's own line."""
    guarded = spared(known)
    with AnalysisWorker() as worker:
        for stat in known.values():
            if stat.pid not in guarded:
                found = _detected(stat, known, worker)
                if found is not None:
                    yield Live(stat, found)


def _detected(stat: Stat, known: dict[int, Stat], worker: AnalysisWorker) -> Detection | None:
    execution = _execution(stat, known)
    if execution is None:
        return None
    reading = read(execution, analyser=worker.analyse)
    if reading is None or not reading.snippets:
        return None
    reading.execution = structs.replace(execution, context={**whose(execution), **container_of(stat.pid)})
    judgement = judge(reading, shells=True, live=True, analyser=worker.analyse)
    return detection_of(reading, judgement) if judgement.counts else None


def _execution(stat: Stat, known: dict[int, Stat]) -> Execution | None:
    """Return what a process runs; None where it is gone, another one by now, or no interpreter."""
    interpreter = bounded.call(identify, f"/proc/{stat.pid}/exe", default=None)
    words = bounded.call(read_file, f"/proc/{stat.pid}/cmdline", LIMIT, default=b"")
    if interpreter == "" or not words:
        return None
    argv = tuple(map(os.fsdecode, words.removesuffix(b"\0").split(b"\0")))
    process = _process(stat, argv)
    execution = Execution(
        argv=argv,
        exe=process.exe,
        env=environment_of(process),
        stdin=kind_of(stat.pid),
        cwd=process.cwd,
        interpreter=interpreter,
        process=process,
        ancestry=tuple(_process(each) for each in _above(stat, known)),
        fidelity=Fidelity(
            sensor=SENSOR,
            time=rfc3339(time.time_ns()),
            bytes_seen=len(words),
            bytes_total=len(words),
            happened="confirmed",
            stdin="not captured",
        ),
    )
    return with_files_of(with_hosted(execution)) if start_of(stat.pid) == stat.start else None


def _process(stat: Stat, argv: Iterable[str] = ()) -> Process:
    place = f"/proc/{stat.pid}"
    found = Process(
        pid=stat.pid,
        start=stat.start,
        comm=stat.name,
        exe=link(f"{place}/exe"),
        argv=tuple(argv),
        cwd=link(f"{place}/cwd"),
    )
    try:
        about = Path(place).stat()
    except OSError:
        return found
    return structs.replace(found, uid=about.st_uid, gid=about.st_gid)


def _above(stat: Stat, known: dict[int, Stat]) -> Iterator[Stat]:
    """Yield the ancestors, nearest first."""
    seen = {stat.pid}
    while (stat := known.get(stat.parent, stat)).pid not in seen:
        seen.add(stat.pid)
        yield stat
