"""The process that the user started: the command's stand-in towards the shell, and the build's insurance.

It passes on what is sent to it, stops when the command stops, ends as the command ends. Where the run only observes, it
holds a copy of the listener: should the supervisor die, a keeper answers every notification with CONTINUE, so that the build
goes on. Where the run enforces, nobody but the supervisor holds it: should that die, the kernel refuses every further
program start (ENOSYS), and the front ends the tree.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import select
import signal
import socket
import struct
import sys
from errno import EINTR, ENOENT
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.command import TROUBLE, Handover, become_command, invoking_user
from flycatcher.sources.sensors.seccomp.tree import end_descendants
from flycatcher.sources.sensors.seccomp.unanswered import Unanswered
from flycatcher.terminal import diagnostics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    class Supervise(Protocol):
        """What is called in the supervisor's process with the command's start; it returns the exit code (128+n for a signal)."""

        enforces: bool
        """Whether nothing may run unseen: the run then fails closed."""
        filters: bool
        """Whether the command gets a seccomp filter."""

        def __call__(self, start: Start) -> int:
            """Supervise."""


PASSED_ON = frozenset(signal.Signals) - {
    signal.SIGCHLD, signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU, signal.SIGWINCH,
    signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGSYS, signal.SIGABRT, signal.SIGPIPE,
}  # fmt: skip
"""Signals that somebody may send to the command by sending them to us."""
ENDING = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
"""Signals that end us while there is no command yet."""
MESSAGE = 64
_CREDENTIALS = struct.Struct("=iII")
"""struct ucred: the sender's process, user and group, as the kernel fills them in (unix(7), SO_PASSCRED)."""


class Start:
    """What the supervisor's process is given."""

    def __init__(self, channel: socket.socket, command: socket.socket, pid: int, unanswered: Unanswered) -> None:
        """``channel`` goes to the front, which has ``unanswered`` too; ``command`` brings the listener; ``pid``: the command's."""
        self.channel = channel
        self.unanswered = unanswered
        self.command = command
        self.pid = pid

    def listener(self) -> tuple[int | None, int]:
        """Wait for the command's message; return the listener, or None and an errno."""
        message, descriptors, _, _ = socket.recv_fds(self.command, MESSAGE, 1)
        self.command.close()
        if descriptors:
            return descriptors[0], 0
        return None, int(message[1:].split()[0]) if message else ENOENT


def run(words: Sequence[str], prepare: Callable[[], Supervise], detach: Callable[[int], None]) -> int:
    """Run a command under supervision; return the exit code.

    ``prepare`` is called in the supervisor's process before the command exists: what it loads does not weigh on the front,
    and a FlycatcherError in it ends the run. What it returns is called with the command's start. Where the run enforces,
    ``detach`` is called with the build's user id, so that nobody changes the front by the files that it is mapped from.
    """
    abi.machine()
    identity = invoking_user()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, frozenset(signal.Signals))
    abi.prctl(abi.PR_SET_CHILD_SUBREAPER, 1)
    abi.prctl(abi.PR_SET_DUMPABLE, 0)  # neither process's memory and descriptors are for others of the same user
    inherited = _inherited()
    unanswered = Unanswered()
    front_end, supervisor_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    front_end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        front_end.close()
        supervise = _prepared(prepare, supervisor_end)
        if supervise.enforces:
            supervisor_end.send(b"M")
            os.kill(os.getppid(), signal.SIGCHLD)
            supervisor_end.recv(1)  # the front is ready, or gone
        command_end, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        handover = Handover(
            supervisor_end, command_end, os.getppid(), os.getpid(), supervise.filters, supervise.enforces
        )
        abi.prctl(abi.PR_SET_CHILD_SUBREAPER, 1)  # before there is a command whose orphans could go elsewhere
        child = os.fork()
        if child == 0:
            receiver.close()
            become_command(words, handover, mask, identity)
        command_end.close()
        _let_go(inherited)
        os._exit(_supervise(supervise, Start(supervisor_end, receiver, child, unanswered)))
    supervisor_end.close()
    _let_go(inherited)
    build_uid = identity.uid if identity else os.geteuid()
    return _Front(front_end, pid, lambda: detach(build_uid), unanswered).wait()


