"""Signed ledgers: who signs what and when, what is refused, and that nothing that was manipulated passes."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flycatcher.config import Config, Loaded
from flycatcher.config.model import LedgerSettings
from flycatcher.ledger.checkpoint import Checkpoint, noted, parse
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.log import LARGEST_BATCH, BrokenLedgerError, Log, OtherKeyError, Sealing
from flycatcher.ledger.sink import Ledger, attached
from flycatcher.ledger.verify import Trust, Verdict, verify
from flycatcher.reporting import Reporter
from flycatcher.signing.files import write_private
from flycatcher.signing.keys import SigningKey, from_seed
from flycatcher.signing.note import COSIGNATURE, ED25519
from flycatcher.sinks.reports import opened
from tests.kernel import must_work
from tests.ledger import manipulations
from tests.ledger.test_ledger import body, flycatcher

KEY = from_seed("log.example", ED25519, b"k" * 32)
OTHER = from_seed("log.example", ED25519, b"o" * 32)
WITNESSES = [from_seed(f"w{number}.example", COSIGNATURE, bytes([number]) * 32) for number in range(3)]
NEVER = Sealing(LARGEST_BATCH, 1e9)


def written(path: Path, count: int, key: SigningKey | None = KEY, start: int = 0, sealing: Sealing = NEVER) -> Path:
    log = Log(str(path), key, sealing)
    for number in range(start, start + count):
        log.append(body(number))
    log.close()
    return path


def verdict_on(path: Path, **trust: object) -> Verdict:
    folder = Folder(str(path))
    try:
        return verify(folder, Trust(**trust))
    finally:
        folder.close()


# what is signed


def test_a_checkpoint_is_a_note_that_the_ledgers_key_has_signed(tmp_path: Path) -> None:
    data = (written(tmp_path / "l", 3) / "checkpoint").read_bytes()
    text, blank, line = data.decode().split("\n\n")[0], b"\n\n" in data, data.decode().splitlines()[-1]
    assert (text.split("\n")[:2], blank) == (["log.example", "3"], True)
    assert line.startswith("— log.example ")
    assert parse(data).origin == "log.example"
    assert KEY.verifier.standing(noted(data)) == "good"
    assert verdict_on(tmp_path / "l", key=KEY.verifier) == Verdict(3)


@pytest.mark.parametrize(
    ("key", "by", "said"),
    [
        (None, KEY, "the checkpoint is not signed"),
        (OTHER, KEY, "the checkpoint is not signed with this key: the signature is missing"),
        (from_seed("other.example", ED25519, b"k" * 32), KEY, "the checkpoint is that of other.example, and the key that of log.example"),
    ],
)  # fmt: skip
def test_a_checkpoint_that_somebody_else_signed_is_refused(
    tmp_path: Path, key: SigningKey | None, by: SigningKey, said: str
) -> None:
    assert verdict_on(written(tmp_path / "l", 3, key), key=by.verifier).trouble == said


def test_a_ledger_goes_on_only_with_its_own_key(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 3)
    with pytest.raises(OtherKeyError, match="this ledger is signed: give its key"):
        Log(str(path))
    with pytest.raises(OtherKeyError, match="not signed with the key log"):
        Log(str(path), OTHER)
    assert verdict_on(written(path, 2, start=3), key=KEY.verifier) == Verdict(5)


def test_what_nobody_signed_is_not_signed_later(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 3, None)
    with pytest.raises(OtherKeyError, match="this ledger is not signed"):
        Log(str(path), KEY)


def test_a_checkpoint_that_was_made_by_hand_is_not_gone_on_from(tmp_path: Path) -> None:
    path, forged = written(tmp_path / "l", 3), written(tmp_path / "f", 3, None, start=5)
    line = (path / "checkpoint").read_bytes().split(b"\n\n")[1]
    head = parse((forged / "checkpoint").read_bytes())
    shutil.copytree(forged, path, dirs_exist_ok=True)
    (path / "checkpoint").write_bytes(Checkpoint(head.size, head.root, "log.example").text() + b"\n" + line)
    with pytest.raises(OtherKeyError, match="not signed with the key"):
        Log(str(path), KEY)


@pytest.mark.parametrize("also", ["", "tile"])
def test_entries_without_a_checkpoint_are_not_taken_in(tmp_path: Path, also: str) -> None:
    path = written(tmp_path / "l", 3)
    (path / "checkpoint").unlink()
    if also:
        shutil.rmtree(path / also)
    with pytest.raises(BrokenLedgerError, match="the checkpoint is missing"):
        Log(str(path), KEY)


def test_a_ledger_begins_with_a_signed_checkpoint_over_no_entries(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "l"), KEY, NEVER)
    assert verdict_on(tmp_path / "l", key=KEY.verifier) == Verdict(0)
    log.append(body(0))
    kept = (tmp_path / "l/checkpoint").read_bytes()
    log.close()
    assert verdict_on(tmp_path / "l", key=KEY.verifier, kept=(kept,)) == Verdict(1)


# against checkpoints that were kept


def test_a_fork_and_a_rollback_show_against_a_kept_checkpoint(tmp_path: Path) -> None:
    kept = (written(tmp_path / "l", 300) / "checkpoint").read_bytes()
    rolled, forked = written(tmp_path / "r", 200), written(tmp_path / "f", 400, start=1)
    assert verdict_on(rolled, key=KEY.verifier).trouble == ""
    assert verdict_on(rolled, key=KEY.verifier, kept=(kept,)).trouble.endswith("300 entries: 100 were removed")
    assert verdict_on(forked, key=KEY.verifier, kept=(kept,)).trouble.endswith("the ledger was rewritten")
    assert verdict_on(written(tmp_path / "l", 9, start=300), key=KEY.verifier, kept=(kept,)) == Verdict(309)


def test_a_kept_checkpoint_must_be_of_this_ledger_and_signed(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 3)
    kept = (written(tmp_path / "o", 2, OTHER) / "checkpoint").read_bytes()
    assert "the checkpoint that was kept is not signed" in verdict_on(path, key=KEY.verifier, kept=(kept,)).trouble
    kept = (written(tmp_path / "u", 2, None) / "checkpoint").read_bytes()
    expected = "the checkpoint that was kept is that of flycatcher.ledger/1, and this ledger is log.example"
    assert verdict_on(path, kept=(kept,)).trouble == expected
    assert verdict_on(path, kept=(b"x",)).trouble == "the checkpoint that was kept is none"


# manipulation


def test_manipulations_of_a_signed_ledger_are_all_detected() -> None:
    assert list(manipulations.missed(400, 6962)) == []


# when a checkpoint is written


def test_a_checkpoint_is_written_after_so_many_entries_or_so_long(tmp_path: Path) -> None:
    now = [0.0]
    log = Log(str(tmp_path / "l"), KEY, Sealing(10, 5.0), lambda: now[0])
    waiting = []
    for number in range(25):
        log.append(body(number))
        waiting.append(log.waiting)
    assert waiting == [*range(1, 10), 0, *range(1, 10), 0, 1, 2, 3, 4, 5]
    log.tick()
    assert log.waiting == 5
    now[0] = 5.0
    log.tick()
    assert log.waiting == 0
    now[0] = 10.0
    log.append(body(25))
    assert log.waiting == 0
    log.close()
    assert verdict_on(tmp_path / "l", key=KEY.verifier) == Verdict(26)


@pytest.mark.parametrize(
    ("start", "count"),
    [(0, 1), (0, 300), (200, 55), (200, 56), (200, 57), (200, 400), (256, 1), (256, 256), (65400, 200)],
)
def test_batches_leave_what_single_entries_leave(tmp_path: Path, start: int, count: int) -> None:
    base = written(tmp_path / "b", start)
    one = Path(shutil.copytree(base, tmp_path / "one"))
    many = Path(shutil.copytree(base, tmp_path / "many"))
    written(one, count, start=start, sealing=Sealing())
    written(many, count, start=start)
    assert manipulations.files_of(one) == manipulations.files_of(many)


def test_the_disk_has_everything_before_the_checkpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, calls = Log(str(tmp_path / "l"), KEY, Sealing(sync=True)), []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        calls.append(f"sync {os.readlink(f'/proc/self/fd/{descriptor}').removeprefix(str(tmp_path))}")
        real_sync(descriptor)

    def replace(source: str, target: str, **named: int) -> None:
        calls.append(f"place {target}")
        real_replace(source, target, **named)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    log.append(body(0))
    monkeypatch.undo()
    log.close()
    checkpoint = calls.index("place checkpoint")
    before = set(calls[: checkpoint - 1])
    assert {"sync /l/bodies/000.jsonl", "sync /l/tile/0/000.p/1.new", "sync /l/tile/entries/000.p/1.new"} <= before
    assert {"sync /l/tile/0/000.p", "sync /l/tile/entries/000.p", "sync /l/bodies", "sync /l/tile", "sync /l"} <= before
    assert calls[checkpoint - 1 :] == ["sync /l/checkpoint.new", "place checkpoint", "sync /l"]


def test_nothing_is_flushed_where_it_is_not_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: pytest.fail("flushed"))
    written(tmp_path / "l", 3, sealing=Sealing())


KILLED = """
import os, sys
from flycatcher.ledger.log import Log, Sealing
from tests.ledger.test_ledger import body
from tests.ledger.test_signed import KEY
log = Log(sys.argv[1], KEY, Sealing(100, 1e9))
for number in range(log.size, log.size + int(sys.argv[2])):
    log.append(body(number))
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize(("count", "waited"), [(1, 1), (100, 0), (199, 99), (256, 56), (300, 0), (399, 99)])
def test_what_waited_for_a_checkpoint_is_taken_in_by_the_next_run(tmp_path: Path, count: int, waited: int) -> None:
    path, command = tmp_path / "l", [sys.executable, "-c", KILLED, str(tmp_path / "l"), str(count)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)
    assert done.returncode == -signal.SIGKILL
    log = Log(str(path), KEY)
    assert log.size == count
    expected = {0: "", 1: "the last record had not reached the checkpoint, and was taken in"}
    many = f"the last {waited} records had not reached the checkpoint, and were taken in"
    assert log.mended == expected.get(waited, many)
    log.close()
    assert verdict_on(path, key=KEY.verifier) == Verdict(count)
    assert len(list((path / "tile/0").glob("*.p/*"))) == (count % 256 > 0)


