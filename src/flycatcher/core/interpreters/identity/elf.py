"""Reading an ELF file the way the kernel and the dynamic loader do: program headers and the dynamic section only.

Section headers are ignored on purpose: nothing that runs the file looks at them, so ``strip`` may have removed them and
a hostile file may carry false ones. The file is read with :func:`os.pread` and not mapped, because a mapped file that is
cut short while it is read kills the reader with SIGBUS. Every count and size that the file states is capped.
Sources: the System V gABI (ELF header, program header, dynamic section), elf.h, and the DT_GNU_HASH layout of binutils.
"""

from __future__ import annotations

import os
import struct
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_HEADERS = 128
"""Program headers looked at; linkers write about a dozen."""
MAX_DYNAMIC = 1024
"""Entries of the dynamic section looked at; the largest programs have about a hundred."""
MAX_SYMBOLS = 20_000
"""Dynamic symbols read when a file's imports are listed."""
MAX_STRTAB = 8 << 20
"""Bytes of the dynamic string table read when a file's imports are listed."""
MAX_CHAIN = 256
"""Steps in one hash chain; linkers make about as many buckets as there are symbols."""
MAX_CONSTANTS = 8 << 20
"""Bytes of read-only data searched in files that nothing else has identified."""
OVERLAP = 256
"""Bytes that one piece of the read-only data shares with the next; no marker is longer."""

ET_EXEC, ET_DYN = 2, 3
PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
PF_X, PF_W, PF_R = 1, 2, 4
DT_NEEDED, DT_HASH, DT_STRTAB, DT_SYMTAB, DT_STRSZ, DT_SONAME = 1, 4, 5, 6, 10, 14
DT_GNU_HASH, DT_FLAGS_1 = 0x6FFFFEF5, 0x6FFFFFFB
DF_1_PIE = 0x08000000
_ADDRESS_TAGS = frozenset({3, 4, 5, 7, 12, 13, 17, 23, 25, 26, DT_GNU_HASH, 0x6FFFFFF0, 0x6FFFFFFC, 0x6FFFFFFE})
"""Dynamic tags whose value is the address of another table: none of them lies inside the symbol table."""


class Segment(NamedTuple):
    """One program header: kind, flags, offset and size in the file, address in memory (bytes)."""

    kind: int
    flags: int
    offset: int
    address: int
    size: int


