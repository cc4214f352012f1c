"""The command's own process, from fork to exec: filter, listener, identity, and then exactly what it was asked to be."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import sys
from errno import EACCES, EBUSY, EINVAL, ENOENT, ENOEXEC, ENOSYS, ENOTDIR
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.sources.sensors.seccomp import abi
from flycatcher.sources.sensors.seccomp.guard import guarded
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

NOT_FOUND, NOT_EXECUTABLE, TROUBLE = 127, 126, 125
"""Exit codes as a shell gives them (POSIX 2.8.2); 125 as env(1) and timeout(1) for trouble of their own."""


class Handover(NamedTuple):
    """Whom the command's process tells of itself, and what its filter has to guard."""

    front_channel: socket.socket
    supervisor_channel: socket.socket
    front: int
    supervisor: int
    filters: bool
    """The command gets a filter; without one, another sensor observes it."""
    enforces: bool
    """The supervisor alone gets the listener, and the filter guards it and the front."""


class Identity(NamedTuple):
    """The user that ``sudo flycatcher run`` goes back to."""

    uid: int
    gid: int
    name: str
    home: str


def invoking_user() -> Identity | None:
    """Return who called sudo; None where nobody did, or the caller is root."""
    if os.geteuid() != 0:
        return None
    try:
        uid, gid = int(os.environ["SUDO_UID"]), int(os.environ["SUDO_GID"])
    except (KeyError, ValueError):
        return None
    if uid <= 0:
        return None
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Identity(uid, gid, os.environ.get("SUDO_USER", ""), "")
    return Identity(uid, gid, entry.pw_name, entry.pw_dir)


def become_command(
    words: Sequence[str], handover: Handover, mask: set[int | signal.Signals], identity: Identity | None
) -> None:
    """Turn this process into the command; never returns.

    Each channel is sent one message: ``L`` and this process's id with the listener, or ``E`` and an errno: unobserved.
    """
    code = TROUBLE
    try:
        installed = _install(handover, no_new_privs=os.geteuid() != 0) if handover.filters else _announce(handover)
        if handover.enforces and not installed:
            return
        environment = dict(os.environ)
        if handover.enforces and os.geteuid() == 0:
            abi.prctl(abi.PR_CAPBSET_DROP, abi.CAP_SYS_PTRACE)
        if identity is not None:
            _drop_to(identity, environment)
        abi.prctl(abi.PR_SET_DUMPABLE, 1)  # the supervisor reads what is to be run
        _restore_signals(mask)
        code = _execute(words, environment)
    except BaseException as error:  # noqa: BLE001 - whatever happens, this copy of the program ends here
        _say(f"cannot start the command: {error}")
    finally:
        os._exit(code)


def _install(handover: Handover, *, no_new_privs: bool) -> bool:
    """Install the filter and hand the listener over; on failure say so: whether there is one now."""
    channels = (handover.front_channel, handover.supervisor_channel)
    asked = guarded(handover.front, handover.supervisor) if handover.enforces else None
    try:
        listener = abi.install_filter(no_new_privs=no_new_privs, guarded=asked)
    except OSError as error:
        for channel in channels:
            channel.send(b"E%d %d" % (error.errno or 0, os.getpid()))
        return False
    message = b"L0 %d" % os.getpid()
    if handover.enforces:
        handover.front_channel.send(message)
        socket.send_fds(handover.supervisor_channel, [message], [listener])
    else:
        for channel in channels:
            socket.send_fds(channel, [message], [listener])
    os.close(listener)
    return True


def _announce(handover: Handover) -> bool:
    """Say who the command is, which runs without a filter; True."""
    for channel in (handover.front_channel, handover.supervisor_channel):
        channel.send(b"L0 %d" % os.getpid())
    return True


def explain(number: int, *, enforces: bool = False) -> str:
    """Say why the filter could not be installed, and what follows."""
    if number == EBUSY:
        follows = (
            "nothing is started, as nothing would be refused here" if enforces else "going on without a second one"
        )
        return (
            f"already inside another seccomp supervisor (another `flycatcher run`?), which sees this command; {follows}"
        )
    if number in {EINVAL, ENOSYS}:
        return "this kernel has no seccomp user notification (Linux 5.5 and later with CONFIG_SECCOMP_FILTER)"
    return f"the kernel refused the seccomp filter: {os.strerror(number)}"


def _drop_to(identity: Identity, environment: dict[str, str]) -> None:
    """Become the invoking user, who keeps the power of set-user-ID programs: no_new_privs stays off."""
    if identity.name:
        os.initgroups(identity.name, identity.gid)
        environment["USER"] = environment["LOGNAME"] = identity.name
    else:
        os.setgroups([identity.gid])
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
    if identity.home:
        environment["HOME"] = identity.home


def _restore_signals(mask: set[int | signal.Signals]) -> None:
    """Undo what this interpreter did to the signals when it started, and what the front did."""
    for name in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(name, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _execute(words: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command as execvp(3) does; return the exit code when that fails."""
    first: OSError | None = None
    for path in _candidates(words[0], environment):
        try:
            os.execve(path, list(words), environment)  # noqa: S606 - no shell is wanted
        except OSError as error:
            if error.errno == ENOEXEC:
                _as_script(path, words, environment)
            if first is None or first.errno in {ENOENT, ENOTDIR}:
                first = error
            if error.errno not in {ENOENT, ENOTDIR, EACCES}:
                break
    number = first.errno if first is not None else ENOENT
    if number in {ENOENT, ENOTDIR}:
        _say(f"{words[0]}: command not found")
        return NOT_FOUND
    _say(f"{words[0]}: {os.strerror(number or EACCES)}")
    return NOT_EXECUTABLE


def _candidates(name: str, environment: dict[str, str]) -> list[str]:
    """Return the paths to try, in order."""
    if "/" in name:
        return [name]
    if not name:
        return []
    return [os.path.join(place or ".", name) for place in environment.get("PATH", os.defpath).split(":")]


def _as_script(path: str, words: Sequence[str], environment: dict[str, str]) -> None:
    """Hand a text without a first line to the shell, as execvp(3) does."""
    try:
        os.execve("/bin/sh", ["sh", path, *words[1:]], environment)  # noqa: S606
    except OSError as error:
        _say(f"/bin/sh: {error.strerror}")


def _say(sentence: str) -> None:
    """Write a line to stderr without Python's buffers, which belong to the parent."""
    os.write(
        sys.__stderr__.fileno() if sys.__stderr__ else 2, f"flycatcher: {visible(sentence)}\n".encode(errors="replace")
    )
