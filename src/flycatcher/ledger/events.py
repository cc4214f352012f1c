"""A ledger's records as events, as a store takes them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.core.errors import FlycatcherError
from flycatcher.ledger import paths
from flycatcher.ledger.entry import Body, read_body
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.verify import Trust, Verdict, bodies, verify
from flycatcher.sinks.message import Event, event_of, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from flycatcher.signing.keys import VerifierKey

NO_HOST = "(not named in the ledger)"
"""The host of what a sensor says of itself, where no detection names the host."""


class Opened(Struct, frozen=True):
    """What a ledger holds, and whether it holds together."""

    verdict: Verdict
    events: list[Event]
    unread: int
    """Entries that are no records."""
    is_signed: bool
    """Whether somebody has signed the checkpoint; by whom was only checked if a key was given."""

    @property
    def holds(self) -> bool:
        """Whether all entries up to the checkpoint are as they were written; those behind it are not among the events."""
        at, trouble = self.verdict.entry, self.verdict.trouble
        return not trouble or (at == self.verdict.size and trouble.startswith(f"entry {at} "))

    @classmethod
    def of(cls, path: Path, key: VerifierKey | None = None) -> Opened:
        """Read a ledger up to its checkpoint; ``key``: who must have signed it. Raises FlycatcherError."""
        try:
            folder = Folder(str(path))
        except OSError as error:
            raise FlycatcherError(f"{path}: {error.strerror}", hint="give the DIR of --ledger", code=3) from error
        try:
            verdict = verify(folder, Trust(key))
            is_signed = b"\n\n" in (folder.read(paths.CHECKPOINT) or b"")
            lines = list(bodies(folder))[: verdict.size]
        except OSError as error:
            raise FlycatcherError(f"{path}: {error.strerror}", hint="give the DIR of --ledger", code=3) from error
        finally:
            folder.close()
        if not verdict.size and verdict.trouble:
            raise FlycatcherError(f"{path}: {verdict.trouble}", hint="give the DIR of --ledger", code=3)
        found = [body for body in map(_read, lines) if body is not None]
        return cls(verdict, list(_events(found)), len(lines) - len(found), is_signed)


def _read(line: bytes) -> Body | None:
    try:
        return read_body(line)
    except (ValueError, RecursionError):
        return None


def _events(found: Sequence[Body]) -> Iterator[Event]:
    """Yield events with the time at which they were logged, and the host that the ledger's detections name."""
    host = next(filter(None, map(_host, found)), NO_HOST)
    for body in found:
        event = event_of(body.record)
        yield structs.replace(event, time=_seconds(body.time), host=_host(body) or host)


def _host(body: Body) -> str:
    return str(mapping(mapping(body.record.get("execution")).get("context")).get("host.name") or "")


def _seconds(text: str) -> float:
    """Return a time in seconds since 1970; 0 for one that is none, which no report's time covers."""
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return 0.0
