"""Answers the kernel's questions: one call, read, weighed, continued or refused. The build waits while this runs.

The path of most executions (a compiler, ``true``) is short on purpose: receive, read the path, one stat, answer.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import time
from errno import E2BIG, EINTR, ENAMETOOLONG, ENOENT, ENOEXEC, EPERM
from typing import TYPE_CHECKING, Literal

from msgspec import structs

from flycatcher.core.execution import Execution, Fidelity
from flycatcher.sources.context.ancestry import read_stat
from flycatcher.sources.program_files import view_of, with_files
from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.aftermath import Aftermath, unjudged
from flycatcher.sources.sensors.seccomp.binfmt import may_know
from flycatcher.sources.sensors.seccomp.describe import Describer
from flycatcher.sources.sensors.seccomp.fastpath import BUSY, fastpath_for
from flycatcher.sources.sensors.seccomp.files import Files, RefusedError, Request, thread_group, with_hosted
from flycatcher.sources.sensors.seccomp.guard import REACHES
from flycatcher.sources.sensors.seccomp.judge import Counts, Judge
from flycatcher.sources.sensors.seccomp.memory import Reader
from flycatcher.sources.sensors.seccomp.stdin import LatePipe, capture, kind_of, with_text
from flycatcher.sources.sensors.seccomp.verify import Judged, Pending

if TYPE_CHECKING:
    from flycatcher.sources.sensors.seccomp.fastpath import FastPath
    from flycatcher.sources.sensors.seccomp.files import Resolved
    from flycatcher.sources.sensors.seccomp.front import Start
    from flycatcher.sources.sensors.seccomp.guard import Guard
    from flycatcher.sources.sensors.seccomp.supervision import Supervision

PATH_LIMIT = 4096
"""PATH_MAX: the kernel answers ENAMETOOLONG to more."""
REFUSED_LIMIT = 1024
NOTES_LIMIT = 100
"""Notices of one kind that are written; the figures at the end count all."""
HOLD_STEP = 0.002
"""Seconds between two looks into a pipe that an execution is held for."""
SHORT = 0.001
"""Seconds: poll(2) waits no shorter."""
LATE_NOTE = "the text on its descriptor was still being written when it started"


class Held:
    """An execution that waits for the text on its descriptors."""

    __slots__ = ("deadline", "descriptors", "execution", "full", "group", "ident", "judged", "late", "opened", "tid")

    def __init__(self, ident: int, tid: int, group: int, execution: Execution, judged: Judged) -> None:
        """Keep what is needed to ask again."""
        self.ident = ident
        self.tid = tid
        self.group = group
        self.execution = execution
        self.judged = judged
        self.descriptors: tuple[int, ...] = ()
        self.opened: tuple[int, ...] = ()
        self.full = False
        """What is not whole yet is in pipes that hold no more: waiting brings nothing."""
        self.deadline = 0.0
        self.late: LatePipe | None = None


class Supervisor:
    """Serves one listener."""

    def __init__(self, listener: int, judge: Judge, settings: Supervision, *, guard: Guard, start: Start) -> None:
        """``guard`` decides about calls that reach our own processes; ``start``: the command, at which ancestries end."""
        self.counts = Counts()
        self.listener = listener
        self.ended = False
        """True when no process of the tree is left."""
        self.trouble = ""
        """The first unexpected error, for the summary."""
        self._judge = judge
        self._settings = settings
        self._guard = guard
        self._no_new_privs = os.geteuid() != 0
        self._calls = abi.machine().calls
        self._reader = Reader()
        self._fast = fastpath_for(start.unanswered.loop, verifies=settings.enforces)
        self._files = Files(judge.look, self._fast)
        self._describer = Describer(start.pid)
        self._aftermath = Aftermath(judge, self.counts, self._describer, self._files, denies=settings.denies)
        self._unanswered = start.unanswered
        self._held: list[Held] = []
        self._noted: dict[str, int] = {}
        self._refused: dict[int, tuple[str, ...]] = {}
        """What each thread was last refused: a shell tries the other folders of PATH, which is one detection."""
        self._notification = start.unanswered.notification
        self._zero = bytes(abi.NOTIF_SIZE)
        self._response = bytearray(abi.RESPONSE.size)
        self._poller = select.poll()
        self._watched: list[int] = []
        self.watch(listener)

    def watch(self, descriptor: int) -> None:
        """Let :meth:`turn` also return when this descriptor becomes readable."""
        self._poller.register(descriptor, select.POLLIN)
        self._watched.append(descriptor)
        self._tell_fast_path()

    def unwatch(self, descriptor: int) -> None:
        """Undo :meth:`watch`."""
        self._poller.unregister(descriptor)
        self._watched.remove(descriptor)
        self._tell_fast_path()

    def _tell_fast_path(self) -> None:
        if self._fast is not None:
            self._fast.watch(self._watched)

    def deny(self) -> None:
        """From here on refuse what cannot be read, and kill what is not as judged: nobody will look at the reports."""
        self._settings = self._settings._replace(denies=True)
        self._aftermath.denies = True

    def turn(self, patience: float = 60.0) -> set[int]:
        """Wait for something, serve it; return the other descriptors that became readable. ``patience`` in seconds."""
        ready: set[int] = set()
        for descriptor, event in self._wait(patience):
            if descriptor != self.listener:
                ready.add(descriptor)
            elif event & select.POLLIN:
                self._receive()
            elif event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                self.ended = True
                self.unwatch(descriptor)
        if self._held:
            self._serve_held()
        if self._aftermath.pending:
            self._aftermath.look()
        return ready

    def turn_now(self) -> bool:
        """Serve what waits already; return whether there was anything."""
        waiting = any(descriptor == self.listener for descriptor, _ in self._poller.poll(0))
        if waiting:
            self.turn(0)
        return waiting

    def finish(self) -> None:
        """Settle what is still open: nothing that was seen is lost."""
        for held in self._held:
            self._settle(held)
        self._held.clear()
        self._leave_fast_path()
        self._aftermath.look(final=True)
        while self._judge.work():
            pass

    def _wait(self, patience: float) -> list[tuple[int, int]]:
        """Wait until something is readable or due; return what is, as poll(2) does."""
        due = self._aftermath.due() if self._aftermath.pending else None
        if self._judge.backlog():
            first = self._first_look(due) if self._settings.enforces else None
            ready = [] if first is not None else self._ready(0)  # what may have to be killed goes before other work
            if ready or (first is None and self._judge.work()):
                return ready or self._ready(0)
            due = due if first is None else first
        if self._held:
            return self._ready(HOLD_STEP)
        return self._ready(patience if due is None else due)

    def _first_look(self, due: float | None) -> float | None:
        """Return the seconds until an execution is looked after, here (``due``) or by the compiled loop; None where none is."""
        fast = self._fast.due() if self._fast is not None else None
        return fast if due is None else due if fast is None else min(due, fast)

    def _ready(self, seconds: float) -> list[tuple[int, int]]:
        """Wait that long at most until something is readable; return what is. What can be answered at once is."""
        if self._fast is not None and not self.ended:
            busy = self._aftermath.threads()
            if len(busy) <= BUSY and not self._files.apart:
                self._serve_fast(self._fast, seconds, busy)
                return self._poller.poll(0)
            self._leave_fast_path()
        if 0 < seconds < SHORT:
            return self._poller.poll(0) if select.select([self.listener], (), (), seconds)[0] else []
        return self._poller.poll(seconds * 1000)

    def _serve_fast(self, fast: FastPath, seconds: float, busy: set[int]) -> None:
        """Let the compiled loop answer what it can; serve what it hands over."""
        served = fast.serve(seconds, busy)
        self.counts.seen += served.seen
        self.counts.unverified += served.unverified
        self.counts.refused += served.absent
        for tid in served.threads:
            self._describer.ancestry.forget(tid)
        if served.doubtful is not None:
            self._aftermath.pending.append(served.doubtful)
        if served.notification:
            self._serve(served.notification)

    def _leave_fast_path(self) -> None:
        """Look here after what it let through."""
        if self._fast is not None:
            self._aftermath.pending += self._fast.release()

    def _receive(self) -> None:
        """Take one notification and serve it."""
        buffer = self._notification
        buffer[:] = self._zero  # the kernel refuses a buffer that is not empty
        try:
            fcntl.ioctl(self.listener, abi.NOTIF_RECV, buffer, True)
        except OSError as error:
            if error.errno not in {ENOENT, EINTR}:  # ENOENT: its process was killed meanwhile
                raise
            return
        self._serve(buffer)

    def _serve(self, notification: bytes | memoryview) -> None:
        """Serve one notification. Whatever goes wrong here, it is answered."""
        ident, tid, _, number, arch, _, *arguments = abi.NOTIF.unpack_from(notification)
        call = self._calls.get((arch, number))
        if call is None:
            self._other(ident, tid, (arch, number), arguments)
            return
        try:
            self._examine(ident, tid, call, arguments)
        except Exception as error:  # noqa: BLE001 - its process ended or may not be read; or a defect of ours
            self._unread(ident, tid, error)

    def _other(self, ident: int, tid: int, call: tuple[int, int], arguments: list[int]) -> None:
        """Serve a call that starts no program: one of abi.Machine.moves, or one that may reach our own processes."""
        reach = REACHES.get(call)
        if reach is None:
            if not self._files.apart:
                self._files.part(keeps_mounts=self._settings.enforces)
            self._send(ident)
            return
        refusal = self._guard.refusal(tid, reach, arguments)
        if not refusal:
            self._send(ident)
        elif self._send(ident, EPERM):
            self.counts.reached += 1
            self._note("refused", "supervisor", f"process {thread_group(tid)} tried to reach the supervisor: {refusal}")

    def _note(self, kind: Literal["loss", "refused"], place: str, text: str) -> None:
        """Say something, as long as that was not said often already."""
        self._noted[place] = self._noted.get(place, 0) + 1
        if self._noted[place] <= NOTES_LIMIT:
            self._judge.note(kind, place, text)

    def _unread(self, ident: int, tid: int, error: Exception) -> None:
        """Answer an execution that could not be read: refused where the run denies, else let through and looked at afterwards."""
        why = f"{type(error).__name__}: {error}"
        if self._settings.denies:
            if self._send(ident, EPERM):
                self.counts.unread += 1
                self._note("refused", "unread", f"an execution of process {thread_group(tid)} could not be read: {why}")
            return
        pending = unjudged(tid, thread_group(tid), "lost")
        if self._send(ident):
            self.counts.lost += 1
            self.counts.seen += 1
            self.trouble = self.trouble or why
            self._aftermath.pending.append(pending)

    def _examine(self, ident: int, tid: int, call: abi.Call, arguments: list[int]) -> None:
        """Find out what the call would run; most calls are answered here."""
        descriptor, flags = abi.AT_FDCWD, 0
        if call.at:
            descriptor = (arguments[0] & 0xFFFFFFFF ^ 0x80000000) - 0x80000000  # a C int
            flags = arguments[4]
            arguments = arguments[1:]
            if flags & abi.AT_EXECVE_CHECK:  # nothing is started; a kernel that does not know it refuses it
                self._send(ident)
                return
        path = self._reader.text(tid, arguments[0], PATH_LIMIT)
        file = self._files.plain(path) if path is not None and not flags else None
        if file is not None:
            self._pass(ident, tid, file)
            return
        if path is None:
            self._refuse(ident, tid, ENAMETOOLONG)
            return
        try:
            resolved = self._files.resolve(Request(tid, path, descriptor, flags))
        except RefusedError as error:
            self._refuse(ident, tid, error.number)
            return
        try:
            self._let(ident, tid, call, arguments, resolved)
        finally:
            os.close(resolved.handle)

    def _let(self, ident: int, tid: int, call: abi.Call, arguments: list[int], resolved: Resolved) -> None:
        """Serve an execution of a known file."""
        if self._aftermath.pending:
            self._aftermath.supersede(tid)
        image = resolved.image
        if image.privileged and self._no_new_privs:
            self._judge.on_setuid_lost(resolved.path)
        if image.unread:
            raise PermissionError(f"{resolved.path} may be run, but not read")
        if image.concern:
            self._read(ident, tid, call, arguments, resolved)
        else:
            self._pass(ident, tid, resolved.file)

    def _refuse(self, ident: int, tid: int, number: int) -> None:
        """Answer a call that the kernel refuses; where nothing may run unseen, it is not asked again."""
        self.counts.refused += 1
        unsure = number == ENOEXEC and may_know(tid)
        if (self._settings.denies or self._settings.enforces) and not unsure:
            self._send(ident, number)
            return
        pending = unjudged(tid, thread_group(tid), "refused") if number == ENOEXEC else None
        if self._send(ident) and pending is not None:
            self._aftermath.pending.append(pending)

    def _pass(self, ident: int, tid: int, file: tuple[int, int]) -> None:
        """Let an execution of no concern continue."""
        if self._aftermath.pending:
            self._aftermath.supersede(tid)
        pending = (
            Pending(None, tid, thread_group(tid), Judged(file, None), soon=True) if self._settings.enforces else None
        )
        if self._send(ident):
            self.counts.seen += 1
            self._describer.ancestry.forget(tid)
            if pending is not None:
                self._aftermath.pending.append(pending)

    def _read(self, ident: int, tid: int, call: abi.Call, arguments: list[int], resolved: Resolved) -> None:
        """Read the whole execution and decide."""
        words = self._reader.words(tid, arguments[1], call.pointer)
        environment = self._reader.words(tid, arguments[2], call.pointer)
        if words.truncated or environment.truncated:  # more than the kernel takes
            self._refuse(ident, tid, E2BIG)
            return
        argv = [*resolved.prefix, *words[1:]] if resolved.prefix else list(words) or [b""]
        group = thread_group(tid)
        execution = self._describer.execution(
            tid, group, argv=argv, environment=environment, exe=resolved.path, identity=resolved.image.identity
        )
        execution = with_hosted(execution, tid, self._judge, self._files)
        line = b"".join(word + b"\0" for word in argv)
        self._weigh(
            Held(ident, tid, group, execution, Judged(resolved.file, line, resolved.image.identity is not None))
        )

    def _weigh(self, held: Held, *, asked: bool = False) -> None:
        """Ask the judge, and do what it says; ``asked``: the text that it wanted has been looked for."""
        if not asked:
            held.execution = with_files(held.execution, view_of(held.tid, held.execution.cwd))
        verdict = self._judge.decide(held.execution)
        if verdict.action == "text" and not asked:
            held.descriptors, held.opened = verdict.descriptors, verdict.opened
            # a parent that waits in vfork(2) for this very execution cannot write before it: no use in waiting
            patience = 0.0 if _parent_waits(held.group) else self._settings.stdin_wait
            held.deadline = time.monotonic() + patience
            if not self._capture(held):
                self._held.append(held)
                self._unanswered.hold(each.ident for each in self._held)
                return
            verdict = self._judge.decide(held.execution)
        if verdict.action == "ignore":
            self._continue(held, held.execution if held.late is not None else None)  # its text may still come
            return
        held.execution = self._describer.enriched(held.execution, held.tid, held.group)
        if verdict.action == "deny":
            if self._send(held.ident, EPERM) and self._refused.get(held.tid) != held.execution.argv:
                self.counts.denied += 1
                self._judge.on_exec(_denied(held.execution))
            if len(self._refused) >= REFUSED_LIMIT:
                self._refused.clear()
            self._refused[held.tid] = held.execution.argv
            return
        self._continue(held, held.execution)

    def _continue(self, held: Held, execution: Execution | None) -> None:
        """Tell the kernel to go on, and remember what to look for afterwards; ``execution``: what is to be reported then."""
        pending = Pending(execution, held.tid, held.group, held.judged, soon=self._settings.enforces)
        if not self._send(held.ident):
            return
        self._refused.pop(held.tid, None)
        self.counts.seen += 1
        self.counts.read += 1
        self._describer.ancestry.forget(held.group)
        pending.late, held.late = held.late, None
        self._aftermath.pending.append(pending)

    def _capture(self, held: Held) -> bool:
        """Copy the text that waits; return True when nothing more is to be waited for."""
        found = {
            number: capture(held.tid, held.group, number, opened=number in held.opened) for number in held.descriptors
        }
        held.execution = with_text(held.execution, found)
        held.full = all(captured is None or captured.whole or captured.full for captured in found.values())
        return all(captured is None or captured.whole for captured in found.values())

    def _serve_held(self) -> None:
        """Look again for the text of executions that wait for it."""
        now = time.monotonic()
        waiting, self._held = self._held, []
        for held in waiting:
            if not self._valid(held.ident):
                continue
            try:
                if self._capture(held) or held.full or now >= held.deadline:
                    self._settle(held)
                else:
                    self._held.append(held)
            except Exception as error:  # noqa: BLE001 - as in _receive
                self._unread(held.ident, held.tid, error)
        self._unanswered.hold(each.ident for each in self._held)

    def _settle(self, held: Held) -> None:
        """End the waiting of one execution."""
        fidelity = held.execution.fidelity
        if fidelity is not None and fidelity.stdin != "whole":
            fidelity = structs.replace(fidelity, notes=(*fidelity.notes, LATE_NOTE))
            held.execution = structs.replace(held.execution, fidelity=fidelity)
            if fidelity.stdin == "not captured":
                held.late = _late(held)
        try:
            self._weigh(held, asked=True)
        finally:
            if held.late is not None:  # not taken over: denied, or ended
                held.late.close()

    def _valid(self, ident: int) -> bool:
        """Tell whether the process still waits for this answer."""
        try:
            fcntl.ioctl(self.listener, abi.NOTIF_ID_VALID, ident.to_bytes(8, sys.byteorder))
        except OSError:
            return False
        return True

    def _send(self, ident: int, error: int = 0) -> bool:
        """Answer: continue, or fail with that errno. False where the process has ended meanwhile."""
        abi.RESPONSE.pack_into(self._response, 0, ident, 0, -error, 0 if error else abi.CONTINUE)
        try:
            fcntl.ioctl(self.listener, abi.NOTIF_SEND, self._response, True)
        except OSError as trouble:
            if trouble.errno != ENOENT:
                raise
            return False
        return True


def _denied(execution: Execution) -> Execution:
    """Return the execution as one that was refused."""
    return structs.replace(execution, fidelity=structs.replace(execution.fidelity or Fidelity(), happened="denied"))


def _late(held: Held) -> LatePipe | None:
    """Go on watching a single pipe that is still empty; None where there is none."""
    if len(held.descriptors) != 1 or kind_of(held.tid, held.descriptors[0]) != "pipe":
        return None
    try:
        return LatePipe(held.tid, held.descriptors[0])
    except OSError:
        return None


def _parent_waits(group: int) -> bool:
    """Tell whether the parent sleeps uninterruptibly, as it does between vfork(2) and the child's execve."""
    about = read_stat(group)
    parent = read_stat(about.parent) if about else None
    return parent is not None and parent.state == "D"
