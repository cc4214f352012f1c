"""``respond inspect``: check an archive's digests and show what is in it, without writing any of it to a disk."""

from __future__ import annotations

import gzip
import hashlib
import json
import tarfile
import zlib
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.commands.respond.archive import FORMAT, MANIFEST, SIGNATURE, signed_text
from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.note import parse
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.signing.keys import VerifierKey

BLOCK = 512
CHUNK = 1 << 20
MANIFEST_LIMIT = 256 << 20
"""Bytes that a manifest may have."""
PATH_WIDTH = 120
HINT = "it was cut short, or is no archive of respond capture"
Found = dict[str, tuple[int, str]]
"""Members by name: size and SHA-256."""


class Checked:
    """An archive that was read to its end: the manifest, and what is wrong."""

    def __init__(self, path: str, key: VerifierKey | None = None) -> None:
        """Read an archive; ``key``: who must have signed it. Raises FlycatcherError where it is broken."""
        self.faults: list[str] = []
        self._key = key
        self._signers = ""
        try:
            with Path(path).open("rb") as file:
                self.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                file.seek(0)
                with gzip.GzipFile(fileobj=file) as packed:
                    found, kept = self._read(packed)
            self.manifest = _manifest(kept.get(MANIFEST, b""))
            self._compare(found)
            self._check_signature(kept)
        except OSError as error:
            raise FlycatcherError(f"{path}: {error.strerror or error}", hint=HINT, code=_code(error)) from error
        except (EOFError, zlib.error, tarfile.TarError, *_MISSHAPEN) as error:
            raise FlycatcherError(f"{path}: broken archive: {error}", hint=HINT) from error

    def _read(self, packed: gzip.GzipFile) -> tuple[Found, dict[str, bytes]]:
        """Return the members with their digests, and the texts of the manifest and its signature."""
        found: Found = {}
        kept: dict[str, bytes] = {}
        while (block := packed.read(BLOCK)) and block.strip(b"\0"):
            header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
            if not header.isreg() or header.size < 0:
                raise ValueError("a member that is not a plain file")
            if header.name in found:
                self.faults.append(f"{header.name}: there twice")
            is_kept = header.name in {MANIFEST, SIGNATURE}
            digest, text = _digest(packed, header.size, keep=is_kept)
            found[header.name] = header.size, digest
            if is_kept:
                kept[header.name] = text
        if any(data.strip(b"\0") for data in iter(lambda: packed.read(CHUNK), b"")):
            self.faults.append("something stands behind the end of the archive")
        return found, kept

    def _check_signature(self, kept: dict[str, bytes]) -> None:
        """Compare the signed text with the manifest, and the signature with the key."""
        note = parse(kept[SIGNATURE]) if SIGNATURE in kept else None
        if note is None:
            self.faults += ["the archive is not signed"] if self._key is not None else []
            return
        if note.text != signed_text(kept[MANIFEST]):
            self.faults.append(f"{SIGNATURE}: it is the signature of another manifest")
        self._signers = ", ".join(each.name for each in note.signatures)
        if self._key is not None and (standing := self._key.standing(note)) != "good":
            self.faults.append(f"{SIGNATURE}: the signature of {self._key.name} is {standing}")

    def _compare(self, found: Found) -> None:
        """Compare what the manifest says with what is there."""
        said = {member["name"]: (member["bytes"], member["sha256"]) for member in self.manifest["members"]}
        self.faults += [f"{name}: missing" for name in said.keys() - found.keys()]
        self.faults += [f"{name}: not in the manifest" for name in found.keys() - said.keys() - {MANIFEST, SIGNATURE}]
        self.faults += [f"{name}: changed" for name in said.keys() & found.keys() if said[name] != found[name]]
        self.faults.sort()

    def lines(self) -> Iterator[str]:
        """Yield the tree, the members and what could not be had; raises FlycatcherError for a manifest that makes no sense."""
        try:
            yield from _shown(self.manifest)
        except _MISSHAPEN as error:
            raise FlycatcherError(f"broken manifest: {error}", hint=HINT) from error
        yield f"archive sha256 {self.sha256}"
        for fault in self.faults:
            yield one_line(f"MISMATCH {fault}")
        if not self.faults:
            yield one_line(f"{len(self.manifest['members'])} digests are right ({self._signed()})")

    def _signed(self) -> str:
        if self._key is not None:
            return f"signed by {self._key.name}"
        return f"signed by {self._signers}, which only --key checks" if self._signers else "they are not signed"


_MISSHAPEN = (AttributeError, KeyError, RecursionError, TypeError, ValueError)
"""What a manifest of another shape, or no JSON, raises."""


def _code(error: OSError) -> int:
    """Return the exit code: 3 where there is no file to read, 1 for one that is no gzip."""
    return 3 if error.errno else 1


def _manifest(raw: bytes) -> dict[str, Any]:
    if not raw:
        raise ValueError(f"no {MANIFEST}")
    manifest: dict[str, Any] = json.loads(raw)
    if manifest["format"] != FORMAT:
        raise ValueError(f"format {manifest['format']!r}, not {FORMAT}")
    return manifest


def _digest(packed: gzip.GzipFile, size: int, *, keep: bool) -> tuple[str, bytes]:
    """Read a member and the rest of its last block; return its digest, and its bytes if they are kept."""
    if keep and size > MANIFEST_LIMIT:
        raise ValueError("a manifest without end")
    digest, kept, left = hashlib.sha256(), bytearray(), size
    while left:
        data = packed.read(min(CHUNK, left))
        if not data:
            raise EOFError("a member is cut off")
        digest.update(data)
        kept += data if keep else b""
        left -= len(data)
    packed.read(-size % BLOCK)
    return digest.hexdigest(), bytes(kept)


def _shown(manifest: dict[str, Any]) -> Iterator[str]:
    started, finished = manifest["started"], manifest["finished"]
    took = finished["monotonic"] - started["monotonic"]
    if manifest.get("asked", str(manifest["pid"])) != str(manifest["pid"]):
        yield one_line(f"asked for: {manifest['asked']}")
    yield one_line(f"process {manifest['pid']}, captured {started['utc']} in {took:.1f} s by {manifest['tool']}")
    yield one_line(f"frozen: {manifest['frozen']}, looks until nothing was new: {manifest['rounds']}")
    yield ""
    yield from _tree(manifest["processes"])
    yield ""
    yield f"{'bytes':>12}  {'sha256':<16}  member, and where it comes from"
    for member in manifest["members"]:
        cut = f" (of {member['whole_bytes']} bytes)" if "whole_bytes" in member else ""
        row = f"{member['bytes']:>12}  {member['sha256'][:16]}  {member['name']}  {member['source']}{cut}"
        yield one_line(row)
    if manifest["missing"]:
        yield ""
        yield "not taken:"
        yield from (one_line(f"  {each['what']}: {each['why']}") for each in manifest["missing"])
    yield ""


def _tree(processes: list[dict[str, Any]]) -> Iterator[str]:
    """Yield a line for each process, below its parent."""
    children, known = defaultdict(list), {process["pid"] for process in processes}
    for process in processes:
        children[process["parent"]].append(process)
    waiting = [(process, 0) for process in reversed(processes) if process["parent"] not in known]
    while waiting:
        process, depth = waiting.pop()
        program = process.get("links", {}).get("exe", "?")
        line = f"{process['pid']} {process['name']} [{process['state']}] {program}"
        yield "  " * depth + one_line(line, PATH_WIDTH)
        waiting.extend((child, depth + 1) for child in reversed(children.pop(process["pid"], [])))
