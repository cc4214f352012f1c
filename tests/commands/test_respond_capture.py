"""``respond capture`` by a record or a query, with memory, and the lists of what changed lately."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from flycatcher.commands import cli
from flycatcher.commands.respond import recent, wanted
from flycatcher.commands.respond.freeze import processes, stat_of
from flycatcher.commands.respond.live import live
from flycatcher.commands.respond.memory import Region, regions
from flycatcher.core.errors import FlycatcherError
from flycatcher.ledger.entry import body_of
from flycatcher.ledger.log import Log
from flycatcher.reporting import record_of
from flycatcher.signing.files import write_private
from flycatcher.signing.keys import generate
from flycatcher.signing.note import ED25519
from flycatcher.sources.sensors.ebpf.kill import cgroup_root

MARKER = f"marker{os.getpid()}"
TEXT = f"import signal; note = '{MARKER}'; print('ready', flush=True); signal.pause()"
INJECTED = f"""
import mmap, signal
code = mmap.mmap(-1, 8192, prot=7)
code.write(b"INJECTED {MARKER}")
print("ready", flush=True)
signal.pause()
"""


@contextmanager
def running(*words: str, cwd: Path | None = None) -> Iterator[int]:
    """Run a program in a session of its own, which ends with the block, and wait for its first line."""
    process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True, cwd=cwd)
    assert process.stdout
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


@pytest.fixture(autouse=True)
def only_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process that the test did not start is looked at, let alone stopped."""

    def ours() -> dict[int, object]:
        known = processes()
        return {pid: stat for pid, stat in known.items() if stat.parent == os.getpid() or pid in {1, os.getpid()}}

    monkeypatch.setattr(wanted, "processes", ours)


def call(*words: object) -> Result:
    return CliRunner().invoke(cli, ["respond", "capture", *map(str, words)])


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        return {entry.name: archive.extractfile(entry).read() for entry in archive}  # type: ignore[union-attr]


def captured(path: Path) -> list[int]:
    return [each["pid"] for each in json.loads(members(path)["manifest.json"])["processes"]]


def record(pid: int) -> dict[str, object]:
    [found] = [each for each in live({pid: processes()[pid]}) if each.stat.pid == pid]
    return record_of(found.detection)


def test_a_process_is_found_by_its_record_in_a_report(tmp_path: Path) -> None:
    with running(sys.executable, "-Sc", TEXT) as pid:
        kept = record(pid)
        (tmp_path / "r.jsonl").write_text(json.dumps(kept) + "\n")
        done = call(kept["id"], "--from", tmp_path / "r.jsonl", "-o", tmp_path / "a")
        assert done.exit_code == 0, done.exception
        assert captured(tmp_path / "a") == [pid]
        assert json.loads(members(tmp_path / "a")["records.json"])[0]["id"] == kept["id"]
        assert json.loads(members(tmp_path / "a")["manifest.json"])["asked"] == f"id {kept['id']}"


def test_a_text_that_came_on_stdin_is_known_by_the_record_alone(tmp_path: Path) -> None:
    with running("sh", "-c", "echo ready; exec sleep 1000") as pid:
        kept = {"id": "00ff00ff00ff00ff", "execution": {"process": {"pid": pid, "start": processes()[pid].start}}}
        (tmp_path / "r.jsonl").write_text(json.dumps(kept) + "\n")
        assert call("00ff", "--from", tmp_path / "r.jsonl", "-o", tmp_path / "a").exit_code == 0
        assert captured(tmp_path / "a") == [pid]


@pytest.mark.parametrize("change", [{"start": 1}, {"host": "elsewhere"}], ids=["another process", "another host"])
def test_a_record_of_another_process_names_none(tmp_path: Path, change: dict[str, object]) -> None:
    with running("sh", "-c", "echo ready; exec sleep 1000") as pid:
        process = {"pid": pid, "start": change.get("start", processes()[pid].start)}
        kept = {
            "id": "00ff00ff00ff00ff",
            "execution": {"process": process, "context": {"host.name": change.get("host", "")}},
        }
        (tmp_path / "r.jsonl").write_text(json.dumps(kept) + "\n")
        error = call("00ff", "--from", tmp_path / "r.jsonl", "-o", tmp_path / "a").exception
        assert str(error) == "no process runs 00ff; 1 record names a process that ended"
        assert stat_of(pid).state != "T"  # type: ignore[union-attr]


