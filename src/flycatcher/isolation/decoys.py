"""Decoy credentials: files and variables that look like a developer's, with values that are found again wherever they turn up."""

from __future__ import annotations

import base64
import os
import secrets
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Decoys(Struct, frozen=True):
    """``files``: paths below the home and their contents; ``tokens``: environment variables; ``canaries``: value by name."""

    files: dict[str, str]
    tokens: dict[str, str]
    canaries: dict[str, str]

    def plant(self, home: Path) -> None:
        """Write the files, never read so far as their times tell."""
        for name, text in self.files.items():
            path = home / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_text(text, encoding="ascii")
            path.chmod(0o600)
            unread(path)

    def opened(self, home: Path) -> list[str]:
        """Return the files that were read (their access time tells), or are gone."""
        return [name for name in self.files if was_read(home / name)]

    def found_in(self, text: str) -> list[str]:
        """Return the names of the decoys whose value stands in a text, as it is or as base64, hexadecimal or reversed."""
        return [
            name
            for name, value in self.canaries.items()
            if any(form in text for form in _forms(value)) or value[::-1] in text
        ]


def made() -> Decoys:
    """Return decoys with values that nobody else has."""
    canaries = {
        "~/.aws/credentials": _random(40),
        "~/.npmrc": "npm_" + _random(36),
        "~/.ssh/id_ed25519": _random(64),
        "~/.netrc": _random(24),
        "NPM_TOKEN": "npm_" + _random(36),
        "AWS_SECRET_ACCESS_KEY": _random(40),
        "GITHUB_TOKEN": "ghp_" + _random(36),
    }
    aws, npm, ssh, netrc = (canaries[name] for name in list(canaries)[:4])
    return Decoys(
        files={
            ".aws/credentials": f"[default]\naws_access_key_id = AKIA{_random(16).upper()}\naws_secret_access_key = {aws}\n",
            ".npmrc": f"//registry.npmjs.org/:_authToken={npm}\n",
            ".ssh/id_ed25519": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{ssh}\n-----END OPENSSH PRIVATE KEY-----\n",
            ".netrc": f"machine github.com login build password {netrc}\n",
        },
        tokens={name: value for name, value in canaries.items() if not name.startswith("~")},
        canaries=canaries,
    )


def unread(path: Path) -> None:
    """Set a file's access time before its modification, so that the next reading changes it, even with ``relatime``."""
    os.utime(path, (0, path.stat().st_mtime))


def was_read(path: Path) -> bool:
    """Whether a file was read since :func:`unread`, as far as its access time tells, or is gone."""
    try:
        return path.lstat().st_atime_ns != 0
    except OSError:
        return True


def readings_show(folder: Path) -> bool:
    """Whether reading changes access times in a folder: not with ``noatime``."""
    probe = folder / "probe"
    probe.write_text("read", encoding="ascii")
    unread(probe)
    probe.read_text(encoding="ascii")
    try:
        return was_read(probe)
    finally:
        probe.unlink()


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))


def _forms(value: str) -> Iterator[str]:
    """Yield a value, its hexadecimal digits, and what base64 makes of it at any of the three offsets."""
    data = value.encode("ascii")
    yield value
    yield data.hex()
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + data).decode("ascii")
        yield coded[4 if offset else 0 : -4]
