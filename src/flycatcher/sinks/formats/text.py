"""A report for people: a paragraph per detection, with nothing in it that a terminal would obey."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import how, level_of, summary_line
from flycatcher.sinks.formats.paint import plain
from flycatcher.sinks.formats.tree import evidence, verdict
from flycatcher.terminal import line_start, one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sinks import Record, Transport
    from flycatcher.sinks.formats.paint import Paint

LINES_LIMIT = 200
WIDTH = 500


def paragraph(record: Record, paint: Paint = plain, *, texts: bool = True) -> Iterator[str]:
    """Yield the lines for one detection; without ``texts``, the snippets' texts are left out, as the layers show them."""
    execution = record.get("execution", {})
    level = level_of(record)
    time = execution.get("fidelity", {}).get("time", "")
    title = paint("title", line_start(f"{time} {how(record)}".lstrip()))
    yield f"{title} [{paint(level, level)}]" if level else title
    if execution.get("argv"):
        yield f"  command: {one_line(shlex.join(map(str, execution['argv'])), WIDTH)}"
    if execution.get("exe"):
        yield f"  program: {one_line(str(execution['exe']))}"
    for depth, ancestor in enumerate(execution.get("ancestry", ())):
        words = ancestor.get("argv") or [ancestor.get("comm", "")]
        yield f"  {'started by' if depth == 0 else '        by'}: {one_line(shlex.join(map(str, words)), WIDTH)}"
    where = [f"{name} {value}" for name, value in execution.get("context", {}).items()]
    if where:
        yield f"  where: {one_line(', '.join(where), WIDTH)}"
    for snippet in record.get("snippets", ()) if texts else ():
        yield from _snippet(snippet)
    if record.get("risk"):
        yield f"  risk: {verdict(record, paint)}"
        for line in evidence(record, paint):
            yield f"    {line}"
    for note in execution.get("fidelity", {}).get("notes", ()):
        yield f"  note: {one_line(str(note), WIDTH)}"
    if texts and record.get("guidance"):
        yield f"  next: {one_line(str(record['guidance']), WIDTH)}"


def _snippet(snippet: Mapping[str, Any]) -> Iterator[str]:
    """Yield a snippet's text, its lines numbered."""
    text = snippet.get("text")
    if text is None:
        yield f"  text: {one_line(str(snippet.get('path') or snippet.get('url') or 'not captured'), WIDTH)}"
        return
    lines = str(text).split("\n")
    for number, line in enumerate(lines[:LINES_LIMIT], 1):
        yield f"  {number:4} | {one_line(line, WIDTH)}"
    if len(lines) > LINES_LIMIT:
        yield f"       ... {counted(len(lines) - LINES_LIMIT, 'more line')}"


class TextReport:
    """``--report FILE.txt``."""

    def __init__(self, transport: Transport) -> None:
        """``transport`` takes the bytes."""
        self.path = transport.path
        self._transport = transport

    def open(self) -> None:
        """Begin."""
        self._transport.open()

    def write(self, record: Record) -> None:
        """Write one paragraph."""
        self._transport.write(("\n".join(paragraph(record)) + "\n\n").encode("utf-8", "backslashreplace"))

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        try:
            self._transport.write(f"{summary_line(summary)}\n".encode())
        finally:
            self._transport.close()