def test_a_process_is_found_by_its_record_in_a_ledger_and_in_a_store(tmp_path: Path) -> None:
    with running("sh", "-c", "echo ready; exec sleep 1000") as pid, running(sys.executable, "-Sc", TEXT) as other:
        kept = record(other)
        kept["id"] = "00ff00ff00ff00ff"
        kept["execution"]["process"] |= {"pid": pid, "start": processes()[pid].start}  # type: ignore[index]
        log = Log(str(tmp_path / "ledger"))
        log.append(body_of(kept, "2026-01-01T00:00:00.000000Z"))
        log.close()
        assert call("00ff", "--from", tmp_path / "ledger", "-o", tmp_path / "a").exit_code == 0
        (tmp_path / "r.jsonl").write_text(json.dumps(kept) + "\n")
        address = f"store://{tmp_path}/s.db"
        assert (
            CliRunner().invoke(cli, ["store", "import", "--store", address, str(tmp_path / "r.jsonl")]).exit_code == 0
        )
        done = call("00ff", "--from", address, "-o", tmp_path / "b")
        assert done.exit_code == 0, done.exception
        assert captured(tmp_path / "a") == captured(tmp_path / "b") == [pid]


def test_processes_are_found_by_a_query_of_the_store(tmp_path: Path) -> None:
    other = "import signal; print('ready', flush=True); signal.pause()"
    with (
        running(sys.executable, "-Sc", TEXT) as first,
        running(sys.executable, "-Sc", TEXT + " ") as second,
        running(sys.executable, "-Sc", other) as third,
    ):
        done = call("--match", f"interpreter:python text~{MARKER}", "-o", tmp_path / "a")
        assert done.exit_code == 0, done.exception
        assert sorted(captured(tmp_path / "a")) == sorted([first, second])
        assert [stat_of(pid).state in "Tt" for pid in (first, second, third)] == [False] * 3  # type: ignore[union-attr]
        assert call("--match", f"interpreter:perl text~{MARKER}").exception.code == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], 2),
        (["4711", "--match", "level:high"], 2),
        (["4711", "--kill", "--no-freeze"], 2),
        (["4711", "--kill", "--keep-frozen"], 2),
        (["../x"], 2),
        (["--match", "nothing:x"], 2),
        (["abcdef", "--from", "/nonexistent.jsonl"], 3),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_what_names_no_process_is_refused(words: list[str], code: int) -> None:
    done = call(*words)
    assert (done.exception.code if isinstance(done.exception, FlycatcherError) else done.exit_code) == code


def test_a_captured_tree_is_killed_where_that_is_asked_for(tmp_path: Path) -> None:
    with running(sys.executable, "-Sc", TEXT) as pid:
        done = call(pid, "--kill", "-o", tmp_path / "a")
        assert done.stdout.splitlines()[-1] == "killed 1 process"
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


def test_a_process_that_the_caller_has_stopped_goes_on_afterwards(tmp_path: Path) -> None:
    with running(sys.executable, "-Sc", TEXT) as pid:
        start = processes()[pid].start
        os.kill(pid, signal.SIGSTOP)
        os.waitid(os.P_PID, pid, os.WSTOPPED | os.WNOWAIT)
        assert call(pid, "--start", start + 1, "--taken-over", "-o", tmp_path / "a").exception.code == 3  # type: ignore[union-attr]
        assert call(pid, "--start", start, "--taken-over", "-o", tmp_path / "a").exit_code == 0
        assert stat_of(pid).state not in "Tt"  # type: ignore[union-attr]


