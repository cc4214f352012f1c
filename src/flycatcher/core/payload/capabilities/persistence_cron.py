"""Scheduled jobs. ATT&CK T1053.003."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _schedules(words: Sequence[str]) -> bool:
    """``crontab`` that is not only listed, and ``at``."""
    name = words[0].rpartition("/")[2]
    return (name == "crontab" and len(words) > 1 and "-l" not in words) or name in ("at", "batch")


RULE = Rule(
    id="persistence.cron",
    technique="T1053.003",
    points=45,
    sentence="arranges to be started again by cron or at",
    hints="/etc/cron cron",
    values=r"/etc/cron(?:\.[a-z]+|tab)\b|/var/spool/cron",
    commands=_schedules,
)
