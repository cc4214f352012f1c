"""``flycatcher try``: nothing of the host can be written, decoys are found again, changes are listed, the exit code passes."""

from __future__ import annotations

import base64
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation import changes, decoys, sandbox
from flycatcher.isolation.sandbox import copy_tree, refusal

ROOT = Path(__file__).parents[2]
HOST_SHM = Path("/dev/shm/flycatcher-try-marker")
needs_sandbox = pytest.mark.skipif(
    shutil.which("bwrap") is None or bool(refusal()),
    reason="bubblewrap is not installed" if shutil.which("bwrap") is None else f"the kernel refuses: {refusal()}",
)
ATTEMPTS = {
    "write to /etc": "echo x > /etc/flycatcher-try-marker",
    "write to the real home": "echo x > {home}/marker && false",
    "write to the real working folder": "echo x > marker && false",
    "write to the host's /dev/shm": "echo x > /dev/shm/flycatcher-try-marker && false",
    "write to the host's /tmp": "echo x > {tmp}/marker && false",
    "open a kernel setting for writing": ": >> /proc/sys/kernel/core_pattern",
    "find a file of /proc or /sys that can be written": "find /proc /sys -path '/proc/[0-9]*' -prune -o -type f -writable -print | grep -q .",
    "mount a file system": "mount -t tmpfs none /mnt",
    "make / writable again": "mount -o remount,rw /",
    "make a namespace with privileges": "unshare -Urm mount -t tmpfs none /mnt",
    "signal a process of the host": "kill -0 {pid}",
    "trace a process of the host": "strace -p {pid} -o /dev/null",
    "read the environment of the host's processes": "cat /proc/*/environ | grep -qa host-secret",
    "read the real home": "grep -q host-secret {home}/secret",
    "connect to the host's loopback": "echo > /dev/tcp/127.0.0.1/{port}",
    "use a capability": "chroot / true",
}
"""What is tried, and the shell text, which succeeds only where the sandbox leaks; its own copies may be written.

Kernel settings are opened and not written, so that a sandbox that leaks does no harm here.
"""


