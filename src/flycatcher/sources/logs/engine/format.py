"""A log format: which lines are its own, and what they say was started."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flycatcher.sources.logs.engine.interest import Interest
from flycatcher.sources.logs.engine.lineage import Lineage
from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

__all__ = ["Block", "Format", "Lost", "Recorded", "Shared"]

REMEMBERED = 1 << 16
"""Starts that are known to give no detection."""


class Shared:
    """What the readers of one hunt share: what is of interest, and who started whom on each host."""

    def __init__(self) -> None:
        """Start with nothing known."""
        self.interest = Interest()
        self.lineage = Lineage()
        self.nothing: set[Hashable] = set()
        """Encoded starts that turned out to run no program text."""
        self.calm: set[Hashable] = set()
        """Those that run text which does not count, unless a server or a scheduler started it."""
        self.counts: dict[str, int] = {}
        """Figures for the summary: starts that were recorded, records that could not be read, ..."""

    def begin(self) -> None:
        """Begin another log: its numbers of processes are its own, and what was learned of others is no answer for it."""
        self.lineage = Lineage()
        self.nothing.clear()
        self.calm.clear()

    def is_quiet(self, memo: Hashable, parent: Hashable) -> bool:
        """Whether a start is known to give no detection, whoever started it, or at least by this one."""
        return memo in self.nothing or (memo in self.calm and not self.lineage.matters(parent))

    def silent(self, memo: Hashable) -> None:
        """Remember that a start runs no program text, as long as there is room; an empty ``memo`` stands for none."""
        if memo and len(self.nothing) < REMEMBERED:
            self.nothing.add(memo)

    def count(self, name: str, number: int = 1) -> None:
        """Add to a figure."""
        self.counts[name] = self.counts.get(name, 0) + number


class Format:
    """One log format. A reader is made for each log, and given the log's lines in order."""

    name: ClassVar[str] = ""
    """As ``--from`` takes it; empty for what others build on."""
    title: ClassVar[str] = ""
    """For people: ``auditd``."""
    rank: ClassVar[int] = 0
    """Among formats that take the same line, the one with the highest rank reads it."""
    together: ClassVar[bool] = False
    """Whether a line says nothing without those around it: a log of this format is read as nothing else."""
    words: ClassVar[str] = "list"
    """How a start's words stand in it: ``list``, ``string`` (joined) or ``text`` (shell text or a program's input)."""

    def __init__(self, shared: Shared, log: str = "") -> None:
        """``log``: the log's name."""
        self.shared = shared
        self.log = log
        """Of the file that is being read: a series of rotated files has one reader."""

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line (without its newline) looks like one of this format."""
        raise NotImplementedError

    def read(self, block: Block) -> Iterable[Recorded | Lost]:
        """Yield what the lines of a block say, as far as it may be of interest."""
        offset = block.offset
        for number, line in enumerate(block.lines(), block.number):
            if line:
                yield from self.line(line, number, offset)
            offset += len(line) + 1

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Yield what one line says."""
        raise NotImplementedError

    def idle(self) -> Iterable[Recorded | Lost]:
        """Yield what waited for more; called where a log that is followed says nothing for a while."""
        return ()

    def end(self) -> Iterable[Recorded | Lost]:
        """Yield what is left when the log has ended."""
        return ()

    def resume_at(self) -> tuple[int, int] | None:
        """Return the byte and the line where the earliest record begins that waits for others; None where none does."""
        return None
