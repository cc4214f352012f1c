"""What an event is about, in one line: the same words in every format that has room for a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.formats.line import deeds, how, summary_line, what
from flycatcher.terminal import one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.sinks.message import Event

_LIMIT = 500


def title(event: Event) -> str:
    """Return the line, escaped for a log."""
    record = event.record
    if event.is_detection:
        done = deeds(record)
        does = f": {done}" if done else ""
        times = f" ({event.group.count} times)" if event.group else ""
        return _cut(f"code on the fly, {how(record)}{does}") + times
    if event.kind == "summary":
        return _figures(record.get("summary") or {})
    return f"{one_line(str(record.get('kind', '')))}: {one_line(str(record.get('text', '')), _LIMIT)}"


def payload(event: Event) -> str:
    """Return the text that a detection is about, shortened and escaped; empty for anything else."""
    return what(event.record) if event.is_detection else ""


def rank(event: Event) -> int:
    """Return 0 (none) to 4 (critical)."""
    return [str(level) for level in LEVELS].index(event.level)


def _cut(text: str) -> str:
    return text if len(text) <= _LIMIT else f"{text[:_LIMIT]}…"


def _figures(summary: dict[str, object]) -> str:
    """Return a run's figures, a scan's where it is one's."""
    if "executions_seen" in summary:
        return summary_line(summary)
    files, findings = (int(str(summary.get(name, 0))) for name in ("files", "findings"))
    return one_line(f"scan: {counted(files, 'build file')} read, {counted(findings, 'finding')}")
