"""From one assembled kernel record to an :class:`Execution`."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from flycatcher.core.execution import Execution, Fidelity, Process, StdinKind
from flycatcher.sources.program_files import stdin_kind
from flycatcher.sources.sensors import sockets
from flycatcher.sources.sensors.clock import rfc3339, to_ticks
from flycatcher.sources.sensors.ebpf import wire
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.sources.sensors.ebpf.assemble import KernelRecord
    from flycatcher.sources.sensors.ebpf.pieces import Pieces

SENSOR = "ebpf"
KILLED_AT_EXEC = "killed at exec"
"""What ``context["kill"]`` says where the kernel's side has killed; else ``refused``, or ``in scope`` where it only marked."""
_NONE = 0xFFFFFFFF
_MINOR_BITS = 20
_MINORS = (1 << _MINOR_BITS) - 1


def _words(data: bytes) -> tuple[str, ...]:
    """Split NUL-terminated words; what has no end was cut, and counts all the same."""
    return tuple(map(os.fsdecode, data.removesuffix(b"\0").split(b"\0"))) if data else ()


def _comm(raw: bytes) -> str:
    return os.fsdecode(raw.partition(b"\0")[0])


def stdin_of(part: wire.ExecPart) -> StdinKind:
    """Return what descriptor 0 is, from its inode; ``null`` where it is closed."""
    device = part.stdin_device
    return stdin_kind(part.stdin_mode, device >> _MINOR_BITS, device & _MINORS) if part.stdin_mode else "null"


def variables(words: tuple[str, ...]) -> tuple[dict[str, str], int]:
    """Return the environment as getenv(3) sees it (the first of a name counts), and how many words are not in it."""
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if sign:
            found.setdefault(name, value)
    return found, len(words) - len(found)


def _facts(part: wire.ExecPart, pieces: Pieces) -> dict[str, str]:
    """Return the flat facts that have no field of their own."""
    facts = {
        "ns.mount": str(part.mount_ns),
        "ns.pid": str(part.pid_ns),
        "ns.user": str(part.user_ns),
        "cgroup.id": str(part.cgroup),
        "file.device": f"{part.device >> _MINOR_BITS}:{part.device & (1 << _MINOR_BITS) - 1}",
        "file.inode": str(part.inode),
        "file.ctime": rfc3339(part.changed * 1_000_000_000 + part.changed_ns),
    }
    optional = {
        "user.login": "" if part.loginuid == _NONE else str(part.loginuid),
        "user.effective": "" if part.euid == part.uid else str(part.euid),
        "group.effective": "" if part.egid == part.gid else str(part.egid),
        "pid.inner": "" if part.inner_pid == part.pid else str(part.inner_pid),
        "pid.caller": "" if part.called_by == part.pid else str(part.called_by),
        "terminal": _comm(part.tty),
        "file.called": "" if pieces.filename == pieces.exe else pieces.filename,
        "file.memory": _memory(part, pieces),
    }
    if part.flags & wire.MATCHED:
        optional["kill"] = _kill(part)
    if part.euid != part.uid or part.egid != part.gid:
        optional["setuid"] = f"{part.uid}:{part.gid} -> {part.euid}:{part.egid}"
    return facts | _socket(part) | {name: value for name, value in optional.items() if value}


def _socket(part: wire.ExecPart) -> dict[str, str]:
    """Return what the socket on descriptor 0 connects; nothing where there is none."""
    if not part.socket_family:
        return {}
    size = 4 if part.socket_family == socket.AF_INET else 16
    ends = sockets.Ends(
        family=part.socket_family,
        local=sockets.plain_address(part.socket_local[:size]),
        local_port=part.socket_local_port,
        peer=sockets.plain_address(part.socket_peer[:size]),
        peer_port=part.socket_peer_port,
    )
    return sockets.facts(ends, part.pid)


def _memory(part: wire.ExecPart, pieces: Pieces) -> str:
    if part.links:
        return ""
    return "memfd" if pieces.exe.startswith("/memfd:") else "unlinked"


def _kill(part: wire.ExecPart) -> str:
    if part.flags & wire.KILLED:
        return KILLED_AT_EXEC
    return "refused" if part.flags & wire.KILL_REFUSED else "in scope"


def _notes(record: KernelRecord, dropped: int, *, late: bool, identified: bool) -> tuple[str, ...]:
    part, notes = record.part, []
    if not identified:
        notes.append("the executed file was gone before it could be inspected: it was identified by its name")
    if not record.whole:
        notes.append(
            f"{counted(record.expected - record.have, 'byte was', 'bytes were')} lost on the way from the kernel"
        )
    if part.flags & wire.ENV_LEFT_OUT:
        after = "; this is what the process had later, and may have changed" if late else ""
        notes.append(f"environment left out by the kernel: the reader had fallen behind{after}")
    if part.bad_pages:
        notes.append(f"{part.bad_pages} pages could not be read and are NUL")
    if part.flags & wire.ANCESTORS_CUT:
        notes.append("older ancestors left out")
    if part.flags & wire.PATH_CUT:
        notes.append("a path's upper directories left out")
    if dropped:
        notes.append(f"{dropped} words of the environment repeat a name or have none")
    return tuple(notes)


def execution(
    record: KernelRecord, pieces: Pieces, ancestry: tuple[Process, ...], offset: int, interpreter: str | None
) -> Execution:
    """Compose the value that the core reads; ``offset`` as :func:`.clock.boot_offset` gives it."""
    part = record.part
    argv = _words(pieces.argument)
    env, dropped = variables(_words(pieces.environment))
    left_out = bool(part.flags & wire.ENV_LEFT_OUT)
    environment = 0 if left_out else part.environment_bytes
    seen = len(pieces.argument) + (0 if left_out else len(pieces.environment))
    total = part.argument_bytes + part.environment_bytes
    return Execution(
        argv=argv,
        exe=pieces.exe,
        env=env,
        stdin=stdin_of(part),
        cwd=pieces.cwd,
        interpreter=interpreter,
        process=Process(
            pid=part.pid, start=to_ticks(part.start), comm=_comm(part.comm), exe=pieces.exe, uid=part.uid, gid=part.gid
        ),
        ancestry=ancestry,
        fidelity=Fidelity(
            sensor=SENSOR,
            time=rfc3339(part.time + offset),
            bytes_seen=seen,
            bytes_total=total,
            truncated=seen < part.argument_bytes + environment
            or environment < part.environment_bytes
            or part.bad_pages > 0,
            happened="confirmed",
            stdin="not captured",
            notes=_notes(record, dropped, late=left_out and bool(env), identified=interpreter is not None),
        ),
        context=_facts(part, pieces),
    )
