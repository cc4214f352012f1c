"""Which interpreter is this file? Told by what it contains, never by its name.

A renamed, copied or stripped perl is perl; a shell script named ``python`` is not python; gdb, which embeds Python, is gdb.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
import time
from collections import OrderedDict
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from msgspec import Struct

from flycatcher.core.interpreters.identity.elf import ET_DYN, ET_EXEC, MAX_CONSTANTS, Elf, read_elf
from flycatcher.core.interpreters.identity.marked import own
from flycatcher.core.interpreters.identity.markers import PREFIX
from flycatcher.core.interpreters.identity.probable import probable
from flycatcher.core.interpreters.identity.shebang import BINPRM_BUF_SIZE, Shebang, read_shebang
from flycatcher.core.interpreters.identity.signatures import LAUNCHERS, SIGNATURES

if TYPE_CHECKING:
    from flycatcher.core.interpreters.identity.markers import Markers

MAX_SEARCH = 64 << 20
"""Bytes of read-only data searched for a text in a file whose symbols already point to an interpreter (deno, bun: 25 MB)."""
CACHE_SIZE = 16_384
"""Files remembered; the least recently asked-for one is forgotten first."""
SETTLED_NS = 50_000_000
"""A file that changed less than this long ago is not remembered: file times move in ticks of up to 10 ms, so it could
change again within the same one."""

Role = Literal["program", "script", "library", "loader", "launcher", "emulator", "named", "data"]


class FileKind(Struct, frozen=True, kw_only=True):
    """What a file is to the person who executes it."""

    interpreter: str = ""
    """The id of what reads its command line: an interpreter, or what starts one (``loader``, ``qemu_user``); else empty."""
    role: Role = "data"
    """``program``; ``script`` (it has a ``#!`` line); ``library`` (cannot run by itself); ``loader`` (ld.so), ``launcher``
    (java) and ``emulator`` (qemu-user) run what their argv names; ``named``: a program that only its name tells; ``data`` (the
    kernel refuses it)."""
    program: str = ""
    """The conventional name of the program where it is known (``php-cgi`` of php, ``Rscript`` of r)."""
    version: str = ""
    """Major and minor version where the file says it."""
    multicall: bool = False
    shebang: Shebang | None = None
    evidence: str = ""
    """One sentence: what the verdict rests on."""


_LOADER_SYMBOLS = ("_dl_argv", "__dls3")
"""Exported by glibc's ld.so and by musl's libc.so, which is its own loader."""


class _Candidate(NamedTuple):
    id: str
    markers: Markers


class _Index(NamedTuple):
    """The markers of all interpreters, by the question that has to be asked first."""

    imports: dict[str, list[_Candidate]]
    exports: dict[str, list[_Candidate]]
    strings: list[_Candidate]


def known() -> dict[str, tuple[Markers, ...]]:
    """Return the markers of every known interpreter by id: its class's own, else those of ``signatures.py``."""
    return {**SIGNATURES, **own(), **LAUNCHERS}


@cache
def _index() -> _Index:
    index = _Index({}, {}, [])
    for name, alternatives in known().items():
        for markers in alternatives:
            candidate = _Candidate(name, markers)
            if markers.imports:
                index.imports.setdefault(markers.imports[0], []).append(candidate)
            elif markers.exports:
                index.exports.setdefault(markers.exports[0], []).append(candidate)
            elif markers.strings:
                index.strings.append(candidate)
    index.strings.sort(key=lambda candidate: -len(candidate.markers.strings))
    return index


_SELDOM = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ_@#()%$cdfghjklmpquvwxyz-"
"""Bytes that read-only data holds seldom: of a compiler's 8 MB they are a seventh."""
_OFTEN = bytes(set(range(256)).difference(_SELDOM))


@cache
def _extract(text: bytes) -> bytes:
    """Return what is left of a text without the bytes that are frequent everywhere."""
    return text.translate(None, _OFTEN)


def texts_in(piece: bytes, wanted: set[bytes]) -> set[bytes]:
    """Return which of the texts a piece holds.

    Where a piece holds a text, what is left of the piece without some bytes holds what is left of the text without them: the
    short rest is searched for all texts, the piece itself for the few that may be there.
    """
    extract = piece.translate(None, _OFTEN)
    return {text for text in wanted if _extract(text) in extract and text in piece}


class _File:
    """An ELF program under examination; its tables are read once, when first needed."""

    def __init__(self, elf: Elf) -> None:
        self.elf = elf
        self._texts: set[bytes] | None = None

    @property
    def texts(self) -> set[bytes]:
        """Which of the texts that alone tell an interpreter are there: one pass, a piece at a time, as memory is the build's."""
        if self._texts is None:
            wanted = {text for candidate in _index().strings for text in candidate.markers.strings}
            self._texts = set()
            for piece in self.elf.pieces(1 << 20):
                here = texts_in(piece, wanted)
                self._texts |= here
                wanted -= here
        return self._texts

    def holds(self, markers: Markers) -> bool:
        """Say whether every part of one piece of evidence is there, the cheap parts first."""
        if markers.static and (self.elf.interp or self.elf.needed):
            return False
        if markers.imports and (len(self.elf.imports) > markers.thin or not all(map(self.elf.needs, markers.imports))):
            return False
        if not all(map(self.elf.exports, markers.exports)):
            return False
        search = self.contains if markers.imports or markers.exports else self.texts.__contains__
        return all(map(search, markers.strings))

    def contains(self, text: bytes) -> bool:
        """Say whether the read-only data holds a text, in files whose symbols have already said much."""
        return any(text in piece for piece in self.elf.pieces(1 << 20, MAX_SEARCH))

    def version(self, pattern: bytes, anchor: bytes) -> str:
        """Return the version that the needed sonames state, else the one in the read-only data."""
        if not pattern:
            return ""
        match = re.search(pattern, "\0".join(self.elf.needed).encode("latin-1"))
        limit = MAX_SEARCH if anchor else MAX_CONSTANTS
        pieces = self.elf.pieces(1 << 18, limit)
        while match is None and (piece := next(pieces, None)) is not None:
            match = re.search(pattern, piece) if anchor in piece else None
        return match[1].decode("latin-1") if match else ""


def _find(file: _File) -> _Candidate | None:
    """Return the candidate with the most symbols among those whose evidence holds; without any, one by its texts alone.

    So luajit, which exports all that lua does and more, is luajit; and the 60 MB of node are not searched for deno's texts.
    """
    index = _index()
    asked = [found for name, rest in index.imports.items() if file.elf.needs(name) for found in rest]
    asked += [found for name, rest in index.exports.items() if file.elf.exports(name) for found in rest]
    asked.sort(key=lambda candidate: -len(candidate.markers.imports + candidate.markers.exports))
    return next((candidate for candidate in (*asked, *index.strings) if file.holds(candidate.markers)), None)


def _sentence(markers: Markers, needed: tuple[str, ...]) -> str:
    """Say in one sentence what the verdict rests on."""
    parts = []
    if markers.imports:
        parts.append(f"a thin main program that imports {', '.join(markers.imports)}")
        parts += [f"needs {name}" for name in needed if not name.startswith(("libc.", "libm.", "ld-"))][:3]
    if markers.exports:
        parts.append(f"exports {', '.join(markers.exports)}")
    if markers.strings:
        texts = ", ".join(ascii(text.strip(b"\0").decode("latin-1")) for text in markers.strings)
        parts.append(f"holds the text {texts}")
    return "; ".join(parts)


def _elf_kind(elf: Elf) -> FileKind:
    if elf.type not in {ET_EXEC, ET_DYN} or not elf.loads:
        return FileKind(evidence="an ELF file that is neither a program nor a library")
    loader = next((name for name in _LOADER_SYMBOLS if not elf.interp and elf.exports(name)), "")
    if loader:
        return FileKind(
            interpreter="loader",
            role="loader",
            evidence=f"a dynamic loader, which runs what its argv names: exports {loader}",
        )
    if elf.is_library:
        return FileKind(role="library", evidence=f"the library {elf.soname!a}: no program of its own")
    file = _File(elf)
    found = _find(file)
    if found is None:
        language, evidence = probable(elf)
        unknown = "an ELF program without an interpreter's markers"
        return FileKind(interpreter=PREFIX + language if language else "", role="program", evidence=evidence or unknown)
    markers = found.markers
    if found.id in LAUNCHERS:
        role: Role = "emulator" if markers.role == "emulator" else "launcher"
        followed = "qemu_user" if role == "emulator" else ""
        return FileKind(interpreter=followed, role=role, program=found.id, evidence=_sentence(markers, elf.needed))
    return FileKind(
        interpreter=found.id,
        role="program",
        program=markers.program or found.id,
        version=file.version(markers.version, markers.anchor),
        multicall=markers.multicall,
        evidence=_sentence(markers, elf.needed),
    )


def _examine(fd: int) -> FileKind:
    """Look at an open regular file."""
    head = os.pread(fd, BINPRM_BUF_SIZE, 0)
    shebang = read_shebang(head)
    if shebang is not None:
        line = ascii(b" ".join(filter(None, (shebang.interpreter, shebang.argument))).decode("latin-1"))
        return FileKind(role="script", shebang=shebang, evidence=f"a script for {line}")
    elf = read_elf(fd, head)
    return FileKind(evidence="neither an ELF file nor a script with a #! line") if elf is None else _elf_kind(elf)


_cache: OrderedDict[tuple[int, int, int], FileKind] = OrderedDict()


def _recall(key: tuple[int, int, int]) -> FileKind | None:
    found = _cache.get(key)
    if found is not None:
        with contextlib.suppress(KeyError):  # another thread may just have dropped it
            _cache.move_to_end(key)
    return found


def _remember(key: tuple[int, int, int], kind: FileKind) -> None:
    if abs(time.time_ns() - key[2]) < SETTLED_NS:
        return
    _cache[key] = kind
    with contextlib.suppress(KeyError):
        while len(_cache) > CACHE_SIZE:
            _cache.popitem(last=False)


def forget() -> None:
    """Empty the cache (for tests and benchmarks)."""
    _cache.clear()


def inspect_fd(fd: int) -> FileKind | None:
    """Say what the open file ``fd`` is; None where it is no regular file or cannot be read. The offset is left alone."""
    try:
        status = os.fstat(fd)
        if not stat.S_ISREG(status.st_mode):
            return None
        key = (status.st_dev, status.st_ino, status.st_ctime_ns)
        kind = _recall(key)
        if kind is None:
            kind = _examine(fd)
            _remember(key, kind)
    except OSError:
        return None
    return kind


def examine_fd(fd: int) -> FileKind | None:
    """Do as :func:`inspect_fd` does, remembering nothing: for file systems whose server may change a file and keep its times."""
    try:
        return _examine(fd) if stat.S_ISREG(os.fstat(fd).st_mode) else None
    except OSError:
        return None


def inspect(path: str | os.PathLike[str]) -> FileKind | None:
    """Say what the file at ``path`` is (symbolic links are followed); None where it cannot be read."""
    try:
        status = os.stat(path)  # noqa: PTH116 - a Path would take longer than the look into the cache
        kind = _recall((status.st_dev, status.st_ino, status.st_ctime_ns))
        if kind is not None:
            return kind
        if not stat.S_ISREG(status.st_mode):
            return None
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    except (OSError, ValueError):
        return None
    try:
        return inspect_fd(fd)
    finally:
        os.close(fd)


def identify(path: str | os.PathLike[str]) -> str | None:
    """Return the id of the interpreter that the file at ``path`` is, ``""`` for none, None where it cannot be read."""
    kind = inspect(path)
    return None if kind is None else kind.interpreter
