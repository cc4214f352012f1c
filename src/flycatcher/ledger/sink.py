"""``--ledger DIR``: detections, notices and the figures at the end, as entries of a ledger."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import say
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.log import Log, Sealing
from flycatcher.signing.files import read_private
from flycatcher.signing.note import ED25519
from flycatcher.sinks.message import rfc3339
from flycatcher.sinks.summary import row
from flycatcher.sources.notice import Notice
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.config import Loaded
    from flycatcher.signing.keys import SigningKey
    from flycatcher.sinks import Record


def key_file(key: str, loaded: Loaded) -> str:
    """Return the file of the private key: the option's (``key``), else the configuration's; empty: there is none."""
    asked = loaded.config.ledger.key
    return key or (str(loaded.path.parent / asked) if asked and loaded.path is not None else asked)


def attached(folder: str, key: str, loaded: Loaded, sensor: str, *, announced: bool) -> list[Ledger]:
    """Return the ledger that the options and the configuration ask for, in a list; an empty one: none. Raises FlycatcherError."""
    if not folder:
        if key:
            raise FlycatcherError("--ledger-key signs a ledger", hint="give --ledger DIR with it", code=2)
        return []
    asked, place = loaded.config.ledger, key_file(key, loaded)
    return [
        Ledger(
            folder,
            sensor,
            announced=announced,
            signer=read_private(place, kind=ED25519) if place else None,
            sealing=Sealing(asked.every, asked.seconds, asked.sync),
        )
    ]


class Ledger:
    """A sink over a log. ``announced``: the sensor that says itself when it starts and stops; else this does so for it."""

    takes_notices = True

    def __init__(
        self,
        path: str,
        sensor: str,
        *,
        announced: bool,
        signer: SigningKey | None = None,
        sealing: Sealing | None = None,
    ) -> None:
        """``path``: the ledger's folder; ``signer``: who signs it, None: nobody; ``sealing``: when its checkpoints are written."""
        self.path = path
        self._signer, self._sealing = signer, sealing
        self._sensor = sensor
        self._announces = not announced
        self._log: Log | None = None

    def open(self) -> None:
        """Open the ledger; called again, read its end again. Says in the ledger what had to be mended. Raises OSError."""
        first = self._log is None
        if self._log is None:
            self._log = Log(self.path, self._signer, self._sealing)
        else:
            self._log.load()
        if self._log.mended:
            say(f"warning: ledger {visible(self.path)} was not closed in order: {self._log.mended}")
            self._note("loss", f"the ledger was not closed in order: {self._log.mended}")
        if first and self._announces:
            self._note("started", "the run begins")

    def write(self, record: Record) -> None:
        """Log one record."""
        if self._log is not None:
            self._log.append(body_of(record, rfc3339(time.time())))

    def tick(self) -> None:
        """Write the checkpoint that is due. Raises OSError."""
        if self._log is not None:
            self._log.tick()

    def close(self, summary: Mapping[str, Any]) -> None:
        """Log the figures, and that the run has stopped."""
        self.write(row(dict(summary)))
        if self._announces:
            self._note("stopped", "the run ended in order")
        log, self._log = self._log, None
        if log is not None:
            log.close()

    def _note(self, kind: Literal["started", "stopped", "loss"], text: str) -> None:
        notice = Notice(kind=kind, sensor=self._sensor, time=rfc3339(time.time()), text=text, place="ledger")
        self.write(msgspec.to_builtins(notice))
