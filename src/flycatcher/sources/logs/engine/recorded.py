"""What a log's reader takes and yields: blocks of lines; starts, texts, and what the log itself has lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from flycatcher.core.execution import Execution

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["argv", "string", "shell", "console"]
"""``argv``: the words are known; ``string``: they are joined in ``text``; ``shell``: ``text`` is shell text; ``console``: ``text``
was typed into the interpreter that ``execution`` names."""


class Block(Struct, frozen=True):
    """Whole lines of a log, and where they stand in it."""

    data: bytes
    number: int = 1
    """Of the first line, from 1."""
    offset: int = 0
    """Of the first byte."""
    rows: bool = False
    """The lines stand for rows of a table: they have numbers, and no place in bytes."""

    def lines(self) -> Sequence[bytes]:
        """Return the lines without their newlines."""
        lines = self.data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        return lines


class Recorded(Struct, kw_only=True):
    """One program start, or one text that somebody gave to a shell or a console, as a log has it."""

    execution: Execution
    kind: Kind = "argv"
    text: str = ""
    quoting: str = ""
    """Of a string: ``double`` where words with blanks stand in double quotes, without any escaping."""
    time: float = 0.0
    """Seconds since 1970; 0 where the log has none."""
    host: str = ""
    user: str = ""
    dialect: str = "bash"
    """Of shell text."""
    parent: Any = None
    """The key by which the lineage knows the process that started it; None where the log does not tell."""
    memo: Any = None
    """What to add to :attr:`.format.Shared.nothing` where the start runs no program text."""


class Lost(Struct, kw_only=True):
    """Something that the log says, or shows, that it does not hold."""

    text: str
    kind: Literal["loss", "gap"] = "loss"
    place: str = ""
    """``serial``, ``event``, ``rate limit``, ``backlog``, ``silence``, ``clock``, ``line``, ..."""
    host: str = ""
    count: int = 1
    since: float = 0.0
    time: float = 0.0
    line: int = 0