def test_a_body_that_was_changed_while_it_waited_shows(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "l"), KEY, NEVER)
    for number in range(3):
        log.append(body(number))
    file = tmp_path / "l/bodies/000.jsonl"
    file.write_bytes(file.read_bytes().replace(b"number 1", b"number 7"))
    log.close()
    assert verdict_on(tmp_path / "l", key=KEY.verifier) == Verdict(3, "entry 1 was changed (bodies)", 1)


# in a run


def test_a_full_disk_is_said_and_the_reporter_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Ledger(str(tmp_path / "l"), "ebpf", announced=True, signer=KEY, sealing=NEVER)
    reporter = Reporter(opened([sink]), retry=1e9)
    reporter._write({"schema": "flycatcher.notice/1", "kind": "gap"}, notice=True)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Folder, "append", full)
    reporter._write({"schema": "flycatcher.notice/1", "kind": "gap"}, notice=True)
    assert [(each.path, each.reason) for each in reporter.failures] == [
        (str(tmp_path / "l"), "No space left on device")
    ]
    monkeypatch.undo()
    reporter.close({})
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "l/bodies/000.jsonl").read_text().splitlines()]
    assert kinds == ["gap", "loss", "loss", "summary"]
    assert verdict_on(tmp_path / "l", key=KEY.verifier) == Verdict(4)


