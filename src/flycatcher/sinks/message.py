"""What is delivered: an event as it is kept, the message that a format makes of it, and how a transport answers."""

from __future__ import annotations

import datetime as dt
import os
import re
import socket
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from msgspec import Struct

from flycatcher.core.levels import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RESPONSE = "flycatcher.response/1"
"""The schema of what ``respond`` records in a ledger: an act, with its kind."""
_SURROGATE = re.compile("[\ud800-\udfff]")
_NOTICE_LEVELS = {"loss": "high", "gap": "medium", "refused": "medium", "killed": "medium", "limit": "low"}
"""How much a notice should worry its reader: a loss hides as much as a detection shows."""


class Group(Struct, frozen=True):
    """The same detection from the same place, several times within a window."""

    count: int
    first: str
    last: str
    """RFC 3339 in UTC."""


class Event(Struct, frozen=True, kw_only=True):
    """One thing that happened, with what every message needs to say of it."""

    uid: str
    """The same in every copy of this event's message: receivers drop what they have by it."""
    time: float
    """Seconds since 1970."""
    kind: str
    """See :data:`flycatcher.destination.Kind`."""
    host: str
    record: dict[str, Any]
    group: Group | None = None

    @property
    def level(self) -> str:
        """The risk of a detection, or how much a notice should worry."""
        if self.kind in {"detection", "suppressed"}:
            level = str(mapping(self.record.get("risk")).get("level", "none"))
            return level if level in LEVELS else "none"
        return _NOTICE_LEVELS.get(self.kind, "none")

    @property
    def is_detection(self) -> bool:
        """Whether the record is a detection's."""
        return self.kind in {"detection", "suppressed"}


class Message(Struct, frozen=True, kw_only=True):
    """An event in one format."""

    body: bytes
    content_type: str
    event: Event


class Unavailable(Exception):  # noqa: N818 - the receiver's state, not our error
    """The receiver does not take anything now; try again, after ``after`` seconds where it says so."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        """Keep both."""
        super().__init__(reason)
        self.after = after


class Format(Protocol):
    """Turns an event into bytes."""

    content_type: str

    def render(self, event: Event) -> bytes:
        """Return the message's body."""


class MessageTransport(Protocol):
    """Takes messages to one receiver."""

    most: int
    """Messages in one :meth:`send` at most; 1 where each is a request of its own, so that a failure repeats none before it."""

    def send(self, messages: Sequence[Message]) -> Mapping[int, str]:
        """Deliver; return why the receiver refuses which, by index. Raises Unavailable, or OSError, which is the same."""

    def close(self) -> None:
        """Finish."""


def host_of(record: Mapping[str, Any]) -> str:
    """Return the host that a record names, empty where it names none."""
    return str(mapping(mapping(record.get("execution")).get("context")).get("host.name") or "")


def event_of(record: Mapping[str, Any], host: str = "") -> Event:
    """Return a record as an event of now; one that names no host is ``host``'s, which is this machine where it is empty."""
    now = dt.datetime.now(dt.UTC).timestamp()
    return Event(
        uid=os.urandom(16).hex(),
        time=now,
        kind=kind_of(record),
        host=host_of(record) or host or _host(),
        record=dict(record),
    )


def kind_of(record: Mapping[str, Any]) -> str:
    """Return what a record tells of: see :data:`flycatcher.destination.Kind`."""
    if "summary" in record:
        return "summary"
    if str(record.get("schema", "")).startswith(("flycatcher.notice/", RESPONSE)):
        return str(record.get("kind", ""))
    return "suppressed" if mapping(record.get("policy")).get("action") == "suppressed" else "detection"


def mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    """Return an object of a record that can come from anywhere; what is none is empty."""
    return value if isinstance(value, dict) else {}


@lru_cache(1)
def _host() -> str:
    return socket.gethostname()


def packed(event: Event) -> bytes:
    r"""Return an event as it is kept: JSON in UTF-8; a byte that was none is written out (``\xff``)."""
    try:
        return msgspec.json.encode(event)
    except UnicodeEncodeError:
        shown = {
            "record": written_out(event.record),
            "host": written_out(event.host),
            "kind": written_out(event.kind),
        }
        return msgspec.json.encode(msgspec.structs.replace(event, **shown))


def unpacked(data: bytes) -> Event:
    """Return an event that was kept. Raises msgspec.MsgspecError."""
    return msgspec.json.decode(data, type=Event)


def written_out(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    """Return a JSON tree in which every byte that was no UTF-8 is four characters."""
    if isinstance(value, str):
        return _SURROGATE.sub(_escape, value)
    if isinstance(value, dict):
        return {written_out(key): written_out(item) for key, item in value.items()}
    return [written_out(item) for item in value] if isinstance(value, list | tuple) else value


def _escape(found: re.Match[str]) -> str:
    """Return a byte (PEP 383), or half a character, as Python writes it."""
    code = ord(found[0])
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"\\u{code:04x}"


def rfc3339(seconds: float) -> str:
    """Return a time as RFC 3339 in UTC with microseconds."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
