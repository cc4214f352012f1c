"""The ledger: what is logged is found again, and each change to it is named."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.ledger import paths
from flycatcher.ledger.checkpoint import Checkpoint, parse
from flycatcher.ledger.entry import body_of, entry_of
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.log import BrokenLedgerError, Log
from flycatcher.ledger.merkle import Tree, leaf_hash, root_of
from flycatcher.ledger.sink import Ledger
from flycatcher.ledger.verify import Trust, Verdict, verify
from flycatcher.sinks.reports import opened
from tests.kernel import must_work

TIME = "2026-01-31T12:00:00.000000Z"
# the leaves and heads that the reference implementation of RFC 6962 (Certificate Transparency) is tested with
LEAVES = [
    b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57", b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
]  # fmt: skip
HEADS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def body(number: int) -> bytes:
    record = {"schema": "flycatcher.notice/1", "kind": "limit", "text": f"number {number}"}
    return body_of(record, TIME)


def written(path: Path, count: int, start: int = 0) -> Path:
    log = Log(str(path))
    for number in range(start, start + count):
        log.append(body(number))
    log.close()
    return path


def verdict_on(path: Path, kept: bytes | None = None) -> Verdict:
    folder = Folder(str(path))
    try:
        return verify(folder, Trust(kept=(kept,) if kept is not None else ()))
    finally:
        folder.close()


def flycatcher(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flycatcher", *words]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)


# the tree


@pytest.mark.parametrize("size", range(9))
def test_the_head_is_that_of_rfc_6962(size: int) -> None:
    assert root_of(map(leaf_hash, LEAVES[:size])).hex() == HEADS[size]


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


@pytest.mark.parametrize("size", [1, 7, 255, 256, 257, 511, 513, 1000])
def test_a_tree_that_grows_has_the_head_of_its_definition(size: int) -> None:
    leaves = [leaf_hash(b"%d" % number) for number in range(size)]
    assert root_of(leaves) == by_definition(leaves)


def test_tiles_get_the_hashes_of_each_eighth_level() -> None:
    tree, nodes = Tree(), []
    for number in range(512):
        nodes += [level for level, _ in tree.add(leaf_hash(b"%d" % number)) if level]
    assert nodes == [1, 1]


# the files


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (paths.tile(0, 0, 5), "tile/0/000.p/5"),
        (paths.tile(1, 1234067), "tile/1/x001/x234/067"),
        (paths.bundle(1000), "tile/entries/x001/000"),
        (paths.segment(7), "bodies/007.jsonl"),
    ],
)
def test_files_have_the_names_of_tlog_tiles(name: str, expected: str) -> None:
    assert name == expected


def test_a_checkpoint_is_three_lines(tmp_path: Path) -> None:
    text = (written(tmp_path / "l", 1) / "checkpoint").read_text()
    origin, size, root, rest = text.split("\n")
    assert (origin, size, len(root), rest) == ("flycatcher.ledger/1", "1", 44, "")
    found = parse(text.encode())
    assert found == Checkpoint(1, leaf_hash(entry_of(body(0))))
    assert parse(text.encode().replace(b"\n1\n", b"\n01\n")) is None


def test_an_entry_is_a_row_over_its_body() -> None:
    line = body(3)
    expected = {"kind": "limit", "time": TIME, "size": len(line), "sha256": sha256(line).hexdigest()}
    assert json.loads(entry_of(line)) == expected


def test_bytes_that_are_no_utf8_are_logged(tmp_path: Path) -> None:
    line = body_of({"schema": "x", "text": "\udcff"}, TIME)
    log = Log(str(tmp_path / "l"))
    log.append(line)
    log.close()
    assert verdict_on(tmp_path / "l") == Verdict(1)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 600])
def test_what_is_logged_holds_together_and_goes_on(tmp_path: Path, size: int) -> None:
    path = written(tmp_path / "l", size)
    written(path, 2, start=size)
    assert verdict_on(path) == Verdict(size + 2)
    widths = [name.name for name in (path / "tile/0").glob("*.p/*")]
    assert widths == [str((size + 2) % 256)]


def test_one_run_writes_at_a_time(tmp_path: Path) -> None:
    log = Log(str(tmp_path / "l"))
    with pytest.raises(BlockingIOError, match="another run writes"):
        Log(str(tmp_path / "l"))
    log.close()


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "l").mkdir(mode=0o700)
    (tmp_path / "l").chmod(0o777)
    with pytest.raises(FlycatcherError, match="nobody else may write"):
        opened([Ledger(str(tmp_path / "l"), "seccomp", announced=False)])


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "l").mkdir(mode=0o700)
    (tmp_path / "l/passwd").touch()
    with pytest.raises(OSError, match="something else than a ledger"):
        Log(str(tmp_path / "l"))
    assert [file.name for file in (tmp_path / "l").iterdir()] == ["passwd"]


def test_a_ledger_that_is_opened_again_goes_on(tmp_path: Path) -> None:
    sink = Ledger(str(tmp_path / "l"), "seccomp", announced=False)
    sink.open()
    sink.open()
    sink.close({})
    kinds = [json.loads(line)["kind"] for line in lines_of(tmp_path / "l")]
    assert kinds == ["started", "summary", "stopped"]


def test_no_link_is_followed(tmp_path: Path) -> None:
    path = written(tmp_path / "l", 1)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (path / "bodies/000.jsonl").unlink()
    (path / "bodies/000.jsonl").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        Log(str(path))
    assert victim.read_text() == "precious"


# manipulation

SIZE = 300


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("pristine") / "l", SIZE)


@pytest.fixture
def ledger(pristine: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pristine, tmp_path / "l"))


def lines_of(ledger: Path) -> list[bytes]:
    return (ledger / "bodies/000.jsonl").read_bytes().splitlines(keepends=True)


@pytest.mark.parametrize("name", ["bodies/000.jsonl", "tile/0/000", "tile/entries/000"])
def test_one_changed_byte_names_its_entry(ledger: Path, name: str) -> None:
    file = ledger / name
    data = bytearray(file.read_bytes())
    share = len(data) // 256
    place = 100 * share + share // 2
    data[place] ^= 1
    file.write_bytes(data)
    verdict = verdict_on(ledger)
    assert verdict.entry is not None
    assert abs(verdict.entry - 100) <= 1  # rows and bodies are not all equally long
    assert f"entry {verdict.entry} was changed" in verdict.trouble


def test_a_removed_body_is_named(ledger: Path) -> None:
    lines = lines_of(ledger)
    (ledger / "bodies/000.jsonl").write_bytes(b"".join(lines[:42] + lines[43:]))
    assert verdict_on(ledger) == Verdict(SIZE, "entry 42 was removed (bodies)", 42)


def test_a_body_that_was_put_in_is_named(ledger: Path) -> None:
    lines = lines_of(ledger)
    (ledger / "bodies/000.jsonl").write_bytes(b"".join([*lines[:42], body(9999) + b"\n", *lines[42:]]))
    assert verdict_on(ledger) == Verdict(SIZE, "entry 42 was put in (bodies)", 42)


def test_a_body_at_the_end_is_not_taken_for_an_entry(ledger: Path) -> None:
    with (ledger / "bodies/001.jsonl").open("ab") as file:
        file.write(body(9999) + b"\n")
    verdict = verdict_on(ledger)
    assert verdict.entry == SIZE
    assert "put in (bodies): it stands behind the checkpoint" in verdict.trouble


def test_a_tile_of_a_higher_level_is_checked(ledger: Path) -> None:
    (ledger / "tile/1/000.p/1").write_bytes(bytes(32))
    assert verdict_on(ledger).trouble == "tile/1/000.p/1 was changed: it does not follow from the tiles below"


def test_a_checkpoint_that_fits_nothing_is_said(ledger: Path) -> None:
    (ledger / "checkpoint").write_bytes(Checkpoint(SIZE, bytes(32)).text())
    assert verdict_on(ledger).trouble == "the checkpoint does not fit the 300 entries: one was replaced"


def test_a_ledger_made_anew_shows_only_against_a_kept_checkpoint(tmp_path: Path, pristine: Path) -> None:
    kept = (pristine / "checkpoint").read_bytes()
    forged = written(tmp_path / "forged", SIZE + 5, start=1)
    assert verdict_on(forged).trouble == ""
    expected = "the first 300 entries are not those of the checkpoint that was kept: the ledger was rewritten"
    assert verdict_on(forged, kept).trouble == expected
    short = written(tmp_path / "short", 10)
    expected = "the checkpoint that was kept speaks of 300 entries: 290 were removed"
    assert verdict_on(short, kept).trouble == expected
    longer = written(Path(shutil.copytree(pristine, tmp_path / "longer")), 5, start=SIZE)
    assert verdict_on(longer, kept) == Verdict(SIZE + 5)


def manipulate(ledger: Path, chance: random.Random) -> str:
    """Change one thing; return what."""
    files = sorted(file for file in ledger.rglob("*") if file.is_file() and file.name != "lock")
    file = chance.choice(files)
    data = file.read_bytes()
    kind = chance.choice(["flip", "cut", "add", "delete", "remove", "swap", "repeat"])
    at, other = sorted(chance.sample(range(len(data)), 2))
    changed = {
        "flip": data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :],
        "cut": data[:at],
        "add": data[:at] + bytes([chance.randrange(256)]) + data[at:],
        "remove": data[:at] + data[other:],
        "swap": data[other:] + data[:other],
        "repeat": data[:other] + data[at:],
    }.get(kind)
    if changed is None:
        file.unlink()
    else:
        file.write_bytes(changed)
    return f"{kind} {file.relative_to(ledger)} {at} {other}" if changed != data else ""


def test_random_manipulations_are_all_detected(pristine: Path, tmp_path: Path) -> None:
    chance, missed, made = random.Random(6962), [], 0
    while made < 300:
        copy = Path(shutil.copytree(pristine, tmp_path / "copy"))
        what = manipulate(copy, chance)
        if what:
            made += 1
            missed += [what] * (not verdict_on(copy).trouble)
        shutil.rmtree(copy)
    assert missed == []


# what is killed in between

WRITER = """
import sys
from flycatcher.ledger.log import Log
from tests.ledger.test_ledger import body
log = Log(sys.argv[1])
number = log.size
while True:
    log.append(body(number))
    number += 1
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_a_run_that_is_killed_loses_nothing_that_it_had_logged(tmp_path: Path) -> None:
    path, command = tmp_path / "l", [sys.executable, "-c", WRITER, str(tmp_path / "l")]
    said = 0
    for count in (1, 100, 40, 117, 3):
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as writer:
            assert writer.stdout is not None
            for _ in range(count):
                said = int(writer.stdout.readline())
            os.kill(writer.pid, signal.SIGKILL)
            said = max([said, *map(int, writer.stdout.read().split(b"\n")[:-1])])
        log = Log(str(path))
        assert log.size >= said
        log.close()
        assert verdict_on(path) == Verdict(log.size)


