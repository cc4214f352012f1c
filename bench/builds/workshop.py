"""Fetches a build once, and runs it in a fresh copy: bare, under ``flycatcher run`` with either sensor, under ``flycatcher watch``."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.builds.catalogue import Build

FLYCATCHER = str(Path(sys.executable).with_name("flycatcher"))
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
TIMEOUT = 900
_SENSORS = {"run": "seccomp", "ebpf": "ebpf"}
_FUNCTIONS = r"""
debsrc() {
  apt-get -o Dir::Etc::SourceList="$CACHE/src.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$CACHE/lists" \
    -o APT::Sandbox::User=root -qq source --download-only "$1" >/dev/null || return 1
  dpkg-source --no-check -x ./*.dsc src >/dev/null
}
sdist() {
  python3 -m pip download -q --no-deps --no-binary "${1%%==*}" "$1"
  mkdir -p src && tar -xf ./*.tar.gz -C src --strip-components 1
}
"""


class Run(Struct, frozen=True, kw_only=True):
    """One run of a build in one mode."""

    code: int
    wall: float
    cpu: float
    """Seconds of the build and of Flycatcher together."""
    files: dict[str, str]
    """SHA-256 of each file below the build's folder afterwards, by path; links by where they lead."""
    missing: tuple[str, ...] = ()
    """Globs of the catalogue that found nothing."""
    records: tuple[dict[str, Any], ...] = ()
    notices: tuple[dict[str, Any], ...] = ()
    executions: int = 0
    lost: int = 0
    report: int = 0
    """Bytes of the report."""


class Workshop:
    """The folders of all builds below one cache."""

    def __init__(self, cache: Path) -> None:
        """Make the cache, and the list of source packages that it takes them from."""
        self.cache = cache
        cache.mkdir(parents=True, exist_ok=True)
        (cache / "lists/partial").mkdir(parents=True, exist_ok=True)
        if not (cache / "src.list").exists():
            (cache / "src.list").write_text(_source_lines())
            self._bash(_FUNCTIONS + _UPDATE, cache)

    def environment(self) -> dict[str, str]:
        """Return the variables of a build: a home of its own, nothing of the caller's CI or virtual environment."""
        kept = {name: value for name, value in os.environ.items() if name in {"LANG", "TERM", "PIP_CONFIG_FILE"}}
        home = self.cache / "home"
        home.mkdir(exist_ok=True)
        return {
            **kept,
            "PATH": PATH,
            "HOME": str(home),
            "CACHE": str(self.cache),
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
        }

    def _bash(self, text: str, folder: Path) -> None:
        subprocess.run(["bash", "-ec", text], cwd=folder, env=self.environment(), check=True, stdin=subprocess.DEVNULL)

    def fetch(self, build: Build) -> Path:
        """Return the folder of what a build needs; fetched once."""
        key = hashlib.sha256(build.fetch.encode()).hexdigest()[:8]
        folder = self.cache / f"{build.name}-{key}"
        if not folder.exists():
            half = folder.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            half.mkdir()
            # a virtual environment holds its own path: it is made where it will be used
            half.rename(folder)
            try:
                self._bash(_FUNCTIONS + build.fetch, folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
        return folder

    def run(self, build: Build, mode: str) -> Run:
        """Run a build in the place where it was fetched."""
        with self.place(build) as folder:
            return self.measured(build, mode, folder)

    @contextmanager
    def place(self, build: Build) -> Iterator[Path]:
        """Give a build's folder, and put what was fetched back afterwards."""
        folder = self.fetch(build)
        kept = folder.with_suffix(".kept")
        if not kept.exists():
            subprocess.run(["cp", "-a", "--reflink=auto", folder, kept], check=True)
        try:
            yield folder
        finally:
            # what a build left running may still write there
            while subprocess.run(["rm", "-rf", folder], check=False).returncode:
                time.sleep(1)
            subprocess.run(["cp", "-a", "--reflink=auto", kept, folder], check=True)

    def prepare(self, text: str, folder: Path) -> None:
        """Run a text with the variables of a build, unwatched."""
        self._bash(text, folder)

    def measured(self, build: Build, mode: str, folder: Path) -> Run:
        """Run a build's command in a folder, bare or under a command of Flycatcher."""
        report = self.cache / f"{build.name}.{mode}.jsonl"
        report.unlink(missing_ok=True)
        words = ["bash", "-ec", build.command]
        environment = self.environment()
        watcher = None
        if mode in _SENSORS:
            words = [FLYCATCHER, "run", "--sensor", _SENSORS[mode], "--quiet", "--report", str(report), "--", *words]
        before, started = _processor(), time.monotonic()
        with (self.cache / f"{build.name}.{mode}.log").open("wb") as log:
            if mode == "watch":
                watcher = _Watch(report)
            child = subprocess.Popen(
                words,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
            code = child.wait(TIMEOUT)
        wall, cpu = time.monotonic() - started, _processor() - before
        if watcher is not None:
            cpu += watcher.close()
        records, notices, summary = read_report(report)
        return Run(
            code=code, wall=wall, cpu=cpu, files=files_below(folder), missing=_missing(build, folder), records=records, notices=notices,
            executions=int(summary.get("executions_seen", 0)), lost=int(summary.get("lost", 0)),
            report=report.stat().st_size if report.exists() else 0,
        )  # fmt: skip


class _Watch:
    """``flycatcher watch`` around one build; it reports what descends from this process alone."""

    def __init__(self, report: Path) -> None:
        words = [FLYCATCHER, "watch", "--tree", str(os.getpid()), "--capture-stdin", "--quiet", "--report", str(report)]
        place = report.with_suffix(".ready")
        place.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
            ready.bind(str(place))
            ready.settimeout(60)
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, env={**os.environ, "NOTIFY_SOCKET": str(place)}
            )
            while b"READY=1" not in ready.recv(4096):
                continue
        place.unlink()
        self._before = self._spent()

    def _spent(self) -> float:
        """Return the processor time of the watch and its helpers so far, in seconds."""
        pids = [self._process.pid]
        for pid in pids:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                pids.extend(int(word) for word in task.read_text().split())
        ticks = 0
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> float:
        """End the watch; return the seconds of processor time that it took after its start."""
        self._process.send_signal(signal.SIGTERM)
        _, status, used = os.wait4(self._process.pid, 0)
        self._process.returncode = os.waitstatus_to_exitcode(status)
        return used.ru_utime + used.ru_stime - self._before


def _processor() -> float:
    """Return the processor time of all children that have ended, in seconds."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _missing(build: Build, folder: Path) -> tuple[str, ...]:
    """Return the globs of a build that find nothing."""
    return tuple(glob for glob in build.artefacts if not any(folder.glob(glob)))


def files_below(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each file below a folder by its path, for a link where it leads."""
    found: dict[str, str] = {}
    for parent, _folders, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            if path.is_symlink():
                found[str(path.relative_to(folder))] = f"-> {path.readlink()}"
            elif path.is_file():
                found[str(path.relative_to(folder))] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def read_report(report: Path) -> tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...], dict[str, Any]]:
    """Return a report's detections, its notices and its summary."""
    lines = [json.loads(line) for line in report.read_text().splitlines()] if report.exists() else []
    detections = tuple(line for line in lines if "snippets" in line)
    notices = tuple(line for line in lines if "snippets" not in line and line.get("kind"))
    summary: dict[str, Any] = next(
        (line["summary"] for line in reversed(lines) if isinstance(line.get("summary"), dict)), {}
    )
    return detections, notices, summary


def _source_lines() -> str:
    """Return Debian's source packages of the place from which this machine takes its packages."""
    texts = [path.read_text() for path in Path("/etc/apt").rglob("*") if path.suffix in {".list", ".sources"}]
    uris = [line.split(":", 1)[1].strip() for text in texts for line in text.splitlines() if line.startswith("URIs:")]
    uris += [line.split()[1] for text in texts for line in text.splitlines() if line.startswith("deb http")]
    debian = next(uri for uri in uris if uri.rstrip("/").endswith("debian"))
    codename = next(
        line.partition("=")[2]
        for line in Path("/etc/os-release").read_text().splitlines()
        if line.startswith("VERSION_CODENAME=")
    )
    return f"deb-src {debian} {codename} main\n"


_UPDATE = r"""
apt-get -o Dir::Etc::SourceList="$CACHE/src.list" -o Dir::Etc::SourceParts=/dev/null -o Dir::State::Lists="$CACHE/lists" \
  -o APT::Sandbox::User=root -qq update
"""
