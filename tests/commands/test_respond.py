"""``flycatcher respond``: a tree of the test's own is frozen, its evidence kept and checked, and it goes on as before."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import pkgutil
import shutil
import signal
import stat
import struct
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from flycatcher.commands import cli
from flycatcher.commands.respond.collect import Collector
from flycatcher.commands.respond.freeze import Stat, Tree, stat_of
from flycatcher.commands.respond.host import sessions
from flycatcher.commands.respond.playbook import BY_CAPABILITY
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.payload import capabilities

NAME = "\x1b[31mevil\n../x"
INCIDENT = f"""
import ctypes, os, signal, subprocess, sys
memory = os.memfd_create({NAME!r})
os.write(memory, b"text in memory")
child = subprocess.Popen([sys.argv[1], "600"], pass_fds=[memory])
os.unlink(sys.argv[1])
ctypes.CDLL(None).prctl(15, {NAME!r}.encode(), 0, 0, 0)
print(child.pid, flush=True)
signal.pause()
"""


@contextmanager
def _running(
    code: str, *words: str, stdin: Any = subprocess.DEVNULL, cwd: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a program in a session of its own, which ends with the block."""
    process = subprocess.Popen(
        [sys.executable, "-Sc", code, *words], stdin=stdin, stdout=subprocess.PIPE, cwd=cwd, start_new_session=True
    )
    try:
        yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert process.stdout
        process.stdout.close()


def _line(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout
    return process.stdout.readline().decode().strip()


def _call(*words: object) -> Result:
    return CliRunner().invoke(cli, ["respond", *map(str, words)])


def _members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]


def _written(path: Path, members: dict[str, bytes]) -> Path:
    """Write an archive with other members."""
    with tarfile.open(path, "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def _state(pid: int) -> str:
    found = stat_of(pid)
    return found.state if found else "gone"


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int, int, bytes]:
    """A captured incident: the archive, the pids of parent and child, and the bytes of the deleted program."""
    folder = tmp_path_factory.mktemp("incident")
    program = shutil.which("sleep")
    assert program
    copy, payload, archive = folder / "copy", folder / "payload", folder / "evidence.tar.gz"
    shutil.copy(program, copy)
    payload.write_text("text on stdin")
    (folder / "\x1b]0;title\x07").touch()
    with payload.open("rb") as stdin, _running(INCIDENT, str(copy), stdin=stdin, cwd=folder) as process:
        child = int(_line(process))
        done = _call("capture", process.pid, "-o", archive)
        assert done.exit_code == 0, done.output
        # both go on: SIGCONT was delivered before the command returned
        assert [_state(pid) in "TtZX" for pid in (process.pid, child)] == [False, False]
        return archive, process.pid, child, Path(program).read_bytes()


def test_every_artefact_of_an_incident_is_in_the_archive(taken: tuple[Path, int, int, bytes]) -> None:
    path, pid, child, program = taken
    members = _members(path)
    manifest = json.loads(members["manifest.json"])
    first, second = manifest["processes"]
    assert (first["pid"], second["pid"], second["parent"]) == (pid, child, pid)
    held = {row["number"]: row.get("member") for row in first["descriptors"]}
    in_memory = next(row["member"] for row in first["descriptors"] if "memfd:" in row["target"])
    assert members[held[0]] == b"text on stdin"
    assert members[in_memory] == b"text in memory"
    assert members[second["executable"]] == program
    assert second["links"]["exe"].endswith("/copy (deleted)")
    assert members["process-0002/cmdline"].endswith(b"/copy\x00600\x00")
    assert {"\x1b]0;title\x07", "payload"} <= {row["name"] for row in json.loads(members["process-0001/cwd.json"])}
    assert {"environ", "status", "maps", "cgroup", "net-tcp", "net-unix"} <= {
        name.partition("/")[2] for name in members if name.startswith("process-0001/")
    }
    # a file that two processes hold open is there once
    assert in_memory in {row.get("member") for row in second["descriptors"]}
    assert json.loads(members["host.json"])["uname"] == list(os.uname())


def test_the_tree_stands_still_while_it_is_read(taken: tuple[Path, int, int, bytes]) -> None:
    members = _members(taken[0])
    manifest = json.loads(members["manifest.json"])
    assert [each["state"] for each in manifest["processes"]] == ["T", "T"]
    assert b"State:\tT (stopped)" in members["process-0001/status"]
    assert manifest["frozen"] == "SIGSTOP"
    assert manifest["started"]["monotonic"] <= manifest["finished"]["monotonic"]


def test_every_member_has_its_digest_in_the_manifest(taken: tuple[Path, int, int, bytes]) -> None:
    members = _members(taken[0])
    said = {each["name"]: (each["bytes"], each["sha256"]) for each in json.loads(members["manifest.json"])["members"]}
    del members["manifest.json"]
    assert said == {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in members.items()}


def test_only_its_owner_can_read_an_archive(taken: tuple[Path, int, int, bytes]) -> None:
    assert stat.S_IMODE(taken[0].stat().st_mode) == 0o600


