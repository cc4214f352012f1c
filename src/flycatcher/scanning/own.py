"""Flycatcher's own reports and configuration: they name and quote programs, and run none."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from flycatcher.config.model import Config
from flycatcher.sinks.formats.document import BEGIN

_SCHEMAS = "flycatcher."


class _Row(Struct):
    """One record, of which only its kind counts here."""

    schema: str


class _Report(Struct, forbid_unknown_fields=True):
    """A whole report."""

    version: int
    detections: list[_Row]
    summary: msgspec.Raw = msgspec.Raw()


def is_report(data: bytes) -> bool:
    """Whether a file is a ``.json`` report, from its beginning to its end. Other suffixes of reports are not looked into."""
    if not data.startswith(BEGIN):
        return False
    try:
        report = msgspec.json.decode(data, type=_Report)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return all(row.schema.startswith(_SCHEMAS) for row in report.detections)


def is_configuration(path: str, data: bytes) -> bool:
    """Whether a file is a ``flycatcher.toml`` without a mistake: nothing but Flycatcher reads it."""
    if path.rpartition("/")[2] != "flycatcher.toml":
        return False
    try:
        msgspec.toml.decode(data, type=Config)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False
    return True