def test_a_tree_with_a_group_of_its_own_is_frozen_by_it(tmp_path: Path) -> None:
    try:
        place = cgroup_root() / f"flycatcher-capture-{os.getpid()}"
        place.mkdir()
    except OSError as error:
        pytest.skip(f"no control group of one's own: {error.strerror}")
    with running(sys.executable, "-Sc", TEXT) as pid:
        (place / "cgroup.procs").write_text(str(pid))
        done = call(pid, "-o", tmp_path / "a")
        assert done.exit_code == 0, done.exception
        assert "frozen 0" in (place / "cgroup.events").read_text()
        kept = call(pid, "-o", tmp_path / "b", "--keep-frozen")
        assert kept.stdout.splitlines()[-1] == f"still frozen; to let them go on: echo 0 > {place}/cgroup.freeze"
        assert "frozen 1" in (place / "cgroup.events").read_text()
        # what somebody has frozen before is not thawed: it is read as it stands
        again = call(pid, "-o", tmp_path / "c", "--seconds", "5")
        assert again.exit_code == 0
        assert "frozen 1" in (place / "cgroup.events").read_text()
        assert call(pid, "-o", tmp_path / "d", "--kill").stdout.splitlines()[-1] == "killed 1 process"
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    place.rmdir()
    manifest = json.loads(members(tmp_path / "a")["manifest.json"])
    assert (manifest["frozen"], manifest["group"], manifest["processes"][0]["was_stopped"]) == (
        "cgroup",
        str(place),
        False,
    )