def test_a_torn_body_is_cut_off_and_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path / "l", 3)
    with (path / "bodies/000.jsonl").open("ab") as file:
        file.write(b'{"time":"2026')
    sink = Ledger(str(path), "seccomp", announced=True)
    sink.open()
    sink.close({})
    lines = [json.loads(line) for line in lines_of(path)]
    assert lines[3]["kind"] == "loss"
    expected = "the ledger was not closed in order: 13 bytes of a record that was not written whole were cut off"
    assert lines[3]["record"]["text"] == expected
    assert capsys.readouterr().err.startswith(f"flycatcher: warning: ledger {path} was not closed in order: 13 bytes")
    assert verdict_on(path) == Verdict(5)


class KilledError(Exception):
    pass


@pytest.mark.parametrize("size", [0, 3, 255, 256])
@pytest.mark.parametrize("step", range(6))
def test_each_step_of_an_append_may_be_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, step: int
) -> None:
    path = written(tmp_path / "l", size)
    log, calls = Log(str(path)), []

    def counted(name: str) -> None:
        real = getattr(Folder, name)

        def call(self: Folder, *args: object, **named: object) -> object:
            calls.append(name)
            if len(calls) > step:
                raise KilledError
            return real(self, *args, **named)

        monkeypatch.setattr(Folder, name, call)

    for name in ("append", "replace", "remove"):
        counted(name)
    with suppress(KilledError):
        log.append(body(size))
    monkeypatch.undo()
    log.close()
    log = Log(str(path))
    assert log.size == size + (step > 0)
    log.append(body(size + 1))
    log.close()
    assert verdict_on(path) == Verdict(size + 1 + (step > 0))
    assert len(list((path / "tile/0").glob("*.p/*"))) <= 1


