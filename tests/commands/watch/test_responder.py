"""What ``watch --on`` begins, within which bounds, and what the record and the notices say of it."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.watch import responder
from flycatcher.commands.watch.loop import WatchLoop
from flycatcher.commands.watch.responder import Asked, On, OnType, Responder
from flycatcher.commands.watch.settings import WatchSettings
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.policy.rule import Match, Rule
from flycatcher.reporting import Reporter
from flycatcher.sources.sensors.procfs import start_of

HIGH = "import os, base64; exec(base64.b64decode('aW1wb3J0IG9zCm9zLnN5c3RlbSgiZWNobyBoaSIp'))"


class Kept:
    takes_notices = True
    path = "kept"

    def __init__(self) -> None:
        self.records: list[dict] = []

    def write(self, record: dict) -> None:
        self.records.append(record)


OPENED: list[Responder] = []


@pytest.fixture(autouse=True)
def _ended() -> Iterator[None]:
    """No capture goes on when its test has ended."""
    yield
    while OPENED:
        OPENED.pop().close()


@pytest.fixture
def sleeper() -> Iterator[int]:
    process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    yield process.pid
    process.kill()
    process.wait()


def execution(pid: int, text: str = HIGH) -> Execution:
    return Execution(
        argv=("python3", "-c", text),
        interpreter="python",
        process=Process(pid=pid, start=start_of(pid)),
        fidelity=Fidelity(sensor="ebpf", time="2026-11-24T00:00:00.000000Z"),
    )


def watching(
    folder: Path, *on: On, enforce: bool = False, rate: int = 12, rules: tuple[Rule, ...] = ()
) -> tuple[WatchLoop, Kept]:
    kept = Kept()
    loop = WatchLoop(WatchSettings(on=on, enforce=enforce), Reporter([kept], rules=rules), lambda notice: None)
    loop.responder = Responder(Asked(on, enforce, folder / "captures", rate), loop.notice, "ebpf")
    loop.responder.prepare()
    OPENED.append(loop.responder)
    return loop, kept


def state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


CAPTURE = On("high", ("capture",))


def test_what_is_detected_is_stopped_captured_and_goes_on(tmp_path: Path, sleeper: int) -> None:
    loop, kept = watching(tmp_path, CAPTURE)
    loop.take(execution(sleeper))
    policy = kept.records[0]["policy"]
    [archive] = [word for word in policy["reason"].split() if word.endswith(".tar.gz")]
    assert policy == {"reason": f"stopped, and captured to {archive}", "capture": True}
    assert loop.responder is not None
    loop.responder.close()
    assert state(sleeper) not in "Tt"
    assert Path(archive).parent == tmp_path / "captures"
    assert (kept.records[1]["kind"], kept.records[1]["text"].startswith(f"pid {sleeper}: {archive}: 1 process, ")) == (
        "captured",
        True,
    )
    assert CliRunner().invoke(cli, ["respond", "inspect", archive]).exit_code == 0


def test_the_sensor_does_not_wait_for_a_capture(tmp_path: Path, sleeper: int, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    real = subprocess.Popen

    def slow(words: list[str], **more: object) -> subprocess.Popen[bytes]:
        begun.append(words)
        return real(["sleep", "1000"], **more)  # type: ignore[call-overload]

    monkeypatch.setattr(responder.subprocess, "Popen", slow)
    loop, kept = watching(tmp_path, CAPTURE)
    loop.take(execution(sleeper))
    while state(sleeper) != "T":  # the signal is sent; a program that runs on another processor takes it a moment later
        os.sched_yield()
    assert loop.responder is not None
    loop.responder.tick()
    assert (len(begun), [record.get("kind") for record in kept.records]) == (1, [None])
    monkeypatch.setattr(responder, "PATIENCE", 0)
    [each] = loop.responder._running
    loop.responder._running[0] = each._replace(until=0.0)
    loop.responder.tick()
    assert (kept.records[-1]["kind"], kept.records[-1]["text"]) == (
        "limit",
        f"pid {sleeper} was not captured: no answer; let go on",
    )
    assert state(sleeper) not in "Tt"


def test_what_is_to_be_killed_is_killed_after_it_was_captured(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "1000"], start_new_session=True)
    loop, kept = watching(tmp_path, CAPTURE, On("high", ("kill",)), enforce=True)
    loop.take(execution(process.pid))
    assert kept.records[0]["policy"]["reason"].endswith(", then killed")
    assert loop.responder is not None
    loop.responder.close()
    assert process.wait() == -signal.SIGKILL
    assert kept.records[1]["kind"] == "captured"


def test_without_enforce_nothing_is_killed(tmp_path: Path, sleeper: int) -> None:
    loop, kept = watching(tmp_path, On("high", ("capture", "kill")))
    loop.take(execution(sleeper))
    assert kept.records[0]["policy"]["reason"].endswith("; not killed: --enforce was not given")
    assert loop.responder is not None
    loop.responder.close()
    assert state(sleeper) not in "TtZX"


def test_below_its_level_nothing_is_captured(tmp_path: Path, sleeper: int) -> None:
    loop, kept = watching(tmp_path, On("critical", ("capture",)))
    loop.take(execution(sleeper))
    assert (kept.records[0]["policy"], state(sleeper) in "Tt") == ({}, False)


@pytest.mark.parametrize(
    ("bounds", "why"),
    [
        ({"AT_ONCE": 0}, "0 captures are being made"),
        ({"FREE": 2.0}, "less than 200% of the room at "),
        ({"rate": 0}, "0 were begun within the hour (--on-rate)"),
    ],
    ids=["at once", "room", "rate"],
)
def test_what_is_beyond_a_bound_is_not_captured_and_the_record_says_so(
    tmp_path: Path, sleeper: int, monkeypatch: pytest.MonkeyPatch, bounds: dict, why: str
) -> None:
    for name, value in bounds.items():
        if name != "rate":
            monkeypatch.setattr(responder, name, value)
    loop, kept = watching(tmp_path, CAPTURE, rate=bounds.get("rate", 12))
    loop.take(execution(sleeper))
    assert kept.records[0]["policy"]["reason"].startswith(f"not captured: {why}")
    assert state(sleeper) not in "Tt"


def test_the_same_text_is_captured_once(tmp_path: Path, sleeper: int) -> None:
    loop, kept = watching(tmp_path, CAPTURE)
    loop.take(execution(sleeper))
    assert loop.responder is not None
    loop.responder.close()
    loop.take(execution(sleeper))
    assert kept.records[-1]["policy"]["reason"].endswith(" within the hour")
    assert state(sleeper) not in "Tt"


@pytest.mark.parametrize("pid", [1, os.getpid()], ids=["first", "itself"])
def test_the_watch_does_not_stop_what_it_runs_below(tmp_path: Path, pid: int) -> None:
    loop, kept = watching(tmp_path, CAPTURE)
    loop.take(execution(pid))
    assert kept.records[0]["policy"]["reason"] == "not captured: pid 1, flycatcher itself and its ancestors are spared"


def test_a_process_that_has_ended_is_not_captured(tmp_path: Path) -> None:
    process = subprocess.Popen(["true"])
    gone = Execution(argv=("python3", "-c", HIGH), interpreter="python", process=Process(pid=process.pid, start=1))
    process.wait()
    loop, kept = watching(tmp_path, CAPTURE)
    loop.take(gone)
    assert kept.records[0]["policy"]["reason"] == "not captured: it had already ended"


def test_a_rule_that_asks_for_a_capture_gets_one(tmp_path: Path, sleeper: int) -> None:
    rule = Rule(
        name="evidence",
        action="capture",
        match=Match(interpreter=("python",)),
        reason="we look into these",
        owner="sec",
    )
    loop, kept = watching(tmp_path, On("critical", ("capture",)), rules=(rule,))
    loop.take(execution(sleeper, "print(1)"))
    policy = kept.records[0]["policy"]
    assert (policy["capture"], policy["rule"]) == (True, "evidence")
    assert policy["reason"].startswith("stopped, and captured to ")
    assert policy["reason"].endswith("; rule evidence: we look into these (sec)")
    assert loop.responder is not None
    loop.responder.close()


def test_the_values_of_the_option() -> None:
    convert = OnType().convert
    assert convert("critical=kill,capture", None, None) == On("critical", ("capture", "kill"))
    assert convert("all=capture", None, None) == On("all", ("capture",))
    for wrong in ("high", "high=", "high=stop", "high=capture,stop", "none=capture", "=capture"):
        with pytest.raises(click.BadParameter):
            convert(wrong, None, None)


def test_a_folder_without_a_level_is_a_usage_error(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["watch", "--captures", str(tmp_path)]).exit_code == 2


def test_stopping_needs_the_right_to_send_signals() -> None:
    assert "CAP_KILL" in WatchSettings(on=(CAPTURE,)).capabilities()
    assert "CAP_KILL" not in WatchSettings().capabilities()
