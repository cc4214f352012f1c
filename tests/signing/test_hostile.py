"""Whatever bytes come from others: they are read, or refused with a ValueError that says why."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flycatcher.attestation import statement
from flycatcher.ledger import checkpoint, proof_text
from flycatcher.signing import dsse, keys, note
from tests.signing.test_note import GO_LINE, GO_VERIFIER, KEY, SPECIFIED_NOTE

CHECKPOINT = checkpoint.Checkpoint(3, bytes(32), KEY.verifier.name).data(KEY)
READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "note": (note.parse, SPECIFIED_NOTE.encode()),
    "checkpoint": (checkpoint.parse, CHECKPOINT),
    "inclusion": (proof_text.parse_proof, proof_text.write_inclusion(1, b"{}", [bytes(32)], CHECKPOINT)),
    "consistency": (proof_text.parse_proof, proof_text.write_consistency(1, [bytes(32)], CHECKPOINT)),
    "verifier key": (lambda data: keys.parse_verifier(data.decode()), GO_VERIFIER.encode()),
    "private key": (lambda data: keys.parse_private(data.decode()), KEY.text().encode()),
    "envelope": (lambda data: dsse.is_signed(dsse.opened(data), KEY.verifier), dsse.sealed(b"{}", dsse.IN_TOTO, KEY)),
    "statement": (statement.read, b'{"_type":"x","predicateType":"x","subject":[],"predicate":{}}'),
    "pem": (keys.public_of_pem, b"-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"),
}
PIECES = [
    b"\n",
    b"\n\n",
    b" ",
    b"+",
    b"=",
    b"0",
    b"-1",
    b"\xff",
    b"\0",
    b"\xc2\xb2",
    GO_LINE.encode(),
    b"{",
    b"[" * 2000,
    b"null",
]


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_what_others_wrote_is_read_or_refused(name: str, data: st.DataObject) -> None:
    read, sample = READERS[name]
    at = data.draw(st.integers(0, len(sample)))
    end = data.draw(st.integers(at, len(sample)))
    put = data.draw(st.sampled_from(PIECES) | st.binary(max_size=40))
    with suppress(ValueError, RecursionError):
        read(sample[:at] + put + sample[end:])


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name: str, data: bytes) -> None:
    with suppress(ValueError, RecursionError):
        READERS[name][0](data)


@given(data=st.binary(max_size=200), at=st.integers(0, 10_000), put=st.binary(max_size=3))
def test_a_note_that_was_changed_is_not_the_keys(data: bytes, at: int, put: bytes) -> None:
    whole = note.Note(b"text\n" + data.hex().encode() + b"\n", ())
    signed = note.Note(whole.text, (KEY.signature(whole.text),)).data()
    place = at % len(signed)
    changed = signed[:place] + put + signed[place + len(put) :]
    with suppress(ValueError):
        found = note.parse(changed)
        assert found.data() == changed
        if KEY.verifier.standing(found) == "good":
            assert found.text == whole.text