def test_more_bodies_behind_the_checkpoint_than_wait_for_one_are_no_torn_tail(ledger: Path) -> None:
    with (ledger / "bodies/001.jsonl").open("ab") as file:
        file.write(b"".join(body(number) + b"\n" for number in range(212)))
    with (ledger / "bodies/002.jsonl").open("ab") as file:
        file.write(b"".join(body(number) + b"\n" for number in range(45)))
    with pytest.raises(BrokenLedgerError, match="the bodies do not fit the checkpoint: see flycatcher ledger verify"):
        Log(str(ledger))


def test_a_full_disk_is_gone_on_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Ledger(str(tmp_path / "l"), "ebpf", announced=True)
    sink.open()
    sink.write({"schema": "flycatcher.notice/1", "kind": "started"})

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Folder, "replace", full)
    with pytest.raises(OSError, match="No space"):
        sink.write({"schema": "flycatcher.notice/1", "kind": "gap"})
    monkeypatch.undo()
    sink.open()
    sink.close({})
    kinds = [json.loads(line)["kind"] for line in lines_of(tmp_path / "l")]
    assert kinds == ["started", "gap", "loss", "summary"]
    assert verdict_on(tmp_path / "l") == Verdict(4)


# the commands


def test_run_logs_what_it_reports(tmp_path: Path) -> None:
    path = str(tmp_path / "l")
    done = flycatcher("run", "-q", "--ledger", path, "--", "sh", "-c", f"{sys.executable} -c 'print(1)'")
    assert done.returncode == 0, done.stderr
    shown = flycatcher("ledger", "show", path).stdout.splitlines()
    assert [line.split()[2] for line in shown] == ["started", "detection", "summary", "stopped"]
    assert json.loads(flycatcher("ledger", "show", path, "1").stdout)["interpreter"] == "python"
    done = flycatcher("ledger", "verify", path)
    assert (done.returncode, done.stdout) == (0, f"{path}: holds together: 4 entries\n")
    status = json.loads(flycatcher("ledger", "status", path, "--json").stdout)
    assert (status["entries"], status["behind_checkpoint"]) == (4, 0)
    assert status["kinds"] == {"detection": 1, "started": 1, "stopped": 1, "summary": 1}


