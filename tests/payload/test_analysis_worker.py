"""The worker process: the same answers, and a sensor that lives on when the worker dies."""

import os
import signal
import subprocess
import sys
import threading
import time
from typing import ClassVar

import msgspec
import pytest

from flycatcher.commands.run.judge import RunJudge
from flycatcher.commands.run.settings import RunSettings
from flycatcher.core.execution import Execution
from flycatcher.core.payload import analyse
from flycatcher.core.recipe.risk import assess
from flycatcher.isolation import worker as module
from flycatcher.isolation.worker import LOOKS, AnalysisWorker, Patience
from flycatcher.reporting import Reporter
from flycatcher.sources.sensors.seccomp.judge import REPORT

from .helpers import nested, snippet


@pytest.fixture
def worker():
    with AnalysisWorker() as running:
        yield running


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os; os.system('sh -c id')"),
        ("perl", "exec '/bin/sh'"),
        ("shell", "curl -s https://example.org | bash"),
    ],
)
def test_the_worker_answers_as_the_analysis_does(worker, language, text):
    assert worker.analyse(snippet(text, language)) == analyse(snippet(text, language), nested=nested)


def test_bytes_that_are_no_text_do_not_end_the_process(worker):
    assert worker.analyse(snippet("exec '/bin/sh' # \udcff", "perl")).layers[0].text == "exec '/bin/sh' # ?"
    assert worker.crashes == 0


def test_a_crash_is_told_and_the_next_text_is_analysed(worker):
    worker.analyse(snippet("print(1)"))
    worker._process.kill()
    worker._process.wait()
    found = worker.analyse(snippet("open('/root/.aws/credentials')"))
    assert (found.parse, worker.crashes) == ("not parsed", 1)
    assert "the parser crashed or did not end in time" in found.notes
    assert [c.id for c in found.capabilities] == ["credentials.files"]
    assert worker.analyse(snippet("print(2)")).parse == "parsed"


def test_a_worker_that_does_not_answer_is_ended():
    with AnalysisWorker(seconds=0.0) as impatient:
        assert impatient.analyse(snippet("print(3)")).parse == "not parsed"
        assert impatient._process is None


@pytest.mark.parametrize(
    ("spent", "passed", "left"),
    [(0, 0, 5), (0, 29, 1), (4.5, 29, 0.5), (5, 5, 0), (0, 5 * LOOKS, 0)],
    ids=["begins", "waits for the processor", "works on a busy machine", "had its time", "never gets to work"],
)
def test_a_worker_is_given_up_by_its_own_processor_time(monkeypatch, spent, passed, left):
    clocks = {"processor": 100.0, "wall": 1000.0}
    monkeypatch.setattr(module.time, "clock_gettime", lambda _: clocks["processor"])
    monkeypatch.setattr(module.time, "monotonic", lambda: clocks["wall"])
    patience = Patience(os.getpid(), 5.0)
    clocks["processor"] += spent
    clocks["wall"] += passed
    assert patience.left() == left


def test_the_processor_time_is_that_of_the_worker(worker):
    worker.ready()
    patience = Patience(worker._process.pid, 5.0)
    before = patience.left()
    for number in range(20):
        worker.analyse(snippet(f"print({number})"))
    assert patience.left() < before < 5.1


def test_a_worker_that_has_ended_is_told_as_such(worker):
    worker.ready()
    worker.close()
    with pytest.raises(OSError, match="No such process"):
        Patience(2**22 - 1, 5.0)


def test_a_text_that_was_not_seen_needs_no_process(worker):
    assert worker.analyse(snippet(None)).notes == ("text not captured",)
    assert worker._process is None


def test_an_analysis_survives_its_encoding():
    found = analyse(snippet("import base64; exec(base64.b64decode('cHJpbnQoMSk='))"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=type(found)) == found


def test_a_worker_killed_in_the_middle_costs_one_answer_and_raises_attention(worker):
    text = "print(4)"
    whole = assess([(snippet(text), worker.analyse(snippet(text)))])
    worker._known.clear()
    os.kill(worker._process.pid, signal.SIGSTOP)  # it takes the request and never answers
    killer = threading.Timer(0.3, worker._process.kill)
    killer.start()
    found = worker.analyse(snippet(text))
    killer.join()
    cut = assess([(snippet(text), found)])
    assert (found.parse, worker.crashes) == ("not parsed", 1)
    assert cut.score > whole.score
    assert cut.confidence < whole.confidence
    assert "its text makes a parser crash or run without end" in [reason.text for reason in cut.reasons]
    assert worker.analyse(snippet("print(5)")).parse == "parsed"


def test_a_text_that_ended_the_worker_is_not_tried_again(worker):
    worker.analyse(snippet("print(1)"))
    worker._process.kill()
    worker._process.wait()
    first = worker.analyse(snippet("print(6)"))
    assert worker._process is None
    assert worker.analyse(snippet("print(6)")) is first
    assert (worker._process, worker.crashes) == (None, 1)


def test_the_worker_loads_nothing_from_the_folder_of_the_build(tmp_path, monkeypatch):
    (tmp_path / "flycatcher").mkdir()
    (tmp_path / "flycatcher" / "__init__.py").write_text("raise SystemExit('stolen')")
    (tmp_path / "msgspec.py").write_text("raise SystemExit('stolen')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "msgspec.py"))
    monkeypatch.setattr("sys.path", ["", *sys.path])
    with AnalysisWorker() as running:
        assert running.analyse(snippet("print(8)")).parse == "parsed"
        assert running.crashes == 0


def test_the_worker_ends_with_the_sensor():
    script = (
        "from flycatcher.isolation.worker import AnalysisWorker; from flycatcher.core.snippet import Snippet; import os, signal; a = AnalysisWorker();"
        "a.analyse(Snippet(interpreter='python', language='python', vector='argument', text='1'));"
        "print(a._process.pid, flush=True); os.kill(a._process.pid, signal.SIGSTOP); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    for _ in range(200):
        if not _alive(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the worker lives on")


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as handle:
            return handle.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_sensor_of_run_goes_on_when_its_helper_dies(tmp_path):
    class Sink:
        path = "kept"
        records: ClassVar = []

        def write(self, record):
            self.records.append(record)

    with AnalysisWorker() as running:
        watcher = RunJudge(RunSettings(), Reporter([Sink()]), running)
        for number in range(3):
            execution = Execution(argv=("python3", "-c", f"print({number})"))
            assert watcher.decide(execution) == REPORT
            if number == 1:
                running._process.kill()
                running._process.wait()
            watcher.on_exec(execution)
            assert watcher.work()
    parses = [record["analyses"][0].get("parse", "parsed") for record in Sink.records]
    assert parses == ["parsed", "not parsed", "parsed"]
