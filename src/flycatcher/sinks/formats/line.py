"""One detection in one line, the same for the live view, the text report and annotations."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

from flycatcher.core.levels import LEVELS
from flycatcher.core.recipe.risk import UNREVIEWED
from flycatcher.terminal import one_line
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

TEXT_LIMIT = 200


def level_of(record: Mapping[str, Any]) -> str:
    """Return the record's risk level: none where a risk of nothing was left out, empty where no risk was asked for."""
    risk = record.get("risk")
    return "" if risk is None else one_line(str(risk.get("level", "none")))


def first_snippet(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the first snippet, empty where there is none."""
    snippets = record.get("snippets") or [{}]
    first = snippets[0]
    return first if isinstance(first, dict) else {}


def what(record: Mapping[str, Any]) -> str:
    """Return the snippet's text (or path, or URL, or why there is none), escaped."""
    snippet = first_snippet(record)
    for name in ("text", "path", "url"):
        if snippet.get(name) is not None:
            return one_line(str(snippet[name]), TEXT_LIMIT)
    return "(text not captured)"


def deeds(record: Mapping[str, Any]) -> str:
    """Return, in words, the two reasons that weigh most; empty where nothing does but that the code is in no file."""
    reasons = [r for r in record.get("risk", {}).get("reasons", ()) if isinstance(r, dict) and r.get("points")]
    heaviest = sorted((r for r in reasons if r.get("text") != UNREVIEWED), key=lambda reason: -int(reason["points"]))
    return one_line("; ".join(str(reason.get("text", "")) for reason in heaviest[:2]), TEXT_LIMIT)


_OF_RUN = {"seccomp", "ebpf"}
"""Sensors of ``flycatcher run``, which tells no ancestor above the command."""


def who(record: Mapping[str, Any]) -> str:
    """Return the nearest ancestor's command line, escaped; ``flycatcher run`` for the command itself, which has none."""
    execution = record.get("execution", {})
    ancestry = execution.get("ancestry") or [{}]
    if not execution.get("ancestry") and (execution.get("fidelity") or {}).get("sensor") in _OF_RUN:
        return "flycatcher run"
    words = ancestry[0].get("argv") or [ancestry[0].get("comm", "")]
    return one_line(shlex.join(map(str, words)), 80)


def news(record: Mapping[str, Any]) -> str:
    """Return what a baseline says of a detection that it does not know, escaped; empty where it knows it, or there is none."""
    _, found, said = str((record.get("policy") or {}).get("reason", "")).partition("new: ")
    return one_line(found + said, 2 * TEXT_LIMIT) if found else ""


def how(record: Mapping[str, Any]) -> str:
    """Return interpreter and vector, and ``denied`` where it was."""
    snippet = first_snippet(record)
    words = [str(snippet.get("interpreter", "?")), str(snippet.get("vector", "?")), str(snippet.get("option", ""))]
    more = len(record.get("snippets") or ()) - 1
    if more > 0:
        words.append(f"(+{more})")
    if record.get("execution", {}).get("fidelity", {}).get("happened") == "denied":
        words.append("DENIED")
    return one_line(" ".join(filter(None, words)))


def _by_level(summary: Mapping[str, Any]) -> str:
    """Return how many detections have which level, the worst first; empty where there are none."""
    counts = summary.get("by_level") or {}
    said = ", ".join(f"{counts[level]} {level}" for level in reversed(LEVELS) if counts.get(level))
    return f": {said}" if said else ""


def summary_line(summary: Mapping[str, Any]) -> str:
    """Return the run's figures in one line."""
    parts = [
        f"{counted(summary['executions_seen'], 'execution')} seen",
        f"{summary['lost']} lost",
        f"{counted(summary['detections'], 'detection')}{_by_level(summary)}",
    ]
    if summary.get("denied"):
        parts.append(f"{summary['denied']} denied")
    if summary.get("suppressed"):
        parts.append(f"{summary['suppressed']} suppressed")
    return ", ".join(parts)
