"""One line per detection on stderr, while the build runs: coloured at a terminal, plain elsewhere."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.layout import columns, wrapped
from flycatcher.sinks.formats.line import deeds, how, level_of, what, who
from flycatcher.sinks.formats.tree import evidence, layers
from flycatcher.terminal import line_start

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from rich.console import Console

    from flycatcher.sinks import Record

COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "none": "dim"}


class Live:
    """The lines on stderr."""

    def __init__(self, stream: IO[str], *, colour: bool, depth: int = 0) -> None:
        """``colour``: the stream is a terminal and NO_COLOR is not set. ``depth``: 1 adds the evidence, 2 the layers."""
        self._depth = depth
        self.path = "stderr"
        self._stream = stream
        self._colour = colour
        self._console: Console | None = None

    def open(self) -> None:
        """Load rich, where colour is wanted."""
        if self._colour:
            from rich.console import Console  # noqa: PLC0415

            self._console = Console(file=self._stream, highlight=False, soft_wrap=not columns(self._stream))

    def write(self, record: Record, *, times: int = 1) -> None:
        """Write one line, with how often it came; suppressed detections are only counted."""
        if record.get("policy", {}).get("action") == "suppressed":
            return
        level = level_of(record)
        if self._console is None:
            rated = f" [{level}]" if level else ""
            does = f" -- {deeds(record)}" if deeds(record) else ""
            often = f" {times} times" if times > 1 else ""
            self._lines(f"flycatcher:{rated}{often} {how(record)}: {what(record)}{does}  (by {who(record)})")
        else:
            self._rich(self._console, record, level, times)
        for line in self._below(record):
            self._lines(line_start(f"  {line}"))
        self._stream.flush()

    def _below(self, record: Record) -> Iterator[str]:
        """Yield the evidence and the layers, down to the depth that was asked for."""
        if self._depth:
            yield from evidence(record)
        if self._depth > 1:
            yield from layers(record)

    def say(self, text: str) -> None:
        """Write a line of our own."""
        self._lines(f"flycatcher: {text}")
        self._stream.flush()

    def _lines(self, line: str) -> None:
        """Write a line, wrapped where that is a terminal."""
        self._stream.write("".join(f"{part}\n" for part in wrapped(line, columns(self._stream))))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Do nothing: the summary is the command's own to print."""

    @staticmethod
    def _rich(console: Console, record: Record, level: str, times: int = 1) -> None:
        """Write one coloured line; the payload is text, never markup."""
        from rich.text import Text  # noqa: PLC0415

        line = Text("flycatcher ", style="dim")
        line.append(f"{level or 'found'} ", style=COLOURS.get(level, "yellow"))
        line.append(f"{times} times " if times > 1 else "", style="bold")
        line.append(f"{how(record)}: ", style="bold")
        line.append(what(record))
        if deeds(record):
            line.append(f"  {deeds(record)}", style=COLOURS.get(level, "yellow"))
        line.append(f"  by {who(record)}", style="dim")
        console.print(line)
