"""``explain``: saved records of every form, read again; what cannot be read is named."""

import json

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.commands.check.stream import answers
from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution
from flycatcher.reporting import record_of

HIDDEN = """import base64;exec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgic2giKQ=='))"""
"""``import os;os.system("sh")``."""
SHOWN = """\
python argument -c [critical]
  command: python3 -c 'import base64;exec(base64.b64decode('"'"'aW1wb3J0IG9zO29zLnN5c3RlbSgic2giKQ=='"'"'))'
  risk: critical (100 of 100): opens an interactive shell (T1059.004); runs text that it first decodes (T1140)
     +60 opens an interactive shell (T1059.004)
           layer 1 line 1 column 11: os.system("sh")
           layer 2 line 1 column 1: sh
     +45 runs text that it first decodes (T1140)
           layer 0 line 1 column 20: base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgic2giKQ==')
      +5 the code is in no file that anybody could have reviewed
      +0 starts another program (T1059)  (part of the above)
           layer 1 line 1 column 11: os.system("sh")
  layer 0: python, as it was given
       1 | import base64;exec(base64.b64decode('aW1wb3J0IG9zO29zLnN5c3RlbSgic2giKQ=='))
  layer 1: python, made by base64 in layer 0, line 1 column 20
       1 | import os;os.system("sh")
  layer 2: shell, handed to a shell in layer 1, line 1 column 11
       1 | sh
  hides by: 1 decoded layer
  next: flycatcher guide

"""


@pytest.fixture
def record():
    return record_of(detect(Execution(argv=("python3", "-c", HIDDEN))))


def explain(text, *options):
    return CliRunner().invoke(cli, ["explain", *options, "-"], input=text)


def test_a_saved_record_is_shown_whole(record):
    assert explain(json.dumps(record)).stdout == SHOWN


def test_every_form_of_a_report_shows_the_same(record):
    line = json.dumps(record)
    summary = json.dumps({"summary": {"detections": 1}})
    notice = json.dumps({"schema": "flycatcher.notice/1", "notice": {"kind": "x"}})
    for text in (
        f"{line}\n{notice}\n{summary}\n",
        json.dumps({"version": 1, "detections": [record], "summary": {}}),
        json.dumps([record]),
    ):
        assert explain(text).stdout == SHOWN


def test_a_report_of_run_can_be_a_file(record, tmp_path):
    path = tmp_path / "r.json"
    path.write_text(json.dumps({"version": 1, "detections": [record]}))
    assert CliRunner().invoke(cli, ["explain", str(path)]).stdout == SHOWN


def test_answers_and_executions_are_analysed_again():
    row = json.dumps({"argv": ["perl", "-e", "exec 'sh'"]})
    for text in (b"".join(answers([row.encode()])).decode(), row):
        assert "+60 opens an interactive shell (T1059.004)" in explain(text).stdout


def test_sarif_tells_its_message_and_layers(tmp_path):
    script = tmp_path / "build.sh"
    script.write_text(f'python3 -c "{HIDDEN}"\n')
    runner = CliRunner()
    report = tmp_path / "report.sarif"
    runner.invoke(cli, ["scan", "--no-history", "-q", "--workers", "1", "-o", str(report), str(script)])
    shown = runner.invoke(cli, ["explain", str(report)]).stdout
    assert "layer 1 (python, base64): import os;os.system(" in shown
    assert "build.sh:1:" in shown


def test_one_record_is_picked_by_the_first_digits_of_its_id(record):
    text = json.dumps([record, {**record, "id": "ffff000000000000"}])
    assert explain(text, "--brief", "--id", "ffff").stdout.splitlines() == [
        "ffff000000000000 python argument -c: " + HIDDEN + " -- critical (100 of 100): opens an interactive shell "
        "(T1059.004); runs text that it first decodes (T1140)"
    ]
    assert "no record with the id 1234" in str(explain(text, "--id", "1234").exception)


def test_older_ratings_are_named_and_rated_anew_on_demand(record):
    old = {**record, "risk": {"score": 1, "level": "low", "reasons": [], "version": "0"}}
    assert "rated by version 0 of the rules" in explain(json.dumps(old)).stdout
    assert explain(json.dumps(old), "--again").stdout == SHOWN


@pytest.mark.parametrize(
    ("text", "said", "code"),
    [
        ("", "stdin: empty", 3),
        ("{", "stdin: not JSON", 1),
        ('{"a":1}\n{', "stdin, line 2: not JSON", 1),
        ("[1]", "stdin, line 1: int where a record should be", 1),
        ('{"shell":"x"}', "stdin: no detection in it", 3),
        ('{"argv":7}', "stdin, line 1: Expected `array`, got `int`", 1),
    ],
)
def test_what_is_no_report_is_said(text, said, code):
    failed = explain(text).exception
    assert said in str(failed)
    assert failed.code == code


def test_nothing_in_a_record_reaches_the_terminal(record):
    hostile = json.loads(json.dumps(record).replace("os.system", "\\u001b[2Jos.system"))
    hostile["risk"]["reasons"][0]["text"] = "\x1b]0;x\x07"
    hostile["execution"]["argv"][0] = "\u202epython"
    for text in (explain(json.dumps(hostile)).stdout, explain(json.dumps(hostile), "--brief").stdout):
        assert not {"\x1b", "\x07", "\u202e"} & set(text)


def test_check_shows_evidence_and_layers_as_deep_as_asked():
    runner = CliRunner()
    plain, deep, deeper = (
        runner.invoke(cli, ["check", *options, "--", "python3", "-c", HIDDEN]).stdout
        for options in ([], ["-v"], ["-vv"])
    )
    assert "risk:   critical (100 of 100): opens an interactive shell (T1059.004); runs text" in plain
    assert "layer 1 line 1 column 11" not in plain
    assert "layer 1 line 1 column 11: os.system" in deep
    assert "layer 1: python, made by base64 in layer 0" not in deep
    assert "layer 1: python, made by base64 in layer 0" in deeper


def test_a_harmless_shape_is_named():
    shown = CliRunner().invoke(cli, ["check", "--", "python3", "-c", "import sys; print(sys.version)"]).stdout
    assert "risk:   none (0 of 100): only pure computation printed to stdout" in shown
