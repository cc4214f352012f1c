"""Answers the kernel's questions: one call, read, weighed, continued or refused. The build waits while this runs.

The path of most executions (a compiler, ``true``) is short on purpose: receive, read the path, one stat, answer.
"""

from __future__ import annotations

import fcntl
import os
import select
import sys
import time
from datetime import UTC, datetime
from errno import EINTR, ENOENT, EPERM
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.sources.context.ancestry import Ancestry, read_stat
from flycatcher.sources.context.container import container_of
from flycatcher.sources.program_files import view_of, with_files
from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.files import Files, Request, program_path, thread_group
from flycatcher.sources.sensors.seccomp.judge import Counts, Judge
from flycatcher.sources.sensors.seccomp.memory import MemoryGoneError, Reader, Words
from flycatcher.sources.sensors.seccomp.stdin import LatePipe, capture, kind_of, with_text
from flycatcher.sources.sensors.seccomp.verify import Pending

if TYPE_CHECKING:
    from flycatcher.sources.sensors.seccomp.files import Resolved

PATH_LIMIT = 4096
"""PATH_MAX: the kernel answers ENAMETOOLONG to more."""
ENV_CACHE = 16
REFUSED_LIMIT = 1024
HOLD_STEP = 0.002
"""Seconds between two looks into a pipe that an execution is held for."""
LATE_NOTE = "the text on its descriptor was still being written when it started"
RACE_NOTE = "read before the kernel's own copy was made: another thread of the process could have changed it in between"


class Held:
    """An execution that waits for the text on its descriptors."""

    __slots__ = ("deadline", "descriptors", "execution", "group", "ident", "late", "tid")

    def __init__(self, ident: int, tid: int, group: int, execution: Execution, descriptors: tuple[int, ...]) -> None:
        """Keep what is needed to ask again."""
        self.ident = ident
        self.tid = tid
        self.group = group
        self.execution = execution
        self.descriptors = descriptors
        self.deadline = 0.0
        self.late: LatePipe | None = None