def tried(script: str, folder: Path, *options: str, **more: str) -> subprocess.CompletedProcess[str]:
    project = folder / "project"
    project.mkdir(exist_ok=True)
    (folder / "home").mkdir(exist_ok=True)
    (project / "script.sh").write_text(script)
    return subprocess.run(
        [sys.executable, "-m", "flycatcher", "try", *options, "--", "bash", "script.sh"],
        cwd=project,
        env={**os.environ, "HOME": str(folder / "home"), **more},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


@needs_sandbox
@pytest.mark.parametrize("network", ["none", "loopback"])
def test_nothing_of_the_host_can_be_written_reached_or_read(tmp_path: Path, network: str) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "secret").write_text("host-secret\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        # the process numbers of the sandbox are few and low: this one is none of them
        facts = {"home": tmp_path / "home", "tmp": tmp_path, "pid": os.getpid(), "port": server.getsockname()[1]}
        lines = [
            f'if ( {text.format(**facts)} ) 2>/dev/null >&2; then echo "LEAK: {name}"; else echo "held: {name}"; fi'
            for name, text in ATTEMPTS.items()
        ]
        ended = tried("\n".join(lines), tmp_path, "--network", network, SECRET="host-secret")
    assert re.findall(r"LEAK: (.*)", ended.stdout) == []
    assert ended.stdout.count("held: ") == len(ATTEMPTS)
    assert not Path("/etc/flycatcher-try-marker").exists()
    assert not HOST_SHM.exists()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["home", "project", "script.sh", "secret"]


def test_every_attempt_is_in_the_table_of_the_reference() -> None:
    page = (ROOT / "docs/reference/try.md").read_text(encoding="utf-8")
    assert [name for name in ATTEMPTS if f"| {name} |" not in page] == []


@needs_sandbox
def test_the_network_of_the_host_is_shared_on_demand(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        script = f"echo > /dev/tcp/127.0.0.1/{server.getsockname()[1]}"
        assert tried(script, tmp_path, "--network", "host").returncode == 0
        assert tried(script, tmp_path).returncode == 1


@needs_sandbox
def test_a_decoy_that_is_read_and_used_is_found(tmp_path: Path) -> None:
    ended = tried(
        'python3 -c "print(1)" "$(cat ~/.npmrc)"\npython3 -c "print(2)"\nbase64 -w0 ~/.netrc > out\nexit 7\n', tmp_path
    )
    assert ended.returncode == 7
    assert "python argument -c: print(1)" in ended.stderr
    assert re.search(r"decoy value found in the command line of python \(\w+\): ~/\.npmrc\n", ended.stderr)
    assert "decoy value found in a file of the project: out: ~/.netrc\n" in ended.stderr
    assert "decoy files opened: ~/.npmrc, ~/.netrc;" in ended.stderr or "cannot be seen: this file" in ended.stderr


@needs_sandbox
def test_changed_files_and_persistence_are_listed_and_not_kept(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    for name in ("gone", "other", "same"):
        (project / name).write_text(name)
    ended = tried("rm gone\necho x >> other\necho x > new\necho x > ~/.bashrc\n", tmp_path)
    said = [line.removeprefix("flycatcher: try: ") for line in ended.stderr.splitlines() if "try: " in line]
    assert [line for line in said if line.startswith(("project", "home", "persistence"))] == [
        f"persistence place touched {tmp_path}/home/.bashrc: every shell or session of a user runs it when it starts",
        "project: added new",
        "project: changed other",
        "project: removed gone",
        "home: added .bashrc",
    ]
    assert {path.name: path.read_text() for path in project.iterdir() if path.name != "script.sh"} == {
        "gone": "gone",
        "other": "other",
        "same": "same",
    }


@needs_sandbox
@pytest.mark.parametrize(
    ("word", "code", "said"),
    [
        ("no-such-program", 127, "no-such-program: command not found"),
        ("./script.sh", 126, "./script.sh: permission denied"),
        ("cd", 127, "cd: command not found"),
        ("/no/such", 127, "/no/such: command not found"),
    ],
)
def test_a_program_that_cannot_be_started_is_said_with_a_shell_s_code(
    tmp_path: Path, word: str, code: int, said: str
) -> None:
    for name in ("project", "home"):
        (tmp_path / name).mkdir()
    (tmp_path / "project" / "script.sh").write_text("true")
    ended = subprocess.run(
        [sys.executable, "-m", "flycatcher", "try", "--", word],
        cwd=tmp_path / "project",
        env={**os.environ, "HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (code, f"flycatcher: {said}\n")


@needs_sandbox
def test_folders_that_are_made_are_listed(tmp_path: Path) -> None:
    ended = tried("mkdir -p a/b; echo x > a/b/c", tmp_path)
    assert [line for line in ended.stderr.splitlines() if "project: added" in line] == [
        f"flycatcher: try: project: added {name}" for name in ("a", "a/b", "a/b/c")
    ]


@needs_sandbox
def test_what_is_left_in_the_background_ends_with_the_sandbox(tmp_path: Path) -> None:
    ended = tried("(setsid sleep 4321 &)\nexit 3\n", tmp_path)
    assert ended.returncode == 3
    assert "background process" not in ended.stderr


@needs_sandbox
def test_the_report_of_the_run_is_written(tmp_path: Path) -> None:
    tried('python3 -c "print(1)"', tmp_path, "--report", str(tmp_path / "ran.jsonl"))
    assert '"text":"print(1)"' in (tmp_path / "ran.jsonl").read_text()


def test_without_bubblewrap_the_way_out_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.shutil, "which", lambda name, path=None: None)
    with pytest.raises(FlycatcherError, match="needs bubblewrap") as raised:
        sandbox.bubblewrap()
    assert raised.value.hint == "install the package bubblewrap, as in: apt install bubblewrap"


def test_a_folder_over_the_limit_is_not_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMIT_FILES", 1)
    (tmp_path / "a").mkdir()
    for name in "bc":
        (tmp_path / "a" / name).write_text("")
    with pytest.raises(FlycatcherError, match="too large to copy"):
        copy_tree(tmp_path / "a", tmp_path / "copy")


def test_what_cannot_be_read_is_left_out_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copied = sandbox.shutil.copy2

    def refuses(source: Path, target: Path, **options: bool) -> object:
        if source.name == "secret":
            raise PermissionError(13, "Permission denied", str(source))
        return copied(source, target, **options)

    monkeypatch.setattr(sandbox.shutil, "copy2", refuses)
    (tmp_path / "a").mkdir()
    for name in ("plain", "secret", "tail"):
        (tmp_path / "a" / name).write_text(name)
    assert copy_tree(tmp_path / "a", tmp_path / "copy") == [str(tmp_path / "a" / "secret")]
    assert sorted(path.name for path in (tmp_path / "copy").iterdir()) == ["plain", "tail"]


def test_a_decoy_value_is_found_however_it_is_written() -> None:
    planted = decoys.made()
    token = planted.tokens["NPM_TOKEN"]
    for text in (
        token,
        token[::-1],
        token.encode().hex(),
        *(base64.b64encode(b"abc"[:n] + token.encode()).decode() for n in range(3)),
    ):
        assert planted.found_in(f"x{text}y") == ["NPM_TOKEN"]
    assert planted.found_in(decoys.made().tokens["NPM_TOKEN"]) == []


def test_links_that_the_command_left_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("text")
    assert list(changes.contents(tmp_path, changes.tree(tmp_path))) == [("file", "text")]
