"""Witnesses and proofs by the exchange of files: what is signed, what is refused, and how many must have."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from flycatcher.ledger.checkpoint import noted, parse
from flycatcher.ledger.witness import RefusedError, cosigned, examine
from flycatcher.signing.files import write_private
from tests.ledger.test_ledger import body, flycatcher
from tests.ledger.test_signed import KEY, OTHER, WITNESSES, Verdict, verdict_on, written

LOG = KEY.verifier.text()


@pytest.fixture
def room(tmp_path: Path) -> Path:
    for number, witness in enumerate(WITNESSES):
        write_private(str(tmp_path / f"w{number}"), witness)
    return tmp_path


def cosign(room: Path, file: str, number: int = 0) -> tuple[int, str]:
    key, seen, out = room / f"w{number}", room / f"seen{number}", room / f"{file}.w{number}"
    done = flycatcher("ledger", "cosign", str(room / file), "--key", str(key), "--log", LOG, "--seen", str(seen), "-o", str(out))  # fmt: skip
    return done.returncode, done.stderr


def head(room: Path, name: str) -> None:
    shutil.copy(room / "l/checkpoint", room / name)


def test_a_witness_signs_what_goes_on_and_nothing_else(room: Path) -> None:
    written(room / "l", 5)
    head(room, "first")
    assert cosign(room, "first") == (0, "flycatcher: signed 5 entries of log.example as w0.example\n")
    written(room / "l", 300, start=5)
    head(room, "second")
    code, said = cosign(room, "second")
    assert (code, "it takes the proof that the checkpoint continues these" in said) == (1, True)
    assert not (room / "second.w0").exists()
    done = flycatcher("ledger", "prove", "consistency", str(room / "l"), str(room / "first"), "-o", str(room / "proof"))
    assert done.returncode == 0, done.stderr
    assert cosign(room, "proof") == (0, "flycatcher: signed 305 entries of log.example as w0.example\n")
    assert cosign(room, "second")[0] == 0  # the same again needs no proof
    code, said = cosign(room, "first")
    assert (code, "305 entries were seen, and 5 are there: the ledger was rolled back" in said) == (1, True)
    written(room / "f", 400, start=1)
    shutil.copy(room / "f/checkpoint", room / "forked")
    proof = (room / "proof").read_bytes().split(b"\n\n")[0].replace(b"old 5\n", b"old 305\n")
    (room / "proof").write_bytes(proof + b"\n\n" + (room / "forked").read_bytes())
    code, said = cosign(room, "proof")
    assert (code, "it does not continue the 305 entries that were seen: the ledger was forked" in said) == (1, True)
    assert parse((room / "seen0").read_bytes()).size == 305


@pytest.mark.parametrize(
    ("data", "seen", "said"),
    [
        (b"", None, "neither a checkpoint nor a consistency proof"),
        (b"x\n\ny", None, "neither a checkpoint nor a consistency proof"),
        ("unsigned", None, "not signed with the ledger's key"),
        ("other", None, "not signed with the ledger's key"),
        ("good", b"torn", "it must not be lost, so nothing is signed"),
        ("good", "unsigned", "keep one file for each ledger"),
    ],
)  # fmt: skip
def test_what_a_witness_must_not_sign_is_refused(
    tmp_path: Path, data: bytes | str, seen: bytes | str | None, said: str
) -> None:
    keys = {"unsigned": None, "other": OTHER, "good": KEY}
    made = {name: (written(tmp_path / name, 2, key) / "checkpoint").read_bytes() for name, key in keys.items()}
    with pytest.raises(RefusedError, match=said):
        examine(made.get(data, data), KEY.verifier, made.get(seen, seen))


def test_a_witness_signs_once_under_one_checkpoint(tmp_path: Path) -> None:
    note = noted((written(tmp_path / "l", 2) / "checkpoint").read_bytes())
    twice = noted(cosigned(noted(cosigned(note, WITNESSES[0])), WITNESSES[0]))
    assert [each.name for each in twice.signatures] == ["log.example", "w0.example"]
    both = noted(cosigned(twice, WITNESSES[1]))
    assert [each.verifier.standing(both) for each in (KEY, *WITNESSES)] == ["good", "good", "good", "missing"]


def test_so_many_witnesses_must_have_signed(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 5)
    first = cosigned(noted((path / "checkpoint").read_bytes()), WITNESSES[0])
    written(path, 5, start=5)
    second = cosigned(noted((path / "checkpoint").read_bytes()), WITNESSES[1])
    written(path, 5, start=10)
    known = {"key": KEY.verifier, "witnesses": tuple(each.verifier for each in WITNESSES)}
    assert verdict_on(path, **known, quorum=2, kept=(first, second)) == Verdict(15, witnessed=5)
    assert verdict_on(path, **known, quorum=1, kept=(first, second)) == Verdict(15, witnessed=10)
    expected = "2 of the 3 witnesses have signed, and 3 must have"
    assert verdict_on(path, **known, quorum=3, kept=(first, second)).trouble == expected
    forged = first.replace(b"w0.example", b"w2.example")
    expected = "1 of the 3 witnesses have signed, and 2 must have"
    assert verdict_on(path, **known, quorum=2, kept=(forged, second)).trouble == expected


def test_verify_counts_witnesses(room: Path) -> None:
    written(room / "l", 5)
    head(room, "c")
    cosign(room, "c", 0)
    cosign(room, "c", 1)
    keys = [part for each in WITNESSES for part in ("--witness", each.verifier.text())]
    kept = [part for number in (0, 1) for part in ("--since-checkpoint", str(room / f"c.w{number}"))]
    command = ["ledger", "verify", str(room / "l"), "--key", LOG, *keys, *kept]
    done = flycatcher(*command, "--quorum", "2")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == "2 witnesses have signed up to entry 4"
    done = flycatcher(*command)
    assert (done.returncode, "2 of the 3 witnesses have signed, and 3 must have" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--witness", WITNESSES[0].verifier.text()], "--witness needs --key"),
        (["--key", LOG, "--quorum", "1"], "--quorum 1 needs as many --witness"),
        (["--key", WITNESSES[0].verifier.text()], "it is the key of a witness"),
        (["--key", "x"], "No such file"),
        (["--key", "x+y"], "no verifier key"),
        (["--since-checkpoint", "none"], "No such file"),
    ],
)
def test_options_that_ask_for_nothing_are_refused(tmp_path: Path, words: list[str], said: str) -> None:
    written(tmp_path / "l", 1)
    done = flycatcher("ledger", "verify", str(tmp_path / "l"), *words)
    assert (done.returncode in {2, 3}, said in done.stderr) == (True, True), done.stderr


# proofs


def test_a_record_is_proved_without_the_ledger(tmp_path: Path) -> None:
    path, proof = written(tmp_path / "l", 300), tmp_path / "p.tlog-proof"
    done = flycatcher("ledger", "prove", "inclusion", str(path), "42", "-o", str(proof))
    assert done.returncode == 0, done.stderr
    shutil.rmtree(path)
    done = flycatcher("ledger", "check-proof", str(proof), "--key", LOG)
    assert (done.returncode, json.loads(done.stdout)) == (0, json.loads(body(42)))
    assert (
        done.stderr == f"flycatcher: {proof}: holds: entry 42 is in the ledger of 300 entries, signed by log.example\n"
    )
    other = flycatcher("ledger", "check-proof", str(proof), "--key", OTHER.verifier.text())
    assert (other.returncode, "does not hold: the checkpoint is not signed with this key" in other.stdout) == (1, True)
    proof.write_bytes(proof.read_bytes().replace(b"index 42", b"index 43"))
    done = flycatcher("ledger", "check-proof", str(proof), "--key", LOG)
    assert (done.returncode, "the record does not lead to the checkpoint's head" in done.stdout) == (1, True)


def test_that_a_ledger_goes_on_is_proved_without_it(tmp_path: Path) -> None:
    path, old, proof = written(tmp_path / "l", 3), tmp_path / "old", str(tmp_path / "p")
    shutil.copy(path / "checkpoint", old)
    written(path, 300, start=3)
    for given in (str(old), "3"):
        assert flycatcher("ledger", "prove", "consistency", str(path), given, "-o", proof).returncode == 0
        done = flycatcher("ledger", "check-proof", proof, "--key", LOG, "--since-checkpoint", str(old))
        expected = f"{proof}: holds: the ledger of 303 entries, signed by log.example continues its first 3\n"
        assert (done.returncode, done.stdout) == (0, expected)
    assert flycatcher("ledger", "check-proof", proof, "--key", LOG).returncode == 2
    shutil.copy(written(tmp_path / "f", 3, start=1) / "checkpoint", old)
    done = flycatcher("ledger", "check-proof", proof, "--key", LOG, "--since-checkpoint", str(old))
    assert (done.returncode, "the older checkpoint is none of its past" in done.stdout) == (1, True)
    done = flycatcher("ledger", "prove", "consistency", str(path), str(old))
    assert (done.returncode, done.stdout) == (1, "")
    assert "the 303 entries do not continue the 3 of the older checkpoint" in done.stderr


def test_what_cannot_be_proved_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 300)
    done = flycatcher("ledger", "prove", "inclusion", str(path), "300")
    assert (done.returncode, "there is no entry 300" in done.stderr) == (3, True)
    (path / "tile/0/000").write_bytes(bytes(8192))
    done = flycatcher("ledger", "prove", "inclusion", str(path), "42")
    assert (done.returncode, "does not lead to the checkpoint's head" in done.stderr) == (1, True)
    (path / "tile/0/000").unlink()
    done = flycatcher("ledger", "prove", "inclusion", str(path), "42")
    assert (done.returncode, "tile/0/000 is missing" in done.stderr) == (1, True)
    assert flycatcher("ledger", "prove", "consistency", str(path), "301").returncode == 1
    (tmp_path / "x").write_text("x")
    assert flycatcher("ledger", "check-proof", str(tmp_path / "x")).returncode == 3
