"""The kernel's audit records as text: fields, encoded strings, and the words of an execution.

Source: the Linux Audit project's record and field dictionary; kernel/auditsc.c (audit_log_execve_info), kernel/audit.c
(audit_log_untrustedstring).
"""

from __future__ import annotations

import os
import re

FIELD = re.compile(rb'(?<![A-Za-z0-9_\[\]-])([A-Za-z0-9_\[\]-]{1,64})=("[^"]*"|[^\s\x1d]*)')
"""A field. Names are bounded: what has no end, and no equals sign, is looked at once."""
_PIECE = re.compile(rb"a(\d+)(?:\[(\d+)\]|(_len))?$")
_HEXADECIMAL = re.compile(rb"(?:[0-9A-Fa-f]{2})+$")
_LONG = 9
"""Digits from which on an odd number of them is no number that a writer has left without quotes."""
WORDS_LIMIT = 1 << 20
"""Words of one execution; a record that speaks of more of them is not believed."""


def decode(value: bytes) -> bytes:
    """Return a string field's bytes: quoted as they are, otherwise in hexadecimal (``(null)`` is nothing)."""
    if value.startswith(b'"'):
        return value[1:].removesuffix(b'"')
    if value == b"(null)":
        return b""
    return bytes.fromhex(value.decode()) if _HEXADECIMAL.match(value) else value


def _is_torn(value: bytes) -> bool:
    """Whether a field's value has no end, as where a line was cut: an open quote, or an odd number of hexadecimal digits."""
    if value[:1] == b'"':
        return len(value) < 2 or value[-1:] != b'"'
    return len(value) % 2 == 1 and len(value) >= _LONG and _HEXADECIMAL.match(value[:-1]) is not None


class Words:
    """The words of one execution, from its EXECVE records: long ones come in numbered pieces, many in several records."""

    __slots__ = ("_lengths", "_pieces", "_torn", "_written", "argc")

    def __init__(self) -> None:
        """Start empty."""
        self.argc: int | None = None
        self._pieces: dict[int, dict[int, bytes]] = {}
        self._lengths: dict[int, int] = {}
        self._torn: set[int] = set()
        """Words in the middle of which a record ends: a quote without its end, half of a byte."""
        self._written: dict[int, int] = {}
        """Characters of each word's pieces as they stand in the records, which is what ``a1_len`` counts."""

    def take(self, body: bytes) -> None:
        """Take the fields of an EXECVE record."""
        for name, value in FIELD.findall(body):
            piece = _PIECE.match(name)
            if piece is not None and _is_torn(value) and body.rstrip(b"\r\n").endswith(value):
                self._torn.add(int(piece[1][:7]))
                value = value if value[:1] == b'"' else value[:-1]  # noqa: PLW2901 - without the half byte
            if piece is not None and len(piece[1]) < 8 and int(piece[1]) < WORDS_LIMIT:
                at = int(piece[1])
                if piece[3]:
                    self._lengths[at] = int(value) if value.isdigit() else 0
                else:
                    self._pieces.setdefault(at, {})[int(piece[2] or 0)] = decode(value)
                    self._written[at] = self._written.get(at, 0) + len(value) - 2 * value.startswith(b'"')
            elif name == b"argc" and value.isdigit() and len(value) < 8:
                self.argc = min(int(value), WORDS_LIMIT)

    @property
    def argv(self) -> tuple[str, ...]:
        """The words, in order; those without a field are empty."""
        count = max(self.argc or 0, max(self._pieces, default=-1) + 1)
        return tuple(
            os.fsdecode(b"".join(piece for _, piece in sorted(self._pieces.get(at, {}).items()))) for at in range(count)
        )

    @property
    def absent(self) -> tuple[int, ...]:
        """The places of the words that have no field: some writers leave out empty ones; at the end a record is missing."""
        return tuple(at for at in range(self.argc or 0) if at not in self._pieces)

    @property
    def cut(self) -> tuple[int, ...]:
        """The places of the words of which a piece is missing."""
        found = [*self._torn]
        for at in self._pieces.keys() | self._lengths.keys():
            pieces = self._pieces.get(at, {})
            short = self._written.get(at, 0) < self._lengths.get(at, 0)
            if short or len(pieces) != max(pieces, default=-1) + 1:
                found.append(at)
        return tuple(sorted(set(found)))

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: no word's piece, and no word at the end."""
        return self.argc is not None and not self.cut and (not self.argc or self.argc - 1 in self._pieces)
