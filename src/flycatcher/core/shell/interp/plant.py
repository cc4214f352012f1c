"""What shell text writes to places where it will be run later: by redirection, by programs that write files, by settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Execution, Place, Planted
from flycatcher.core.planting import is_place
from flycatcher.core.shell.interp.collector import Written
from flycatcher.core.shell.interp.state import Buffer
from flycatcher.core.shell.provenance import strip_all_marks
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flycatcher.core.shell.interp.collector import Collector
    from flycatcher.core.shell.interp.process import ShellProcess

MOST = 64
"""Planted files of one text."""


def plant(machine: ShellProcess, path: str, buffer: Buffer, argv: Sequence[str] = ()) -> None:
    """Remember a file that the text writes, if what lies there is run later."""
    collector = machine.collector
    if not is_place(path) or any(each.buffer is buffer for each in collector.planted):
        return
    if not collector.room(collector.planted, MOST, "planted files"):
        return
    line, column, end_line, end_column = machine.span()
    place = Place(
        path=collector.path, line=line, column=column, end_line=end_line, end_column=end_column, symbol=collector.symbol
    )
    words = tuple(argv) or (machine.state.dialect,)
    collector.planted.append(Written(path, buffer, words, place, machine.frame.via))


def plant_text(machine: ShellProcess, path: str, text: str | None, argv: Sequence[str]) -> None:
    """The same for a text that is whole."""
    path = machine.state.located(path)
    if text is not None and is_place(path):
        buffer = Buffer()
        buffer.write(text)
        plant(machine, path, buffer, argv)


def planted_executions(collector: Collector) -> Iterator[Execution]:
    """Yield a start for each planted file whose text is known, as far as it is: its writer's."""
    for each in collector.planted:
        text = strip_all_marks(each.buffer.text())
        if text.strip(UNKNOWN + " \t\n"):
            yield Execution(
                argv=each.argv,
                planted=Planted(path=each.path, text=text),
                place=each.place,
                via=each.via,
                interpreter="",
            )
