"""The comment: Markdown in which nothing of a report is markup, as long as a forge takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.sinks.formats.line import deeds, how, level_of, what, who
from flycatcher.terminal import markdown
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.commands.report.compare import Compared

MARK = "<!-- flycatcher report pr -->"
"""By which a later run finds the comment."""
LIMIT = 60_000
"""Characters; GitHub takes 65,536 of a comment, GitLab 1,000,000."""
_TEXT = 120
_SAID = 40
"""Sentences about the change of behaviour."""


def comment(found: Compared, *, compared: bool) -> str:
    """Return the comment; ``compared``: there was a report to compare with."""
    title = _headline(found, compared=compared)
    parts = [MARK, "\n### Flycatcher: code on the fly\n\n", title, "\n"]
    if found.losses:
        parts.append(
            f"\n**{counted(found.losses, 'execution was', 'executions were')} lost: what they ran is not in this report.**\n"
        )
    parts += [
        f"\n{'' if said.startswith('This change') else '- '}{markdown(said)}\n" for said in found.behaviour[:_SAID]
    ]
    sections = [("New", found.new, True), ("Gone", found.gone, False), ("Known", found.known, False)]
    if not compared:
        sections = [("Detections", found.new, True)]
    for name, rows, is_open in sections:
        parts += _section(name, rows, is_open=is_open, room=LIMIT - sum(map(len, parts)))
    return "".join(parts)


def _headline(found: Compared, *, compared: bool) -> str:
    suppressed = f", {found.suppressed} suppressed" if found.suppressed else ""
    if not compared:
        return f"{counted(len(found.new), 'detection')}{suppressed}."
    return f"{len(found.new)} new, {len(found.gone)} gone, {len(found.known)} known{suppressed}."


def _section(name: str, rows: list[tuple[dict[str, Any], int]], *, is_open: bool, room: int) -> list[str]:
    """Return a table, as many rows of it as there is room for; what is left out is counted."""
    if not rows:
        return []
    opened = " open" if is_open else ""
    table = "| risk | how | text | why | where | times |\n|---|---|---|---|---|---|\n"
    head = f"\n<details{opened}><summary>{name}: {len(rows)}</summary>\n\n{table}"
    end, more = "\n</details>\n", "\n{} more left out: see the report.\n"
    room -= len(head) + len(end) + len(more) + 20
    lines: list[str] = []
    for record, count in rows:
        line = _row(record, count)
        room -= len(line)
        if room < 0:
            return [head, *lines, more.format(len(rows) - len(lines)), end]
        lines.append(line)
    return [head, *lines, end]


def _row(record: dict[str, Any], count: int) -> str:
    finding = record.get("finding") or {}
    place = f"{finding['path']}:{(finding.get('span') or {}).get('line', 0)}" if finding.get("path") else who(record)
    text = what(record)
    shown = text if len(text) <= _TEXT else f"{text[:_TEXT]}…"
    cells = [level_of(record), how(record), f"<code>{markdown(shown)}</code>", deeds(record), place, str(count)]
    return "| " + " | ".join(cell if cell.startswith("<code>") else markdown(cell) for cell in cells) + " |\n"