def test_an_archive_is_shown_and_checked_without_a_hostile_name_reaching_the_terminal(
    taken: tuple[Path, int, int, bytes],
) -> None:
    done = _call("inspect", taken[0])
    assert done.exit_code == 0, done.output
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert any(line.startswith(f"{taken[1]} \\x1b[31mevil\\n") and "[T]" in line for line in lines)
    assert any(line.startswith(f"  {taken[2]} copy [T]") for line in lines)
    assert lines[-1].endswith("digests are right (they are not signed)")


def test_names_in_an_archive_are_of_our_own_making(taken: tuple[Path, int, int, bytes]) -> None:
    with tarfile.open(taken[0]) as archive:
        entries = archive.getmembers()
    assert all(
        entry.isreg() and entry.name.replace("/", "").replace("-", "").replace(".", "").isalnum() for entry in entries
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"process-0001/cmdline": b"innocent\0"}, "MISMATCH process-0001/cmdline: changed"),
        ({"process-0001/cmdline": None}, "MISMATCH process-0001/cmdline: missing"),
        ({"process-0009/cmdline": b"planted\0"}, "MISMATCH process-0009/cmdline: not in the manifest"),
    ],
)
def test_a_changed_archive_is_told(
    taken: tuple[Path, int, int, bytes], tmp_path: Path, change: dict[str, bytes | None], said: str
) -> None:
    members = {name: data for name, data in {**_members(taken[0]), **change}.items() if data is not None}
    done = _call("inspect", _written(tmp_path / "changed.tar.gz", members))
    assert done.exit_code == 1
    assert said in done.stdout.splitlines()


@pytest.mark.parametrize(
    "data",
    [b"", b"no archive", gzip.compress(b"x" * 700), gzip.compress(b"\0" * 1024)],
    ids=["empty", "no archive", "no tar", "an empty tar"],
)
def test_a_broken_archive_is_said_to_be_one(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "broken").write_bytes(data)
    done = _call("inspect", tmp_path / "broken")
    assert isinstance(done.exception, FlycatcherError)
    assert done.exception.code == 1


