"""A run that the BPF sensor observes: nothing waits for it, and what it tells is the kernel's own copy of what started."""

from __future__ import annotations

import os
import select
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core import interpreters
from flycatcher.core.execution import Fidelity
from flycatcher.sources.context.container import container_of
from flycatcher.sources.notice import Notice
from flycatcher.sources.sensors.ebpf.captures import reads_program
from flycatcher.sources.sensors.ebpf.lineage import Lineage
from flycatcher.sources.sensors.given import may_hold_text
from flycatcher.sources.sensors.hosted import is_unknown
from flycatcher.sources.sensors.seccomp.followed import FollowedCommand, RunOutcome, children, code_of
from flycatcher.sources.sensors.seccomp.judge import Counts
from flycatcher.sources.sensors.seccomp.tree import end_descendants

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.run.judge import RunJudge
    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.ebpf.sensor import Sensor
    from flycatcher.sources.sensors.seccomp.front import Start
    from flycatcher.sources.sensors.seccomp.supervision import Supervision

_WAIT = 0.05
"""Seconds for which the kernel is waited for at most before it is looked whether the command has ended."""


class KernelRun(FollowedCommand):
    """One command below the BPF sensor, which watches since before it was started."""

    def __init__(self, start: Start, judge: RunJudge, settings: Supervision, sensor: Sensor) -> None:
        """Take a sensor that watches what descends from this process."""
        super().__init__(start)
        self._judge, self._settings, self._sensor = judge, settings, sensor
        self._counts = Counts()
        self._lineage = Lineage()
        self._container = container_of(os.getpid())

    def run(self, close: Callable[[RunOutcome], int], helpers: Callable[[], int]) -> int:
        """Take what the kernel tells until the command ends; ``close`` as for a supervised run, ``helpers``: our own processes."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, self._terminate)
        self._start.listener()
        with ExitStack() as stack:
            stack.push(self._sensor)  # it was entered before the command was started
            self._reap()
            while not self._is_over(helpers):
                self._turn()
            if self._settings.enforces and (self._terminated or self._ended):
                self._end_tree()
            for item in self._sensor.drain():
                self._take(item)
            self._counts.seen = self._sensor.counts()["seen"]
        while self._judge.work():
            continue
        self._judge.release()
        self._counts.left = self._counts.left or children() - helpers()
        outcome = RunOutcome(code_of(self._status or 0), self._counts, observed=True, ended=self._ended)
        code = close(outcome)
        if self._status is not None:
            self._tell(b"S%d 1" % code)
        return code

    def _is_over(self, helpers: Callable[[], int]) -> bool:
        if self._ended or self._terminated:
            return True
        if self._status is None:
            return False
        return not self._settings.wait_all or children() <= helpers()

    def _turn(self) -> None:
        """Take what there is; analyse where there is nothing, wait where there is nothing to analyse."""
        for item in self._sensor.poll(0 if self._judge.backlog() else _WAIT):
            self._take(item)
        self._judge.work()
        self._reap()
        if self._settings.enforces and select.select([self._start.channel], [], [], 0)[0]:
            self._ended = True  # nothing is sent there: readable when the front ends

    def _end_tree(self) -> None:
        """End all that the command started: nobody will hear of it any more."""
        self._judge.release()  # its helper is no part of the tree
        self._counts.left = end_descendants(os.getpid())
        self._status = signal.SIGTERM if self._terminated else signal.SIGKILL  # as wait statuses
        self._ended = True

    def _take(self, item: Execution | Notice) -> None:
        """Count a loss, or hand an execution to the judge."""
        if isinstance(item, Notice):
            self._counts.lost += item.count
            self._judge.note(item.kind, item.place, item.text)
            return
        item = self._lineage.completed(item)
        reading = interpreters.read(item)
        self._counts.read += reading is not None
        if reading is None and item.interpreter is None:
            if may_hold_text(item):
                self._lose(item, "was gone before it could be inspected, and its name identifies nothing")
        elif is_unknown(item) and (reading is None or not reading.snippets):
            self._lose(
                item, "runs a program that was gone before it could be inspected, or is looked for among libraries"
            )
        else:
            execution = self._seen_from_here(item)
            if self._judge.decide(execution).action != "ignore":
                self._judge.on_exec(execution)

    def _lose(self, execution: Execution, why: str) -> None:
        """Count an execution of which nobody knows what it ran."""
        self._counts.lost += 1
        name = execution.exe or "".join(execution.argv[:1])
        pid = execution.process.pid if execution.process is not None else 0
        self._judge.note("loss", "file not looked at", f"{name} (pid {pid}) {why}")

    def _seen_from_here(self, execution: Execution) -> Execution:
        """Return an execution as the other sensor tells it: up to the command, and of stdin only where that brings program text."""
        own = next((at for at, each in enumerate(execution.ancestry) if each.pid == os.getpid()), None)
        fidelity = execution.fidelity or Fidelity()
        if fidelity.stdin == "not captured" and not reads_program(execution):
            fidelity = structs.replace(fidelity, stdin="")
        process = execution.process
        where = container_of(process.pid) if process is not None else {}
        return structs.replace(
            execution,
            ancestry=execution.ancestry[:own],
            process=structs.replace(process, cwd=execution.cwd) if process is not None else None,
            fidelity=fidelity,
            context=execution.context | (where or self._container),
        )
