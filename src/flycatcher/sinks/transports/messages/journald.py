"""The journal of systemd, by its native protocol: ``MESSAGE`` for people, ``FLYCATCHER_*`` to filter by, the body beside them.

Source: systemd's description of the native journal protocol: ``NAME=value`` lines, or ``NAME``, a 64-bit little-endian length
and the value where it has line breaks; what is larger than a datagram goes through a memfd.
"""

from __future__ import annotations

import array
import errno
import os
import socket
import struct
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import unquote

from msgspec import Struct

from flycatcher.sinks.message import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.destination import Destination
    from flycatcher.sinks.message import Message

_SOCKET = "/run/systemd/journal/socket"
_SEVERITIES = {"none": 6, "low": 5, "medium": 4, "high": 3, "critical": 2}


class Journald:
    """``to = "journald:"``."""

    schemes: ClassVar = ("journald",)
    format: ClassVar = "text"
    most: ClassVar = 100
    carries: ClassVar[tuple[str, ...]] = ()

    class Options(Struct, frozen=True, forbid_unknown_fields=True):
        """There are none."""

    def __init__(self, destination: Destination, options: Options) -> None:
        """``journald:PATH`` is another socket."""
        del options
        self._path = unquote(destination.to.partition(":")[2]) or _SOCKET

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Send all."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as journal:
                journal.connect(self._path)
                for message in messages:
                    _send(journal, _entry(message))
        except OSError as error:
            raise Unavailable(f"{self._path}: {error.strerror}") from error
        return {}

    def close(self) -> None:
        """Nothing is held."""


def _entry(message: Message) -> bytes:
    event = message.event
    fields = {
        "MESSAGE": message.body.rstrip(b"\n"),
        "PRIORITY": str(_SEVERITIES[event.level]).encode(),
        "SYSLOG_IDENTIFIER": b"flycatcher",
        "FLYCATCHER_EVENT_ID": event.uid.encode(),
        "FLYCATCHER_KIND": event.kind.encode(),
        "FLYCATCHER_LEVEL": event.level.encode(),
        "FLYCATCHER_DETECTION": str(event.record.get("id", "")).encode(),
    }
    return b"".join(_field(name.encode(), value) for name, value in fields.items())


def _field(name: bytes, value: bytes) -> bytes:
    if b"\n" in value:
        return name + b"\n" + struct.pack("<Q", len(value)) + value + b"\n"
    return name + b"=" + value + b"\n"


def _send(journal: socket.socket, entry: bytes) -> None:
    try:
        journal.send(entry)
    except OSError as error:
        if error.errno not in {errno.EMSGSIZE, errno.ENOBUFS}:
            raise
        memory = os.memfd_create("flycatcher", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        try:
            os.write(memory, entry)
            journal.sendmsg([], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [memory]))])
        finally:
            os.close(memory)


TRANSPORT = Journald
