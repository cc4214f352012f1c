"""A run's detections on stderr: what matters while it runs, and at its end the rest, the worst first, each once with a count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.core.levels import LEVELS, at_least
from flycatcher.sinks import Record
from flycatcher.sinks.formats.line import level_of, news
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.sinks.formats.live import Live

AT_ONCE = "medium"
"""The lowest level that is shown while the command runs."""
ROWS = 20
"""Lines at the end: a screen."""
KEPT = 2048
"""Distinct detections that are told apart."""


class _Group(Struct, eq=False):
    """Detections with one id."""

    record: Record
    count: int = 0
    shown: int = 0


class Digest:
    """The lines of ``run``: one for each distinct detection, however often it comes."""

    def __init__(self, live: Live) -> None:
        """``live`` writes the lines."""
        self.path = live.path
        self._live = live
        self._groups: dict[str, _Group] = {}
        self._more = 0
        """Detections beyond :data:`KEPT` distinct ones, that are not told apart."""

    def open(self) -> None:
        """Begin."""
        self._live.open()

    def write(self, record: Record) -> None:
        """Write the first of a kind at once where it matters; count the others."""
        if record.get("policy", {}).get("action") == "suppressed":
            return
        group = self._groups.get(f"{record.get('id')} {level_of(record)}")
        if group is None:
            if len(self._groups) >= KEPT:
                self._live.write(record) if at_least(level_of(record) or "none", AT_ONCE) else self._one_more()
                return
            group = self._groups[f"{record.get('id')} {level_of(record)}"] = _Group(record)
        group.count += 1
        if group.count == 1 and (news(record) or at_least(level_of(record) or "none", AT_ONCE)):
            group.shown = 1
            self._live.write(record)

    def _one_more(self) -> None:
        self._more += 1

    def close(self, summary: Mapping[str, Any]) -> None:
        """Write what was not shown yet, and how often what was shown came again."""
        left = sorted((group for group in self._groups.values() if group.count > group.shown), key=_worst_first)
        for group in left[:ROWS]:
            self._live.write(group.record, times=group.count)
        rest = sum(group.count - group.shown for group in left[ROWS:]) + self._more
        if rest:
            self._live.say(
                f"{counted(rest, 'further detection is', 'further detections are')} not shown (-v shows all)"
            )
        self._live.close(summary)


def _worst_first(group: _Group) -> tuple[int, int]:
    """Return what to sort groups by."""
    return -LEVELS.index(level_of(group.record) or "none"), -group.count
