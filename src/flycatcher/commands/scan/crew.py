"""Worker processes that scan: forked from this one with all that it has loaded, each at its own end of a socket.

No thread and no queue stands between: what a worker's death costs is the file that it died over, and the end of a scan leaves
nothing behind that complains.
"""

from __future__ import annotations

import os
import signal
from multiprocessing import get_context
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from flycatcher.commands.scan.batch import Batch, batch_of
from flycatcher.scanning.finding import FileResult
from flycatcher.sinks.summary import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from flycatcher.commands.scan.interruption import Interruption
    from flycatcher.commands.scan.walk import Candidate

    Chunk = list[Candidate]
    Task = Callable[[Chunk], Batch]

AHEAD = 4
"""Chunks under way for each process."""
UNKNOWN_CONTENT = "unknown content"


class _Worker:
    """One process, and the chunk that it has."""

    def __init__(self, task: Task, others: list[_Worker]) -> None:
        """Fork; the child closes what belongs to the other children, so that each end of a socket has one owner."""
        context = get_context("fork")
        self.ours, theirs = context.Pipe()
        strangers = [worker.ours for worker in others]
        self.process: BaseProcess = context.Process(
            target=_work, args=(task, theirs, [self.ours, *strangers]), daemon=True
        )
        self.process.start()
        theirs.close()
        self.number = -1
        self.chunk: Chunk = []

    def give(self, number: int, chunk: Chunk) -> None:
        """Hand a chunk out. A worker that has died is seen when its answer is read."""
        self.number, self.chunk = number, chunk
        try:
            self.ours.send(chunk)
        except OSError:
            return

    def answer(self) -> Batch | None:
        """Return the results, None where the process has ended over them."""
        try:
            done: Batch = self.ours.recv()
        except (EOFError, OSError):
            return None
        return done

    def end(self) -> None:
        """End the process, if it has not, and wait for it."""
        self.ours.close()
        self.process.join(_GRACE)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()


_GRACE = 1.0
"""Seconds that a worker without work has to end by itself."""


def _work(task: Task, own: Connection, strangers: list[Connection]) -> None:
    """Scan chunks until nobody sends any. The keyboard's signal is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for each in strangers:
        each.close()
    while True:
        try:
            own.send(task(own.recv()))
        except (EOFError, OSError):
            os._exit(0)


class Crew:
    """The workers of one scan."""

    def __init__(self, task: Task, workers: int, interruption: Interruption) -> None:
        """``task`` scans a chunk; ``interruption`` ends the workers where they are."""
        self.task = task
        self.workers = workers
        self.interruption = interruption
        self._crew: list[_Worker] = []
        self._given = 0
        interruption.then = self._kill

    def results(self, chunks: Iterator[Chunk]) -> Iterator[Batch]:
        """Yield each chunk's results in order; only so many are under way that the walk stays ahead."""
        ready: dict[int, Batch] = {}
        self._given, following, left = 0, 0, True
        while not self.interruption.asked:
            left = left and self._hand_out(chunks, ahead=self.workers * AHEAD - len(ready))
            if not left and not ready and not self._busy():
                return
            self._collect(ready)
            while following in ready:
                yield ready.pop(following)
                following += 1
        for worker in self._busy().values():
            if worker.ours.poll() and (done := worker.answer()) is not None:
                ready[worker.number] = done
        for number in sorted(ready):
            yield ready[number]

    def _hand_out(self, chunks: Iterator[Chunk], *, ahead: int) -> bool:
        """Give each idle worker a chunk, while results wait for an earlier one not more than ``ahead``; whether chunks are left."""
        for worker in self._all():
            if worker.number >= 0 or ahead <= 0:
                continue
            chunk = next(chunks, None)
            if chunk is None:
                return False
            worker.give(self._given, chunk)
            self._given += 1
        return True

    def _busy(self) -> dict[object, _Worker]:
        """Return the workers that have a chunk, by their sockets."""
        return {worker.ours: worker for worker in self._crew if worker.number >= 0}

    def _collect(self, ready: dict[int, Batch]) -> None:
        """Wait for results, and take those that are there."""
        busy = self._busy()
        for connection in wait(list(busy)) if busy else ():  # type: ignore[arg-type]
            worker = busy[connection]
            number, chunk = worker.number, worker.chunk
            done = worker.answer()
            if done is None and self.interruption.asked:
                return
            worker.number = -1
            ready[number] = done if done is not None else self._after(worker, chunk)

    def _all(self) -> list[_Worker]:
        """Return the workers, hired when they are first needed."""
        while len(self._crew) < self.workers:
            self._crew.append(_Worker(self.task, self._crew))
        return self._crew

    def _after(self, worker: _Worker, chunk: Chunk) -> Batch:
        """Return a chunk's results though its worker died over it: each file is scanned in a process of its own."""
        worker.end()
        self._crew.remove(worker)
        whole = Batch()
        for candidate in chunk:
            alone = _Worker(self.task, self._crew)
            alone.give(0, [candidate])
            done = alone.answer()
            alone.end()
            if done is None:
                reason = "reading it ended the process that read it"
                lost = Skipped(path=candidate.shown, reason=reason, unread=UNKNOWN_CONTENT)
                done = batch_of([FileResult(path=candidate.shown, skipped=[lost])])
            whole.add(done)
        return whole

    def _kill(self) -> None:
        """End the processes where they are: nobody waits for the rest."""
        for worker in self._crew:
            if worker.process.pid is not None:
                os.kill(worker.process.pid, signal.SIGKILL)

    def end(self) -> None:
        """Send the processes home, and wait for them."""
        for worker in self._crew:
            worker.end()
        self._crew.clear()
