"""Puts tricks on: under ``flycatcher run`` as root, as root called by sudo, or as nobody, or beside ``flycatcher watch``."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.installed import for_everybody
from tests.reports import rows
from tests.sensors.conftest import SOURCE
from tests.sensors.test_filter import elf32
from tests.sensors.tricks.play import CODE, PERL, called

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAY = Path(__file__).with_name("play")
USERS = ("root", "sudo", "nobody")
GROUPS = Path("/sys/fs/cgroup/unified") if os.path.exists("/sys/fs/cgroup/unified") else Path("/sys/fs/cgroup")
LINGERS = "; select undef, undef, undef, 20"
"""What the marker's program does after it made the marker, where it is to be killed."""
WARM = "the first one that is analysed"
BESIDE = f"""read WATCHER; export WATCHER; {PERL} -e '# {WARM}'; read now; exec /usr/bin/python3 -m play "$@" """
"""A build that waits until somebody watches: what the watch has to load for its first analysis is no trick's doing."""
PATIENCE = 120.0
OWN_MODULES = {"replace_modules", "remove_modules"}
"""Tricks that need a copy of our modules to play with."""


class Act(NamedTuple):
    """What a record says was done about one interpreter."""

    action: str
    milliseconds: float | None = None
    """From its start to its end, where it was killed after it had started."""


class Played(NamedTuple):
    """What became of one or more tricks that were played in one run."""

    code: int
    ran: set[str]
    """The tricks whose marker was made."""
    acts: dict[str, list[Act]]
    """By trick: what the records say was done about its interpreters."""
    summary: dict
    notices: list[str]
    stderr: str

    @property
    def actions(self) -> dict[str, list[str]]:
        """By trick: what was done."""
        return {name: [act.action for act in acts] for name, acts in self.acts.items()}

    def outcome(self, name: str, *, alone: bool) -> str:
        """Say what became of one trick, in the words of the table; ``alone``: the exit code and what was said are its own."""
        actions = set(self.actions.get(name, ()))
        parts = ["ran" if name in self.ran else "did not run", *sorted(actions & {"observed", "denied", "killed"})]
        if not actions:
            parts.append("said" if self.is_said else "not recorded")
        after = [act.milliseconds for act in self.acts.get(name, ()) if act.milliseconds is not None]
        if after:
            parts.append(f"after {max(after):.0f} ms")
        return ", ".join(parts) + (f", exit code {self.code}" if alone else "")

    @property
    def is_said(self) -> bool:
        """Whether the run says that something was not as it should be."""
        return bool(self.notices or self.code not in {0, 1} or self.summary.get("lost") or "ended early" in self.stderr)


@contextlib.contextmanager
def scene() -> Iterator[Path]:
    """Lay out a folder for tricks."""
    folder = Path(tempfile.mkdtemp(prefix="flycatcher-tricks-"))
    try:
        folder.chmod(0o777)
        shutil.copytree(PLAY, folder / "play", ignore=shutil.ignore_patterns("__pycache__"))
        small = folder / "small"
        small.write_bytes(elf32("execve", [PERL, "-e", CODE], 6))
        small.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder)


def play(names: list[str], user: str, *options: str) -> Played:
    """Play tricks in one run; what root mounts in it is nobody else's."""
    with scene() as folder, _group(user) as group:
        command = [python_of(user), "-m", "flycatcher", "run", *options, "--report", "r.jsonl", "--"]
        apart = [] if user == "nobody" else ["unshare", "-m", "--propagation", "private"]
        with subprocess.Popen(
            [*apart, *command, "env", "-u", "PYTHONPATH", "/usr/bin/python3", "-m", "play", *names],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
            env=_environment(user, folder) | {"GROUP": group} | _own(names, user, folder), start_new_session=True,
            **_identity(user),
        ) as started:  # fmt: skip
            if group:
                Path(group, "run", "cgroup.procs").write_text(str(started.pid))
            try:
                stderr = started.communicate(timeout=PATIENCE)[1]
            except subprocess.TimeoutExpired:
                os.killpg(started.pid, 9)
                stderr = "did not end"
        if "background" in names or started.returncode:
            time.sleep(1)  # what goes on without its supervisor would make its marker by then
        return _played(folder, folder / "r.jsonl", names, started.returncode, stderr)


