"""A scan's findings for people: source lines with the program text underlined, reasons, who changed it last, the fix."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from flycatcher.layout import cells, window, window_start, wrapped
from flycatcher.sinks.formats.line import level_of
from flycatcher.sinks.formats.paint import coloured, plain
from flycatcher.sinks.formats.rules import rule_of
from flycatcher.terminal import line_start, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sinks import Record

LINES = 6
WIDTH = 160
"""Columns of a source line that are shown where no terminal is narrower."""
GUTTER = 10
"""Columns before a source line."""
REASONS = 5
_TAB = 4


class Frames:
    """``--format text``."""

    def __init__(self, stream: IO[str], *, colour: bool, width: int = 0, path: str = "stdout") -> None:
        """``colour``: the stream is a terminal; ``width``: its columns, 0 where lines may have any length."""
        self.path = path
        self._stream = stream
        self._paint = coloured if colour else plain
        self._width = width

    def open(self) -> None:
        """Do nothing: the stream is open."""

    def write(self, record: Record) -> None:
        """Write one finding or notice."""
        lines = self._notice(record["notice"]) if "notice" in record else self._finding(record)
        self._stream.write("\n".join(part for line in lines for part in wrapped(line, self._width)) + "\n\n")

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        self._stream.write("\n".join(wrapped(summary_line(summary), self._width)) + "\n")
        self._stream.flush()

    def _notice(self, notice: Mapping[str, Any]) -> Iterator[str]:
        """Yield a notice's lines."""
        place = f"{line_start(notice['path'])}:{notice['line']}:{notice['column']}"
        yield f"{self._paint('title', place)}: {self._paint('notice', visible(notice['kind']))}"
        yield line_start(f"  {notice['message']}")

    def _finding(self, record: Record) -> Iterator[str]:
        """Yield a finding's lines."""
        finding = record["finding"]
        span = finding["span"]
        level = level_of(record)
        score = record.get("risk", {}).get("score", 0)
        place = f"{line_start(finding['path'])}:{span['line']}:{span['column']}"
        rated = self._paint(level, f"{level} ({score})") if level and score else ""
        yield f"{self._paint('title', place)}: {_title(record)} {rated}".rstrip()
        yield from _where(record)
        yield from self._frame(finding)
        yield from self._told(record)

    def _frame(self, finding: Mapping[str, Any]) -> Iterator[str]:
        """Yield the source lines, the program text (or the command) underlined."""
        under = finding.get("payload") or finding["span"]
        lines = [
            _Line(number, line, under)
            for number, line in enumerate(finding.get("frame", ())[:LINES], finding["frame_line"])
        ]
        room = (self._width or WIDTH + GUTTER) - GUTTER
        start = next((window_start(line.low, line.high, room) for line in lines if line.low < line.high), 0)
        for line in lines:
            yield f"  {self._paint('gutter', f'{line.number:>5} |')} {window(line.shown, start, room)}"
            low, high = max(line.low, start + bool(start)), min(line.high, start + room)
            if low < high:
                yield f"  {'':>5} | {' ' * (low - start)}{self._paint('caret', '^' * (high - low))}"
        more = len(finding.get("frame", ())) - LINES
        if more > 0:
            yield f"  {'':>5} | ... {counted(under['end_line'] - lines[0].number - LINES + 1, 'more line')}"

    def _told(self, record: Record) -> Iterator[str]:
        """Yield the reasons, the last change and the fix."""
        finding = record["finding"]
        for snippet in record.get("snippets", ())[:1]:
            if snippet.get("note"):
                yield line_start(f"  {snippet['note']}")
            elif snippet.get("text") and not _shown(snippet["text"], finding):
                yield f"  runs: {visible(snippet['text'][:WIDTH])}"
        for reason in (record.get("risk", {}).get("reasons") or ())[:REASONS]:
            points = self._paint("points", f"{int(reason['points']):+4}")
            yield f"  {points} {visible(reason['text'])}"
        change = finding.get("change")
        if change:
            yield f"  {self._paint('label', _history(change))}"
        yield f"  fix: {fix(record)}"


