"""What the subcommands of ``flycatcher ledger`` do."""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import echo
from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, parse
from flycatcher.ledger.entry import read_body
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.verify import bodies
from flycatcher.ledger.verify import verify as verified
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flycatcher.ledger.entry import Body


def verify(path: Path, kept: Path | None) -> None:
    """Check a ledger; end with exit code 0 or 1."""
    with _opened(path) as folder:
        verdict = verified(folder, kept.read_bytes() if kept is not None else None)
    if verdict.trouble:
        echo(f"{visible(str(path))}: {visible(verdict.trouble)}")
        sys.exit(1)
    known = " continues the checkpoint that was kept, and" if kept is not None else ""
    echo(f"{visible(str(path))}:{known} holds together: {counted(verdict.size, 'entry', 'entries')}")


def status(path: Path, *, as_json: bool) -> None:
    """Print what a ledger holds."""
    with _opened(path) as folder:
        checkpoint = _checkpoint(folder, path)
        read = [_read(line) for line in bodies(folder)]
    times = [body.time for body in read if body is not None]
    kinds = Counter("unreadable" if body is None else body.kind for body in read)
    found: dict[str, Any] = {
        "entries": checkpoint.size,
        "behind_checkpoint": max(0, len(read) - checkpoint.size),
        "root": base64.b64encode(checkpoint.root).decode(),
        "first": times[0] if times else "",
        "last": times[-1] if times else "",
        "kinds": dict(sorted(kinds.items())),
    }
    if as_json:
        echo(json.dumps(found, indent=2))
        return
    found["kinds"] = ", ".join(f"{count} {kind}" for kind, count in found["kinds"].items())
    for name, value in found.items():
        echo(f"{name.replace('_', ' '):<18} {visible(str(value))}")


def show(path: Path, number: int | None) -> None:
    """Print a line for each entry, or one record."""
    with _opened(path) as folder:
        if number is None:
            for index, line in enumerate(bodies(folder)):
                echo(_line(index, _read(line)))
            return
        body = next((_read(line) for line in islice(bodies(folder), number, number + 1)), None)
    if body is None:
        raise FlycatcherError(f"{path}: there is no entry {number} that can be read", code=3)
    text = json.dumps(body.record, indent=2)  # ASCII: nothing in it acts on a terminal
    sys.stdout.write(f"{text}\n")


def _line(index: int, body: Body | None) -> str:
    if body is None:
        return f"{index:>8}  cannot be read"
    record = body.record
    said = str(record.get("text") or record.get("interpreter") or "")
    return f"{index:>8}  {visible(body.time)}  {visible(body.kind):<10}  {visible(said)}".rstrip()


def _read(line: bytes) -> Body | None:
    try:
        return read_body(line)
    except (ValueError, RecursionError):
        return None


def _checkpoint(folder: Folder, path: Path) -> Checkpoint:
    found = parse(folder.read(paths.CHECKPOINT) or b"")
    if found is None:
        raise FlycatcherError(f"{path}: no checkpoint of a ledger in it", hint="give the DIR of --ledger", code=3)
    return found


@contextmanager
def _opened(path: Path) -> Iterator[Folder]:
    """Open a ledger to read it. Raises FlycatcherError."""
    try:
        folder = Folder(str(path))
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="give the DIR of --ledger", code=3) from error
    try:
        yield folder
    finally:
        folder.close()
