"""``--ledger DIR``: each act of a response as an entry of a ledger."""

from __future__ import annotations

import getpass
import os
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

    def __init__(self, ledger: tuple[str, str], kept: Containment, *, needed: bool = True) -> None:
        """``ledger``: its folder (empty: nothing is recorded) and the file of the key that signs it (empty: none does).

        ``needed`` False: a ledger that cannot be opened is said, and is no error.
        """
        (path, self._key), self._kept = ledger, kept
        self._path = path
        self._log: Log | None = None
        if path:
            self._open(needed=needed)

    def _open(self, *, needed: bool) -> None:
        try:
            self._log = Log(self._path, read_private(self._key, kind=ED25519) if self._key else None)
        except (OSError, FlycatcherError) as error:
            said = f"ledger {self._path}: {error.strerror if isinstance(error, OSError) else error}"
            if needed:
                hint = "a running watch holds its ledger: give respond one of its own"
                raise FlycatcherError(said, hint=hint) from error
            say(visible(f"warning: {said}; the release is not recorded"))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        if self._log is not None:
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
