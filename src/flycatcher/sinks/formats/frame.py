"""A scan's findings for people: source lines with the program text underlined, reasons, who changed it last, the fix."""

from __future__ import annotations

import unicodedata
from typing import IO, TYPE_CHECKING, Any

import click

from flycatcher.sinks.formats.line import level_of
from flycatcher.sinks.formats.rules import rule_of
from flycatcher.terminal import line_start, readable, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.sinks import Record

COLOURS = {"critical": "bright_red", "high": "red", "medium": "yellow", "low": "cyan", "none": "white"}
LINES = 6
WIDTH = 160
REASONS = 5
_TAB = 4


class Frames:
    """``--format text``."""

    def __init__(self, stream: IO[str], *, colour: bool, path: str = "stdout") -> None:
        """``colour``: the stream is a terminal."""
        self.path = path
        self._stream = stream
        self._colour = colour

    def open(self) -> None:
        """Do nothing: the stream is open."""

    def write(self, record: Record) -> None:
        """Write one finding or notice."""
        lines = self._notice(record["notice"]) if "notice" in record else self._finding(record)
        self._stream.write("\n".join(lines) + "\n\n")

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write the figures."""
        self._stream.write(summary_line(summary) + "\n")
        self._stream.flush()

    def _style(self, text: str, **style: Any) -> str:  # noqa: ANN401 - click's own
        """Colour text where that is wanted."""
        return click.style(text, **style) if self._colour else text

    def _notice(self, notice: Mapping[str, Any]) -> Iterator[str]:
        """Yield a notice's lines."""
        place = f"{line_start(notice['path'])}:{notice['line']}:{notice['column']}"
        yield f"{self._style(place, bold=True)}: {self._style(visible(notice['kind']), fg='magenta')}"
        yield line_start(f"  {notice['message']}")

    def _finding(self, record: Record) -> Iterator[str]:
        """Yield a finding's lines."""
        finding = record["finding"]
        span = finding["span"]
        level = level_of(record)
        score = record.get("risk", {}).get("score", 0)
        place = f"{line_start(finding['path'])}:{span['line']}:{span['column']}"
        rated = self._style(f"{level} ({score})", fg=COLOURS.get(level), bold=True) if level and score else ""
        title = f"{self._style(place, bold=True)}: {_title(record)}"
        yield f"{title} {rated}".rstrip()
        where = " / ".join(readable(str(part)) for part in finding.get("symbol", ()))
        marks = [where, f"confidence {visible(finding['confidence'])}" if finding["confidence"] != "high" else ""]
        marks.append("vendored" if finding.get("vendored") else "")
        via = record.get("execution", {}).get("via")
        marks.append(f"through {readable(', '.join(via))}" if via else "")
        if any(marks):
            yield (
                "  in " + "; ".join(mark for mark in marks if mark)
                if where
                else "  " + "; ".join(m for m in marks if m)
            )
        yield from self._frame(finding)
        yield from self._told(record)

    def _frame(self, finding: Mapping[str, Any]) -> Iterator[str]:
        """Yield the source lines, the program text (or the command) underlined."""
        under = finding.get("payload") or finding["span"]
        first = finding["frame_line"]
        for number, line in enumerate(finding.get("frame", ())[:LINES], first):
            text = line.expandtabs(_TAB)
            yield f"  {self._style(f'{number:>5} |', fg='blue')} {readable(text[:WIDTH])}"
            if under["line"] <= number <= under["end_line"]:
                low = under["column"] - 1 if number == under["line"] else len(line) - len(line.lstrip())
                high = under["end_column"] - 1 if number == under["end_line"] else len(line.rstrip())
                low, high = len(line[:low].expandtabs(_TAB)), len(line[:high].expandtabs(_TAB))
                if low < min(high, WIDTH):
                    width = _cells(readable(text[low : min(high, WIDTH)]))
                    yield f"  {'':>5} | {' ' * _cells(readable(text[:low]))}{self._style('^' * width, fg='red', bold=True)}"
        more = len(finding.get("frame", ())) - LINES
        if more > 0:
            yield f"  {'':>5} | ... {under['end_line'] - first - LINES + 1} more lines"

    def _told(self, record: Record) -> Iterator[str]:
        """Yield the reasons, the last change and the fix."""
        finding = record["finding"]
        for snippet in record.get("snippets", ())[:1]:
            if snippet.get("note"):
                yield line_start(f"  {snippet['note']}")
            elif snippet.get("text") and not _shown(snippet["text"], finding):
                yield f"  runs: {readable(snippet['text'][:WIDTH])}"
        for reason in (record.get("risk", {}).get("reasons") or ())[:REASONS]:
            yield f"  {int(reason['points']):+4} {readable(reason['text'])}"
        change = finding.get("change")
        if change:
            yield f"  {self._style(_history(change), dim=True)}"
        yield f"  fix: {_fix(record)}"


def _cells(text: str) -> int:
    """Return a text's width in terminal columns."""
    return (
        len(text)
        if text.isascii()
        else sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in text)
    )


def _title(record: Record) -> str:
    """Return the finding in a few words."""
    if rule_of(record).id == "expression-injection":
        return "expression injection"
    snippet = (record.get("snippets") or [{}])[0]
    words = [str(snippet.get("interpreter", "")), "code by", str(snippet.get("vector", ""))]
    return readable(" ".join([*words, str(snippet.get("option", ""))]).strip())


def _history(change: Mapping[str, Any]) -> str:
    """Return who changed it last."""
    if change.get("uncommitted"):
        return "not committed yet"
    who = f"last changed by {readable(change['author'])}, {change.get('age_days', 0)} days ago, in {visible(change['commit'][:12])}"
    often = f"; changed {change['changes']} times" if change.get("changes", 0) > 1 else ""
    alone = "; only one person has seen this change" if change.get("single_person") else ""
    return who + often + alone


def _fix(record: Record) -> str:
    """Return what to do about it."""
    if rule_of(record).id == "expression-injection":
        return "give the value to the step by env:, and use that variable, quoted"
    snippet = (record.get("snippets") or [{}])[0]
    if snippet.get("text") is None:
        return "fetch it to a file, compare its checksum with one kept here, then run the file"
    if snippet.get("vector") == "environment":
        return f"load a reviewed file instead of text in {readable(str(snippet.get('variable', 'the variable')))}"
    suffix = {"python": "py", "javascript": "js", "perl": "pl", "ruby": "rb", "php": "php", "lua": "lua"}.get(
        str(snippet.get("language")), ""
    )
    return "put the text into a file that is reviewed" + (f" (NAME.{suffix})" if suffix else "") + ", and run that file"


def summary_line(summary: Mapping[str, Any]) -> str:
    """Return the scan's figures in one line."""
    count = summary["findings"]
    parts = [
        f"{count} finding{'s' * (count != 1)} in {summary['files']} build files ({summary['looked_at']} files looked at)"
    ]
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
