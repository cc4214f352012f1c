"""The files that the subcommands of ``flycatcher ledger`` read and write; each error says what to give instead."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError
from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, parse
from flycatcher.ledger.folder import Folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def content(path: Path) -> bytes:
    """Return a file's content. Raises FlycatcherError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="give a file that can be read", code=3) from error


def put(data: bytes, output: Path | None) -> None:
    """Write what a command makes to a file, or to stdout. Raises FlycatcherError."""
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        output.write_bytes(data)
    except OSError as error:
        raise FlycatcherError(f"{output}: {error.strerror}", hint="give a file that can be written") from error


def head_of(folder: Folder, path: Path) -> Checkpoint:
    """Return a ledger's checkpoint. Raises FlycatcherError."""
    found = parse(folder.read(paths.CHECKPOINT) or b"")
    if found is None:
        raise FlycatcherError(f"{path}: no checkpoint of a ledger in it", hint="give the DIR of --ledger", code=3)
    return found


@contextmanager
def opened(path: Path) -> Iterator[Folder]:
    """Open a ledger to read it. Raises FlycatcherError."""
    try:
        folder = Folder(str(path))
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="give the DIR of --ledger", code=3) from error
    try:
        yield folder
    finally:
        folder.close()
