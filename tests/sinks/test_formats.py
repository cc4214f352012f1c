import io
import json

import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.core.levels import at_least
from flycatcher.reporting import Reporter, record_of
from flycatcher.sinks.formats.document import Document
from flycatcher.sinks.formats.github import GitHub, annotation, row
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.live import Live
from flycatcher.sinks.formats.text import TextReport
from flycatcher.sinks.transports.files import File

HOSTILE = "print(1)\x1b[31m\r\n::error::pwned\n<img src=x> | `x` [a](b) \u202e%0A\udcff"


def detection(text="print(1)"):
    found = detect(
        Execution(
            argv=("python3", "-c", text),
            interpreter="python",
            fidelity=Fidelity(sensor="seccomp", time="2026-01-01T00:00:00.000000Z", happened="confirmed"),
            process=Process(pid=5),
            ancestry=(Process(pid=4, argv=("sh", "-c", "x\x1b]0;y\x07")),),
        )
    )
    assert found is not None
    return found


SUMMARY = {"executions_seen": 3, "lost": 0}


@pytest.fixture
def written(tmp_path):
    def write(kind, name, text=HOSTILE):
        path = tmp_path / name
        sink = kind(File(str(path)))
        sink.open()
        reporter = Reporter([sink])
        reporter.report(detection(text))
        reporter.close(dict(SUMMARY))
        return path.read_bytes()

    return write


def test_json_lines_hold_one_record_a_line_and_then_the_summary(written):
    rows = [json.loads(line) for line in written(JsonLines, "r.jsonl").decode().splitlines()]
    assert rows[0]["snippets"][0]["text"] == HOSTILE
    assert rows[1]["summary"] == {
        "executions_seen": 3, "lost": 0, "detections": 1, "suppressed": 0, "denied": 0, "by_level": {"low": 1},
        "by_interpreter_and_vector": {"python argument": 1},
    }  # fmt: skip
    assert len(rows) == 2


def test_a_document_is_one_json_value(written):
    document = json.loads(written(Document, "r.json"))
    assert document["version"] == 1
    assert document["detections"][0]["snippets"][0]["text"] == HOSTILE
    assert document["summary"]["detections"] == 1


def test_a_document_without_detections_is_json_too(tmp_path):
    sink = Document(File(str(tmp_path / "r.json")))
    sink.open()
    sink.close(SUMMARY)
    assert json.loads((tmp_path / "r.json").read_text()) == {"version": 1, "detections": [], "summary": SUMMARY}


def test_each_record_is_in_the_file_before_the_next_event(tmp_path):
    sink = JsonLines(File(str(tmp_path / "r.jsonl")))
    sink.open()
    sink.write(record_of(detection()))
    assert json.loads((tmp_path / "r.jsonl").read_text())["interpreter"] == "python"
    sink.close(SUMMARY)


def test_the_text_report_has_nothing_that_a_terminal_obeys(written):
    text = written(TextReport, "r.txt").decode()
    assert "     1 | print(1)\\x1b[31m\\r\n     2 | ::error::pwned\n" in text
    assert [character for character in text if not character.isprintable() and character != "\n"] == []
    assert text.endswith("3 executions seen, 0 lost, 1 detection: 1 low\n")


@pytest.mark.parametrize("colour", [True, False])
def test_a_live_line_is_one_line_without_the_payloads_control_characters(colour):
    stream = io.StringIO()
    sink = Live(stream, colour=colour)
    sink.open()
    sink.write(record_of(detection(HOSTILE)))
    line = stream.getvalue()
    assert line.count("\n") == 1
    assert "print(1)\\x1b[31m\\r\\n::error::pwned\\n<img src=x> | `x` [a](b) \\u202e%0A\\xff" in line
    assert "sh -c 'x\\x1b]0;y\\x07'" in line
    assert "\x07" not in line
    assert "\u202e" not in line


def test_an_annotation_is_one_workflow_command():
    command = annotation(record_of(detection(HOSTILE)))
    assert command.count("\n") == 0
    assert command.startswith("::notice title=code on the fly%3A python argument -c::print(1)\\x1b")
    assert "%250A" in command


def test_a_summary_row_holds_no_markdown_and_no_html():
    line = row(record_of(detection("a|b`c`<script>[x](javascript:y) @team #1 ~~z~~ $$m$$ https://evil.example")))
    inner = line.removeprefix("| ").removesuffix(" |").replace("<code>", "").replace("</code>", "")
    assert len(inner.split(" | ")) == 4
    assert [character for character in "`<>[]()@~$*_:" if character in inner] == []


def test_github_gets_annotations_on_the_stream_and_a_summary_in_the_file(tmp_path):
    stream, path = io.StringIO(), tmp_path / "summary.md"
    path.write_text("before\n")
    sink = GitHub(stream, File(str(path), append=True))
    sink.open()
    reporter = Reporter([sink])
    for _ in range(60):
        reporter.report(detection())
    reporter.close(dict(SUMMARY))
    text = path.read_text()
    assert text.startswith("before\n### Flycatcher: code on the fly\n")
    assert text.count("| python argument &#45;c |") == 60
    assert text.endswith("\n3 executions seen, 0 lost, 60 detections: 60 none\n")
    assert stream.getvalue().count("::notice ") == 50


class Full:
    path = "full.jsonl"

    def open(self):
        pass

    def write(self, _record):
        raise OSError(28, "No space left on device")

    def close(self, _summary):
        raise AssertionError("a sink that failed is not used again")


def test_a_sink_that_fails_is_left_and_what_it_missed_is_counted():
    reporter = Reporter([Full()])
    for _ in range(3):
        reporter.report(detection())
    reporter.close({})
    assert [(f.path, f.reason, f.missed) for f in reporter.failures] == [("full.jsonl", "No space left on device", 3)]
    assert reporter.detections == 3


def test_levels_compare_by_rank():
    assert at_least("high", "medium")
    assert at_least("none", "all")
    assert not at_least("low", "medium")
