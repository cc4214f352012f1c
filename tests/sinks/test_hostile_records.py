"""Every string of a record can come from a watched process: no format lets one act on the program that shows it."""

from __future__ import annotations

import io
import json
import re

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.hostile import commands_in, hostile_texts, poisoned, unprintable

from flycatcher.commands import cli, main
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.reporting import record_of
from flycatcher.scanning.engine import scan_bytes
from flycatcher.scanning.finding import Change
from flycatcher.scanning.record import finding_record
from flycatcher.sinks.formats.document import Document
from flycatcher.sinks.formats.frame import Frames
from flycatcher.sinks.formats.github import GitHub
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.live import Live
from flycatcher.sinks.formats.markdown import Markdown
from flycatcher.sinks.formats.sarif import Sarif
from flycatcher.sinks.formats.text import TextReport

RUN = {"executions_seen": 1, "lost": 0, "detections": 1}
SCAN = {"findings": 1, "files": 1, "looked_at": 1, "skipped": []}
LAYERED = "import base64;exec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgic2giKQ=='))"
OWN_WORDS = frozenset({"kind", "made", "risk.level"})
NOTICE = {"notice": {"kind": "unused-suppression", "path": "x", "line": 1, "column": 1, "message": "x"}}


class Memory:
    """A transport that keeps what it is given."""

    path = "memory"

    def __init__(self):
        self.data = b""

    def open(self):
        pass

    def write(self, data):
        self.data += data

    def close(self):
        pass


def live_record():
    return record_of(
        detect(
            Execution(
                argv=("python3", "-c", LAYERED),
                exe="/usr/bin/python3",
                cwd="/",
                env={"A": "b"},
                context={"ci": "x"},
                fidelity=Fidelity(sensor="ebpf", time="2026-01-01T00:00:00Z", notes=("x",)),
                process=Process(pid=5),
                ancestry=(Process(pid=4, argv=("sh",), comm="sh", exe="/bin/sh", cwd="/"),),
            )
        )
    )


def scan_record():
    (finding,) = scan_bytes("build.sh", f'f() {{\n  python3 -c "{LAYERED}"\n}}\nf\n'.encode()).findings
    change = Change(commit="c" * 40, author="a", email="e", time="t", summary="s", age_days=1)
    record = finding_record(finding)
    record["finding"]["change"] = {name: getattr(change, name) for name in change.__struct_fields__}
    return record


LIVE, FOUND = live_record(), scan_record()


def lines_of(sink, stream, record, summary):
    sink.open()
    sink.write(record)
    sink.close(summary)
    text = stream.data.decode() if isinstance(stream, Memory) else stream.getvalue()
    return text.split("\n")


def outputs(text):
    """Yield each format that people read, and its lines, for records that hold a text everywhere."""
    found, live = (poisoned(record, text, keep=OWN_WORDS) for record in (FOUND, LIVE))
    notice = poisoned(NOTICE, text, keep=OWN_WORDS)
    for name, record in (("finding", found), ("notice", notice)):
        stream = io.StringIO()
        yield f"frames, {name}", lines_of(Frames(stream, colour=False), stream, record, SCAN)
        memory = Memory()
        yield f"markdown, {name}", lines_of(Markdown(memory), memory, record, SCAN)
    for depth in range(3):
        stream = io.StringIO()
        yield f"live, depth {depth}", lines_of(Live(stream, colour=False, depth=depth), stream, live, RUN)
    stream = io.StringIO()
    coloured = lines_of(Live(stream, colour=True), stream, live, RUN)
    yield "live in colour", [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in coloured]
    memory = Memory()
    yield "text report", lines_of(TextReport(memory), memory, live, RUN)
    for options in ([], ["--brief"]):
        shown = CliRunner().invoke(cli, ["explain", *options, "-"], input=json.dumps(live))
        assert shown.exit_code == 0
        yield f"explain {options}", shown.stdout.split("\n")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_texts() | st.text(max_size=30))
def test_nothing_in_a_record_acts_on_a_terminal_or_a_runner(text):
    for name, lines in outputs(text):
        for line in lines:
            assert unprintable(line) == "", name
            assert commands_in(line) == [], name


@settings(max_examples=60, deadline=None)
@given(hostile_texts())
def test_an_annotation_stays_one_command_and_a_summary_row_holds_no_markup(text):
    for record in (FOUND, LIVE, NOTICE):
        stream, summary = io.StringIO(), Memory()
        sink = GitHub(stream, summary)
        sink.open()
        sink.write(poisoned(record, text, keep=OWN_WORDS))
        (line, rest) = stream.getvalue().split("\n")
        assert commands_in(line)[0] in {"notice", "warning", "error"}
        assert len(commands_in(line)) == 1
        assert unprintable(line) == rest == ""
        row = summary.data.decode().split("\n")[4]
        assert not set("`[]*~") & set(row)
        assert set(re.findall(r"<[^>]*>", row)) == {"<code>", "</code>"}


@settings(max_examples=60, deadline=None)
@given(hostile_texts())
def test_json_formats_give_every_text_back(text):
    memory = Memory()
    record = poisoned(LIVE, text)
    (line, *_) = lines_of(JsonLines(memory), memory, record, RUN)
    assert json.loads(line) == record
    memory = Memory()
    assert json.loads("\n".join(lines_of(Document(memory), memory, record, RUN)))["detections"] == [record]


@settings(max_examples=60, deadline=None)
@given(hostile_texts())
def test_a_sarif_message_is_text_without_a_link(text):
    for record in (FOUND, LIVE, NOTICE):
        memory = Memory()
        document = json.loads("\n".join(lines_of(Sarif(memory), memory, poisoned(record, text, keep=OWN_WORDS), SCAN)))
        (result,) = document["runs"][0]["results"]
        flow = (result.get("codeFlows") or [{"threadFlows": [{"locations": []}]}])[0]["threadFlows"][0]["locations"]
        for message in [result["message"], *(step["location"]["message"] for step in flow)]:
            assert unprintable(message["text"]) == ""
            assert commands_in(message["text"]) == []
            assert not re.search(r"(?<!\\)\[[^\[\]]*\]\(", message["text"])


@pytest.mark.parametrize("name", ["::stop-commands::x.sh", "a\n::error::b.sh", "##[error]x.sh", "\x1b[31m\u202ex.sh"])
def test_a_files_name_acts_on_nothing(name, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("python3 -c 'print(1)'\n")
    monkeypatch.setattr("sys.stdin", None)
    for words in (
        ["scan", "--no-history", name],
        ["config", "check", name],
        ["explain", name],
        ["run", "--report", name],
    ):
        monkeypatch.setattr("sys.argv", ["flycatcher", *words])
        with pytest.raises(SystemExit):
            main()
        said = "".join(capfd.readouterr())
        assert said
        for line in said.split("\n"):
            assert unprintable(line) == "", words
            assert commands_in(line) == [], words
