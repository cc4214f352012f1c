"""What is known of the machine: kernel, uptime, boot, and who is logged in. Source: proc(5), utmp(5)."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flycatcher.commands.respond.archive import Archive

UTMP = "/run/utmp"
LOGINS = Path("/run/systemd/sessions")
MOST = 256
"""Sessions, and lines of each, that are read."""
_ENTRY = struct.Struct("=hxxi32s4s32s256shhiii16s20x")
"""struct utmp of glibc, 384 bytes, the same on 32 and 64 bits."""
_USER = 7
"""USER_PROCESS in utmp(5)."""
_FILES = {
    "uptime": "/proc/uptime",
    "boot": "/proc/sys/kernel/random/boot_id",
    "load": "/proc/loadavg",
    "version": "/proc/version",
}


def facts(archive: Archive) -> dict[str, Any]:
    """Return the facts; what cannot be read is kept as missing."""
    found: dict[str, Any] = {"uname": list(os.uname()), "uid": os.geteuid()}
    for name, path in _FILES.items():
        try:
            found[name] = Path(path).read_text(encoding="utf-8", errors="surrogateescape").strip()
        except OSError as error:
            archive.miss(path, error.strerror or str(error))
    found["logins"] = _logins(archive)
    try:
        found["sessions"] = sessions(Path(UTMP).read_bytes())
    except OSError as error:
        archive.miss(f"{UTMP} (who is logged in)", error.strerror or str(error))
    return found


def _logins(archive: Archive) -> list[dict[str, str]]:
    """Return the sessions that logind knows, which writes no utmp on newer systems (sd-login(3)): its files' variables."""
    found = []
    try:
        for file in sorted(LOGINS.iterdir())[:MOST]:
            if file.name.isalnum():
                lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
                pairs = (line.partition("=") for line in lines[:MOST])
                found.append({"session": file.name, **{name: value for name, sign, value in pairs if sign}})
    except OSError as error:
        archive.miss(f"{LOGINS} (sessions of logind)", error.strerror or str(error))
    return found


def sessions(data: bytes) -> list[dict[str, Any]]:
    """Return who is logged in by the bytes of a utmp file; an entry that is cut off is none."""
    whole = data[: len(data) // _ENTRY.size * _ENTRY.size]
    entries = (_session(*fields) for fields in _ENTRY.iter_unpack(whole) if fields[0] == _USER)
    return list(entries)


def _session(_kind: int, pid: int, line: bytes, _id: bytes, user: bytes, host: bytes, *rest: Any) -> dict[str, Any]:  # noqa: ANN401 - numbers and an address
    words = {"user": user, "line": line, "host": host}
    seconds = rest[3]
    return {"pid": pid, "since": seconds, **{name: os.fsdecode(word.split(b"\0")[0]) for name, word in words.items()}}