class Elf:
    """One program or library. Build it with :func:`read_elf`; every table is read when it is first asked for."""

    def __init__(self, fd: int, head: bytes) -> None:
        """Read the headers and the dynamic section; ``head`` holds at least the file's first 64 bytes."""
        self._fd = fd
        self.wide = head[4] == 2
        self._order = ">" if head[5] == 2 else "<"
        layout = "HHIQQQIHHH" if self.wide else "HHIIIIIHHH"
        fields = struct.unpack_from(self._order + layout, head, 16)
        self.type, self.machine, phoff, phentsize, phnum = fields[0], fields[1], fields[4], fields[8], fields[9]
        self.segments = self._segments(phoff, phentsize, min(phnum, MAX_HEADERS))
        self.loads = [s for s in self.segments if s.kind == PT_LOAD]
        self.interp = self._interp()
        self._dynamic: dict[int, int] = {}
        self._needed: list[int] = []
        self._read_dynamic()
        self._strtab = self._offset(self._dynamic.get(DT_STRTAB, -1))
        self._symtab = self._offset(self._dynamic.get(DT_SYMTAB, -1))
        self._symbol_size = 24 if self.wide else 16
        self._gnu = self._gnu_header()

    def read(self, offset: int, size: int) -> bytes:
        """Read up to ``size`` bytes at ``offset``; fewer, or none, where the file has no more."""
        if offset < 0 or size <= 0 or offset > 1 << 62:
            return b""
        try:
            return os.pread(self._fd, size, offset)
        except OSError:
            return b""

    def _unpack(self, layout: str, offset: int) -> tuple[int, ...]:
        """Unpack one record, all zeros where the file ends before it."""
        layout = self._order + layout
        data = self.read(offset, struct.calcsize(layout))
        return struct.unpack(layout, data.ljust(struct.calcsize(layout), b"\0"))

    def _segments(self, phoff: int, phentsize: int, phnum: int) -> list[Segment]:
        """Read the program headers; the kernel refuses any other entry size than the natural one."""
        layout = struct.Struct(self._order + ("IIQQQQQQ" if self.wide else "IIIIIIII"))
        if phentsize != layout.size:
            return []
        data = self.read(phoff, phnum * phentsize)
        found = []
        for row in layout.iter_unpack(data[: len(data) // layout.size * layout.size]):
            if self.wide:
                kind, flags, offset, address, _, size, _, _ = row
            else:
                kind, offset, address, _, size, _, flags, _ = row
            found.append(Segment(kind, flags, offset, address, size))
        return found

    def _interp(self) -> str:
        """Return PT_INTERP's path: the program's dynamic loader, empty for static programs and libraries."""
        for segment in self.segments:
            if segment.kind == PT_INTERP:
                return os.fsdecode(self.read(segment.offset, min(segment.size, 4096)).split(b"\0")[0])
        return ""

    def _read_dynamic(self) -> None:
        layout = struct.Struct(self._order + ("qQ" if self.wide else "iI"))
        for segment in self.segments:
            if segment.kind == PT_DYNAMIC:
                data = self.read(segment.offset, min(segment.size, MAX_DYNAMIC * layout.size))
                for tag, value in layout.iter_unpack(data[: len(data) // layout.size * layout.size]):
                    if tag == 0:
                        break
                    if tag == DT_NEEDED:
                        self._needed.append(value)
                    else:
                        self._dynamic.setdefault(tag & 0xFFFFFFFF, value)
                return

    def _offset(self, address: int) -> int:
        """Translate a memory address into a file offset; -1 where no loaded segment holds it."""
        for segment in self.loads:
            if segment.address <= address < segment.address + segment.size:
                return address - segment.address + segment.offset
        return -1

    def _string(self, index: int) -> str:
        """Return the name at ``index`` of the dynamic string table (names longer than 512 bytes are cut)."""
        if self._strtab < 0 or index <= 0:
            return ""
        return self.read(self._strtab + index, 512).split(b"\0")[0].decode("latin-1")

    @property
    def soname(self) -> str:
        """The library's own name (DT_SONAME), empty for programs."""
        return self._string(self._dynamic.get(DT_SONAME, 0))

    @property
    def needed(self) -> tuple[str, ...]:
        """The libraries that the loader brings in with the file (DT_NEEDED), in order."""
        return tuple(self._string(index) for index in self._needed[:256])

    @cached_property
    def imports(self) -> frozenset[str]:
        """The names of the undefined dynamic symbols, as far as they stand before the hashed ones; see :meth:`needs`."""
        first_hashed = self._gnu[1] if self._gnu and self._gnu[1] > 1 else 0
        count = min(first_hashed or self._symbol_room(), MAX_SYMBOLS)
        layout = struct.Struct(self._order + ("IBBHQQ" if self.wide else "IIIBBH"))
        section = 3 if self.wide else 5
        data = self.read(self._symtab, count * layout.size)
        names = self.read(self._strtab, min(self._dynamic.get(DT_STRSZ, 0), MAX_STRTAB))
        found = set()
        for row in layout.iter_unpack(data[: len(data) // layout.size * layout.size]):
            if row[section] == 0 and 0 < row[0] < len(names):
                end = names.find(b"\0", row[0], row[0] + 512)
                found.add(names[row[0] : end if end >= 0 else row[0] + 512].decode("latin-1"))
        return frozenset(found)

    def _symbol_room(self) -> int:
        """Bound the number of dynamic symbols by the nearest table behind them (no tag states the number)."""
        start = self._dynamic.get(DT_SYMTAB, 0)
        behind = [value for tag, value in self._dynamic.items() if tag in _ADDRESS_TAGS and value > start]
        return (min(behind) - start) // self._symbol_size if behind else 0

    def needs(self, name: str) -> bool:
        """Say whether the file takes the dynamic symbol ``name`` from a library.

        A few are hashed although they are undefined: functions whose address a program at fixed addresses takes.
        """
        return name in self.imports or self._section(name) == 0

    def exports(self, name: str) -> bool:
        """Say whether the file defines the dynamic symbol ``name``, through its hash table."""
        return bool(self._section(name))

    def _section(self, name: str) -> int | None:
        """Return the section index of a hashed symbol (0: undefined), None where there is no such symbol."""
        if self._symtab < 0 or self._strtab < 0:
            return None
        return self._in_gnu_hash(name.encode()) if self._gnu else self._in_sysv_hash(name.encode())

    def _gnu_header(self) -> tuple[int, ...]:
        """Return offset, first hashed symbol, buckets, bloom words and bloom shift of DT_GNU_HASH, or nothing."""
        offset = self._offset(self._dynamic.get(DT_GNU_HASH, -1))
        if offset < 0:
            return ()
        buckets, first, words, shift = self._unpack("IIII", offset)
        if not buckets or not words or shift > 63 or buckets > 1 << 24 or words > 1 << 24:
            return ()
        return offset, first, buckets, words, shift

    def _in_gnu_hash(self, name: bytes) -> int | None:
        offset, first, buckets, words, shift = self._gnu
        value = 5381
        for byte in name:
            value = (value * 33 + byte) & 0xFFFFFFFF
        bits = 64 if self.wide else 32
        bloom = offset + 16
        (word,) = self._unpack("Q" if self.wide else "I", bloom + value // bits % words * (bits // 8))
        if not (word >> value % bits) & (word >> (value >> shift) % bits) & 1:
            return None
        table = bloom + words * (bits // 8)
        (index,) = self._unpack("I", table + value % buckets * 4)
        if index < first:
            return None
        chain = self.read(table + buckets * 4 + (index - first) * 4, MAX_CHAIN * 4)
        for step, (link,) in enumerate(struct.iter_unpack(self._order + "I", chain[: len(chain) & ~3])):
            if link | 1 == value | 1 and (section := self._symbol(index + step, name)) is not None:
                return section
            if link & 1:
                break
        return None

    def _in_sysv_hash(self, name: bytes) -> int | None:
        offset = self._offset(self._dynamic.get(DT_HASH, -1))
        if offset < 0:
            return None
        buckets, chains = self._unpack("II", offset)
        if not buckets:
            return None
        value = 0
        for byte in name:
            value = (value << 4) + byte
            high = value & 0xF0000000
            value = (value ^ high >> 24) & ~high & 0xFFFFFFFF
        (index,) = self._unpack("I", offset + 8 + value % buckets * 4)
        for _ in range(MAX_CHAIN):
            if not 0 < index < chains:
                return None
            if (section := self._symbol(index, name)) is not None:
                return section
            (index,) = self._unpack("I", offset + 8 + (buckets + index) * 4)
        return None

    def _symbol(self, index: int, name: bytes) -> int | None:
        """Return the section index of symbol ``index`` if it is called ``name``."""
        row = self._unpack("IBBHQQ" if self.wide else "IIIBBH", self._symtab + index * self._symbol_size)
        if self.read(self._strtab + row[0], len(name) + 1) != name + b"\0":
            return None
        return row[3 if self.wide else 5]

    def pieces(self, size: int, limit: int = MAX_CONSTANTS) -> Iterator[bytes]:
        """Yield the first ``limit`` bytes of the read-only data in pieces of ``size`` bytes that overlap a little.

        Linkers put it into segments that are neither writable nor executable; where there is none (older layouts), the
        executable segments hold it. The segment with the symbol names comes last: it seldom holds anything else.
        """
        plain = [s for s in self.loads if s.flags & (PF_R | PF_W | PF_X) == PF_R]
        chosen = plain or [s for s in self.loads if not s.flags & PF_W]
        chosen.sort(key=lambda s: s.offset <= self._strtab < s.offset + s.size)
        for segment in chosen:
            wanted = min(segment.size, limit)
            limit -= wanted
            for start in range(0, wanted, size):
                part = self.read(segment.offset + start, min(size + OVERLAP, wanted - start))
                if not part:
                    break
                yield part

    @property
    def is_library(self) -> bool:
        """Say whether the file cannot run by itself: shared, without a loader, and needing one (or named as a library)."""
        if self.type != ET_DYN or self.interp or self._dynamic.get(DT_FLAGS_1, 0) & DF_1_PIE:
            return False
        return bool(self._needed or self.soname)


def read_elf(fd: int, head: bytes) -> Elf | None:
    """Read the file behind ``fd``, or return None where ``head`` (its first bytes) is not that of an ELF file."""
    size = 64 if head[4:5] == b"\2" else 52
    if head[:4] != b"\x7fELF" or head[4:5] not in {b"\1", b"\2"} or head[5:6] not in {b"\1", b"\2"} or len(head) < size:
        return None
    return Elf(fd, head)
