"""``ledger prove`` and ``ledger check-proof``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from flycatcher.commands.ledger.files import content, head_of, opened, put
from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import echo, say
from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, parse
from flycatcher.ledger.entry import entry_of
from flycatcher.ledger.merkle import leaf_hash
from flycatcher.ledger.proof_text import Inclusion, parse_proof, write_consistency, write_inclusion
from flycatcher.ledger.proofs import included_root, is_consistent
from flycatcher.ledger.prove import prove_consistency, prove_inclusion
from flycatcher.ledger.verify import unsigned
from flycatcher.signing.files import read_verifier
from flycatcher.signing.note import ED25519
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.ledger.proof_text import Consistency


def inclusion(path: Path, number: int, output: Path | None) -> None:
    """Prove that an entry is in a ledger. Raises FlycatcherError."""
    with opened(path) as folder:
        head = head_of(folder, path)
        if number >= head.size:
            said = counted(head.size, "entry", "entries")
            raise FlycatcherError(f"{path}: there is no entry {number}", hint=f"it has {said}, from 0", code=3)
        try:
            body, hashes = prove_inclusion(folder, head, number)
        except (OSError, ValueError, RecursionError) as error:
            _fail(path, error)
        put(write_inclusion(number, body, hashes, folder.read(paths.CHECKPOINT) or b""), output)


def consistency(path: Path, old: str, new: Path | None, output: Path | None) -> None:
    """Prove that a checkpoint continues an older one. Raises FlycatcherError."""
    with opened(path) as folder:
        head = head_of(folder, path)
        data = content(new) if new is not None else folder.read(paths.CHECKPOINT) or b""
        newer, older = _checkpoint(data, new or path), _older(old)
        if not newer.origin == head.origin == (older.origin if older else head.origin):
            raise FlycatcherError("these checkpoints are of different ledgers", hint=f"{path} is {head.origin}")
        asked = (int(old), None) if older is None else (older.size, older.root)
        try:
            hashes = prove_consistency(folder, head.size, asked, newer)
        except (OSError, ValueError) as error:
            _fail(path, error)
        put(write_consistency(asked[0], hashes, data), output)


def check(path: Path, key: str | None, kept: Path | None) -> None:
    """Check a proof; end with exit code 0 or 1. Raises FlycatcherError."""
    verifier = read_verifier(key, kind=ED25519) if key else None
    try:
        proof = parse_proof(content(path))
    except ValueError as error:
        raise FlycatcherError(
            f"{path}: no proof: {error}", hint="flycatcher ledger prove writes one", code=3
        ) from error
    trouble = unsigned(proof.note, proof.checkpoint, verifier)
    trouble = trouble or (_entry(proof) if isinstance(proof, Inclusion) else _continues(proof, kept))
    if trouble:
        echo(f"{visible(str(path))}: does not hold: {visible(trouble)}")
        sys.exit(1)
    by = f", signed by {visible(verifier.name)}" if verifier else ""
    entries = counted(proof.checkpoint.size, "entry", "entries")
    if isinstance(proof, Inclusion):
        say(f"{path}: holds: entry {proof.index} is in the ledger of {entries}{by}")
        echo(visible(proof.body.decode(errors="surrogateescape")))
    else:
        echo(f"{visible(str(path))}: holds: the ledger of {entries}{by} continues its first {proof.old}")
    if verifier is None:
        say("warning: who signed the checkpoint was not checked: give --key")


def _entry(proof: Inclusion) -> str:
    """Say why a proof of inclusion does not hold."""
    try:
        leaf = leaf_hash(entry_of(proof.body))
    except (ValueError, RecursionError):
        return "what is in it is no record"
    found = included_root(leaf, proof.index, proof.checkpoint.size, proof.hashes)
    return "" if found == proof.checkpoint.root else "the record does not lead to the checkpoint's head"


def _continues(proof: Consistency, kept: Path | None) -> str:
    """Say why a proof of consistency does not hold. Raises FlycatcherError."""
    if kept is None:
        raise FlycatcherError(
            "a proof of consistency needs the older checkpoint", hint="give --since-checkpoint FILE", code=2
        )
    old = _checkpoint(content(kept), kept)
    if (old.size, old.origin) != (proof.old, proof.checkpoint.origin):
        return f"it is for {proof.old} entries of {proof.checkpoint.origin}, and the checkpoint for {old.size} of {old.origin}"
    new = (proof.checkpoint.size, proof.checkpoint.root)
    return "" if is_consistent((old.size, old.root), new, proof.hashes) else "the older checkpoint is none of its past"


def _older(old: str) -> Checkpoint | None:
    """Return the older checkpoint; None where only its size was given. Raises FlycatcherError."""
    return None if old.isascii() and old.isdigit() else _checkpoint(content(Path(old)), Path(old))


def _checkpoint(data: bytes, path: Path) -> Checkpoint:
    found = parse(data)
    if found is None:
        raise FlycatcherError(
            f"{path}: no checkpoint of a ledger", hint="it is DIR/checkpoint, or a copy of it", code=3
        )
    return found


def _fail(path: Path, error: Exception) -> NoReturn:
    said = getattr(error, "strerror", None) or str(error)
    raise FlycatcherError(f"{path}: {said}", hint="flycatcher ledger verify says what does not fit") from error