def test_what_the_configuration_accepts_is_logged_as_suppressed(tmp_path: Path) -> None:
    path, command = str(tmp_path / "l"), ["--", sys.executable, "-c", "print(1)"]
    flycatcher("run", "-q", "--ledger", path, *command)
    found = json.loads(flycatcher("ledger", "show", path, "1").stdout)
    config = tmp_path / "flycatcher.toml"
    config.write_text(
        f'[[suppress]]\nfingerprint = "{found["id"]}"\nreason = "prints a number, reviewed"\nowner = "us"\nuntil = 9999-01-01\n'
    )
    flycatcher("run", "-q", "--config", str(config), "--ledger", path, *command)
    shown = flycatcher("ledger", "show", path).stdout.splitlines()
    kinds = [line.split()[2] for line in shown]
    assert kinds == ["started", "detection", "summary", "stopped", "started", "suppressed", "summary", "stopped"]
    assert flycatcher("ledger", "verify", path).returncode == 0


@pytest.mark.skipif(not must_work("ebpf"), reason="needs root and eBPF")
def test_watch_logs_its_own_start_and_end(tmp_path: Path) -> None:
    path = str(tmp_path / "l")
    done = flycatcher("watch", "-q", "--for", "0.2", "--tree", str(os.getpid()), "--ledger", path)
    assert done.returncode == 0, done.stderr
    shown = flycatcher("ledger", "show", path).stdout.splitlines()
    kinds = [line.split()[2] for line in shown]
    assert kinds[0] == "started"
    assert kinds[-2:] == ["stopped", "summary"]
    assert flycatcher("ledger", "verify", path).returncode == 0


def test_verify_fails_and_names_the_entry(ledger: Path, pristine: Path) -> None:
    (ledger / "bodies/000.jsonl").write_bytes(b"".join(lines_of(ledger)[1:]))
    done = flycatcher("ledger", "verify", str(ledger))
    assert (done.returncode, done.stdout) == (1, f"{ledger}: entry 0 was removed (bodies)\n")
    done = flycatcher("ledger", "verify", str(pristine), "--checkpoint", str(pristine / "checkpoint"))
    assert done.stdout == f"{pristine}: continues the checkpoint that was kept, and holds together: 300 entries\n"


def test_what_is_no_ledger_is_said(tmp_path: Path) -> None:
    assert flycatcher("ledger", "verify", str(tmp_path)).returncode == 1
    assert flycatcher("ledger", "status", str(tmp_path / "none")).returncode == 3
    assert flycatcher("run", "-q", "--ledger", "/dev/null", "--", "true").returncode != 0
