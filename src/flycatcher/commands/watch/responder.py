"""``--on LEVEL=capture,kill``: what a detection sets off by itself, bounded in number, room and time; no sensor waits for it.

A process is stopped at once, through a pidfd; another program (``respond capture``) then takes its evidence, and kills it or lets
it go on. What that program says becomes a notice.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import OrderedDict, deque
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

import click
from msgspec import Struct, structs

from flycatcher.core.detection import Policy
from flycatcher.core.levels import ANY, LEVELS, at_least
from flycatcher.sinks.message import rfc3339
from flycatcher.sources.notice import Notice, NoticeKind
from flycatcher.sources.sensors.ebpf.kill import signalled, spared_pids
from flycatcher.terminal import one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.core.detection import Detection
    from flycatcher.core.execution import Process

Answer = Literal["capture", "kill"]
HOUR = 3600.0
AT_ONCE = 2
"""Captures that are made at the same time."""
BYTES, SECONDS = 64 << 20, 20
"""Room and time of one capture."""
PATIENCE = 3 * SECONDS
"""Seconds after which a capture is ended that has not ended itself."""
FREE = 0.1
"""The share of the file system that stays free."""
REMEMBERED = 1024
"""Texts of which it is known when they were captured."""
SAID = 400


class On(NamedTuple):
    """One ``--on``: from this level on, do this."""

    level: str
    answers: tuple[Answer, ...]


class OnType(click.ParamType[On]):
    """``high=capture``, ``critical=capture,kill``, ``all=capture``."""

    name = "on"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> On:
        """Return both parts."""
        if isinstance(value, On):
            return value
        level, _, words = str(value).partition("=")
        chosen: list[Answer] = [each for each in get_args(Answer) if each in words.split(",")]
        if level not in {ANY, *LEVELS[1:]} or not chosen or set(words.split(",")) - set(chosen):
            levels = ", ".join([ANY, *LEVELS[1:]])
            self.fail(
                f"{value!r} is not LEVEL=capture, LEVEL=kill or LEVEL=capture,kill; levels are {levels}", param, ctx
            )
        return On(level, tuple(chosen))


class Asked(Struct, frozen=True):
    """What the options ask for."""

    on: tuple[On, ...]
    enforce: bool
    """Kill, and do not only say so."""
    folder: Path
    rate: int
    """Captures an hour at most."""

    def answers(self, detection: Detection) -> set[Answer]:
        """Return what its level sets off: all entries of its level and below."""
        return {
            answer
            for on in self.on
            if on.level == ANY or at_least(detection.risk.level, on.level)
            for answer in on.answers
        }


class _Capture(NamedTuple):
    """One that is being made."""

    worker: subprocess.Popen[bytes]
    said: int
    """The memory file that it writes to."""
    process: Process
    file: Path
    kills: bool
    until: float


class Responder:
    """Starts captures, and looks after them between two looks at the sensor."""

    def __init__(self, asked: Asked, say: Callable[[Notice], None], sensor: str) -> None:
        """``say`` takes what becomes of a capture."""
        self.asked, self._say, self._sensor = asked, say, sensor
        self._spared = spared_pids()
        self._running: list[_Capture] = []
        self._begun: deque[float] = deque()
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def prepare(self) -> None:
        """Make the folder of the captures, for its owner alone. Raises OSError."""
        self.asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def capture(self, detection: Detection, *, kill: bool) -> Policy:
        """Begin to capture what was detected; return what the record says of it."""
        process = detection.execution.process
        why = self._why_not(detection, process)
        if process is None or why:
            return Policy(reason=f"not captured: {why}")
        file = self._file(detection, process)
        failed = self._begin(process, file, kill=kill and self.asked.enforce)
        if failed:
            return Policy(reason=f"not captured: {failed}")
        self._begun.append(time.monotonic())
        self._known[detection.id] = (time.monotonic(), str(file))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        then = "" if not kill else ", then killed" if self.asked.enforce else "; not killed: --enforce was not given"
        return Policy(reason=f"stopped, and captured to {file}{then}", capture=True)

    def _why_not(self, detection: Detection, process: Process | None) -> str:
        """Return what speaks against a capture, empty for nothing."""
        now = time.monotonic()
        while self._begun and now - self._begun[0] > HOUR:
            self._begun.popleft()
        when, file = self._known.get(detection.id, (-HOUR, ""))
        if process is None or process.pid in self._spared:
            return "pid 1, flycatcher itself and its ancestors are spared"
        if now - when < HOUR:
            return f"the same text was captured to {file} within the hour"
        if len(self._running) >= AT_ONCE:
            return f"{AT_ONCE} captures are being made"
        if len(self._begun) >= self.asked.rate:
            return f"{self.asked.rate} were begun within the hour (--on-rate)"
        return self._no_room()

    def _no_room(self) -> str:
        try:
            about = os.statvfs(self.asked.folder)
        except OSError as error:
            return f"{self.asked.folder}: {error.strerror}"
        if about.f_bavail < about.f_blocks * FREE or about.f_bavail * about.f_frsize < BYTES:
            return f"less than {FREE:.0%} of the room at {self.asked.folder} is free"
        return ""

    def _file(self, detection: Detection, process: Process) -> Path:
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        return self.asked.folder / f"capture-{detection.id}-{process.pid}-{stamp}.tar.gz"

    def _begin(self, process: Process, file: Path, *, kill: bool) -> str:
        """Stop the process, and start what captures it; return why that failed, empty where it did not."""
        failed = signalled(process, signal.SIGSTOP)
        if failed:
            return failed
        said = os.memfd_create("capture", os.MFD_CLOEXEC)
        words = [sys.executable, "-P", "-m", "flycatcher", "respond", "capture", str(process.pid), "--taken-over"]
        words += ["--start", str(process.start), "--output", str(file), *(["--kill"] if kill else [])]
        words += ["--max-bytes", str(BYTES), "--seconds", str(SECONDS)]
        try:
            worker = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/")
        except OSError as error:
            os.close(said)
            signalled(process, signal.SIGKILL if kill else signal.SIGCONT)
            return f"{sys.executable}: {error.strerror}"
        self._running.append(_Capture(worker, said, process, file, kill, time.monotonic() + PATIENCE))
        return ""

    def tick(self) -> None:
        """See which captures have ended; end those that take too long."""
        for each in list(self._running):
            if each.worker.poll() is None and time.monotonic() > each.until:
                each.worker.kill()
                each.worker.wait()
            if each.worker.returncode is not None:
                self._running.remove(each)
                self._ended(each)

    def close(self) -> None:
        """Wait for the captures that are being made."""
        for each in self._running:
            try:
                each.worker.wait(max(0.1, each.until - time.monotonic()))
            except subprocess.TimeoutExpired:
                each.worker.kill()
                each.worker.wait()
        self.tick()

    def _ended(self, each: _Capture) -> None:
        """Say what came of a capture; where it failed, nothing that it should have let go on or killed is left as it was."""
        text = os.pread(each.said, SAID, 0).decode("utf-8", "replace")
        said = one_line("; ".join(text.strip().splitlines()))
        os.close(each.said)
        what = f"pid {each.process.pid}"
        if each.worker.returncode == 0:
            self._note("captured", f"{what}: {said}")
            return
        done = "killed" if each.kills else "let go on"
        undone = signalled(each.process, signal.SIGKILL if each.kills else signal.SIGCONT)
        self._note("limit", f"{what} was not captured: {said or 'no answer'}; {undone or done}")

    def _note(self, kind: NoticeKind, text: str) -> None:
        self._say(Notice(kind=kind, sensor=self._sensor, time=rfc3339(time.time()), text=text, place="capture"))


def joined(first: Policy, then: Policy) -> Policy:
    """Return an outcome with the reason of an earlier one in front."""
    reasons = [reason for reason in (first.reason, then.reason) if reason]
    return structs.replace(then, reason="; ".join(reasons), capture=first.capture or then.capture)


def on_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command ``--on``, ``--captures`` and ``--on-rate``."""
    for option in _options():
        command = option(command)
    return command


def _options() -> Iterator[Callable[[Callable[..., None]], Callable[..., None]]]:
    yield click.option(
        "--on-rate",
        type=click.IntRange(1, 1000),
        default=12,
        show_default=True,
        help="With --on: captures an hour at most.",
    )
    yield click.option(
        "--captures",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="With --on: where captures go (as root, /var/lib/flycatcher/captures).",
    )
    yield click.option(
        "--on",
        "on",
        type=OnType(),
        multiple=True,
        metavar="LEVEL=capture[,kill]",
        help="Stop and capture what is detected from this risk on, or kill it (with --enforce). Repeatable.",
    )
