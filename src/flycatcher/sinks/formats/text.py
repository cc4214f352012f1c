"""A report for people: a paragraph per detection, with nothing in it that a terminal would obey."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import how, level_of, news, summary_line
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


_RAW = ("ns.", "file.", "cgroup", "group.", "pid.", "started_by.pid")
"""Beginnings of facts that are numbers for a machine: inodes, namespaces, control groups."""
_WHO = frozenset({"host.name", "user.name"})
"""Facts that stand in the line that says who."""


def paragraph(record: Record, paint: Paint = plain, *, texts: bool = True, raw: bool = False) -> Iterator[str]:
    """Yield the lines for one detection; without ``texts``, the snippets' texts are left out, as the layers show them.

    ``raw`` adds the numbers that only a machine reads.
    """
    execution = record.get("execution", {})
    level = level_of(record)
    time = execution.get("fidelity", {}).get("time", "")
    title = paint("title", line_start(f"{time} {how(record)}".lstrip()))
    yield f"{title} [{paint(level, level)}]" if level else title
    yield from _execution(execution, raw=raw)
    for snippet in record.get("snippets", ()) if texts else ():
        yield from _snippet(snippet)
    if record.get("risk"):
        yield f"  risk: {verdict(record, paint)}"
        for line in evidence(record, paint):
            yield f"    {line}"
    if told := news(record):
        yield f"  {told}"
    for note in execution.get("fidelity", {}).get("notes", ()):
        yield f"  note: {one_line(str(note), WIDTH)}"
    if texts and record.get("guidance"):
        yield f"  next: {one_line(str(record['guidance']), WIDTH)}"


def _execution(execution: Mapping[str, Any], *, raw: bool) -> Iterator[str]:
    """Yield who ran what, started by whom, where."""
    if who := whose(execution):
        yield f"  who: {one_line(who, WIDTH)}"
    if execution.get("argv"):
        yield f"  command: {one_line(shlex.join(map(str, execution['argv'])), WIDTH)}"
    if execution.get("exe"):
        yield f"  program: {one_line(str(execution['exe']))}"
    for depth, ancestor in enumerate(execution.get("ancestry", ())):
        words = [*ancestor.get("argv", ())] or [ancestor.get("comm", "")]
        while len(words) > 1 and not words[-1]:  # what a process that gives itself a title leaves of its words
            words.pop()
        yield f"  {'started by' if depth == 0 else '        by'}: {one_line(shlex.join(map(str, words)), WIDTH)}"
    context = execution.get("context", {}).items()
    where = [f"{name} {value}" for name, value in context if name not in _WHO and (raw or not name.startswith(_RAW))]
    if where:
        yield f"  where: {one_line(', '.join(where), WIDTH)}"


def whose(execution: Mapping[str, Any]) -> str:
    """Return who ran it and where: user, process, host, folder, container."""
    own, context = execution.get("process") or {}, execution.get("context") or {}
    uid, name = own.get("uid"), context.get("user.name", "")
    user = f"{name} ({uid})" if name and uid is not None else name or ("" if uid is None else str(uid))
    parts = (
        ("user", user),
        ("pid", own.get("pid") or ""),
        ("host", context.get("host.name", "")),
        ("in", execution.get("cwd") or own.get("cwd", "")),
        ("container", context.get("container.name") or str(context.get("container.id", ""))[:12]),
    )
    return ", ".join(f"{label} {value}" for label, value in parts if value)


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