def _prepared(prepare: Callable[[], Supervise], channel: socket.socket) -> Supervise:
    """Make everything ready; where that fails, say why, hand the exit code on and end."""
    try:
        return prepare()
    except FlycatcherError as error:
        sys.stderr.write(diagnostics(str(error), error.hint))
        code = error.code
    except BaseException:  # noqa: BLE001 - shown; nothing was started yet
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stderr.flush()
    channel.send(b"S%d" % code)
    os._exit(code)


def _supervise(supervise: Supervise, start: Start) -> int:
    """Run the supervisor: in a session of its own, deaf to whatever a terminal or the command's tree may send."""
    os.setsid()
    for number in signal.valid_signals() - _HEARD:
        signal.signal(number, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        return supervise(start)
    except BaseException:  # noqa: BLE001 - shown, and the front takes over
        sys.excepthook(*sys.exc_info())
        return 1
    finally:
        sys.stderr.flush()


_HEARD = {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGTERM}
"""What the supervisor does not ignore; SIGCHLD and SIGTERM get handlers."""


def _inherited() -> list[int]:
    """Return the descriptors above 2 that the command shall inherit, and that only it may keep open."""
    found = []
    for name in os.listdir("/proc/self/fd"):
        descriptor = int(name)
        try:
            if descriptor > 2 and os.get_inheritable(descriptor):
                found.append(descriptor)
        except OSError:
            continue  # the directory's own
    return found


def _let_go(inherited: list[int]) -> None:
    """Give up stdin, stdout and inherited descriptors: their ends are the command's to close."""
    for descriptor in inherited:
        os.close(descriptor)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)


