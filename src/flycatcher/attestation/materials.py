"""What went into a build and came out of it, by digest: the commit, the lock files, the files that are the statement's subjects."""

from __future__ import annotations

import os
import stat
from hashlib import sha256
from pathlib import Path
from typing import Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.git import blobs
from flycatcher.sinks.transports.place import Owner, as_user

LOCK_FILES = (
    "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "deno.lock", "poetry.lock",
    "uv.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "requirements.txt", "Gemfile.lock", "composer.lock",
    "Cargo.lock", "go.sum", "mix.lock", "pubspec.lock", "Podfile.lock", "gradle.lockfile", "packages.lock.json",
    "flake.lock", "cpanfile.snapshot", "Package.resolved",
)  # fmt: skip
"""Files in which package managers pin what a build installs."""
Descriptor = dict[str, Any]
"""An in-toto ResourceDescriptor."""


def materials(folder: Path, commit: str = "", owner: Owner = None) -> list[Descriptor]:
    """Return the commit of a folder's repository, and its lock files; ``commit``: what the CI system says it builds.

    ``owner``: with whose rights files are read, where root reads for somebody.
    """
    name = commit or head_of(folder)
    found: list[Descriptor] = [{"name": "git commit", "digest": {"gitCommit": name}}] if name else []
    with as_user(owner):
        digests = {lock: _digest_of(folder / lock) for lock in LOCK_FILES}
    return found + [{"name": lock, "digest": {"sha256": digest}} for lock, digest in digests.items() if digest]


def head_of(folder: Path) -> str:
    """Return the commit that a folder's repository is at; empty where there is none."""
    found = blobs(str(folder), ["HEAD^{commit}"])
    return found[0].name if found and found[0] is not None else ""


def subjects(paths: tuple[str, ...], owner: Owner = None) -> list[Descriptor]:
    """Return files by name and digest; ``owner`` as above. Raises FlycatcherError where one is missing, or is no file."""
    found = []
    for path in paths:
        with as_user(owner):
            digest = _digest_of(Path(path))
        if not digest:
            raise FlycatcherError(
                f"subject {path}: no regular file that can be read", hint="name what the command makes"
            )
        found.append({"name": path, "digest": {"sha256": digest}})
    return found


def _digest_of(path: Path) -> str:
    """Return the SHA-256 of a regular file; empty where there is none that can be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return ""
    digest = sha256()
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        while block := os.read(descriptor, 1 << 20):
            digest.update(block)
    except OSError:
        return ""
    finally:
        os.close(descriptor)
    return digest.hexdigest()
