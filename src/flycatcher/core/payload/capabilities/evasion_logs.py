"""Logs. ATT&CK T1070.002."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _wipes(words: Sequence[str]) -> bool:
    """``journalctl --vacuum``, ``shred`` on logs."""
    name = words[0].rpartition("/")[2]
    return name == "journalctl" and any(w.startswith(("--vacuum", "--rotate")) for w in words[1:])


RULE = Rule(
    id="evasion.logs",
    technique="T1070.002",
    points=35,
    sentence="touches the system's logs",
    hints="/var/log /var/run/utmp",
    values=r"/var/log/(?:auth|syslog|messages|secure|wtmp|btmp|lastlog|audit)|/var/run/utmp",
    commands=_wipes,
)
