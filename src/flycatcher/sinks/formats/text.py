"""A report for people: a paragraph per detection, with nothing in it that a terminal would obey."""

from __future__ import annotations

import shlex
from typing import IO, TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import how, level_of, summary_line
from flycatcher.sinks.formats.neutral import neutral
from flycatcher.sinks.formats.tree import evidence, verdict
from flycatcher.sinks.transports.files import create, write_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sinks import Record

LINES_LIMIT = 200
WIDTH = 500


def paragraph(record: Record, *, texts: bool = True) -> Iterator[str]:
    """Yield the lines for one detection; without ``texts``, those of the snippets are left to who shows the layers."""
    execution = record.get("execution", {})
    level = level_of(record)
    time = execution.get("fidelity", {}).get("time", "")
    yield f"{time} {how(record)}".lstrip() + (f" [{level}]" if level else "")
    if execution.get("argv"):
        yield f"  command: {neutral(shlex.join(map(str, execution['argv'])), WIDTH)}"
    if execution.get("exe"):
        yield f"  program: {neutral(str(execution['exe']))}"
    for depth, ancestor in enumerate(execution.get("ancestry", ())):
        words = ancestor.get("argv") or [ancestor.get("comm", "")]
        yield f"  {'started by' if depth == 0 else '        by'}: {neutral(shlex.join(map(str, words)), WIDTH)}"
    where = [f"{name} {value}" for name, value in execution.get("context", {}).items()]
    if where:
        yield f"  where: {neutral(', '.join(where), WIDTH)}"
    for snippet in record.get("snippets", ()) if texts else ():
        yield from _snippet(snippet)
    if record.get("risk"):
        yield f"  risk: {verdict(record)}"
        for line in evidence(record):
            yield f"    {line}"
    for note in execution.get("fidelity", {}).get("notes", ()):
        yield f"  note: {neutral(str(note), WIDTH)}"
    if texts and record.get("guidance"):
        yield f"  next: {neutral(str(record['guidance']), WIDTH)}"


def _snippet(snippet: Mapping[str, Any]) -> Iterator[str]:
    """Yield a snippet's text, its lines numbered."""
    text = snippet.get("text")
    if text is None:
        yield f"  text: {neutral(str(snippet.get('path') or snippet.get('url') or 'not captured'), WIDTH)}"
        return
    lines = str(text).split("\n")
    for number, line in enumerate(lines[:LINES_LIMIT], 1):
        yield f"  {number:4} | {neutral(line, WIDTH)}"
    if len(lines) > LINES_LIMIT:
        yield f"       ... {len(lines) - LINES_LIMIT} more lines"


class Text:
    """``--report FILE.txt``."""

    def __init__(self, path: str, owner: tuple[int, int] | None = None) -> None:
        """Keep the place."""
        self.path = path
        self._owner = owner
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Create the file."""
        self._handle = create(self.path, self._owner)

    def write(self, record: Record) -> None:
        """Write one paragraph."""
        if self._handle is not None:
            write_all(self._handle, ("\n".join(paragraph(record)) + "\n\n").encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        if self._handle is not None:
            with self._handle:
                write_all(self._handle, f"{summary_line(summary)}\n".encode())
