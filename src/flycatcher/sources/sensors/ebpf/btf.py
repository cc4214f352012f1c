"""Read struct layouts from an object's own BTF, and hold the reader's against them.

Format: Documentation/bpf/btf.rst of the kernel. Only structs, their integers and what stands between are followed.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from flycatcher.sources.sensors.ebpf.libbpf import BpfError

_MAGIC = 0xEB9F
_INT, _PTR, _ARRAY, _STRUCT, _UNION, _ENUM, _TYPEDEF, _VOLATILE, _CONST = 1, 2, 3, 4, 5, 6, 8, 9, 10
# bytes behind the 12 of struct btf_type, by kind: fixed, and for each of vlen
_TRAILING = {
    _INT: (4, 0),
    _ARRAY: (12, 0),
    _STRUCT: (0, 12),
    _UNION: (0, 12),
    _ENUM: (0, 8),
    # functions' prototypes, variables, data sections, declarations' tags, 64-bit enumerations
    13: (0, 8),
    14: (4, 0),
    15: (0, 12),
    17: (4, 0),
    19: (0, 12),
}


class Member(NamedTuple):
    """One integer or array of a struct: where it lies and how long it is, in bytes."""

    offset: int
    size: int


class _Type(NamedTuple):
    name: str
    kind: int
    length: int
    size: int
    at: int
    """Where what follows ``struct btf_type`` begins."""


def section(data: bytes, name: bytes) -> bytes:
    """Return one section of a 64-bit little-endian ELF file; raises BpfError where there is none."""
    if data[:6] != b"\x7fELF\x02\x01":
        raise BpfError("the BPF object is not a 64-bit little-endian ELF file")
    (at,) = struct.unpack_from("<Q", data, 40)
    size, count, names = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQ", data, at + index * size) for index in range(count)]
    strings = headers[names][4]
    for header in headers:
        start = strings + header[0]
        if data[start : data.index(b"\0", start)] == name:
            return data[header[4] : header[4] + header[5]]
    raise BpfError(f"the BPF object has no section {name.decode()}")


class Btf:
    """The types of one BTF blob."""

    def __init__(self, data: bytes) -> None:
        """Index the types; raises BpfError where the blob is none."""
        magic, _version, _flags, header, type_at, type_bytes, string_at, _ = struct.unpack_from("<HBBIIIII", data)
        if magic != _MAGIC:
            raise BpfError("the BPF object's type information is damaged")
        self._data, self._strings = data, header + string_at
        self._types = [_Type("", 0, 0, 0, 0)]
        at, end = header + type_at, header + type_at + type_bytes
        while at < end:
            name, info, size = struct.unpack_from("<III", data, at)
            kind, count = info >> 24 & 31, info & 0xFFFF
            self._types.append(_Type(self._name(name), kind, count, size, at + 12))
            fixed, each = _TRAILING.get(kind, (0, 0))
            at += 12 + fixed + each * count

    def _name(self, offset: int) -> str:
        start = self._strings + offset
        return self._data[start : self._data.index(b"\0", start)].decode()

    def _size(self, number: int) -> int:
        found = self._types[number]
        if found.kind in (_TYPEDEF, _VOLATILE, _CONST):
            return self._size(found.size)
        if found.kind == _ARRAY:
            element, _index, length = struct.unpack_from("<III", self._data, found.at)
            return self._size(element) * int(length)
        return 8 if found.kind == _PTR else found.size

    def members(self, name: str) -> dict[str, Member]:
        """Return a struct's members, those of a struct within it as ``outer.inner``."""
        for number, found in enumerate(self._types):
            if found.kind == _STRUCT and found.name == name:
                return self._members(number, "", 0)
        raise BpfError(f"the BPF object knows no struct {name}")

    def _members(self, number: int, prefix: str, base: int) -> dict[str, Member]:
        owner = self._types[number]
        found: dict[str, Member] = {}
        for index in range(owner.length):
            name, kind, bits = struct.unpack_from("<III", self._data, owner.at + 12 * index)
            label, offset = prefix + self._name(name), base + (bits & 0xFFFFFF) // 8
            if self._types[kind].kind == _STRUCT:
                found |= self._members(kind, f"{label}.", offset)
            else:
                found[label] = Member(offset, self._size(kind))
        return found

    def size(self, name: str) -> int:
        """Return a struct's size in bytes."""
        return next(t.size for t in self._types if t.kind == _STRUCT and t.name == name)


def check(data: bytes, layouts: dict[str, tuple[dict[str, Member], int]]) -> None:
    """Compare the reader's structs (members and size by name) with the object's; raises BpfError at the first difference."""
    btf = Btf(section(data, b".BTF"))
    for name, (expected, size) in layouts.items():
        actual = btf.members(name)
        if actual != expected or btf.size(name) != size:
            wrong = next((key for key in {**expected, **actual} if expected.get(key) != actual.get(key)), "its size")
            raise BpfError(
                f"the BPF object was not built from this version's source: struct {name} differs in {wrong}",
                hint="install the package again",
            )
