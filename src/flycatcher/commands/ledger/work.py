"""What the subcommands of ``flycatcher ledger`` do."""

from __future__ import annotations

import base64
import json
import sys
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.ledger.files import content, head_of, opened
from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import echo, say
from flycatcher.ledger import paths
from flycatcher.ledger.entry import read_body
from flycatcher.ledger.verify import Trust, bodies
from flycatcher.ledger.verify import verify as verified
from flycatcher.signing.files import read_verifier
from flycatcher.signing.note import COSIGNATURE, ED25519
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.ledger.entry import Body


class Wanted(Struct, frozen=True):
    """The options of ``verify``."""

    key: str | None = None
    kept: tuple[Path, ...] = ()
    witnesses: tuple[str, ...] = ()
    quorum: int | None = None


def verify(path: Path, wanted: Wanted) -> None:
    """Check a ledger; end with exit code 0 or 1."""
    trust = _trust(wanted)
    with opened(path) as folder:
        verdict = verified(folder, trust)
        signed = b"\n\n" in (folder.read(paths.CHECKPOINT) or b"")
    if verdict.trouble:
        echo(f"{visible(str(path))}: {visible(verdict.trouble)}")
        sys.exit(1)
    known = " continues the checkpoint that was kept, and" if wanted.kept else ""
    by = f", signed by {visible(trust.key.name)}" if trust.key else ""
    echo(f"{visible(str(path))}:{known} holds together: {counted(verdict.size, 'entry', 'entries')}{by}")
    if trust.witnesses:
        echo(f"{counted(trust.quorum, 'witness has', 'witnesses have')} signed up to entry {verdict.witnessed - 1}")
    if signed and trust.key is None:
        say("warning: the signature was not checked: give --key")


def _trust(wanted: Wanted) -> Trust:
    """Read what the options name. Raises FlycatcherError."""
    key = read_verifier(wanted.key, kind=ED25519) if wanted.key else None
    witnesses = tuple(dict.fromkeys(read_verifier(each, kind=COSIGNATURE) for each in wanted.witnesses))
    quorum = len(witnesses) if wanted.quorum is None else wanted.quorum
    if witnesses and key is None:
        raise FlycatcherError("--witness needs --key", hint="a witness signs what the ledger's key has signed", code=2)
    if quorum > len(witnesses):
        raise FlycatcherError(f"--quorum {quorum} needs as many --witness", hint="give each its verifier key", code=2)
    if len({each.public for each in witnesses}) < len(witnesses):
        raise FlycatcherError("two witnesses have the same key", hint="each signs with its own", code=2)
    return Trust(key, tuple(map(content, wanted.kept)), witnesses, quorum)


def status(path: Path, *, as_json: bool) -> None:
    """Print what a ledger holds."""
    with opened(path) as folder:
        checkpoint = head_of(folder, path)
        read = [_read(line) for line in bodies(folder)]
    times = [body.time for body in read if body is not None]
    kinds = Counter("unreadable" if body is None else body.kind for body in read)
    found: dict[str, Any] = {
        "entries": checkpoint.size,
        "behind_checkpoint": max(0, len(read) - checkpoint.size),
        "root": base64.b64encode(checkpoint.root).decode(),
        "origin": checkpoint.origin,
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
    with opened(path) as folder:
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
