"""What is read of a request, and how it is answered: DNS (RFC 1035), HTTP/1 (RFC 9112), TLS's greeting (RFC 8446, RFC 6066)."""

from __future__ import annotations

import re
from typing import NamedTuple

HEAD_LIMIT = 1 << 16
HANDSHAKE = b"\x16"
REFUSED = b"\x15\x03\x01\x00\x02\x02\x28"
"""A fatal alert: handshake_failure."""
_BODY = b'{"error":"not found"}\n'
NOT_FOUND = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
    % (len(_BODY), _BODY)
)
_START = re.compile(rb"([A-Z]{3,16}) (\S{1,8192}) HTTP/1\.[01]\r?\n")
_HEADER = re.compile(rb"^([A-Za-z0-9-]+):[ \t]*([^\r\n]*)", re.MULTILINE)
_TYPES = {
    1: "A",
    2: "NS",
    5: "CNAME",
    6: "SOA",
    12: "PTR",
    15: "MX",
    16: "TXT",
    28: "AAAA",
    33: "SRV",
    65: "HTTPS",
    255: "ANY",
}
_A, _IN = 1, 1
_QUESTION_AT = 12
_POINTER = 0xC0
_SECONDS = 60
_DIGITS = 15
_MOST_NAMES = 60_000
_SERVER_NAME = 0


class Question(NamedTuple):
    """The first question of a message."""

    name: str
    type: str
    is_address: bool
    end: int
    """Where it ends in the message."""


class Request(NamedTuple):
    """The head of a request of HTTP."""

    method: str
    path: str
    host: str
    """As the Host field or the target tells, without a port."""
    head: int
    """Bytes of the head."""
    length: int
    """Bytes of head and body, as far as Content-Length tells."""
    chunked: bool
    continues: bool
    """The body is sent once the head is answered."""


class Names:
    """An address below 127.0.0.0/8 for each name, so that whoever connects to one is known to mean the other."""

    def __init__(self) -> None:
        """No name has one yet."""
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def address(self, name: str) -> str:
        """Return a name's address; all beyond a bound share one."""
        name = name.lower()
        if name in {"localhost", ""} or name.endswith(".localhost"):
            return "127.0.0.1"
        if name not in self._addresses:
            if len(self._addresses) >= _MOST_NAMES:
                return "127.255.255.254"
            number = len(self._addresses) + 1
            self._addresses[name] = found = f"127.1.{number >> 8}.{number & 0xFF}"
            self._names[found] = name
        return self._addresses[name]

    def name(self, address: str) -> str:
        """Return the name that has an address, else the address."""
        return self._names.get(address, address)


def question(data: bytes) -> Question | None:
    """Return what a message of DNS asks, None where it is none."""
    if len(data) < _QUESTION_AT + 5 or data[2] & 0x80 or data[4:6] != b"\0\1":
        return None
    labels, at = [], _QUESTION_AT
    while at < len(data) and data[at]:
        size = data[at]
        if size >= _POINTER:
            return None
        labels.append(data[at + 1 : at + 1 + size].decode("latin-1"))
        at += 1 + size
    if at + 5 > len(data):
        return None
    kind = int.from_bytes(data[at + 1 : at + 3], "big")
    return Question(".".join(labels), _TYPES.get(kind, str(kind)), kind == _A, at + 5)


def answer(data: bytes, asked: Question, address: str) -> bytes:
    """Return the answer to a message: the address where that is asked for, else that there is none."""
    head = (
        data[:2] + bytes((0x84 | data[2] & 1, 0x80)) + b"\0\1" + (b"\0\1" if asked.is_address else b"\0\0") + b"\0" * 4
    )
    whole = head + data[_QUESTION_AT : asked.end]
    if not asked.is_address:
        return whole
    record = bytes((_POINTER, _QUESTION_AT)) + _A.to_bytes(2, "big") + _IN.to_bytes(2, "big")
    return whole + record + _SECONDS.to_bytes(4, "big") + b"\0\4" + bytes(map(int, address.split(".")))


def request(data: bytes) -> Request | None:
    """Return the head of a request, None where this is none, or its end has not come yet."""
    start = _START.match(data)
    end = re.search(rb"\r?\n\r?\n", data[:HEAD_LIMIT])
    if start is None or end is None:
        return None
    fields = {
        m[1].decode().lower(): m[2].decode("latin-1").strip() for m in _HEADER.finditer(data, start.end(), end.end())
    }
    length = fields.get("content-length", "")
    target = start[2].decode("latin-1")
    host = fields.get("host", "") or re.sub(r"^https?://|/.*", "", target)
    return Request(
        method=start[1].decode(),
        path=target,
        host=re.sub(r":\d+\Z", "", host),
        head=end.end(),
        length=end.end() + (int(length) if length.isdigit() and len(length) < _DIGITS else 0),
        chunked="chunked" in fields.get("transfer-encoding", "").lower(),
        continues="100-continue" in fields.get("expect", "").lower(),
    )


def is_whole_greeting(data: bytes | bytearray) -> bool:
    """Whether the first record of TLS has come to its end."""
    return len(data) >= 5 and len(data) >= 5 + int.from_bytes(data[3:5], "big")


def server_name(data: bytes) -> str:
    """Return the name in a client's greeting, empty where it tells none."""
    try:
        at = 43 + 1 + data[43]  # record and handshake heads, version, random; then the session's id
        at += 2 + int.from_bytes(data[at : at + 2], "big")  # cipher suites
        at += 1 + data[at]  # compression methods
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        at += 2
        while at + 4 <= min(end, len(data)):
            kind, size = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
            if kind == _SERVER_NAME:
                length = int.from_bytes(data[at + 7 : at + 9], "big")
                return data[at + 9 : at + 9 + length].decode("latin-1")
            at += 4 + size
    except IndexError:
        return ""
    return ""
