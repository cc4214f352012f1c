"""An archive of evidence: a tar.gz that ends in a manifest with the SHA-256 of all members and, with a key, its signature.

Members have names of our own making (words and numbers), are regular files, and have plain ustar headers: nothing that a
captured process chose decides a path. Source: tar(5), POSIX ustar.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
import time
from typing import TYPE_CHECKING, Any, Self

from flycatcher import __version__
from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.note import Note

if TYPE_CHECKING:
    from types import TracebackType

    from flycatcher.signing.keys import SigningKey

FORMAT = "flycatcher.capture/1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.note"
"""A signed note (C2SP signed-note) over the manifest's digest."""


def now() -> dict[str, Any]:
    """Return the time of day and the monotonic clock's seconds, which nobody sets."""
    seconds = time.time()
    utc = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return {"utc": f"{utc}.{int(seconds % 1 * 1e6):06}Z", "monotonic": round(time.monotonic(), 6)}


def signed_text(manifest: bytes) -> bytes:
    """Return what is signed of a manifest."""
    return f"flycatcher capture\n{MANIFEST} sha256 {hashlib.sha256(manifest).hexdigest()}\n".encode()


class Limits:
    """How much is read, and for how long."""

    def __init__(self, *, of_file: int, whole: int, seconds: float) -> None:
        """Begin to count."""
        self.of_file, self.left = of_file, whole
        self._until = time.monotonic() + seconds

    def why_over(self) -> str:
        """Return which limit ends the capture, empty while none does."""
        if time.monotonic() > self._until:
            return "no time left (--seconds)"
        return "" if self.left > 0 else "no room left (--max-bytes)"

    @property
    def room(self) -> int:
        """Bytes that the next member may have."""
        return min(self.of_file, self.left)


class Archive:
    """An archive that is written, member by member."""

    def __init__(self, path: str) -> None:
        """Create the file for its owner alone; raises FlycatcherError where there is one, or a link."""
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._file = os.fdopen(os.open(path, flags, 0o600), "wb")
        except OSError as error:
            hint = "name a new file with --output in a folder that you may write to"
            raise FlycatcherError(f"{path}: {error.strerror}", hint=hint) from error
        self._packed = gzip.GzipFile(filename="", fileobj=self._file, mode="wb", compresslevel=1, mtime=0)
        self._tar = tarfile.open(mode="w|", fileobj=self._packed, format=tarfile.USTAR_FORMAT)  # noqa: SIM115 - closed by __exit__
        self.members: list[dict[str, Any]] = []
        self.missing: list[dict[str, str]] = []
        self.started = now()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close everything; what has no manifest was cut short."""
        self._tar.close()
        self._packed.close()
        self._file.close()

    def add(self, name: str, data: bytes, source: str, *, whole: int = -1) -> None:
        """Add a member; ``whole`` is its size where only a part of it was read."""
        member = {"name": name, "source": source, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        member["monotonic"] = round(time.monotonic(), 6)
        if whole > len(data):
            member["whole_bytes"] = whole
        self.members.append(member)
        self._put(name, data)

    def add_json(self, name: str, value: object, source: str) -> None:
        """Add a member of our own making."""
        self.add(name, _json(value), source)

    def miss(self, what: str, why: str) -> None:
        """Keep what could not be had, and why."""
        self.missing.append({"what": what, "why": why})

    def finish(self, facts: dict[str, Any], signer: SigningKey | None = None) -> dict[str, Any]:
        """Write the manifest and, behind it, the signature of who is named; return the manifest."""
        manifest = {
            "format": FORMAT,
            "tool": f"flycatcher {__version__}",
            "started": self.started,
            "finished": now(),
            **facts,
            "members": self.members,
            "missing": self.missing,
        }
        text = _json(manifest)
        self._put(MANIFEST, text)
        if signer is not None:
            said = signed_text(text)
            self._put(SIGNATURE, Note(said, (signer.signature(said),)).data())
        return manifest

    def _put(self, name: str, data: bytes) -> None:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = len(data), 0o600, int(time.time())
        self._tar.addfile(entry, io.BytesIO(data))


def _json(value: object) -> bytes:
    """Return JSON in ASCII: bytes of names that are no UTF-8 stay as lone surrogates, as Python reads them back."""
    return json.dumps(value, indent=1).encode() + b"\n"