def test_a_checkpoint_that_is_due_is_written_between_records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Ledger(str(tmp_path / "l"), "ebpf", announced=True, sealing=Sealing(256, 0.0))
    reporter = Reporter(opened([sink]))
    monkeypatch.setattr(Log, "tick", lambda self: None)
    reporter._write({"schema": "flycatcher.notice/1", "kind": "gap"}, notice=True)
    assert parse((tmp_path / "l/checkpoint").read_bytes()).size == 0
    monkeypatch.undo()
    reporter.tick()
    assert parse((tmp_path / "l/checkpoint").read_bytes()).size == 1
    reporter.close({})


def test_the_configuration_names_the_key_from_where_it_is(tmp_path: Path) -> None:
    write_private(str(tmp_path / "key"), KEY)
    settings = LedgerSettings(key="key", every=5, seconds=2, sync=False)
    loaded = Loaded(Config(ledger=settings), tmp_path / "flycatcher.toml")
    (sink,) = attached(str(tmp_path / "l"), "", loaded, "seccomp", announced=False)
    assert (sink._signer, sink._sealing) == (KEY, Sealing(5, 2.0, False))
    assert attached("", "", loaded, "seccomp", announced=False) == []


@pytest.fixture
def key(tmp_path: Path) -> Path:
    write_private(str(tmp_path / "key"), KEY)
    return tmp_path / "key"


