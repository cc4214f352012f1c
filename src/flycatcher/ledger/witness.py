"""A witness signs a checkpoint only if it continues the last one of that ledger that it signed (C2SP tlog-cosignature)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.ledger.checkpoint import noted, parse
from flycatcher.ledger.proof_text import Consistency, parse_proof
from flycatcher.ledger.proofs import is_consistent

if TYPE_CHECKING:
    from flycatcher.ledger.checkpoint import Checkpoint
    from flycatcher.signing.keys import SigningKey, VerifierKey
    from flycatcher.signing.note import Note


class RefusedError(ValueError):
    """The checkpoint is not signed, and why."""


def examine(data: bytes, log: VerifierKey, seen: bytes | None) -> Note:
    """Return the checkpoint of a file: itself, or a consistency proof with it. Raises RefusedError where it must not be signed.

    ``seen``: the last checkpoint that was; None: there is none yet.
    """
    new, note, proof = _read(data)
    if log.standing(note) != "good":
        raise RefusedError("the checkpoint is not signed with the ledger's key")
    if new.origin != log.name:
        raise RefusedError(f"the checkpoint is that of {new.origin}, and the key that of {log.name}")
    if seen is None:
        return note
    last = parse(seen)
    if last is None:
        raise RefusedError(
            "the checkpoint that was seen last cannot be read: it must not be lost, so nothing is signed"
        )
    if last.origin != new.origin:
        raise RefusedError(f"the checkpoint that was seen last is that of {last.origin}: keep one file for each ledger")
    if new.size < last.size:
        raise RefusedError(f"{last.size} entries were seen, and {new.size} are there: the ledger was rolled back")
    if new.size > last.size and (proof is None or proof.old != last.size):
        raise RefusedError(f"{last.size} entries were seen: it takes the proof that the checkpoint continues these")
    hashes = proof.hashes if proof is not None and new.size > last.size else ()
    if not is_consistent((last.size, last.root), (new.size, new.root), hashes):
        raise RefusedError(f"it does not continue the {last.size} entries that were seen: the ledger was forked")
    return note


def cosigned(note: Note, key: SigningKey) -> bytes:
    """Return the checkpoint with a witness's signature under it; an older one of the same key is replaced."""
    mine = (key.verifier.name, key.verifier.key_id)
    others = [each for each in note.signatures if (each.name, each.key_id) != mine]
    return type(note)(note.text, (*others, key.signature(note.text))).data()


def _read(data: bytes) -> tuple[Checkpoint, Note, Consistency | None]:
    """Return the checkpoint and its signatures, and the proof that it came with. Raises RefusedError."""
    checkpoint, note = parse(data), noted(data)
    if checkpoint is not None and note is not None:
        return checkpoint, note, None
    try:
        proof = parse_proof(data)
    except ValueError as error:
        raise RefusedError(f"neither a checkpoint nor a consistency proof: {error}") from error
    if not isinstance(proof, Consistency):
        raise RefusedError("it proves an entry, and not what the ledger continues")
    return proof.checkpoint, proof.note, proof
