"""Scans. ATT&CK T1046."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.payload.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence


def _scans(words: Sequence[str]) -> bool:
    """Scanners."""
    return words[0].rpartition("/")[2] in ("nmap", "masscan", "zmap", "arp-scan", "fping")


RULE = Rule(
    id="discovery.network",
    technique="T1046",
    points=25,
    sentence="looks for other hosts and open ports",
    commands=_scans,
)
