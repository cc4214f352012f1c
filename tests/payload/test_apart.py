"""The helper process: the same answers, and a sensor that lives on when the helper dies."""

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
from flycatcher.isolation import worker as apart
from flycatcher.reporting import Reporter
from flycatcher.sources.sensors.seccomp.judge import REPORT

from .helpers import nested, snippet


@pytest.fixture
def helper():
    with apart.Apart() as running:
        yield running


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("python", "import os; os.system('sh -c id')"),
        ("perl", "exec '/bin/sh'"),
        ("shell", "curl -s https://example.org | bash"),
    ],
)
def test_the_helper_answers_as_the_analysis_does(helper, language, text):
    assert helper.analyse(snippet(text, language)) == analyse(snippet(text, language), nested=nested)


def test_bytes_that_are_no_text_do_not_end_the_helper(helper):
    assert helper.analyse(snippet("exec '/bin/sh' # \udcff", "perl")).layers[0].text == "exec '/bin/sh' # ?"
    assert helper.crashes == 0


def test_a_crash_is_told_and_the_next_text_is_analysed(helper):
    helper.analyse(snippet("print(1)"))
    helper._helper.kill()
    helper._helper.wait()
    found = helper.analyse(snippet("open('/root/.aws/credentials')"))
    assert (found.parse, helper.crashes) == ("not parsed", 1)
    assert "the parser crashed or did not end in time" in found.notes
    assert [c.id for c in found.capabilities] == ["credentials.files"]
    assert helper.analyse(snippet("print(2)")).parse == "parsed"


def test_a_helper_that_does_not_answer_is_ended():
    with apart.Apart(seconds=0.0) as impatient:
        assert impatient.analyse(snippet("print(3)")).parse == "not parsed"
        assert impatient._helper is None


def test_a_text_that_was_not_seen_needs_no_helper(helper):
    assert helper.analyse(snippet(None)).notes == ("the text was not seen",)
    assert helper._helper is None


def test_an_analysis_survives_its_encoding():
    found = analyse(snippet("import base64; exec(base64.b64decode('cHJpbnQoMSk='))"))
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(found), type=type(found)) == found


def test_a_helper_killed_in_the_middle_costs_one_answer_and_raises_attention(helper):
    text = "print(4)"
    whole = assess([(snippet(text), helper.analyse(snippet(text)))])
    helper._known.clear()
    os.kill(helper._helper.pid, signal.SIGSTOP)  # it takes the request and never answers
    killer = threading.Timer(0.3, helper._helper.kill)
    killer.start()
    found = helper.analyse(snippet(text))
    killer.join()
    cut = assess([(snippet(text), found)])
    assert (found.parse, helper.crashes) == ("not parsed", 1)
    assert cut.score > whole.score
    assert cut.confidence < whole.confidence
    assert "its text makes a parser crash or run without end" in [reason.text for reason in cut.reasons]
    assert helper.analyse(snippet("print(5)")).parse == "parsed"


def test_a_text_that_ended_the_helper_is_not_tried_again(helper):
    helper.analyse(snippet("print(1)"))
    helper._helper.kill()
    helper._helper.wait()
    first = helper.analyse(snippet("print(6)"))
    assert helper._helper is None
    assert helper.analyse(snippet("print(6)")) is first
    assert (helper._helper, helper.crashes) == (None, 1)


def test_the_helper_loads_nothing_from_the_folder_of_the_build(tmp_path, monkeypatch):
    (tmp_path / "flycatcher").mkdir()
    (tmp_path / "flycatcher" / "__init__.py").write_text("raise SystemExit('stolen')")
    (tmp_path / "msgspec.py").write_text("raise SystemExit('stolen')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "msgspec.py"))
    monkeypatch.setattr("sys.path", ["", *sys.path])
    with apart.Apart() as running:
        assert running.analyse(snippet("print(8)")).parse == "parsed"
        assert running.crashes == 0


def test_the_helper_ends_with_the_sensor():
    script = (
        "from flycatcher.isolation.worker import Apart; from flycatcher.core.snippet import Snippet; import os, signal; a = Apart();"
        "a.analyse(Snippet(interpreter='python', language='python', vector='argument', text='1'));"
        "print(a._helper.pid, flush=True); os.kill(a._helper.pid, signal.SIGSTOP); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    pid = int(done.stdout)
    for _ in range(200):
        if not _alive(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the helper lives on")


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

    with apart.Apart() as running:
        watcher = RunJudge(RunSettings(), Reporter([Sink()]), running)
        for number in range(3):
            execution = Execution(argv=("python3", "-c", f"print({number})"))
            assert watcher.weigh(execution) == REPORT
            if number == 1:
                running._helper.kill()
                running._helper.wait()
            watcher.happened(execution)
            assert watcher.work()
    parses = [record["analyses"][0].get("parse", "parsed") for record in Sink.records]
    assert parses == ["parsed", "not parsed", "parsed"]
