"""End to end: a record goes into the spool, another process delivers it, whatever is killed when."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from flycatcher.config import Config
from flycatcher.core.errors import FlycatcherError
from flycatcher.delivery import Wanted, attached
from flycatcher.destination import Destination, SpoolSettings, from_option
from flycatcher.reporting import Reporter
from flycatcher.sinks import UndeliveredError, UnkeptError
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.delivery.spooled import Spooled
from tests.delivery.events import record
from tests.delivery.receivers import Answer, HttpReceiver, StreamReceiver, by_turns

if TYPE_CHECKING:
    from pathlib import Path

    from tests.delivery.receivers import Request

FLYCATCHER = [sys.executable, "-m", "flycatcher"]
REPORTER = """
import sys
from flycatcher.destination import Destination, SpoolSettings
from flycatcher.sinks.delivery.spooled import Spooled
spooled = Spooled(sys.argv[1], [Destination(name="one", to=sys.argv[2])], SpoolSettings(wait=float(sys.argv[3])))
spooled.open()
spooled.deliver()
print(spooled._deliverer._pid, flush=True)
for number in range(int(sys.argv[4])):
    spooled.write({"schema": "flycatcher.notice/1", "kind": "limit", "text": str(number)})
    print(number, flush=True)
sys.stdin.read()
"""


def texts(requests: list[Request]) -> list[str]:
    """Return what the notices say, each message once, in order of their first arrival."""
    found: dict[str, str] = {}
    for request in requests:
        found.setdefault(request.headers["x-flycatcher-id"], json.loads(request.body).get("text", "summary"))
    return list(found.values())


def numbers(count: int) -> list[str]:
    return [str(number) for number in range(count)]


def reporter(path: Path, address: str, count: int, wait: float = 20) -> subprocess.Popen[str]:
    words = [sys.executable, "-c", REPORTER, str(path), address, str(wait), str(count)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)


def test_a_killed_reporter_loses_nothing(tmp_path: Path) -> None:
    """The deliverer sees the pipe's end, and delivers what is in the spool."""
    with HttpReceiver(by_turns(Answer(503), Answer(500), Answer())) as receiver:
        process = reporter(tmp_path / "s.db", receiver.address, 40)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(26)]
        os.kill(process.pid, signal.SIGKILL)
        rest = process.communicate()[0]  # until the deliverer has ended as well
        told = len(lines) - 1 + len(rest.split())
        found = texts(receiver.requests)
    assert found[:told] == numbers(told)
    with Spool(str(tmp_path / "s.db")) as spool:
        assert spool.depth(["one"]) == 0


def test_a_killed_deliverer_is_replaced_and_repeats_at_most_what_it_had_not_noted(tmp_path: Path) -> None:
    with HttpReceiver() as receiver:
        spooled = Spooled(
            str(tmp_path / "s.db"), [Destination(name="one", to=receiver.address)], SpoolSettings(wait=20)
        )
        spooled.open()
        spooled.deliver()
        for number in range(3):
            spooled.write({"schema": "flycatcher.notice/1", "kind": "limit", "text": str(number)})
        receiver.wait_for(1)
        os.kill(spooled._deliverer._pid, signal.SIGKILL)
        for number in range(3, 6):
            spooled.write({"schema": "flycatcher.notice/1", "kind": "limit", "text": str(number)})
        spooled.close({"executions_seen": 1, "lost": 0, "detections": 0})
        assert texts(receiver.requests) == [*numbers(6), "summary"]
    assert spooled.helpers == 0


