"""What is contained, kept in files: it can be released after this program has ended, and is known as gone after a reboot."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec import Struct

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.message import rfc3339
from flycatcher.sinks.store.location import state_folder
from flycatcher.sinks.transports.place import read_file, replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "flycatcher.containment/1"
LIMIT = 16 << 20
_ID = re.compile(r"[0-9a-f]{8}\Z")
_OTHERS = 0o022
Act = Literal["quarantine", "freeze", "kill"]


class Stopped(Struct, frozen=True):
    """A process that was sent SIGSTOP."""

    pid: int
    start: int
    """Clock ticks since boot: with the number it names one process for good."""
    name: str


class Job(Struct, frozen=True):
    """What releases it when its time is over."""

    how: Literal["systemd", "at"]
    name: str
    """The timer's unit, or the number of at's job."""


class Containment(Struct, kw_only=True):
    """One containment that is in force."""

    schema: str = SCHEMA
    id: str
    target: str
    acts: list[Act]
    time: str
    """RFC 3339 in UTC."""
    boot: str
    """The boot's id: neither rules nor stopped processes outlive it."""
    until: str = ""
    """RFC 3339 in UTC; empty: until it is released."""
    job: Job | None = None
    ledger: str = ""
    ledger_key: str = ""
    """The file of the key that signs the ledger."""
    cgroup: str = ""
    """The folder of the control group that is frozen; empty: none is."""
    cgroup_inode: int = 0
    stopped: list[Stopped] = []
    namespaces: list[int] = []
    """Network namespaces with a table, by inode."""


def boot() -> str:
    """Return this boot's id."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def now() -> str:
    """Return the time as RFC 3339."""
    return rfc3339(time.time())


class Folder:
    """The files of all containments, one each, for their owner alone."""

    def __init__(self, path: Path | None) -> None:
        """``path`` None: in the user's state folder."""
        self.path = path or state_folder() / "contained"
        self.is_default = path is None

    def prepare(self) -> None:
        """Make the folder; raises FlycatcherError where it cannot be made, or others may write to it."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            about = self.path.stat()
        except OSError as error:
            raise FlycatcherError(f"{self.path}: {error.strerror}", hint="name another folder with --state") from error
        if about.st_uid != os.geteuid() or about.st_mode & _OTHERS:
            raise FlycatcherError(f"{self.path}: others may write to it", hint="name a folder of yours with --state")

    def file(self, identity: str) -> Path:
        """Return a containment's file; raises FlycatcherError for what is no id."""
        if not _ID.match(identity):
            raise FlycatcherError(f"{identity}: no id of a containment", hint="respond contain --status", code=2)
        return self.path / f"{identity}.json"

    def load(self, identity: str) -> Containment | None:
        """Return one, None where there is none; raises FlycatcherError where its file is broken."""
        file = self.file(identity)
        try:
            return msgspec.json.decode(read_file(str(file), LIMIT), type=Containment)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise FlycatcherError(f"{file}: {error.strerror}", code=3) from error
        except msgspec.MsgspecError as error:
            raise FlycatcherError(
                f"{file}: broken: {error}", hint=f"nft delete table inet {table(identity)}"
            ) from error

    def all(self) -> Iterator[str]:
        """Yield the ids of all."""
        try:
            names = sorted(file.stem for file in self.path.glob("*.json"))
        except OSError:
            return
        yield from filter(_ID.match, names)

    def save(self, containment: Containment) -> None:
        """Write one, whole or not at all. Raises OSError."""
        replace_file(str(self.file(containment.id)), msgspec.json.encode(containment))

    def drop(self, identity: str) -> None:
        """Forget one that was released."""
        self.file(identity).unlink(missing_ok=True)


def table(identity: str) -> str:
    """Return the name of a containment's nftables table (family inet)."""
    return f"flycatcher_{identity}"
