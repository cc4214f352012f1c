"""Signed notes and Ed25519 keys, against the examples of the specification and of Go's sumdb/note."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.signing.files import any_private, read_private, read_verifier, write_private
from flycatcher.signing.keys import cosigned_at, from_seed, generate, parse_private, parse_verifier
from flycatcher.signing.note import COSIGNATURE, ED25519, Note, parse

# of the documentation of golang.org/x/mod/sumdb/note
GO_PRIVATE = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# of C2SP signed-note
SPECIFIED_VERIFIER = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFIED_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
KEY = from_seed("log.example", ED25519, bytes(range(32)))
OTHER = from_seed("log.example", ED25519, bytes(32))
WITNESS = from_seed("w.example", COSIGNATURE, bytes(range(1, 33)))


def test_the_key_of_go_signs_as_go_does() -> None:
    key = parse_private(GO_PRIVATE)
    assert key.text() == GO_PRIVATE
    assert key.verifier.text() == GO_VERIFIER
    assert key.signature(GO_TEXT).line().decode() == GO_LINE


@pytest.mark.parametrize(
    ("verifier", "note"),
    [(GO_VERIFIER, GO_TEXT + b"\n" + GO_LINE.encode()), (SPECIFIED_VERIFIER, SPECIFIED_NOTE.encode())],
    ids=["go", "specification"],
)
def test_notes_that_others_signed_are_verified(verifier: str, note: bytes) -> None:
    key = parse_verifier(verifier)
    assert key.text() == verifier
    assert parse(note).data() == note
    assert key.standing(parse(note)) == "good"
    changed = note.replace(b"is", b"was", 1)
    assert key.standing(parse(changed)) == "wrong"
    assert KEY.verifier.standing(parse(note)) == "missing"


def test_a_witness_signs_the_time_and_the_text_word_by_word() -> None:
    text = b"log.example\n1\nAAAA\n"
    line = WITNESS.signature(text, now=1679315147.9)
    assert line.value[:8] == (1679315147).to_bytes(8, "big")
    assert WITNESS.verifier.verifies(line.value[8:], b"cosignature/v1\ntime 1679315147\n" + text)
    note = Note(text, (KEY.signature(text), line))
    assert WITNESS.verifier.standing(note) == "good"
    assert cosigned_at(WITNESS.verifier, note) == 1679315147
    later = Note(text, (type(line)(line.name, line.key_id, b"\0" * 7 + b"\1" + line.value[8:]),))
    assert WITNESS.verifier.standing(later) == "wrong"


def test_the_same_key_is_another_one_as_a_witness() -> None:
    assert from_seed("x", ED25519, bytes(32)).verifier.key_id != from_seed("x", COSIGNATURE, bytes(32)).verifier.key_id


def test_text_with_empty_lines_ends_at_the_last_one() -> None:
    note = parse(b"a\n\nb\n\n" + GO_LINE.encode())
    assert (note.text, len(note.signatures)) == (b"a\n\nb\n", 1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no signatures"),
        (b"text\n", "no signatures"),
        (b"text\n\n", "no signatures"),
        (b"\n" + GO_LINE.encode(), "no signatures"),
        (b"text\n\n" + GO_LINE.encode()[:-1], "no signatures"),
        (b"text\n\n- x AAAAAAA=\n", "a line under it is no signature"),
        ("text\n\n— a+b AAAAAAA=\n".encode(), "a line under it is no signature"),
        ("text\n\n— \u2003 AAAAAAA=\n".encode(), "a line under it is no signature"),
        ("text\n\n— x AAAA!\n".encode(), "not base64"),
        ("text\n\n— x AAAAAA==\n".encode(), "cut off"),
        ("text\n\n— x AAAAAAB=\n".encode(), "not base64 as it is written"),
        (b"te\0xt\n\n" + GO_LINE.encode(), "control characters"),
        (b"te\rxt\n\n" + GO_LINE.encode(), "control characters"),
        (b"text\n\n" + GO_LINE.encode() * 65, "more than 64 signatures"),
        (b"x" * (1 << 20) + b"\n\n" + GO_LINE.encode(), "too long"),
        (b"\xff\n\n" + GO_LINE.encode(), "utf-8"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse(data)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "NAME"),
        ("x+y", "NAME"),
        (GO_VERIFIER.replace("PeterNeumann", "Peter Neumann"), "NAME"),
        (GO_VERIFIER.replace("PeterNeumann", "PeterNewman"), "id does not fit"),
        (GO_VERIFIER.replace("c74f20a3", "c74f20a4"), "id does not fit"),
        (GO_VERIFIER.replace("c74f20a3", "C74F20A3"), "lower case"),
        (GO_VERIFIER.replace("c74f20a3", "zz"), "hexadecimal"),
        (GO_VERIFIER[:-4], "no Ed25519 key"),
        (GO_VERIFIER.replace("+AR", "+BR"), "no Ed25519 key"),
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_verifier(text)


# files


def test_a_private_key_is_for_its_owner_and_never_written_over(tmp_path: Path) -> None:
    path = str(tmp_path / "key")
    before = os.umask(0)
    try:
        write_private(path, KEY)
    finally:
        os.umask(before)
    assert Path(path).stat().st_mode & 0o777 == 0o600
    with pytest.raises(FlycatcherError, match="it exists"):
        write_private(path, OTHER)
    assert read_private(path, kind=ED25519) == KEY


def test_a_key_that_the_disk_has_no_room_for_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FlycatcherError, match="No space left on device"):
        write_private(str(tmp_path / "key"), KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "key").symlink_to(tmp_path / "victim")
    with pytest.raises(FlycatcherError, match="it exists"):
        write_private(str(tmp_path / "key"), KEY)
    assert not (tmp_path / "victim").exists()


def test_a_private_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(str(path), KEY)
    path.chmod(0o640)
    with pytest.raises(FlycatcherError, match="others can read this private key"):
        any_private(str(path))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"hunter2", b"PRIVATE+KEY+x+00000000+AAAA", GO_PRIVATE[:-8].encode()]
)
def test_what_is_in_a_file_that_is_no_key_is_not_repeated(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "key"
    path.write_bytes(data)
    path.chmod(0o600)
    with pytest.raises(FlycatcherError, match="no private key") as raised:
        any_private(str(path))
    assert not data or data.decode(errors="replace") not in str(raised.value)


def test_a_witness_and_a_log_have_different_keys(tmp_path: Path) -> None:
    write_private(str(tmp_path / "w"), WITNESS)
    with pytest.raises(FlycatcherError, match="it is the key of a witness"):
        read_private(str(tmp_path / "w"), kind=ED25519)
    with pytest.raises(FlycatcherError, match="it is the key of a log"):
        read_verifier(KEY.verifier.text(), kind=COSIGNATURE)


def test_a_verifier_key_is_given_as_text_or_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "pub").write_text(f"{GO_VERIFIER}\n")
    assert read_verifier(str(tmp_path / "pub"), kind=ED25519) == read_verifier(GO_VERIFIER, kind=ED25519)
    with pytest.raises(FlycatcherError, match="No such file") as raised:
        read_verifier(str(tmp_path / "none"), kind=ED25519)
    assert raised.value.code == 3
    (tmp_path / "pub").write_bytes(b"\xff")
    with pytest.raises(FlycatcherError, match="it is not text"):
        read_verifier(str(tmp_path / "pub"), kind=ED25519)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x1bb"])
def test_a_name_that_would_end_its_field_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="a key's name"):
        generate(name, ED25519)


def test_two_keys_are_not_the_same() -> None:
    assert generate("x", ED25519) != generate("x", ED25519)