class _Front:
    """Waits for the supervisor, or, should it die, for the command."""

    def __init__(
        self, channel: socket.socket, supervisor: int, detach: Callable[[], None], unanswered: Unanswered
    ) -> None:
        channel.setblocking(False)
        self._unanswered = unanswered
        self._detach = detach
        self._channel = channel
        self._supervisor = supervisor
        self._listener: int | None = None
        self._command = 0
        self._orphaned = False
        self._enforces = False
        self._code: int | None = None
        self._from_terminal = 0
        self._ends = False
        """The supervisor ends with its last word: nothing that the command started is left."""
        self._reaped = False

    def wait(self) -> int:
        """Serve signals until the command's end is known; return the exit code."""
        everything = frozenset(signal.Signals)
        while self._code is None:
            got = signal.sigwaitinfo(everything)
            self._hear()
            if got.si_signo == signal.SIGCHLD:
                self._reap()
            elif got.si_signo in PASSED_ON and self._command:
                self._pass_on(got)
            elif got.si_signo in ENDING:
                self._give_up(got.si_signo)
        if self._ends and not self._reaped:
            os.waitpid(self._supervisor, 0)  # so that whoever waits for us is told the command's processor time
        if self._from_terminal and self._code == 128 + self._from_terminal:
            _die_of(self._from_terminal)
        return self._code

    def _hear(self) -> None:
        """Take the messages of the command, one, and of the supervisor; the kernel says who sent each."""
        while True:
            try:
                message, parts, _, _ = self._channel.recvmsg(MESSAGE, socket.CMSG_SPACE(_CREDENTIALS.size) + 64)
            except BlockingIOError:
                return
            if not message:
                return
            sender, descriptor = _attached(parts)
            words = message[1:].split()
            if message[:1] in {b"L", b"E"} and not self._command and int(words[1]) == sender:
                self._command = sender
                self._listener = descriptor
            elif message[:1] == b"M" and sender == self._supervisor:
                self._enforces = True
                self._detach()
                self._channel.send(b"A")
            elif message[:1] == b"S" and sender == self._supervisor:
                self._code = int(words[0])
                self._ends = words[1:] == [b"1"]

    def _reap(self) -> None:
        """Collect what has ended; the supervisor's end without a last word makes this process take over."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid == self._supervisor and os.WIFSTOPPED(status):
                os.kill(pid, signal.SIGCONT)  # whoever stopped it: a build that waits for an answer would wait for ever
            elif pid == self._supervisor:
                self._reaped = True
                self._hear()
                if self._code is None:
                    self._take_over(status)
            elif pid == self._command and self._orphaned:
                if os.WIFSTOPPED(status):
                    os.kill(os.getpid(), signal.SIGSTOP)
                elif self._code is None:
                    self._code = _code_of(status)

    def _take_over(self, status: int) -> None:
        """Keep the build alive without a supervisor; where the run enforces, end it."""
        how = f"signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else f"exit {os.WEXITSTATUS(status)}"
        if self._enforces:
            left = end_descendants(os.getpid())
            rest = f"; {left} of its processes go on, and can start no program" if left else ""
            os.write(
                2, f"flycatcher: the supervisor ended early ({how}); the command was ended with it{rest}\n".encode()
            )
            self._code = TROUBLE
            return
        self._orphaned = True
        os.write(2, f"flycatcher: the supervisor ended early ({how}); the command goes on unobserved\n".encode())
        if self._listener is not None and os.fork() == 0:
            keep(self._listener, self._unanswered.left())
        if not self._command:
            self._code = TROUBLE

    def _give_up(self, number: int) -> None:
        """End before the command has started: the supervisor may wait for a slow file system, with its signals blocked."""
        os.kill(self._supervisor, signal.SIGKILL)
        self._code = 128 + number
        self._from_terminal = number

    def _pass_on(self, got: signal.struct_siginfo) -> None:
        """Send a signal on to the command, unless the terminal or the command's own tree sent it: those reach it anyway."""
        if got.si_code > 0:  # SI_KERNEL: the terminal sends to the whole process group
            if got.si_signo in {signal.SIGINT, signal.SIGQUIT}:
                self._from_terminal = got.si_signo
            return
        if got.si_pid != self._supervisor and not self._descends(got.si_pid):
            try:
                os.kill(self._command, got.si_signo)
            except (ProcessLookupError, PermissionError):
                return

    def _descends(self, pid: int) -> bool:
        """Tell whether a process is the command or below it."""
        for _ in range(64):
            if pid == self._command:
                return True
            if pid <= 1 or pid == os.getpid():
                return False
            try:
                with open(f"/proc/{pid}/stat", "rb") as handle:
                    pid = int(handle.read(1024).rpartition(b")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                return False
        return False


def _attached(parts: list[tuple[int, int, bytes]]) -> tuple[int, int | None]:
    """Return the sending process and the descriptor that came with a message."""
    sender, descriptor = 0, None
    for level, kind, data in parts:
        if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
            sender = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])[0]
        elif level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptor = int.from_bytes(data[:4], sys.byteorder)
    return sender, descriptor


def _code_of(status: int) -> int:
    """Return the exit code of a wait status, 128+n for a signal."""
    return 128 + os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _die_of(number: int) -> None:
    """End by the signal that ended the command, so that a shell stops its loop as after the bare command."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)


def keep(listener: int, unanswered: Sequence[int] = ()) -> None:
    """Answer every notification with CONTINUE until the tree has ended, ``unanswered`` ones first; never returns."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)
    kept = os.dup2(listener, 3)
    os.closerange(4, os.sysconf("SC_OPEN_MAX"))
    for ident in unanswered:
        with contextlib.suppress(OSError):  # it was answered, or its process has ended
            fcntl.ioctl(kept, abi.NOTIF_SEND, abi.RESPONSE.pack(ident, 0, 0, abi.CONTINUE))
    poller = select.poll()
    poller.register(kept, select.POLLIN)
    while True:
        for _, event in poller.poll():
            if not event & select.POLLIN:
                os._exit(0)
            answer(kept)


def answer(listener: int) -> None:
    """Let one waiting call continue."""
    notification = bytearray(abi.NOTIF_SIZE)
    try:
        fcntl.ioctl(listener, abi.NOTIF_RECV, notification, True)
        fcntl.ioctl(listener, abi.NOTIF_SEND, abi.RESPONSE.pack(abi.NOTIF.unpack(notification)[0], 0, 0, abi.CONTINUE))
    except OSError as error:
        if error.errno not in {ENOENT, EINTR}:
            os._exit(1)
