"""Whatever a record, a baseline, a row, a configuration or an argument holds: an answer or an error, never a traceback."""

import copy
import json
import os
import random
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from flycatcher.commands import cli
from flycatcher.core.errors import FlycatcherError
from tests.hostile import commands_in
from tests.sinks.test_hostile_records import FOUND, LIVE

TEXT = "\x1b[31m\n::error::x##vso[a]b\u202e\udcff"
VALUES = (
    None, True, 0, -1, 1e308, 10**30, float("nan"), [], {}, [[]], {"a": 1}, {"": ""}, [None], [{}], "", "a" * 5000, TEXT, [TEXT], [[TEXT]],
)  # fmt: skip
SARIF = {
    "runs": [
        {
            "results": [
                {
                    "ruleId": "code-on-the-fly",
                    "message": {"text": "x"},
                    "locations": [
                        {"physicalLocation": {"artifactLocation": {"uri": "b.sh"}, "region": {"startLine": 1}}}
                    ],
                    "codeFlows": [{"threadFlows": [{"locations": [{"location": {"message": {"text": "x"}}}]}]}],
                    "partialFingerprints": {"flycatcher/v1": "x"},
                }
            ]
        }
    ]
}
ROW = {
    "argv": ["python3", "-c", "1"],
    "env": {"A": "b"},
    "stdin": "pipe",
    "stdin_text": "1",
    "files": {"/x": {"kind": "fifo"}},
}
DEEP = "[" * 100_000


def places(value, at=()):
    """Yield the way to each value in a JSON tree."""
    yield at
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(entries):
        yield from places(item, (*at, key))


def mutated(tree, chance):
    """Return a tree in which a few values are others, or gone, or under another name."""
    tree = copy.deepcopy(tree)
    for _ in range(chance.choice((1, 1, 2, 3))):
        *way, last = chance.choice([at for at in places(tree) if at])
        holder = tree
        for key in way:
            holder = holder[key]
        what = chance.random()
        if what < 0.8 or not isinstance(holder, dict):
            holder[last] = copy.deepcopy(chance.choice(VALUES))
        elif what < 0.9:
            del holder[last]
        else:
            holder[TEXT] = holder.pop(last)
        if not any(places(tree)):
            return tree
    return tree


def invoked(capfd, *arguments, given=""):
    """Run a command in this process; return its exit code and all that it printed."""
    done = CliRunner().invoke(cli, arguments, input=given)
    assert done.exception is None or isinstance(done.exception, (SystemExit, FlycatcherError)), (
        arguments,
        given,
        done.exc_info,
    )
    return done.exit_code, done.output + "".join(capfd.readouterr()) + str(done.exception or "")


def is_clean(text):
    """Whether nothing in a text acts on a terminal or a runner, but for the annotations of the format that makes them."""
    return not any(
        re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", line)
        or [name for name in commands_in(line) if name != "notice"]
        for line in text.split("\n")
    )


@pytest.mark.parametrize("seed", range(6))
def test_records_of_any_shape_are_shown_or_refused(seed, capfd):
    chance = random.Random(seed)
    for _ in range(25):
        options = chance.choice(([], ["--brief"], ["-vv"], ["--again"]))
        code, said = invoked(
            capfd, "explain", *options, "-", given=json.dumps(mutated(chance.choice((LIVE, FOUND, SARIF)), chance))
        )
        assert code in {0, 1, 3}
        assert is_clean(said) or "not JSON" in said


@pytest.mark.parametrize("seed", range(4))
def test_rows_and_baselines_of_any_shape_are_answered_or_refused(seed, tmp_path, monkeypatch, capfd):
    chance = random.Random(seed)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.sh").write_text("python3 -c 1\n")
    for _ in range(12):
        _, said = invoked(capfd, "check", "--jsonl", "-", given=json.dumps(mutated(ROW, chance)) + "\n")
        assert is_clean(said)
        (tmp_path / "old.json").write_text(
            json.dumps(mutated(chance.choice(({"detections": [FOUND]}, FOUND, SARIF)), chance))
        )
        _, said = invoked(
            capfd,
            "scan",
            "-q",
            "--baseline",
            "old.json",
            "--format",
            chance.choice(("text", "github", "markdown")),
            "b.sh",
        )
        assert is_clean(said)


def test_a_record_that_is_not_shaped_like_one_is_named_and_the_rest_is_shown(capfd):
    wrong = {**LIVE, "execution": {**LIVE["execution"], "fidelity": None}}
    code, said = invoked(capfd, "explain", "--brief", "-", given=json.dumps([{**LIVE, "risk": 5}, LIVE]))
    assert (code, "stdin: record 1 is not shaped like a detection" in said, LIVE["id"] in said) == (1, True, True)
    assert "record 1 is not shaped" in invoked(capfd, "explain", "-", given=json.dumps([wrong]))[1]


@pytest.mark.parametrize(
    "text", [DEEP, '{"a":' * 100_000, "[" * 500 + "]" * 500, '{"runs": 5}', '{"detections": {"finding": 1}}', "\x00"]
)
def test_a_baseline_of_another_shape(text, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "b.sh").write_text("true\n")
    (tmp_path / "old.json").write_text(text)
    code, said = invoked(capfd, "scan", "-q", "--baseline", "old.json", "b.sh")
    assert (code, "not JSON" in said) in {(0, False), (1, True)}


@pytest.mark.parametrize("name", ["check", "show"])
@pytest.mark.parametrize(
    "text", ["environment = " + "1" * 6000, f"x = {DEEP}", "a.b.c = 1\n[a.b]", '"\\u001b[31m" = 1']
)
def test_a_configuration_that_cannot_be_read(name, text, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "flycatcher.toml").write_text(text)
    code, said = invoked(capfd, "config", name)
    assert code == 1
    assert "flycatcher.toml" in said


@pytest.mark.parametrize(
    "words",
    [
        [TEXT], ["run", f"--{TEXT}"], ["scan", TEXT], ["scan", "--format", TEXT, "."], ["explain", "x"], ["check", "--environment", TEXT],
        ["run", "--", TEXT], ["run", "--", f"./{TEXT}"], ["guide", TEXT], ["schema", TEXT], ["help", TEXT], ["config", TEXT], ["check", "--", TEXT], ["scan", "--since", "\x1b", "."],
    ],
)  # fmt: skip
def test_arguments_are_shown_escaped(words, tmp_path):
    words = [word.encode("utf-8", "surrogateescape") for word in words]
    run = subprocess.run(
        [sys.executable, "-m", "flycatcher", *words],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    said = (run.stdout + run.stderr).decode("utf-8", "surrogateescape")
    assert "Traceback" not in said
    assert is_clean(said)


def test_a_folder_of_path_whose_name_is_no_text_is_shown(tmp_path):
    folder = os.fsencode(tmp_path) + b"/\xff\x1b"
    os.mkdir(folder)
    os.symlink("/bin/true", folder + b"/perl")
    run = subprocess.run(
        [sys.executable, "-m", "flycatcher", "doctor", "--json"],
        env={**os.environb, b"PATH": folder + b":/usr/bin"},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    [perl] = [found for found in json.loads(run.stdout)["interpreters"] if found["interpreter"] == "perl"]
    assert perl["files"][0].endswith("perl")