class Supervisor:
    """Serves one listener."""

    def __init__(self, listener: int, judge: Judge, *, stdin_wait: float, no_new_privs: bool, root: int) -> None:
        """``stdin_wait`` in seconds; ``root``: the process at which ancestries end."""
        self.counts = Counts()
        self.listener = listener
        self.ended = False
        """True when no process of the tree is left."""
        self.trouble = ""
        """The first unexpected error, for the summary."""
        self._judge = judge
        self._stdin_wait = stdin_wait
        self._no_new_privs = no_new_privs
        self._calls = abi.machine().calls
        self._reader = Reader()
        self._files = Files(judge.look)
        self._ancestry = Ancestry(root, os.getpid())
        self._held: list[Held] = []
        self._pending: list[Pending] = []
        self._environments: dict[bytes, dict[str, str]] = {}
        self._refused: dict[int, tuple[str, ...]] = {}
        """What each thread was last refused: a shell tries the other folders of PATH, which is one detection."""
        self._notification = bytearray(abi.NOTIF_SIZE)
        self._zero = bytes(abi.NOTIF_SIZE)
        self._response = bytearray(abi.RESPONSE.size)
        self._poller = select.poll()
        self._poller.register(listener, select.POLLIN)

    def watch(self, descriptor: int) -> None:
        """Let :meth:`turn` also return when this descriptor becomes readable."""
        self._poller.register(descriptor, select.POLLIN)

    def turn(self, patience: float = 60.0) -> set[int]:
        """Wait for something, serve it; return the other descriptors that became readable. ``patience`` in seconds."""
        ready: set[int] = set()
        for descriptor, event in self._poller.poll(self._timeout(patience)):
            if descriptor != self.listener:
                ready.add(descriptor)
            elif event & select.POLLIN:
                self._receive()
            elif event & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                self.ended = True
                self._poller.unregister(descriptor)
        if self._held:
            self._serve_held()
        if self._pending:
            self._verify()
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
        self._verify(final=True)
        while self._judge.work():
            pass

    def _timeout(self, patience: float) -> float:
        """Return how long to wait, in milliseconds; does deferred work where nothing waits."""
        if self._judge.backlog() and (self._poller.poll(0) or self._judge.work()):
            return 0
        if self._held:
            return HOLD_STEP * 1000
        if not self._pending:
            return patience * 1000
        return max(0.0, (min(pending.due for pending in self._pending) - time.monotonic()) * 1000)

    def _receive(self) -> None:
        """Take one notification and serve it. Whatever goes wrong here, the build goes on."""
        buffer = self._notification
        buffer[:] = self._zero  # the kernel refuses a buffer that is not empty
        try:
            fcntl.ioctl(self.listener, abi.NOTIF_RECV, buffer, True)
        except OSError as error:
            if error.errno not in {ENOENT, EINTR}:  # ENOENT: its process was killed meanwhile
                raise
            return
        ident, tid, _, number, arch, _, *arguments = abi.NOTIF.unpack_from(buffer)
        call = self._calls.get((arch, number))
        if call is None:  # one of abi.Machine.moves
            self._files.apart = True
            self._send(ident)
            return
        try:
            self._examine(ident, tid, call, arguments)
        except MemoryGoneError as error:
            self._unread(ident, error)
        except Exception as error:  # noqa: BLE001 - a defect of ours must not stop the build
            self._unread(ident, error)

    def _unread(self, ident: int, error: Exception) -> None:
        """Let an execution pass that could not be read; it counts as lost, unless its process has ended."""
        if self._send(ident):
            self.counts.lost += 1
            self.counts.seen += 1
            self.trouble = self.trouble or f"{type(error).__name__}: {error}"

    def _examine(self, ident: int, tid: int, call: abi.Call, arguments: list[int]) -> None:
        """Find out what the call would run; most calls are answered here."""
        descriptor, flags = abi.AT_FDCWD, 0
        if call.at:
            descriptor = (arguments[0] & 0xFFFFFFFF ^ 0x80000000) - 0x80000000  # a C int
            flags = arguments[4]
            arguments = arguments[1:]
        path = self._reader.text(tid, arguments[0], PATH_LIMIT)
        plain = None if path is None else not flags and self._files.plain(path)
        if plain:
            self._pass(ident, tid)
            return
        resolved = None if path is None or plain is None else self._files.resolve(Request(tid, path, descriptor, flags))
        if resolved is None:
            self.counts.refused += 1
            self._send(ident)
            return
        if self._pending:
            self._supersede(tid)
        try:
            if resolved.image.privileged and self._no_new_privs:
                self._judge.powerless(program_path(resolved.path))
            if resolved.image.concern:
                self._read(ident, tid, call, arguments, resolved)
            else:
                self._pass(ident, tid)
        finally:
            if resolved.root is not None:
                os.close(resolved.root)

    def _pass(self, ident: int, tid: int) -> None:
        """Let an execution of no concern continue."""
        if self._pending:
            self._supersede(tid)
        if self._send(ident):
            self.counts.seen += 1
            self._ancestry.forget(tid)

    def _read(self, ident: int, tid: int, call: abi.Call, arguments: list[int], resolved: Resolved) -> None:
        """Read the whole execution and weigh it."""
        words = self._reader.words(tid, arguments[1], call.pointer)
        environment = self._reader.words(tid, arguments[2], call.pointer)
        if words.truncated or environment.truncated:  # more than the kernel takes: E2BIG
            self.counts.refused += 1
            self._send(ident)
            return
        argv = [*resolved.prefix, *words[1:]] if resolved.prefix else list(words) or [b""]
        group = thread_group(tid)
        about = read_stat(group)
        execution = Execution(
            argv=tuple(map(os.fsdecode, argv)),
            exe=program_path(resolved.path),
            env=self._environment(environment),
            stdin=kind_of(tid),
            cwd=_link(f"/proc/{tid}/cwd"),
            interpreter=resolved.image.identity,
            process=Process(pid=group, start=about.start if about else 0, comm=about.comm if about else ""),
            fidelity=_fidelity(argv, environment),
        )
        self._weigh(Held(ident, tid, group, execution, ()))

    def _weigh(self, held: Held, *, asked: bool = False) -> None:
        """Ask the judge, and do what it says; ``asked``: the text that it wanted has been looked for."""
        if not asked:
            held.execution = with_files(held.execution, view_of(held.tid, held.execution.cwd))
        verdict = self._judge.weigh(held.execution)
        if verdict.action == "text" and not asked:
            held.descriptors = verdict.descriptors
            # a parent that waits in vfork(2) for this very execution cannot write before it: no use in waiting
            patience = 0.0 if _parent_waits(held.group) else self._stdin_wait
            held.deadline = time.monotonic() + patience
            if not self._capture(held):
                self._held.append(held)
                return
            verdict = self._judge.weigh(held.execution)
        if verdict.action == "ignore":
            if self._send(held.ident):
                self._ran(held)
            return
        held.execution = self._enrich(held)
        if verdict.action == "deny":
            if self._send(held.ident, EPERM) and self._refused.get(held.tid) != held.execution.argv:
                self.counts.denied += 1
                self._judge.happened(_denied(held.execution))
            if len(self._refused) >= REFUSED_LIMIT:
                self._refused.clear()
            self._refused[held.tid] = held.execution.argv
            return
        pending = Pending(held.execution, held.tid, held.group)
        if self._send(held.ident):
            self._ran(held)
            pending.late, held.late = held.late, None
            self._pending.append(pending)

    def _ran(self, held: Held) -> None:
        """Count an execution that the kernel was told to continue."""
        self._refused.pop(held.tid, None)
        self.counts.seen += 1
        self.counts.read += 1
        self._ancestry.forget(held.group)

    def _enrich(self, held: Held) -> Execution:
        """Add what only a reported execution needs: ancestors, owner, container."""
        about = read_stat(held.group)
        own = held.execution.process or Process(pid=held.group)
        try:
            owner = os.stat(f"/proc/{held.tid}")
            own = structs.replace(own, uid=owner.st_uid, gid=owner.st_gid, cwd=held.execution.cwd)
        except OSError:
            own = structs.replace(own, note="owner not read: the process had ended")
        return structs.replace(
            held.execution,
            process=own,
            ancestry=self._ancestry.of(about.parent) if about else (),
            context=container_of(held.group),
        )

    def _capture(self, held: Held) -> bool:
        """Copy the text that waits; return True when nothing more is to be waited for."""
        found = {number: capture(held.tid, held.group, number) for number in held.descriptors}
        held.execution = with_text(held.execution, found)
        return all(captured is None or captured.whole for captured in found.values())

    def _serve_held(self) -> None:
        """Look again for the text of executions that wait for it."""
        now = time.monotonic()
        waiting, self._held = self._held, []
        for held in waiting:
            if not self._valid(held.ident):
                continue
            try:
                if self._capture(held) or now >= held.deadline:
                    self._settle(held)
                else:
                    self._held.append(held)
            except Exception as error:  # noqa: BLE001 - as in _receive
                self._unread(held.ident, error)

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

    def _supersede(self, tid: int) -> None:
        """Settle the open execution of a thread that calls again: that one is over."""
        for pending in [pending for pending in self._pending if tid in (pending.tid, pending.group)]:
            self._pending.remove(pending)
            self._close(pending, pending.outcome(final=True) or "presumed")

    def _verify(self, *, final: bool = False) -> None:
        """Look whether executions happened."""
        now = time.monotonic()
        still: list[Pending] = []
        for pending in self._pending:
            outcome = pending.outcome(final=final) if final or pending.due <= now else None
            if outcome is None:
                still.append(pending)
            else:
                self._close(pending, outcome)
        self._pending = still

    def _close(self, pending: Pending, outcome: str) -> None:
        """Report one execution, or forget it where it failed."""
        if outcome == "failed":
            pending.drop()
            self.counts.seen -= 1
            self.counts.read -= 1
            self.counts.refused += 1
            return
        self._judge.happened(pending.result(outcome))

    def _environment(self, words: Words) -> dict[str, str]:
        """Decode an environment; the first of two equal names counts, as for getenv(3). A build has few different ones."""
        key = b"\0".join(words)
        known = self._environments.get(key)
        if known is None:
            known = {}
            for word in words:
                name, _, value = os.fsdecode(word).partition("=")
                known.setdefault(sys.intern(name), value)
            if len(self._environments) >= ENV_CACHE:
                self._environments.pop(next(iter(self._environments)))
            self._environments[key] = known
        return known

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


def _fidelity(argv: list[bytes], environment: Words) -> Fidelity:
    """Say how much was read: all of it, or the execution counts as lost."""
    size = sum(map(len, argv)) + len(argv) + sum(map(len, environment)) + len(environment)
    return Fidelity(
        sensor="seccomp",
        time=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        bytes_seen=size,
        bytes_total=size,
        notes=(RACE_NOTE,),
    )


def _link(path: str) -> str:
    """Read a link; empty where that is refused."""
    try:
        return os.readlink(path)
    except OSError:
        return ""