def watch(names: list[str], user: str, *options: str) -> Played:
    """Play tricks beside one ``flycatcher watch``, which looks only at their tree; the exit code is that of the watch."""
    with scene() as folder, tempfile.TemporaryDirectory() as roots:
        report = Path(roots) / "r.jsonl"  # out of the build's reach, as reports that are appended to have to be
        environment = _environment(user, folder) | {"THEN": LINGERS if options else ""}
        (folder / "small").write_bytes(elf32("execve", [PERL, "-e", CODE + environment["THEN"]], 6))
        with subprocess.Popen(
            ["/bin/sh", "-c", BESIDE, "sh", *names],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder,
            env=environment, start_new_session=True, **_identity(user),
        ) as build, subprocess.Popen(
            [sys.executable, "-m", "flycatcher", "watch", "--tree", str(build.pid), *options, "--report", report],
            stderr=subprocess.PIPE, text=True, cwd=folder, env=_environment("root", folder), start_new_session=True,
        ) as watching:  # fmt: skip
            try:
                _until(report, '"started"', watching)
                build.stdin.write(f"{watching.pid}\n".encode())
                build.stdin.flush()
                _until(report, WARM, watching)
                build.communicate(b"\n", timeout=PATIENCE)
                if "background" in names:
                    time.sleep(1)
            finally:
                build.kill()
                watching.terminate()
            stderr = watching.communicate(timeout=PATIENCE)[1]
        return _played(folder, report, names, watching.returncode, stderr)


def _until(report: Path, text: str, watching: subprocess.Popen[str]) -> None:
    """Wait until a report holds a text."""
    end = time.monotonic() + PATIENCE
    while not (report.exists() and text in report.read_text()):
        if watching.poll() is not None or time.monotonic() > end:
            raise AssertionError(watching.communicate()[1])
        time.sleep(0.02)


def _played(folder: Path, report: Path, names: list[str], code: int, stderr: str) -> Played:
    written = rows(report)
    ordinary = {"started", "stopped"}
    return Played(
        code,
        {name for name in names if (folder / name / "MARK").exists()},
        _acts(written, names),
        next((row["summary"] for row in written if "summary" in row), {}),
        [
            row["text"]
            for row in written
            if row.get("schema", "").startswith("flycatcher.notice") and row["kind"] not in ordinary
        ],
        stderr,
    )


@contextlib.contextmanager
def _group(user: str) -> Iterator[str]:
    """Make a control group for a run of root's, ``run`` in it for its processes and ``other`` beside it; an empty text for others."""
    if user != "root" or not (GROUPS / "cgroup.procs").exists():
        yield ""
        return
    group = GROUPS / f"flycatcher-tricks-{os.getpid()}"
    for folder in (group, group / "run", group / "other"):
        folder.mkdir()
    try:
        yield str(group)
    finally:
        (group / "cgroup.kill").write_text("1")
        end = time.monotonic() + 5
        while "populated 1" in (group / "cgroup.events").read_text() and time.monotonic() < end:
            time.sleep(0.01)
        for folder in (group / "run", group / "other", group):
            folder.rmdir()


def _acts(rows: list[dict], names: list[str]) -> dict[str, list[Act]]:
    """Return what was done about each interpreter, by the trick whose process is among its ancestors, or whose folder it was in."""
    by_comm = {called(name): name for name in names}
    found: dict[str, list[Act]] = {}
    for row in rows:
        if row.get("interpreter") != "perl":
            continue
        execution = row["execution"]
        chain = [execution.get("process") or {}, *execution.get("ancestry", ())]
        folders = {part for one in (execution, *chain) for part in (one.get("cwd") or "").split("/")}
        tricks = {by_comm.get(one.get("comm", "")) for one in chain} | folders & set(names)
        for name in tricks - {None}:
            found.setdefault(name, []).append(_act(row["policy"]))
    return found


def _act(policy: dict) -> Act:
    """Read a record's policy."""
    after = re.search(r"([\d.]+) ms", policy.get("reason", ""))
    action = policy.get("action", "observed")
    return Act(action, float(after[1]) if after and action == "killed" else None)


def python_of(user: str) -> str:
    """Return a Python that this user may run and that finds our dependencies."""
    return "/usr/bin/python3" if user == "nobody" else sys.executable


def _environment(user: str, folder: Path) -> dict[str, str]:
    places = for_everybody()
    path = ":".join(place for place in os.environ["PATH"].split(":") if "pyenv" not in place)
    known = {"PATH": path, "HOME": str(folder), "PYTHONPATH": ":".join(places), "SMALL": str(folder / "small")}
    if user == "sudo":
        nobody = pwd.getpwnam("nobody")
        known |= {"SUDO_UID": str(nobody.pw_uid), "SUDO_GID": str(nobody.pw_gid), "SUDO_USER": "nobody"}
    return known | {"PYTHONDONTWRITEBYTECODE": "1"}


def _own(names: list[str], user: str, folder: Path) -> dict[str, str]:
    """Have the run use a copy of our modules that its user may write to, where a trick is about them."""
    if not OWN_MODULES.intersection(names):
        return {}
    shutil.copytree(SOURCE, folder / "own", ignore=shutil.ignore_patterns("__pycache__"))
    if user != "root":
        nobody = pwd.getpwnam("nobody")
        for place, _, files in os.walk(folder / "own"):
            for path in (place, *(os.path.join(place, name) for name in files)):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
    paths = f"{folder / 'own'}:{_environment(user, folder)['PYTHONPATH']}"
    return {"OWN": str(folder / "own"), "PYTHONPATH": paths}


def _identity(user: str) -> dict:
    if user != "nobody":
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