class _Line:
    """A source line as it is shown, and which of its columns are underlined: from ``low`` to before ``high``, none where equal."""

    def __init__(self, number: int, line: str, under: Mapping[str, Any]) -> None:
        """``under``: the span that is underlined, in characters of the source."""
        self.number = number
        self.shown = visible(line.expandtabs(_TAB))
        self.low = self.high = 0
        if under["line"] <= number <= under["end_line"]:
            first = under["column"] - 1 if number == under["line"] else len(line) - len(line.lstrip())
            end = under["end_column"] - 1 if number == under["end_line"] else len(line.rstrip())
            self.low = cells(visible(line[:first].expandtabs(_TAB)))
            self.high = max(self.low, cells(visible(line[:end].expandtabs(_TAB))))


def _where(record: Record) -> Iterator[str]:
    """Yield the line that says where in the file it stands, and what limits the finding."""
    finding = record["finding"]
    where = " / ".join(visible(str(part)) for part in finding.get("symbol", ()))
    via = record.get("execution", {}).get("via")
    marks = [
        f"in {where}" if where else "",
        f"confidence {visible(finding['confidence'])}" if finding["confidence"] != "high" else "",
        "vendored" if finding.get("vendored") else "",
        f"through {visible(', '.join(via))}" if via else "",
    ]
    if any(marks):
        yield "  " + "; ".join(filter(None, marks))


def _title(record: Record) -> str:
    """Return the finding in a few words."""
    if rule_of(record).id == "expression-injection":
        return "expression injection"
    snippet = (record.get("snippets") or [{}])[0]
    words = [str(snippet.get("interpreter", "")), "code by", str(snippet.get("vector", ""))]
    return visible(" ".join([*words, str(snippet.get("option", ""))]).strip())


def _history(change: Mapping[str, Any]) -> str:
    """Return who changed it last."""
    if change.get("uncommitted"):
        return "not committed yet"
    age = counted(change.get("age_days", 0), "day")
    who = f"last changed by {visible(change['author'])}, {age} ago, in {visible(change['commit'][:12])}"
    often = f"; changed {counted(change['changes'], 'time')}" if change.get("changes", 0) > 1 else ""
    alone = "; only one person has seen this change" if change.get("single_person") else ""
    return who + often + alone


def fix(record: Record) -> str:
    """Return what to do about it."""
    if rule_of(record).id == "expression-injection":
        return "give the value to the step by env:, and use that variable, quoted"
    snippet = (record.get("snippets") or [{}])[0]
    if snippet.get("text") is None:
        return "fetch it to a file, compare its checksum with one kept here, then run the file"
    if snippet.get("vector") == "environment":
        return f"load a reviewed file instead of text in {visible(str(snippet.get('variable', 'the variable')))}"
    suffix = {"python": "py", "javascript": "js", "perl": "pl", "ruby": "rb", "php": "php", "lua": "lua"}.get(
        str(snippet.get("language")), ""
    )
    return "put the text into a file that is reviewed" + (f" (NAME.{suffix})" if suffix else "") + ", and run that file"


def summary_line(summary: Mapping[str, Any]) -> str:
    """Return the scan's figures in one line."""
    found, files = counted(summary["findings"], "finding"), counted(summary["files"], "build file")
    parts = [f"{found} in {files} ({counted(summary['looked_at'], 'file')} looked at)"]
    for name, words in (
        ("suppressed", "suppressed"),
        ("known", "known from the baseline"),
        ("elsewhere", "outside the change"),
        ("not_read", "not read"),
        ("in_part", "read in part"),
    ):
        if summary.get(name):
            parts.append(f"{summary[name]} {words}")
    return ", ".join(parts)


def _shown(text: str, finding: Mapping[str, Any]) -> bool:
    """Whether the frame shows the program text as it runs: nothing quoted, escaped or filled in."""
    first = text.strip("\n").partition("\n")[0].strip()
    return bool(finding.get("payload")) and any(first in line for line in finding.get("frame", ()))
