"""Join an execution with the text that its interpreter then reads from stdin."""

from __future__ import annotations

import os
from time import monotonic
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.sources.sensors.ebpf import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.ebpf.assemble import StdinText

_HELD = 8192
"""How many executions wait at most: as many as the kernel's map ``watched`` has room for."""


def reads_program(execution: Execution) -> bool:
    """Whether descriptor 0 gives the interpreter its program, or what may start one, by the core's reading of the command line."""
    from flycatcher.core import interpreters  # noqa: PLC0415 - the tables are read when the first one is asked

    reading = interpreters.read(execution)
    return reading is not None and (
        reading.awaits_stdin
        or any(snippet.vector == "stdin" or snippet.descriptor == 0 for snippet in reading.snippets)
    )


class _Held:
    """An execution whose text is still coming."""

    __slots__ = ("data", "execution", "gap", "shown", "until")

    def __init__(self, execution: Execution, until: float) -> None:
        self.execution, self.until = execution, until
        self.data = bytearray()
        self.gap = False
        self.shown = -1
        """How many bytes an earlier record of this execution held; -1: there was none."""


class Captures:
    """Holds back what reads its program from stdin, until all of it has been read, or for ``patience`` seconds.

    What is read after that comes with a second record of the same execution.
    """

    def __init__(self, patience: float, wanted: Callable[[Execution], bool] = reads_program) -> None:
        """``wanted``: whether an execution is held back at all."""
        self._patience, self._wanted = patience, wanted
        self._held: dict[tuple[int, int], _Held] = {}

    def add(self, part: wire.ExecPart, execution: Execution) -> Iterator[Execution]:
        """Take an execution; yield it at once if nothing is to be waited for."""
        if not part.flags & wire.WATCHED or not self._wanted(execution):
            yield execution
            return
        if len(self._held) >= _HELD:
            yield from self._show(self._held.pop(next(iter(self._held))), "partial")
        self._held[part.pid, part.start] = _Held(execution, monotonic() + self._patience)

    def text(self, text: StdinText) -> Iterator[Execution]:
        """Take bytes that were read, or the end of reading."""
        part = text.part
        held = self._held.get((part.pid, part.start))
        if held is None:
            return
        if part.kind == wire.TEXT:
            held.gap |= part.offset != len(held.data)
            held.data += text.data
            return
        held.gap |= part.offset != len(held.data)
        del self._held[part.pid, part.start]
        yield from self._show(held, "partial" if held.gap or part.result == wire.END_LIMIT else "whole")

    def late(self) -> Iterator[Execution]:
        """Yield what has waited long enough; its text is still taken."""
        now = monotonic()
        for held in self._held.values():
            if held.shown < 0 and now >= held.until:
                yield from self._show(held, "partial" if held.data else "not captured")

    def release(self) -> Iterator[Execution]:
        """Yield everything that still waits: no more text can come."""
        for held in self._held.values():
            yield from self._show(held, "partial" if held.data else "not captured")
        self._held.clear()

    @staticmethod
    def _show(held: _Held, stdin: str) -> Iterator[Execution]:
        if held.shown == len(held.data) or (held.shown >= 0 and stdin == "not captured"):
            return
        fidelity = held.execution.fidelity
        if fidelity is not None:
            notes = fidelity.notes
            if held.shown >= 0:
                notes = (*notes, "second record of this execution: more text was read from stdin since the first")
            if held.gap:
                notes = (*notes, "bytes are missing within the text from stdin")
            fidelity = structs.replace(fidelity, stdin=stdin, notes=notes)
        held.shown = len(held.data)
        text = os.fsdecode(bytes(held.data)) if held.data or stdin == "whole" else None
        yield structs.replace(held.execution, stdin_text=text, fidelity=fidelity)