def test_an_archive_that_was_cut_short_is_broken(taken: tuple[Path, int, int, bytes], tmp_path: Path) -> None:
    data = taken[0].read_bytes()
    (tmp_path / "short").write_bytes(data[: len(data) // 2])
    done = _call("inspect", tmp_path / "short")
    assert isinstance(done.exception, FlycatcherError)
    assert done.exception.hint == "it was cut short, or is no archive of respond capture"


def test_an_archive_with_a_link_is_not_followed(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "links", "w:gz") as archive:
        entry = tarfile.TarInfo("manifest.json")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    done = _call("inspect", tmp_path / "links")
    assert isinstance(done.exception, FlycatcherError)
    assert "a member that is not a plain file" in str(done.exception)


FORKING = """
import os, sys, time
print("ready", flush=True)
while True:
    if os.fork() == 0:
        time.sleep(0.05)
        os._exit(0)
    try:
        while os.waitpid(-1, os.WNOHANG) != (0, 0):
            pass
    except ChildProcessError:
        pass
    time.sleep(0.001)
"""


def test_a_tree_that_forks_is_frozen_whole() -> None:
    with _running(FORKING) as process:
        assert _line(process) == "ready"
        with Tree(process.pid) as tree:
            held = {pid for pid, _ in tree.members}
            states = {_state(pid) for pid in held}
            now = {pid for pid in _descendants(process.pid) if _state(pid) not in "ZX"}
            tree.thaw()
        assert tree.is_whole
        assert states <= {"T", "Z", "gone"}
        assert process.pid in now
        assert now <= held


def _descendants(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        try:
            found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
        except OSError:
            continue
    return found


def test_what_was_stopped_before_stays_stopped(tmp_path: Path) -> None:
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED | os.WNOWAIT)
        assert _call("capture", process.pid, "-o", tmp_path / "a").exit_code == 0
        assert _state(process.pid) == "T"


def test_a_tree_is_left_frozen_where_that_is_asked_for(tmp_path: Path) -> None:
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        done = _call("capture", process.pid, "-o", tmp_path / "a", "--keep-frozen")
        assert done.stdout.splitlines()[-1] == f"still frozen; to let them go on: kill -CONT {process.pid}"
        assert _state(process.pid) == "T"


def test_a_tree_that_is_not_frozen_is_read_as_it_runs(tmp_path: Path) -> None:
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        assert _call("capture", process.pid, "-o", tmp_path / "a", "--no-freeze").exit_code == 0
    manifest = json.loads(_members(tmp_path / "a")["manifest.json"])
    assert manifest["frozen"] == "no"
    assert manifest["processes"][0]["state"] in {"S", "R"}


def test_a_capture_that_is_ended_by_a_signal_lets_the_tree_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def take(_self: Collector, _number: int, process: Stat) -> dict[str, Any]:
        seen.append(_state(process.pid))
        os.kill(os.getpid(), signal.SIGTERM)
        return {}

    monkeypatch.setattr(Collector, "take", take)
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        done = _call("capture", process.pid, "-o", tmp_path / "a")
        assert (done.exit_code, seen) == (128 + signal.SIGTERM, ["T"])
        assert _state(process.pid) not in "TtZX"
    cut = _call("inspect", tmp_path / "a")
    assert "no manifest.json" in str(cut.exception)


@pytest.mark.parametrize("pid", [1, os.getpid(), os.getppid()], ids=["first", "itself", "parent"])
def test_the_responder_does_not_stop_what_it_runs_below(pid: int, tmp_path: Path) -> None:
    done = _call("capture", pid, "-o", tmp_path / "a")
    assert isinstance(done.exception, FlycatcherError)
    assert done.exception.code == 2
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("link", [False, True])
def test_no_file_is_written_over_and_no_link_followed(tmp_path: Path, link: bool) -> None:
    target = tmp_path / "a"
    if link:
        target.symlink_to(tmp_path / "elsewhere")
    else:
        target.write_text("mine")
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        done = _call("capture", process.pid, "-o", target)
        assert isinstance(done.exception, FlycatcherError)
        assert _state(process.pid) != "T"
    assert not (tmp_path / "elsewhere").exists()
    assert link or target.read_text() == "mine"


def test_what_a_limit_cuts_off_is_said(tmp_path: Path) -> None:
    with _running("import signal; print('ready', flush=True); signal.pause()") as process:
        assert _line(process) == "ready"
        assert _call("capture", process.pid, "-o", tmp_path / "a", "--max-file", 10, "--max-bytes", 45).exit_code == 0
    members = _members(tmp_path / "a")
    missing = json.loads(members["manifest.json"])["missing"]
    assert max(len(data) for name, data in members.items() if name.startswith("process-")) == 10
    assert {"what": f"/proc/{process.pid}/maps", "why": "no room left (--max-bytes)"} in missing
    assert any(each["why"].startswith("only the first 10 of ") for each in missing)
    assert _call("inspect", tmp_path / "a").exit_code == 0


def test_who_is_logged_in_is_read_from_utmp() -> None:
    entry = struct.pack(
        "=hxxi32s4s32s256shhiii16s20x", 7, 42, b"pts/0", b"ts/0", b"root", b"192.0.2.1", 0, 0, 0, 1700000000, 0, b""
    )
    ended = struct.pack("=h382x", 8)
    assert sessions(ended + entry + b"cut off") == [
        {"pid": 42, "since": 1700000000, "user": "root", "line": "pts/0", "host": "192.0.2.1"}
    ]


RECORD = {
    "id": "0123456789abcdef",
    "techniques": ["T1059.006"],
    "guidance": "flycatcher guide ci",
    "capabilities": ["network.fetch"],
    "risk": {
        "score": 70,
        "level": "high",
        "reasons": [{"points": 40, "text": "asks a web server", "capability": "network.fetch"}],
    },
    "execution": {
        "argv": ["python3", "-c", "`id`\n# heading"],
        "process": {"pid": 4711, "start": 99, "comm": "python3"},
        "ancestry": [{"pid": 4700, "start": 98, "comm": "make"}],
        "context": {"host.name": "builder"},
    },
}


def test_a_playbook_gives_the_steps_of_its_environment_in_order(tmp_path: Path) -> None:
    report = tmp_path / "my report.jsonl"
    report.write_text(json.dumps(RECORD) + "\n")
    done = _call("show", "0123", report)
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("# Respond to 0123456789abcdef")
    assert "- command: `` python3 -c '`id`\\n# heading' ``" in lines
    assert "- environment: `CI/CD pipeline`" in lines
    steps = [line for line in lines[: lines.index("## From now on")] if line[:1].isdigit()]
    assert steps[:5] == [
        "1. See whether it still runs: this prints 99 if it is the same process: `sed 's/.*) //' /proc/4711/stat | cut -d ' ' -f 20`",
        "2. If it does, keep its evidence, and leave it stopped: `sudo flycatcher respond capture 4711 --keep-frozen`",
        "3. If it has ended, what started it may still run: read that without stopping it: `sudo flycatcher respond capture 4700 --no-freeze`",
        f"4. Keep the report, and write its digest down: `sha256sum '{report}'`",
        f"5. Read what ran and what it would do, without running it: `flycatcher explain --id 0123456789abcdef '{report}'`",
    ]
    assert steps[-1].endswith("Look for the addresses in its reasons in the logs of proxies, DNS and firewalls.")


def test_every_kind_that_a_playbook_has_a_step_for_is_one_of_capabilities() -> None:
    families = {module.name.partition("_")[0] for module in pkgutil.iter_modules(capabilities.__path__)}
    assert BY_CAPABILITY.keys() <= families


def test_a_playbook_for_an_unknown_id_is_refused(tmp_path: Path) -> None:
    report = tmp_path / "r.jsonl"
    report.write_text(json.dumps(RECORD) + "\n")
    done = _call("show", "ffff", report)
    assert isinstance(done.exception, FlycatcherError)
    assert done.exception.code == 3
