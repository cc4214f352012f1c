"""Notices of a sensor or a log about itself, in the stream beside the executions."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

NoticeKind = Literal["started", "stopped", "loss", "gap", "reloaded", "limit", "killed", "refused", "captured"]
"""``loss``: something happened and was not seen whole. ``gap``: nothing was watched. ``limit``: the sensor is held back.
``refused``: an execution that could not be read, or a call that would have reached the sensor's own processes.
``captured``: what became of a capture that a detection set off.
``killed``: an interpreter was killed that ran no code on the fly, because all interpreters were forbidden there."""


class Notice(Struct, frozen=True, kw_only=True):
    """One such record."""

    schema: str = "flycatcher.notice/1"
    kind: NoticeKind
    sensor: str
    time: str
    """RFC 3339 in UTC with microseconds; when it was noticed."""
    text: str
    """A sentence for a person."""
    place: str = ""
    """Where something was lost: ``ring``, ``argv``, ``environment``, ..."""
    count: int = 0
    """How many were lost since the last such notice."""
    since: str = ""
    """RFC 3339: loss and gap lie between this and ``time``."""