def test_everything_killed_at_once_is_delivered_by_the_next_run(tmp_path: Path) -> None:
    with HttpReceiver(lambda _: Answer(503)) as receiver:
        process = reporter(tmp_path / "s.db", receiver.address, 5)
        assert process.stdout is not None
        deliverer = int(process.stdout.readline())
        for _ in range(5):
            process.stdout.readline()
        receiver.wait_for(1)
        os.kill(deliverer, signal.SIGKILL)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        receiver.answer = lambda _: Answer()
        done = subprocess.run(
            [*FLYCATCHER, "sinks", "retry", "--spool", str(tmp_path / "s.db"), "--sink", f"{receiver.address}"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr  # another name: nothing of it waits
        with Spool(str(tmp_path / "s.db")) as spool:
            assert spool.depth(["one"]) == 5
        spooled = Spooled(
            str(tmp_path / "s.db"), [Destination(name="one", to=receiver.address)], SpoolSettings(wait=20)
        )
        spooled.open()
        spooled.deliver()
        spooled.close({"executions_seen": 0, "lost": 0, "detections": 0})
        assert texts(receiver.requests) == [*numbers(5), "summary"]


def test_what_cannot_be_delivered_in_time_waits_and_is_said(tmp_path: Path) -> None:
    destination = Destination(name="one", to="http://127.0.0.1:9/")
    spooled = Spooled(str(tmp_path / "s.db"), [destination], SpoolSettings(wait=0))
    report = Reporter([spooled])
    spooled.open()
    spooled.deliver()
    report._write(record())
    report.close({"executions_seen": 1, "lost": 0})
    assert report.undelivered == f"2 messages wait in {tmp_path}/s.db"
    assert report.failures == []


def test_a_spool_that_takes_nothing_is_kept_in_memory_and_offered_again(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    spooled = Spooled(path, [Destination(name="one", to="http://127.0.0.1:9/")], SpoolSettings(wait=0))
    spooled.open()
    assert spooled._spool is not None
    spooled._spool.connection.execute("PRAGMA busy_timeout=0")
    with Spool(path) as other, other.transaction():
        spooled.write({"kind": "limit", "schema": "flycatcher.notice/1"})
        spooled.write({"kind": "limit", "schema": "flycatcher.notice/1"})
    with Spool(path) as other:
        assert other.depth(["one"]) == 0
        spooled.write({"kind": "limit", "schema": "flycatcher.notice/1"})
        assert other.depth(["one"]) == 3
    with pytest.raises(UndeliveredError):
        spooled.close({})


def test_a_full_spool_tells_its_sinks_what_was_lost(tmp_path: Path) -> None:
    with HttpReceiver() as receiver:
        destination = Destination(name="one", to=receiver.address)
        spooled = Spooled(str(tmp_path / "s.db"), [destination], SpoolSettings(wait=30, size=1 << 16))
        spooled.open()
        for _ in range(40):
            spooled.write(record())
        spooled.deliver()
        spooled.close({"executions_seen": 40, "lost": 0, "detections": 40})
        kinds = [json.loads(request.body)["event"]["kind"] for request in receiver.requests]
        losses = [json.loads(r.body) for r in receiver.requests if json.loads(r.body)["event"]["kind"] == "loss"]
    assert kinds[-1] == "summary"
    assert 40 - kinds.count("detection") <= sum(loss["count"] for loss in losses)
    assert {loss["place"] for loss in losses} == {"spool"}


def test_run_delivers_detections_and_figures_and_keeps_its_exit_code(tmp_path: Path) -> None:
    with HttpReceiver(by_turns(Answer(429, headers=(("retry-after", "0"),)), Answer())) as receiver:
        sink = f"{receiver.address}/hook,format=flycatcher,level=none"
        words = [
            "run",
            "-q",
            "--spool",
            str(tmp_path / "s.db"),
            "--sink",
            sink,
            "--",
            "sh",
            "-c",
            "perl -e 'print 7'; exit 3",
        ]
        done = subprocess.run([*FLYCATCHER, *words], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (3, "7"), done.stderr
        bodies = [json.loads(request.body) for request in receiver.requests]
    assert [body["event"]["kind"] for body in bodies] == ["detection", "detection", "summary"]
    assert bodies[0]["event"]["id"] == bodies[1]["event"]["id"]
    assert bodies[0]["snippets"][0]["text"] == "print 7"
    assert (bodies[2]["summary"]["detections"], bodies[2]["summary"]["outlived"]) == (1, 0)


@pytest.mark.parametrize("kind", ["https", "store", "syslog"])
def test_a_run_that_enforces_delivers_as_well(tmp_path: Path, kind: str) -> None:
    """Its modules are all loaded before the command starts: nothing is loaded later that a build could have written."""
    with HttpReceiver() as receiver, closing(StreamReceiver()) as log:
        sinks = {
            "https": receiver.address,
            "store": f"store://{tmp_path}/store.db",
            "syslog": f"syslog+tcp://127.0.0.1:{log.port},format=text",
        }
        words = [
            "run",
            "-q",
            "--fail-on",
            "critical",
            "--spool",
            str(tmp_path / "s.db"),
            "--sink",
            sinks[kind],
            "--",
            "perl",
            "-e",
            "print 7",
        ]
        done = subprocess.run([*FLYCATCHER, *words], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "7"), done.stderr
    assert "Traceback" not in done.stderr
    with Spool(str(tmp_path / "s.db")) as spool:
        assert [(each.waiting, each.delivered) for each in spool.standings()] == [(0, 2)]


def test_the_sinks_of_the_configuration_are_used_and_none_switches_them_off(tmp_path: Path) -> None:
    with HttpReceiver() as receiver:
        config = tmp_path / "flycatcher.toml"
        config.write_text(f'[spool]\npath = "{tmp_path}/s.db"\n[[sink]]\nname = "hook"\nto = "{receiver.address}"\n')
        words = [*FLYCATCHER, "run", "-q", "--config", str(config)]
        for more, arrived in [(["--sink", "none"], 0), (["--sink", "hook"], 2), ([], 4)]:
            subprocess.run([*words, *more, "--", "perl", "-e", "1"], capture_output=True, check=True, cwd=tmp_path)
            assert len(receiver.requests) == arrived


def flycatcher(*words: str) -> tuple[int, str, str]:
    done = subprocess.run([*FLYCATCHER, *words], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_status_retry_drop_and_test_look_after_the_spool(tmp_path: Path) -> None:
    spool, config = str(tmp_path / "s.db"), tmp_path / "flycatcher.toml"
    with HttpReceiver(lambda _: Answer(400, b"no")) as receiver:
        config.write_text(f'[[sink]]\nname = "hook"\nto = "{receiver.address}/secret-part"\n')
        common = ["--spool", spool, "--config", str(config)]
        subprocess.run([*FLYCATCHER, "run", "-q", *common, "--", "perl", "-e", "1"], capture_output=True, check=True)
        code, out, _ = flycatcher("sinks", "status", "--dead", *common)
        assert code == 0
        assert f"hook  {receiver.address}/…\n" in out
        assert "0 messages wait; 0 delivered, 2 dead, 0 filtered" in out
        assert "HTTP 400: no" in out
        assert "secret-part" not in out
        assert flycatcher("sinks", "test", *common)[0] == 1
        receiver.answer = lambda _: Answer()
        assert flycatcher("sinks", "test", *common)[1] == f"hook  {receiver.address}/…  delivered\n"
        said = "2 dead letters put into the queue again, 2 messages delivered or refused\n"
        assert flycatcher("sinks", "retry", *common) == (0, said, "")
        assert json.loads(flycatcher("sinks", "status", "--json", *common)[1])[0]["delivered"] == 2
        assert flycatcher("sinks", "drop", "hook", *common)[1] == "0 dead letters of hook dropped\n"


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("https://h/a,b?x=1,format=ocsf,level=high", {"to": "https://h/a,b?x=1", "format": "ocsf", "level": "high"}),
        ("file:/var/log/x,events=loss+gap,max_bytes=5", {"events": ("loss", "gap"), "options": {"max_bytes": "5"}}),
        ("syslog+tls://h:6514,group=60,timeout=2.5", {"group": 60, "timeout": 2.5}),
    ],
)
def test_a_sink_is_written_in_one_word(option: str, expected: dict[str, Any]) -> None:
    found = from_option(option)
    assert {key: getattr(found, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("siem", "no sink of this name is configured"),
        ("https://u:p@h/x,level=worst", "Invalid enum value 'worst'"),
        ("gopher://h/", "no transport for gopher:"),
        ("https://h/,format=morse", "no format 'morse'"),
        ("otlp+http://h,format=cef", "otlp\\+http: cannot carry cef"),
        ("file:/x,colour=red", "options: Object contains unknown field `colour`"),
    ],
)
def test_a_sink_that_cannot_be_is_refused_before_anything_starts(option: str, said: str) -> None:
    with pytest.raises(FlycatcherError, match=said) as error:
        attached(Wanted((option,)), Config(), None)
    assert "p@h" not in str(error.value)


def test_each_configuration_has_a_spool_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    one, two = SpoolSettings().file(tmp_path / "a.toml"), SpoolSettings().file(tmp_path / "b.toml")
    assert one != two
    assert one.startswith(f"{tmp_path}/flycatcher/spool-")
    assert SpoolSettings(path="/x").file(tmp_path / "a.toml") == "/x"


def test_the_shown_address_holds_no_secret() -> None:
    shown = [
        Destination(name="x", to=to).shown
        for to in ("https://hooks.example/services/T0/B0/key", "nats://u:p@h:4222/s", "file:/x")
    ]
    assert shown == ["https://hooks.example/…", "nats:…h:4222/s", "file:/x"]


def test_scan_and_hunt_deliver_where_they_are_told_to(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\tperl -e 'print 1'\n")
    with HttpReceiver() as receiver:
        common = ["--spool", str(tmp_path / "s.db"), "--sink", receiver.address]
        code, _, _ = flycatcher("scan", "-q", *common, str(tmp_path / "Makefile"))
        assert code == 0
        first, last = (json.loads(request.body) for request in receiver.requests)
        assert (
            first["finding"]["line"] if "line" in first["finding"] else first["finding"]["span"]["line"],
            last["summary"]["findings"],
        ) == (2, 1)
        (tmp_path / "bash.log").write_text('{"argv": ["perl", "-e", "print 2"]}\n')
        flycatcher("hunt", "-q", *common, str(tmp_path / "bash.log"))
        assert json.loads(receiver.requests[-1].body)["event"]["kind"] == "summary"
    config = tmp_path / "flycatcher.toml"
    config.write_text(f'[[sink]]\nname = "hook"\nto = "{receiver.address}"\n')
    assert flycatcher("scan", "-q", "--config", str(config), str(tmp_path / "Makefile"))[2] == ""


def test_what_the_spool_never_took_is_counted_at_the_end(tmp_path: Path) -> None:
    path = str(tmp_path / "s.db")
    spooled = Spooled(path, [Destination(name="one", to=f"file:{tmp_path}/out")], SpoolSettings(wait=0))
    spooled.open()
    assert spooled._spool is not None
    spooled._spool.connection.execute("PRAGMA busy_timeout=0")
    with Spool(path) as other, other.transaction():
        for item in (record(), {"kind": "limit", "schema": "flycatcher.notice/1"}, record()):
            spooled.write(item)
        with pytest.raises(UnkeptError) as lost:
            spooled.close({})
    assert lost.value.missed == 2
