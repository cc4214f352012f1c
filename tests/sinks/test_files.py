"""Reports whose place cannot take them: a stalled reader, no reader, a disk that was full for a while."""

import json
import os

import msgspec
import pytest

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Process
from flycatcher.reporting import Reporter
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.transports import files


def detection(text):
    return detect(Execution(argv=("perl", "-e", text)))


@pytest.fixture
def pipe(tmp_path):
    path = tmp_path / "pipe.jsonl"
    os.mkfifo(path)
    return path


def test_a_named_pipe_without_a_reader_is_refused_at_once(pipe):
    with pytest.raises(OSError, match="no process reads from this named pipe"):
        JsonLines(files.File(str(pipe), append=True)).open()


def test_a_reader_that_stalls_is_left_and_told_later_what_it_missed(pipe, monkeypatch):
    monkeypatch.setattr(files, "PATIENCE", 0.5)
    waited = files._wait
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    sink = JsonLines(files.File(str(pipe), append=True))
    sink.open()
    reporter = Reporter([sink], retry=1e-9)
    for number in range(40):
        reporter.report(detection(f"{number} # {'x' * 4000}"))
    (failure,) = reporter.failures
    assert failure.reason == "nobody has read from it for 0.5 seconds"
    waits = []
    monkeypatch.setattr(files, "_wait", lambda _handle, seconds: waits.append(seconds) or waited(_handle, seconds))
    reporter.report(detection("'while it is full'"))
    assert sum(waits) == 0  # it is tried again, and not waited for again
    assert failure.missed > 0
    data = os.read(reader, 1 << 20)
    reporter.report(detection("'afterwards'"))
    data += os.read(reader, 1 << 20)
    reporter.close({})
    os.close(reader)
    lines = data.splitlines()
    whole, torn = [], 0
    for line in lines:
        try:
            whole.append(json.loads(line))
        except ValueError:
            torn += 1
    assert torn <= 1
    lacking = next(line for line in whole if line.get("kind") == "loss")
    assert lacking["place"] == f"report {pipe}"
    assert lacking["count"] == failure.missed
    assert sum("snippets" in line for line in whole) == 42 - failure.missed
    assert whole[-1]["snippets"][0]["text"] == "'afterwards'"


class Disk:
    """A report on a disk that has no room while ``full``."""

    takes_notices = True
    path = "disk.jsonl"
    full = False

    def __init__(self):
        self.written = []

    def open(self):
        pass

    def write(self, record):
        if self.full:
            raise OSError(28, "No space left on device")
        self.written.append(record)

    def close(self, summary):
        self.written.append(dict(summary))


def test_a_disk_that_was_full_for_a_while_goes_on(monkeypatch):
    disk, now = Disk(), [0.0]
    monkeypatch.setattr("flycatcher.reporting.monotonic", lambda: now[0])
    reporter = Reporter([disk], retry=10.0)
    reporter.report(detection("'before'"))
    disk.full = True
    for _ in range(3):
        reporter.report(detection("'full'"))
    disk.full, now[0] = False, 10.0
    reporter.report(detection("'after'"))
    reporter.close({})
    texts = [record["snippets"][0]["text"] for record in disk.written if "snippets" in record]
    assert texts == ["'before'", "'after'"]
    assert disk.written[1]["text"] == "3 records are not in this report: No space left on device"
    assert (disk.written[1]["kind"], disk.written[1]["count"]) == ("loss", 3)
    assert [failure.missed for failure in reporter.failures] == [3]


def test_without_a_retry_a_sink_that_failed_is_not_used_again():
    disk = Disk()
    reporter = Reporter([disk])
    disk.full = True
    reporter.report(detection("'full'"))
    disk.full = False
    reporter.report(detection("'after'"))
    reporter.close({})
    assert disk.written == []


def test_ancestors_are_redacted_like_everything_else(tmp_path):
    words = ("deploy", "--password", "hunter2hunter2hunter2")
    ancestors = (Process(pid=7, argv=words), Process(pid=8, argv=("x" * 3000, *words)))
    found = msgspec.structs.replace(
        detection("'x'"), execution=Execution(argv=("perl", "-e", "'x'"), ancestry=ancestors, env={"TOKEN": "t" * 40})
    )
    sink = JsonLines(files.File(str(tmp_path / "r.jsonl")))
    sink.open()
    reporter = Reporter([sink])
    for _ in range(2):
        reporter.report(found)
    reporter.close({})
    text = (tmp_path / "r.jsonl").read_text()
    assert "hunter2hunter2" not in text
    assert "t" * 40 not in text
    record = json.loads(text.splitlines()[1])
    assert [process["argv"][-1] for process in record["execution"]["ancestry"]] == ["hunt[redacted:option]"] * 2


def test_a_report_that_is_removed_while_it_is_appended_to_is_begun_anew_and_says_so(tmp_path):
    path = tmp_path / "watch.jsonl"
    sink = JsonLines(files.File(str(path), append=True))
    sink.open()
    reporter = Reporter([sink], retry=1e-9)
    reporter.report(detection("1"))
    path.unlink()
    for text in ("2", "3"):
        reporter.report(detection(text))
    reporter.close({})
    lacking, third, _ = (json.loads(line) for line in filter(str.strip, path.read_text().splitlines()))
    assert lacking["text"] == "1 record is not in this report: it was removed, and what it held with it"
    assert third["snippets"][0]["text"] == "3"


def test_a_report_that_a_rotation_has_moved_is_written_on(tmp_path):
    path = tmp_path / "watch.jsonl"
    sink = JsonLines(files.File(str(path), append=True))
    sink.open()
    reporter = Reporter([sink], retry=1e-9)
    path.rename(tmp_path / "watch.jsonl.1")
    reporter.report(detection("1"))
    reporter.close({})
    assert not reporter.failures
    assert '"snippets"' in (tmp_path / "watch.jsonl.1").read_text()
