"""Releases a containment when its time is over, without this program: a timer of systemd where that runs, else a job of at.

Both outlive a reboot: the units lie in /etc/systemd/system, at's jobs in its spool. Sources: systemd.timer(5), systemd.time(7),
systemd.service(5), sd_booted(3), at(1).
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flycatcher.commands.respond.contain.state import Job
from flycatcher.commands.respond.freeze import processes
from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.procfs import mount_namespace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.commands.respond.contain.state import Folder

UNITS = Path("/etc/systemd/system")
BOOTED = Path("/run/systemd/system")
"""The folder that is there where systemd runs."""
_LENGTH = re.compile(r"([0-9]{1,6})(s|min|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86_400}
SHORTEST, LONGEST = 60, 366 * 86_400
_JOB = re.compile(r"^job (\d+) at ", re.MULTILINE)


class Length(click.ParamType[int]):
    """A time such as ``30m``, ``1h`` or ``2d``, in seconds."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the seconds; from a minute to a year."""
        if isinstance(value, int):
            return value
        found = _LENGTH.fullmatch(str(value))
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if not SHORTEST <= seconds <= LONGEST:
            self.fail(f"{value!r} is no time from 60s to 366d: write 30m, 1h or 2d", param, ctx)
        return seconds


class Expiry:
    """What releases a containment at a time; one subclass for each program that can."""

    def __init__(self, identity: str, when: dt.datetime, folder: Folder) -> None:
        """``when`` in UTC."""
        self.id, self.when = identity, when
        self.words = release_words(identity, folder)

    def commands(self) -> Iterator[str]:
        """Yield what sets it."""
        raise NotImplementedError

    def act(self) -> Job:
        """Set it. Raises FlycatcherError."""
        raise NotImplementedError


class Systemd(Expiry):
    """A timer with its service, enabled, so that it is there after a reboot."""

    @property
    def name(self) -> str:
        """The units' name without its end."""
        return f"flycatcher-release-{self.id}"

    def units(self) -> Mapping[str, str]:
        """Return the files by name."""
        timed = f"OnCalendar={self.when:%Y-%m-%d %H:%M:%S} UTC\nPersistent=true\nAccuracySec=1s\n"
        start = " ".join(map(_systemd_word, self.words))
        about = f"[Unit]\nDescription=Release what Flycatcher contains as {self.id}\n"
        return {
            f"{self.name}.service": f"{about}\n[Service]\nType=oneshot\nExecStart={start}\n",
            f"{self.name}.timer": f"{about}\n[Timer]\n{timed}\n[Install]\nWantedBy=timers.target\n",
        }

    def commands(self) -> Iterator[str]:
        """Yield what writes the units and starts the timer."""
        for name, text in self.units().items():
            yield f"cat > {UNITS / name} <<'END'\n{text}END"
        yield "systemctl daemon-reload"
        yield f"systemctl enable --now {self.name}.timer"

    def act(self) -> Job:
        """Write the units, and start the timer."""
        job = Job("systemd", f"{self.name}.timer")
        try:
            for name, text in self.units().items():
                (UNITS / name).write_text(text, encoding="utf-8")
            _run(["systemctl", "daemon-reload"])
            _run(["systemctl", "enable", "--now", job.name])
        except (OSError, FlycatcherError) as error:
            drop(job)
            raise FlycatcherError(f"the timer was not set: {error}", hint="leave --for out, and release it") from error
        return job


class At(Expiry):
    """A job of at, which starts at whole minutes: at the next one."""

    def __init__(self, identity: str, when: dt.datetime, folder: Folder) -> None:
        """``when`` in UTC."""
        later = when + dt.timedelta(seconds=59, microseconds=999_999)
        super().__init__(identity, later.replace(second=0, microsecond=0), folder)

    def _when(self) -> str:
        """Return the minute as ``at -t`` reads it, in UTC."""
        return f"{self.when:%Y%m%d%H%M}"

    def commands(self) -> Iterator[str]:
        """Yield what hands the job over."""
        yield f"echo {shlex.quote(shlex.join(self.words))} | TZ=UTC at -t {self._when()}"

    def act(self) -> Job:
        """Hand the job over."""
        said = _run(["at", "-t", self._when()], shlex.join(self.words) + "\n")
        found = _JOB.search(said)
        if found is None:
            raise FlycatcherError(f"at: {' '.join(said.split())[:300]}", hint="leave --for out, and release it")
        return Job("at", found[1])


def expiry(identity: str, when: dt.datetime, folder: Folder) -> Expiry:
    """Return what can release it here; raises FlycatcherError with the way out where nothing can."""
    if BOOTED.is_dir() and shutil.which("systemctl") and os.geteuid() == 0:
        return Systemd(identity, when, folder)
    if shutil.which("at") and _runs_atd():
        return At(identity, when, folder)
    words = shlex.join(release_words(identity, folder))
    hint = f"install at and start atd; or leave --for out, and release it yourself: {words}"
    raise FlycatcherError("--for needs systemd (as root) or at with its daemon; neither runs here", hint=hint, code=2)


def release_words(identity: str, folder: Folder) -> list[str]:
    """Return the command that releases it; ``-P``: no module of the folder in which it starts is taken for ours."""
    place = [] if folder.is_default else ["--state", str(folder.path.absolute())]
    return [sys.executable, "-P", "-m", "flycatcher", "respond", "release", identity, "--enforce", *place]


def drop_commands(job: Job) -> Iterator[str]:
    """Yield what takes the timer or the job away."""
    if job.how == "at":
        yield f"atrm {job.name}"
        return
    yield f"systemctl disable --now {job.name}"
    yield f"rm -f {UNITS / job.name} {UNITS / job.name.replace('.timer', '.service')}"
    yield "systemctl daemon-reload"


def drop(job: Job, identity: str = "") -> None:
    """Take the timer or the job away; one that has run, or is not ours any more, is no error."""
    if job.how == "at":
        if _is_ours(job, identity):
            _tried(["atrm", job.name])
        return
    _tried(["systemctl", "disable", "--now", job.name])
    for name in (job.name, job.name.replace(".timer", ".service")):
        (UNITS / name).unlink(missing_ok=True)
    _tried(["systemctl", "daemon-reload"])


def _is_ours(job: Job, identity: str) -> bool:
    """Whether the job of this number still is the one that releases this containment."""
    try:
        return f"respond release {identity} --enforce" in _run(["at", "-c", job.name])
    except FlycatcherError:
        return False


def _tried(words: list[str]) -> None:
    try:
        _run(words)
    except FlycatcherError:
        return


def _run(words: list[str], text: str = "") -> str:
    """Run a program in / and with few variables, which a job of at would keep; return what it says. Raises FlycatcherError."""
    variables = {"PATH": os.environ.get("PATH", ""), "HOME": "/", "TZ": "UTC", "LC_ALL": "C", "SHELL": "/bin/sh"}
    try:
        done = subprocess.run(
            words,
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=30,
            check=False,
            cwd="/",
            env=variables,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FlycatcherError(f"{words[0]}: {error}") from error
    if done.returncode:
        raise FlycatcherError(f"{words[0]}: {' '.join(done.stderr.split())[:300] or done.returncode}")
    return done.stdout + done.stderr


def _runs_atd() -> bool:
    """Whether at's daemon runs, and sees the folder of jobs that ``at`` writes to: not that of a container."""
    here = mount_namespace(os.getpid())
    return any(stat.name == "atd" and mount_namespace(stat.pid) == here for stat in processes().values())


def _systemd_word(word: str) -> str:
    """Return a word as ExecStart takes it literally."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(character.isspace() for character in word) or not word else word