def test_run_signs_what_it_logs(tmp_path: Path, key: Path) -> None:
    path = str(tmp_path / "l")
    for options in ([], ["--deny=critical"]):
        done = flycatcher("run", "-q", *options, "--ledger", path, "--ledger-key", str(key), "--", "true")
        assert done.returncode == 0, done.stderr
    if os.geteuid() == 0:
        assert f"warning: the command can read {key}, and sign another ledger with it" in done.stderr
    done = flycatcher("ledger", "verify", path, "--key", KEY.verifier.text())
    assert (done.returncode, done.stdout) == (0, f"{path}: holds together: 6 entries, signed by log.example\n")
    done = flycatcher("ledger", "verify", path)
    assert "warning: the signature was not checked: give --key" in done.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--ledger-key", "{}/key"], 2, "--ledger-key signs a ledger"),
        (["--ledger", "{}/l", "--ledger-key", "{}/none"], 3, "No such file or directory"),
        (["--ledger", "{}/l", "--ledger-key", "{}"], 3, "Is a directory"),
        (["--ledger", "{}/none/l", "--ledger-key", "{}/key"], 1, "No such file or directory"),
        (["--ledger", "{}/l", "--ledger-key", "{}/torn"], 1, "no private key"),
        (["--ledger", "{}/u", "--ledger-key", "{}/key"], 1, "this ledger is not signed"),
    ],
)
def test_a_key_that_is_of_no_use_ends_the_run_before_it_begins(
    tmp_path: Path, key: Path, words: list[str], code: int, said: str
) -> None:
    written(tmp_path / "u", 2, None)
    (tmp_path / "torn").write_text(KEY.text()[:40])
    (tmp_path / "torn").chmod(0o600)
    done = flycatcher("run", "-q", *(word.format(tmp_path) for word in words), "--", "touch", str(tmp_path / "ran"))
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
    assert not (tmp_path / "ran").exists()


def test_keygen_prints_what_public_key_prints(tmp_path: Path) -> None:
    done = flycatcher("ledger", "keygen", str(tmp_path / "key"), "--name", "ci.example/ledger")
    assert done.stdout.startswith("ci.example/ledger+")
    assert flycatcher("ledger", "public-key", str(tmp_path / "key")).stdout == done.stdout
    again = flycatcher("ledger", "keygen", str(tmp_path / "key"), "--name", "ci.example/ledger")
    assert (again.returncode, "it exists" in again.stderr) == (1, True)
    assert flycatcher("ledger", "keygen", str(tmp_path / "k2"), "--name", "a b").returncode == 2
    assert not (tmp_path / "k2").exists()
    assert flycatcher("ledger", "keygen", str(tmp_path / "no/k"), "--name", "a").returncode == 1


def test_a_checkpoint_that_claims_any_size_is_read_no_further_than_there_are_files(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 300, None)
    (path / "checkpoint").write_bytes(Checkpoint(10**30, bytes(32)).text())
    assert verdict_on(path).trouble.endswith("more than this was changed: nothing gives the checkpoint's head")


@pytest.mark.skipif(not must_work("ebpf"), reason="needs root and eBPF")
def test_watch_signs_what_it_logs(tmp_path: Path, key: Path) -> None:
    path = str(tmp_path / "l")
    words = ["--tree", str(os.getpid()), "--ledger", path, "--ledger-key", str(key)]
    done = flycatcher("watch", "-q", "--for", "0.2", *words)
    assert done.returncode == 0, done.stderr
    done = flycatcher("ledger", "verify", path, "--key", KEY.verifier.text())
    assert (done.returncode, done.stdout.endswith(", signed by log.example\n")) == (0, True)
