"""``--ledger DIR``: each act of a response as an entry of a ledger."""

from __future__ import annotations

import getpass
import os
from contextlib import suppress
from time import time as clock
from typing import TYPE_CHECKING, Literal, Self

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import say
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.log import Log
from flycatcher.signing.files import read_private
from flycatcher.signing.note import ED25519
from flycatcher.sinks.message import RESPONSE, rfc3339
from flycatcher.sources.sensors.procfs import read
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.commands.respond.contain.state import Containment

Kind = Literal["contained", "released", "failed"]


class Chronicle:
    """The ledger, opened before anything is done, so that what cannot be recorded is not begun."""

    def __init__(self, kept: Containment, path: str = "", key: str = "", *, needed: bool = True) -> None:
        """``path`` and ``key``: of another ledger than the containment's. Without any nothing is recorded.

        ``needed`` False: a ledger that cannot be opened is said, and is no error.
        """
        self._path, self._kept = path or kept.ledger, kept
        self._log: Log | None = None
        if self._path:
            self._open(key or ("" if path else kept.ledger_key), needed=needed)

    def _open(self, key: str, *, needed: bool) -> None:
        try:
            self._log = Log(self._path, read_private(key, kind=ED25519) if key else None)
        except (OSError, FlycatcherError) as error:
            said = f"ledger {self._path}: {getattr(error, 'strerror', None) or error}"
            if needed:
                hint = "a running watch holds its ledger: give respond one of its own"
                raise FlycatcherError(said, hint=getattr(error, "hint", hint)) from error
            say(visible(f"warning: {said}; the release is not recorded"))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._log is not None:
            with suppress(OSError):  # said when the act was recorded, and tried once more
                self._log.close()

    def add(self, kind: Kind, text: str) -> None:
        """Record one act; a ledger that cannot be written is said."""
        if self._log is None:
            return
        time = rfc3339(clock())
        record = {
            "schema": RESPONSE,
            "kind": kind,
            "time": time,
            "text": text,
            "containment": self._kept.id,
            "target": self._kept.target,
            "until": self._kept.until,
            "processes": [{"pid": each.pid, "start": each.start, "name": each.name} for each in self._kept.stopped],
            "by": _who(),
        }
        try:
            self._log.append(body_of(record, time))
        except OSError as error:
            say(visible(f"warning: ledger {self._path}: {error.strerror}: {text}"))


def _who() -> dict[str, str]:
    """Return who acts: the user, and who logged in (pam_loginuid), whom sudo does not change."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = ""
    try:
        login = read("/proc/self/loginuid", 32).decode("ascii", "replace").strip()
    except OSError:
        login = ""
    return {"user": name, "uid": str(os.geteuid()), "login_uid": "" if login == str((1 << 32) - 1) else login}
