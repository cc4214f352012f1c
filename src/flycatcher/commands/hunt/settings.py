"""What the options of ``flycatcher hunt`` ask for."""

from __future__ import annotations

import re
import time
from pathlib import Path

from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt.engine import Options
from flycatcher.sources.logs.engine.clock import seconds

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_AGE = re.compile(r"(\d{1,6})([smhdw])")


class HuntSettings(Struct, frozen=True, kw_only=True):
    """The options by their names."""

    paths: tuple[str, ...] = ()
    outputs: tuple[tuple[str, str], ...] = (("text", "-"),)
    """Formats, each with the file that it goes to."""
    form: str | None = None
    since: str | None = None
    until: str | None = None
    hosts: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    shells: bool = False
    fail_on: str | None = None
    only_new: str | None = None
    checkpoint: str | None = None
    follow: bool = False
    jobs: int = 1
    engine: str = "local"
    """``local``, or ``spark``."""
    master: str | None = None
    """Where Spark's master is; None: spark-submit's, or all cores of this machine."""
    sinks: tuple[str, ...] = ()
    """The sinks to deliver to; those of the configuration only where they are named here."""
    spool: str = ""
    no_ignores: bool = False
    no_redact: bool = False
    config_path: Path | None = None
    depth: int = 0
    quiet: bool = False

    def options(self) -> Options:
        """Return what the engine looks for. Raises FlycatcherError for a time that is none."""
        return Options(
            form=self.form or "",
            shells=self.shells,
            since=moment(self.since, "--since") if self.since else 0.0,
            until=moment(self.until, "--until") if self.until else 0.0,
            hosts=frozenset(self.hosts),
            users=frozenset(self.users),
        )


def moment(value: str, option: str) -> float:
    """Return a date, a date with a time, or an age (``36h``, ``7d``), as seconds since 1970. Raises FlycatcherError."""
    age = _AGE.fullmatch(value.strip())
    if age is not None:
        return time.time() - int(age[1]) * _UNITS[age[2]]
    text = value.strip()
    found = seconds(f"{text}T00:00:00" if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text)
    if not found:
        raise FlycatcherError(
            f"{option} {value}: no time", hint="2026-11-29, 2026-11-29T14:00:00Z, or an age such as 36h or 7d", code=2
        )
    return found
