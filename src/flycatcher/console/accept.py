"""What accepts a detection: the entry for the configuration, or the comment for a build file, ready to be copied."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from flycatcher.config.model import ACCEPTED_DAYS
from flycatcher.core.policy.rule import SHORTEST_REASON
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLACEHOLDER = "REASON"
"""Shorter than a reason may be: the entry is refused until somebody has written one."""
_NAME = re.compile(r"[^A-Za-z0-9._@+ -]")


def entries(
    record: Mapping[str, Any], history: Sequence[Mapping[str, Any]], who: str, today: dt.date
) -> dict[str, str]:
    """Return the entries: ``toml`` for what ran, ``comment`` too for what a scan found."""
    until, name = today + dt.timedelta(days=ACCEPTED_DAYS), str(record.get("id", ""))
    reason = _reason(history)
    toml = f'[[suppress]]\nfingerprint = "{_plain(name)}"\nreason = {_quoted(reason)}\nowner = "{_plain(who)}"\nuntil = {until}\n'
    made = {"toml": toml, "days": str(ACCEPTED_DAYS)}
    if record.get("finding"):
        made["comment"] = f"# flycatcher: ignore[{_plain(name)}] {visible(reason)} until={until}"
    return made


def _reason(history: Sequence[Mapping[str, Any]]) -> str:
    """Return the reason of the last acceptance, a placeholder where there is none that is long enough."""
    said = next((str(row["text"]) for row in history if row["state"] == "accepted"), "")
    return " ".join(said.split()) if len(said) >= SHORTEST_REASON else PLACEHOLDER


def _plain(text: str) -> str:
    return _NAME.sub("", text)


def _quoted(text: str) -> str:
    """Return a TOML basic string (TOML 1.0, "String") in which nothing is hidden."""
    return '"' + visible(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
