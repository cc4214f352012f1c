"""The kernel's audit records as text: fields, encoded strings, and the words of an execution.

Source: the Linux Audit project's record and field dictionary; kernel/auditsc.c (audit_log_execve_info), kernel/audit.c
(audit_log_untrustedstring).
"""

from __future__ import annotations

import os
import re

FIELD = re.compile(rb'([A-Za-z0-9_\[\]-]+)=("[^"]*"|[^\s\x1d]*)')
_PIECE = re.compile(rb"a(\d+)(?:\[(\d+)\]|(_len))?$")
_HEXADECIMAL = re.compile(rb"(?:[0-9A-Fa-f]{2})+$")
WORDS_LIMIT = 1 << 20
"""Words of one execution; a record that speaks of more of them is not believed."""


def decode(value: bytes) -> bytes:
    """Return a string field's bytes: quoted as they are, otherwise in hexadecimal (``(null)`` is nothing)."""
    if value.startswith(b'"'):
        return value[1:-1]
    if value == b"(null)":
        return b""
    return bytes.fromhex(value.decode()) if _HEXADECIMAL.match(value) else value


class Words:
    """The words of one execution, from its EXECVE records: long ones come in numbered pieces, many in several records."""

    __slots__ = ("_lengths", "_pieces", "_written", "argc")

    def __init__(self) -> None:
        """Start empty."""
        self.argc: int | None = None
        self._pieces: dict[int, dict[int, bytes]] = {}
        self._lengths: dict[int, int] = {}
        self._written: dict[int, int] = {}
        """Characters of each word's pieces as they stand in the records, which is what ``a1_len`` counts."""

    def take(self, body: bytes) -> None:
        """Take the fields of an EXECVE record."""
        for name, value in FIELD.findall(body):
            piece = _PIECE.match(name)
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
        found = []
        for at in self._pieces.keys() | self._lengths.keys():
            pieces = self._pieces.get(at, {})
            short = self._written.get(at, 0) < self._lengths.get(at, 0)
            if short or len(pieces) != max(pieces, default=-1) + 1:
                found.append(at)
        return tuple(sorted(found))

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: no word's piece, and no word at the end."""
        return self.argc is not None and not self.cut and (not self.argc or self.argc - 1 in self._pieces)