def test_a_signed_archive_names_its_signer_and_a_key_checks_it(tmp_path: Path) -> None:
    keys = [generate(f"example.org/{name}", ED25519) for name in ("one", "other")]
    write_private(str(tmp_path / "key"), keys[0])
    with running(sys.executable, "-Sc", TEXT) as pid:
        assert call(pid, "-o", tmp_path / "a", "--key", tmp_path / "key").exit_code == 0
        assert call(pid, "-o", tmp_path / "b").exit_code == 0
    shown = [inspected(tmp_path / "a"), *(inspected(tmp_path / "a", "--key", key.verifier.text()) for key in keys)]
    assert [result.exit_code for result in shown] == [0, 0, 1]
    assert (
        shown[0]
        .stdout.splitlines()[-1]
        .endswith(" digests are right (signed by example.org/one, which only --key checks)")
    )
    assert shown[1].stdout.splitlines()[-1].endswith(" digests are right (signed by example.org/one)")
    assert "MISMATCH manifest.note: the signature of example.org/other is missing" in shown[2].stdout
    unsigned = inspected(tmp_path / "b", "--key", keys[0].verifier.text())
    assert (unsigned.exit_code, "MISMATCH the archive is not signed" in unsigned.stdout) == (1, True)
    # the signature of one archive under the manifest of another
    swapped = {**members(tmp_path / "b"), "manifest.note": members(tmp_path / "a")["manifest.note"]}
    with tarfile.open(tmp_path / "c", "w:gz", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in swapped.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    forged = inspected(tmp_path / "c", "--key", keys[0].verifier.text())
    assert "MISMATCH manifest.note: it is the signature of another manifest" in forged.stdout


def test_a_key_that_cannot_be_read_stops_nothing_and_freezes_nobody(tmp_path: Path) -> None:
    with running(sys.executable, "-Sc", TEXT) as pid:
        assert call(pid, "-o", tmp_path / "a", "--key", tmp_path / "absent").exception.code == 3  # type: ignore[union-attr]
        assert stat_of(pid).state not in "Tt"  # type: ignore[union-attr]
    assert not (tmp_path / "a").exists()


def inspected(path: Path, *words: str) -> Result:
    return CliRunner().invoke(cli, ["respond", "inspect", str(path), *words])


def test_memory_is_copied_where_that_is_asked_for_code_of_no_file_first(tmp_path: Path) -> None:
    with running(sys.executable, "-Sc", INJECTED) as pid:
        assert call(pid, "-o", tmp_path / "none").exit_code == 0
        assert call(pid, "--memory=8192", "-o", tmp_path / "code").exit_code == 0
        assert call(pid, "--memory", "-o", tmp_path / "all").exit_code == 0
    assert not [name for name in members(tmp_path / "none") if "/memory-" in name]
    [only] = [data for name, data in members(tmp_path / "code").items() if "/memory-" in name]
    assert only.startswith(f"INJECTED {MARKER}\0".encode())
    missing = json.loads(members(tmp_path / "code")["manifest.json"])["missing"]
    assert any(each["why"] == "no room left (--memory, --max-bytes)" for each in missing)
    kinds = {each["kind"] for each in json.loads(members(tmp_path / "all")["manifest.json"])["processes"][0]["memory"]}
    assert {"code", "stack", "heap"} <= kinds


def test_what_of_a_memory_map_is_copied() -> None:
    maps = b"""\
00400000-00401000 r-xp 00000000 08:01 77 /usr/bin/x
00601000-00602000 rw-p 00001000 08:01 77 /usr/bin/x
01000000-01010000 rw-p 00000000 00:00 0 [heap]
7f0000000000-7f0000001000 rwxp 00000000 00:00 0
7f0000002000-7f0000003000 rw-p 00000000 00:00 0
7f0000004000-7f0000005000 ---p 00000000 00:00 0
7f0000006000-7f0000007000 r-xp 00000000 00:01 9 /memfd:x (deleted)
7f0000008000-7f0000009000 r-xp 00000000 08:01 9 /tmp/x (deleted)
7ffc00000000-7ffc00001000 rw-p 00000000 00:00 0 [stack]
7ffc00002000-7ffc00003000 r-xp 00000000 00:00 0 [vdso]
no row of a map
"""
    assert [(each.kind, f"{each.start:x}", each.name) for each in regions(maps)] == [
        ("code", "7f0000000000", ""),
        ("code", "7f0000006000", "/memfd:x (deleted)"),
        ("code", "7f0000008000", "/tmp/x (deleted)"),
        ("stack", "7ffc00000000", "[stack]"),
        ("heap", "1000000", "[heap]"),
        ("data", "7f0000002000", ""),
    ]
    assert regions(maps)[0] == Region(0x7F0000000000, 0x7F0000001000, "rwxp", "", "code")


def test_scripts_that_a_command_line_names_are_copied_as_the_process_finds_them(tmp_path: Path) -> None:
    script = tmp_path / "work" / "script.sh"
    script.parent.mkdir()
    script.write_text("echo ready; sleep 1000; :\n")
    (tmp_path / "work" / "link").symlink_to("script.sh")
    with running("sh", "link", "/etc", "-e", "absent", cwd=script.parent) as pid:
        assert call(pid, "-o", tmp_path / "a").exit_code == 0
    found = members(tmp_path / "a")
    first = json.loads(found["manifest.json"])["processes"][0]
    assert first["scripts"] == [{"word": "link", "member": "process-0001/script-1"}]
    assert found["process-0001/script-1"] == b"echo ready; sleep 1000; :\n"
    assert [each["name"] for each in first["threads"]] == ["sh"]


def test_files_that_the_tree_may_have_written_are_listed(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    with running("sh", "-c", "echo x > written; ln -s /etc/passwd link; echo ready; exec sleep 1000", cwd=work) as pid:
        assert call(pid, "-o", tmp_path / "a").exit_code == 0
    rows = {row["path"]: row for row in json.loads(members(tmp_path / "a")["recent-writes.json"])}
    assert (rows[f"{work}/written"]["bytes"], rows[f"{work}/link"]["mode"]) == (2, "lrwxrwxrwx")


def test_places_that_are_run_later_are_listed_with_who_runs_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "etc/cron.d").mkdir(parents=True)
    (tmp_path / "etc/cron.d/x").touch()
    (tmp_path / "etc/hosts").touch()
    (tmp_path / "etc/loop").symlink_to(tmp_path)
    monkeypatch.setattr(recent, "SYSTEM", ("/etc",))
    found = list(recent.planted([str(tmp_path)], [], 0.0))
    assert [(row["path"], row["runs"]) for row in found] == [(f"{tmp_path}/etc/cron.d/x", "cron runs it at its times")]
    assert list(recent.planted([str(tmp_path)], [], found[0]["changed"] + 1)) == []
