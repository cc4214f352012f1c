"""What the executed files are: asked once of each file's content, remembered here and in the kernel's map."""

from __future__ import annotations

import os
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from flycatcher.interpreters import registry
from flycatcher.interpreters.identify import FileKind, inspect_fd
from flycatcher.sensors.ebpf import libbpf, wire
from flycatcher.sensors.ebpf.procfs import open_executable

if TYPE_CHECKING:
    from flycatcher.sensors.ebpf.libbpf import Map
    from flycatcher.sensors.ebpf.record import Pieces

_KNOWN = 16384
_SETTLED = 50_000_000
"""Nanoseconds since a file's last change before it is dropped in the kernel: file times move in ticks of up to 10 ms, so a
file that has only just changed could change again and keep its key."""
_RUNS_ANOTHER = frozenset({"loader", "launcher", "emulator"})


class Verdicts:
    """Identity of files by the kernel's key (inode, ctime, device, generation)."""

    def __init__(self, kernel: Map) -> None:
        """``kernel`` is map ``verdicts``."""
        self._kernel = kernel
        self._known: OrderedDict[bytes, FileKind] = OrderedDict()

    def of(self, part: wire.ExecPart, pieces: Pieces) -> FileKind | None:
        """Say what an executed file is; None where it has gone and nobody had looked before."""
        key = part.file_key
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
            if part.verdict == wire.UNKNOWN:
                self._tell(part, known)  # the kernel's map had no room for it, or it had not settled
            return known
        descriptor = open_executable(part, pieces)
        if descriptor is None:
            return None
        try:
            kind = inspect_fd(descriptor)
        finally:
            os.close(descriptor)
        if kind is not None and self._tell(part, kind):
            self._known[key] = kind
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        return kind

    def _tell(self, part: wire.ExecPart, kind: FileKind) -> bool:
        """Put a verdict into the kernel's map, unless the file may still change under the same key."""
        if abs(time.time_ns() - part.changed * 1_000_000_000 - part.changed_ns) < _SETTLED or part.links == 0:
            return False
        self._kernel.put(part.file_key, libbpf.number(verdict(kind)))
        return True


def verdict(kind: FileKind) -> int:
    """Return what the kernel is told of a file."""
    if kind.interpreter:
        interpreter = registry().get(kind.interpreter)
        return wire.SCRIPTING if interpreter is not None and interpreter.kind == "scripting" else wire.INTERPRETER
    return wire.INTERPRETER if kind.role in _RUNS_ANOTHER else wire.OTHER
