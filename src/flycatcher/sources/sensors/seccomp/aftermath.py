"""What became of the executions that the kernel was told to continue; those that are not what was judged are judged anew.

Between our look and the kernel's own copy another thread can change the words, and another process the file that a path names.
Nothing prevents that; it is found out right after, and where the run denies, ended.
"""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from flycatcher.core.execution import Fidelity
from flycatcher.sources.sensors.seccomp.files import with_hosted
from flycatcher.sources.sensors.seccomp.stdin import capture, with_text
from flycatcher.sources.sensors.seccomp.tree import descendants
from flycatcher.sources.sensors.seccomp.verify import Judged, Pending, read_bytes
from flycatcher.sources.sensors.walk import UnknownError

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.seccomp.describe import Describer
    from flycatcher.sources.sensors.seccomp.files import Files
    from flycatcher.sources.sensors.seccomp.judge import Counts, Judge

ENVIRONMENT_LIMIT = 6 << 20
NOWHERE = (-1, -1)
"""Device and inode of no file: whatever runs then was not judged."""
CHANGED_NOTE = "ran with another {what} than was read before it: changed in between by another thread or process"
UNREAD_NOTE = "read from the running process, as it could not be read before"


class Aftermath:
    """The executions that were let through and are not yet known to have happened as judged."""

    def __init__(self, judge: Judge, counts: Counts, describer: Describer, files: Files, *, denies: bool) -> None:
        """``denies``: what is not as judged, and would have been refused, is killed."""
        self.pending: list[Pending] = []
        self.denies = denies
        self._judge = judge
        self._counts = counts
        self._describer = describer
        self._files = files

    def due(self) -> float:
        """Return the seconds until the next look is due, at least 0."""
        return max(0.0, min(pending.due for pending in self.pending) - time.monotonic())

    def threads(self) -> set[int]:
        """Return the threads and processes whose next call settles something."""
        return {number for pending in self.pending for number in (pending.tid, pending.group)}

    def supersede(self, tid: int) -> None:
        """Settle the open execution of a thread that calls again: that one is over."""
        for pending in [pending for pending in self.pending if tid in (pending.tid, pending.group)]:
            self.pending.remove(pending)
            self._close(pending, pending.outcome(final=True) or "presumed")

    def look(self, *, final: bool = False) -> None:
        """Look whether executions happened, and as what."""
        now = time.monotonic()
        waiting, self.pending = self.pending, []
        for pending in waiting:
            outcome = pending.outcome(final=final) if final or pending.due <= now else None
            if outcome is None:
                self.pending.append(pending)
            else:
                self._close(pending, outcome)

    def _close(self, pending: Pending, outcome: str) -> None:
        """Report one execution, judge it anew where it is another one, or forget it where it failed."""
        if outcome == "failed":
            pending.drop()
            self._failed(pending)
            return
        difference = pending.difference()
        if difference:
            pending.drop()
            self._differs(pending, difference)
            return
        self._counts.unverified += outcome == "presumed" and pending.judged is not None
        execution = pending.result(outcome)
        if execution is not None:
            self._judge.on_exec(execution)

    def _failed(self, pending: Pending) -> None:
        """Correct the figures: the kernel refused what it was told to continue with."""
        counted = pending.judged.counted if pending.judged is not None else "seen"
        if counted != "refused":
            self._counts.seen -= 1
            self._counts.read -= pending.execution is not None
            self._counts.lost -= counted == "lost"
            self._counts.refused += 1

    def _differs(self, pending: Pending, difference: str) -> None:
        """Find out what runs instead, and decide about that."""
        counted = pending.judged.counted if pending.judged is not None else "seen"
        self._counts.changed += counted == "seen"
        if counted == "refused":
            self._counts.seen += 1
            self._counts.refused -= 1
        took = self._stop(pending)
        execution = self._running(pending, difference if counted == "seen" else "")
        if execution is None:
            self._unknown(pending, counted, took)
            return
        self._counts.lost -= counted == "lost"  # it was let through unread, and is read now
        refused = self._is_refused(pending, execution)
        if refused is not None:
            execution = self._describer.enriched(execution, pending.tid, pending.group)
        outcome = "confirmed"
        if refused and self.denies:
            execution = _noted(execution, self._kill(pending, took))
            outcome = "killed"
        elif self.denies:
            _send(pending.group, signal.SIGCONT)
        if refused is None:
            return
        fidelity = structs.replace(execution.fidelity or Fidelity(), happened=outcome)
        self._judge.on_exec(structs.replace(execution, fidelity=fidelity))

    def _is_refused(self, pending: Pending, execution: Execution) -> bool | None:
        """Ask the judge; None where the execution is of no interest."""
        verdict = self._judge.decide(execution)
        if verdict.action == "text":
            found = {
                number: capture(pending.tid, pending.group, number, opened=number in verdict.opened)
                for number in verdict.descriptors
            }
            verdict = self._judge.decide(with_text(execution, found))
        return None if verdict.action == "ignore" else verdict.action == "deny"

    def _running(self, pending: Pending, difference: str) -> Execution | None:
        """Read what runs from the process itself, which holds the kernel's own copy; None where that is refused."""
        group = pending.group
        try:
            descriptor = os.open(f"/proc/{group}/exe", os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            exe = os.readlink(f"/proc/self/fd/{descriptor}")
            identity, _ = self._judge.look(descriptor, os.path.basename(exe), False)
        finally:
            os.close(descriptor)
        words = _words(f"/proc/{group}/cmdline")
        if not words:
            return None
        execution = self._describer.execution(
            pending.tid,
            group,
            argv=words,
            environment=_words(f"/proc/{group}/environ"),
            exe=exe,
            identity=identity,
            note=CHANGED_NOTE.format(what=difference) if difference else UNREAD_NOTE,
        )
        try:
            return with_hosted(execution, pending.tid, self._judge, self._files)
        except (OSError, UnknownError):
            return None

    def _unknown(self, pending: Pending, counted: str, took: float) -> None:
        """Deal with a process that runs something that may not be looked into."""
        if self.denies:
            text = f"process {pending.group} could not be looked into after its program started: {self._kill(pending, took)}"
            self._judge.note("killed", "running", text)
        elif counted != "lost":
            self._counts.lost += 1

    def _stop(self, pending: Pending) -> float:
        """Hold a process that may have to be killed; return how many seconds after it was let through."""
        if self.denies:
            _send(pending.group, signal.SIGSTOP)
        return time.monotonic() - pending.begun

    def _kill(self, pending: Pending, took: float) -> str:
        """Kill a process and what it has started since; say how long after it was let through it was stopped."""
        for pid in (*descendants(pending.group), pending.group):
            _send(pid, signal.SIGKILL)
        self._counts.killed += 1
        return f"killed, stopped {took * 1000:.1f} ms after it was let through"


def unjudged(tid: int, group: int, counted: Literal["lost", "refused"]) -> Pending:
    """Return what is to be looked at after an execution that was let through without having been judged."""
    return Pending(None, tid, group, Judged(NOWHERE, None, counted=counted))


def _send(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _words(path: str) -> list[bytes]:
    """Return the NUL-ended words of a file below /proc/PID."""
    data = read_bytes(path, ENVIRONMENT_LIMIT)
    return data.removesuffix(b"\0").split(b"\0") if data else []


def _noted(execution: Execution, note: str) -> Execution:
    fidelity = execution.fidelity or Fidelity()
    return structs.replace(execution, fidelity=structs.replace(fidelity, notes=(*fidelity.notes, note)))
