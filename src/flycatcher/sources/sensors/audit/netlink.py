"""The kernel's audit subsystem over netlink: its log's multicast group, its status, its rules.

Source: include/uapi/linux/audit.h, netlink(7). Nothing here lists, changes or removes a rule that it has not added.
"""

from __future__ import annotations

import errno
import os
import platform
import select
import socket
import struct
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NETLINK_AUDIT, _GROUP_READLOG = 9, 1
_GET, _SET, _ADD_RULE, _DEL_RULE = 1000, 1001, 1011, 1012
_ERROR = 2  # NLMSG_ERROR, which also acknowledges
_REQUEST, _ACK = 1, 4
_HEADER = struct.Struct("=IHHII")
_STATUS = struct.Struct("=8I")
_SO_RCVBUFFORCE = 33
_RECEIVE_BYTES = 16 << 20
_MESSAGE_BYTES = 16 << 10
ROUND = 512
"""Records read before signals and the watchdog are looked after again."""
_FILTER_EXIT, _ALWAYS, _EQUAL = 4, 2, 0x40000000
_FIELD_ARCH, _FIELD_SUCCESS, _FIELD_KEY = 11, 104, 210
_MASK_ENABLED = 1
KEY = "flycatcher"
# AUDIT_ARCH_*, and the numbers of execve and execveat there
_CALLS = {
    "x86_64": ((0xC000003E, (59, 322)), (0x40000003, (11, 358))),
    "aarch64": ((0xC00000B7, (221, 281)), (0x40000028, (11, 387))),
}


class Status(NamedTuple):
    """``struct audit_status``, as far as it is used."""

    enabled: int
    """0 off, 1 on, 2 on and locked until the next boot."""
    lost: int
    """Records that the kernel has lost since boot."""


def rules() -> list[bytes]:
    """Return our rules: each successful execve and execveat, under our key."""
    return [_rule(arch, calls) for arch, calls in _CALLS.get(platform.machine(), ())]


def _rule(arch: int, calls: tuple[int, ...]) -> bytes:
    """Return one ``struct audit_rule_data``."""
    mask = [0] * 64
    for call in calls:
        mask[call // 32] |= 1 << call % 32
    fields = ((_FIELD_ARCH, arch), (_FIELD_SUCCESS, 1), (_FIELD_KEY, len(KEY)))
    padding = [0] * (64 - len(fields))
    return (
        struct.pack(
            "=3I64I64I64I64II",
            *(_FILTER_EXIT, _ALWAYS, len(fields)),
            *mask,
            *[field for field, _ in fields],
            *padding,
            *[value for _, value in fields],
            *padding,
            *[_EQUAL for _ in fields],
            *padding,
            len(KEY),
        )
        + KEY.encode()
    )


class Control:
    """Reads and changes the kernel's audit state; needs CAP_AUDIT_CONTROL."""

    def __init__(self) -> None:
        """Open; raises FlycatcherError."""
        self._socket = _open()
        self._socket.bind((0, 0))
        self._socket.settimeout(5.0)
        self._number = 0

    def close(self) -> None:
        """Close."""
        self._socket.close()

    def status(self) -> Status:
        """Return whether auditing is on, and how much was lost; raises OSError."""
        for kind, data in self._ask(_GET, b"", acknowledge=False):
            if kind == _GET:
                fields = _STATUS.unpack_from(data)
                return Status(enabled=fields[1], lost=fields[6])
        raise OSError(errno.EPROTO, "the kernel gave no audit status")

    def enable(self, *, on: bool) -> None:
        """Turn auditing on or off; raises OSError (EPERM: locked)."""
        list(self._ask(_SET, _STATUS.pack(_MASK_ENABLED, int(on), 0, 0, 0, 0, 0, 0)))

    def add(self, rule: bytes) -> None:
        """Add a rule; raises OSError (EEXIST: the same rule is there already)."""
        list(self._ask(_ADD_RULE, rule))

    def remove(self, rule: bytes) -> None:
        """Remove a rule that :meth:`add` has added; raises OSError."""
        list(self._ask(_DEL_RULE, rule))

    def _ask(self, kind: int, data: bytes, *, acknowledge: bool = True) -> Iterator[tuple[int, bytes]]:
        """Send one request and yield the answers to it; an error in one is raised."""
        self._number += 1
        flags = _REQUEST | (_ACK if acknowledge else 0)
        self._socket.sendto(_HEADER.pack(_HEADER.size + len(data), kind, flags, self._number, 0) + data, (0, 0))
        while True:
            size, answer, _, number, _ = _HEADER.unpack_from(raw := self._socket.recv(_MESSAGE_BYTES))
            if number != self._number:
                continue
            if answer == _ERROR:
                code = struct.unpack_from("=i", raw, _HEADER.size)[0]
                if code:
                    raise OSError(-code, os.strerror(-code))
                return
            yield answer, raw[_HEADER.size : size]
            if not acknowledge:
                return


class Log:
    """The multicast group that carries a copy of the audit log; needs CAP_AUDIT_READ, and leaves auditd alone."""

    def __init__(self) -> None:
        """Join; raises FlycatcherError."""
        self._socket = _open()
        try:
            self._socket.bind((0, 1 << _GROUP_READLOG - 1))
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _RECEIVE_BYTES)
        except OSError as error:
            self._socket.close()
            raise FlycatcherError(
                f"the audit log cannot be read: {error.strerror}",
                hint="it needs root (CAP_AUDIT_READ) on the host itself",
            ) from error

    def close(self) -> None:
        """Leave."""
        self._socket.close()

    def read(self, timeout: float) -> Iterator[tuple[int, bytes]]:
        """Yield (type, text) of the records that are there, at most ROUND, waiting for the first.

        Raises OSError (ENOBUFS: some were lost).
        """
        if not self.waiting(timeout):
            return
        for _ in range(ROUND):
            try:
                raw = self._socket.recv(_MESSAGE_BYTES, socket.MSG_DONTWAIT)
            except (BlockingIOError, InterruptedError):
                return
            _, kind, _, _, _ = _HEADER.unpack_from(raw)
            # the length in a multicast copy's header leaves out the header itself
            yield kind, raw[_HEADER.size :].rstrip(b"\0\n")

    def waiting(self, timeout: float) -> bool:
        """Whether there is something to read, within ``timeout`` seconds."""
        return bool(select.select([self._socket], [], [], timeout)[0])


def _open() -> socket.socket:
    try:
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_AUDIT)
    except OSError as error:
        raise FlycatcherError(
            f"the kernel has no audit netlink: {error.strerror}", hint="CONFIG_AUDIT is off, or this is a container"
        ) from error
