"""The records of wire.h as Python sees them; :func:`layouts` is held against the compiled object before it is used."""

from __future__ import annotations

import struct
from typing import NamedTuple

from flycatcher.sources.sensors.ebpf.btf import Member

EXEC, TEXT, END = 1, 2, 3
UNKNOWN, OTHER, INTERPRETER, SCRIPTING = 0, 1, 2, 3
KILL_OFF, KILL_MARKED, KILL_ENFORCED = 0, 1, 2
SCOPE_CGROUP, SCOPE_USER, SCOPE_TREE = 1, 2, 3
ENV_LEFT_OUT, ANCESTORS_CUT, PATH_CUT, KILLED, KILL_REFUSED, DETACHED, WATCHED, THREAD, MATCHED = (
    1 << bit for bit in range(9)
)
END_OF_TEXT, END_LIMIT, END_GONE = 0, 1, 2

PLACES = (
    *("seen", "dropped", "sent", "lost execution", "lost part", "lost text", "bad kernel read", "bad name"),
    *("bad argument page", "bad environment page", "bad text", "environment left out", "ancestors cut", "path cut"),
    *("killed", "kill refused", "watch table full"),
)
"""What is counted, in the order of ``enum place``."""

LOSSES = frozenset(PLACES) - {"seen", "dropped", "sent", "killed", "kill refused"}

_EXEC = (
    "kind:I cpu:I id:Q part:I length:I time:Q argument_at:Q argument_bytes:Q environment_at:Q environment_bytes:Q start:Q "
    "pid:i called_by:i inner_pid:i parent:i uid:I gid:I suid:I euid:I egid:I loginuid:I session:I "
    "mount_ns:I pid_ns:I user_ns:I cgroup:Q file.inode:Q file.changed:q file.changed_ns:I file.device:I file.generation:I "
    "file.unused:I size:Q magic:Q mode:I links:I stdin_mode:I stdin_device:I stdin_links:I verdict:I stdin_inode:Q flags:I "
    "ancestors:I filename_bytes:I interp_bytes:I exe_bytes:I cwd_bytes:I bad_pages:I owner_ns:I comm:16s tty:64s "
    "stdin_socket.family:I stdin_socket.state:I stdin_socket.local_port:I stdin_socket.peer_port:I "
    "stdin_socket.local:16s stdin_socket.peer:16s"
)
_ANCESTOR = "pid:i uid:I start:Q comm:16s"
_TEXT = "kind:I cpu:I pid:i result:i start:Q time:Q offset:Q length:I unused:I"
_SETTINGS = "stdin_bytes:Q report_all:I kill:I read:i readv:i pread:i recvfrom:i tree:i unused:I tree_start:Q"
_SCOPE = "kind:I unused:I id:Q start:Q"
_KEY = "inode:Q changed:q changed_ns:I device:I generation:I unused:I"


def _struct(fields: str) -> struct.Struct:
    return struct.Struct("=" + "".join(field.partition(":")[2] for field in fields.split()))


class ExecPart(NamedTuple):
    """``struct exec_part``: times in nanoseconds since boot, ids as the initial namespaces have them."""

    kind: int
    cpu: int
    id: int
    part: int
    length: int
    time: int
    argument_at: int
    argument_bytes: int
    environment_at: int
    environment_bytes: int
    start: int
    pid: int
    called_by: int
    inner_pid: int
    parent: int
    uid: int
    gid: int
    suid: int
    euid: int
    egid: int
    loginuid: int
    session: int
    mount_ns: int
    pid_ns: int
    user_ns: int
    cgroup: int
    inode: int
    changed: int
    changed_ns: int
    device: int
    generation: int
    file_unused: int
    size: int
    magic: int
    mode: int
    links: int
    stdin_mode: int
    stdin_device: int
    stdin_links: int
    verdict: int
    stdin_inode: int
    flags: int
    ancestors: int
    filename_bytes: int
    interp_bytes: int
    exe_bytes: int
    cwd_bytes: int
    bad_pages: int
    owner_ns: int
    comm: bytes
    tty: bytes
    socket_family: int
    socket_state: int
    socket_local_port: int
    socket_peer_port: int
    socket_local: bytes
    socket_peer: bytes

    @property
    def file_key(self) -> bytes:
        """The key of map ``verdicts``."""
        return KEY_STRUCT.pack(self.inode, self.changed, self.changed_ns, self.device, self.generation, 0)


class TextPart(NamedTuple):
    """``struct text_part``; for END, ``result`` is the reason."""

    kind: int
    cpu: int
    pid: int
    result: int
    start: int
    time: int
    offset: int
    length: int
    unused: int


EXEC_STRUCT, ANCESTOR_STRUCT, TEXT_STRUCT = _struct(_EXEC), _struct(_ANCESTOR), _struct(_TEXT)
SETTINGS_STRUCT, SCOPE_STRUCT, KEY_STRUCT = _struct(_SETTINGS), _struct(_SCOPE), _struct(_KEY)


def layouts() -> dict[str, tuple[dict[str, Member], int]]:
    """Return each struct's members and size as this file reads them."""
    found = {}
    for name, fields in {
        "exec_part": _EXEC,
        "ancestor": _ANCESTOR,
        "text_part": _TEXT,
        "settings": _SETTINGS,
        "scope": _SCOPE,
        "file_key": _KEY,
    }.items():
        members, offset = {}, 0
        for field in fields.split():
            label, _, code = field.partition(":")
            members[label] = Member(offset, struct.calcsize(f"={code}"))
            offset += members[label].size
        found[name] = (members, offset)
    return found
