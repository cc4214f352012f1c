"""Puts tricks on: under ``flycatcher run`` as root, as root called by sudo, or as nobody; and says what became of each."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.sensors.conftest import SOURCE
from tests.sensors.test_filter import elf32
from tests.sensors.tricks.play import CODE, PERL

PLAY = Path(__file__).with_name("play.py")
USERS = ("root", "sudo", "nobody")


class Played(NamedTuple):
    """What became of one or more tricks that were played in one run."""

    code: int
    ran: set[str]
    """The tricks whose marker was made."""
    actions: dict[str, list[str]]
    """By trick: what the records say was done about its interpreters."""
    summary: dict
    notices: list[str]
    stderr: str

    def outcome(self, name: str, *, alone: bool) -> str:
        """Say what became of one trick, in the words of the table; ``alone``: the exit code and what was said are its own."""
        actions = set(self.actions.get(name, ()))
        parts = ["ran" if name in self.ran else "did not run", *sorted(actions & {"observed", "denied", "killed"})]
        if not actions:
            parts.append("said" if self.is_said else "not recorded")
        return ", ".join(parts) + (f", exit code {self.code}" if alone else "")

    @property
    def is_said(self) -> bool:
        """Whether the run says that something was not as it should be."""
        return bool(self.notices or self.code not in {0, 1} or self.summary.get("lost") or "ended early" in self.stderr)


def play(names: list[str], user: str, *options: str) -> Played:
    """Play tricks in one run."""
    folder = Path(tempfile.mkdtemp(prefix="flycatcher-tricks-"))
    try:
        return _played(folder, names, user, options)
    finally:
        shutil.rmtree(folder)


def _played(folder: Path, names: list[str], user: str, options: tuple[str, ...]) -> Played:
    folder.chmod(0o777)
    shutil.copy(PLAY, folder / "play.py")
    small = folder / "small"
    small.write_bytes(elf32("execve", [PERL, "-e", CODE], 6))
    small.chmod(0o755)
    command = [python_of(user), "-m", "flycatcher", "run", *options, "--report", "r.jsonl", "--"]
    with subprocess.Popen(
        [*command, "/usr/bin/python3", "play.py", *names],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=_environment(user, folder), start_new_session=True, **_identity(user),
    ) as started:  # fmt: skip
        try:
            stderr = started.communicate(timeout=120)[1]
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, 9)
            stderr = "did not end"
    if "background" in names or started.returncode:
        time.sleep(1)  # what goes on without its supervisor would make its marker by then
    rows = _rows(folder / "r.jsonl")
    return Played(
        started.returncode,
        {name for name in names if (folder / name / "MARK").exists()},
        _actions(rows),
        next((row["summary"] for row in rows if "summary" in row), {}),
        [row["text"] for row in rows if row.get("schema", "").startswith("flycatcher.notice")],
        stderr,
    )


def _rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def _actions(rows: list[dict]) -> dict[str, list[str]]:
    """Return what was done about each interpreter, by the folder that its trick was played in."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.get("interpreter") == "perl":
            execution = row["execution"]
            places = " ".join(
                [execution.get("cwd", ""), *(one.get("cwd", "") for one in execution.get("ancestry", ()))]
            )
            for name in {part for word in places.split() for part in word.split("/")}:
                found.setdefault(name, []).append(row["policy"].get("action", "observed"))
    return found


def python_of(user: str) -> str:
    """Return a Python that this user may run and that finds our dependencies."""
    return "/usr/bin/python3" if user == "nobody" else sys.executable


def _environment(user: str, folder: Path) -> dict[str, str]:
    places = [str(SOURCE), *(place for place in sys.path if place.endswith("site-packages"))]
    path = ":".join(place for place in os.environ["PATH"].split(":") if "pyenv" not in place)
    known = {"PATH": path, "HOME": str(folder), "PYTHONPATH": ":".join(places), "SMALL": str(folder / "small")}
    if user == "sudo":
        nobody = pwd.getpwnam("nobody")
        known |= {"SUDO_UID": str(nobody.pw_uid), "SUDO_GID": str(nobody.pw_gid), "SUDO_USER": "nobody"}
    return known | {"PYTHONDONTWRITEBYTECODE": "1"}


def _identity(user: str) -> dict:
    if user != "nobody":
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
