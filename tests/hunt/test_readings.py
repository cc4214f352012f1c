"""One string instead of a list: certain where every reading runs text, possible where only some do, nothing where none does."""

from __future__ import annotations

import json

import pytest

from flycatcher.core.execution import Execution
from flycatcher.hunt.readings import LIMIT, Readings, quoted
from flycatcher.reporting import record_of
from tests.hunt.helpers import hunted, written
from tests.steps import at_most


@pytest.mark.parametrize(
    ("line", "argv", "certain"),
    [
        ("python3 -c print(1)", ("python3", "-c", "print(1)"), True),
        ("python3 -c import os; print(1)", ("python3", "-c", "import os; print(1)"), True),
        ("perl -ne print if 1", ("perl", "-ne", "print if 1"), True),
        ("sh -c uptime", ("sh", "-c", "uptime"), True),
        ("bash -x -c echo hi there", ("bash", "-x", "-c", "echo hi there"), True),
        ("python3 -W x -c print(1)", ("python3", "-W", "x", "-c", "print(1)"), False),
    ],
)
def test_the_likeliest_reading_runs_all_that_follows(line, argv, certain):
    answer = Readings().answer(Execution(argv=()), line)
    assert (answer.argv, answer.certain) == (argv, certain)


@pytest.mark.parametrize(
    "line", ["python3 script.py -c x", "perl script.pl -e 1", "bash run.sh -c x", "ls -c x", "python3 -V", ""]
)
def test_a_string_that_no_reading_of_runs_text_is_nothing(line):
    assert Readings().answer(Execution(argv=()), line) is None


def test_a_possible_one_shows_a_reading_that_runs_none():
    answer = Readings().answer(Execution(argv=()), "python3 -W x -c print(1)")
    assert answer.other == ("python3", "-W", "x -c", "print(1)") or answer.other[:2] == ("python3", "-W")


def test_the_number_of_readings_is_bounded_and_said():
    answer = Readings().answer(Execution(argv=()), "python3 -c " + "x " * 500)
    assert answer.bounded
    fidelity = answer.fidelity(Execution(argv=()))
    assert fidelity.notes[-1] == f"only the first {LIMIT} readings were asked"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('sh -c "echo a b" x', ["sh", "-c", "echo a b", "x"]),
        ('sh -c "echo "a b" c" x', ["sh", "-c", 'echo "a b', 'c"', "x"]),
        ('sh -c "unclosed', ["sh", "-c", '"unclosed']),
        ('a "b"', ["a", '"b"']),
        ("a  b", ["a", "", "b"]),
    ],
)
def test_words_with_blanks_stand_in_quotes_that_nothing_escapes(line, words):
    assert quoted(line) == words


@pytest.mark.parametrize("piece", ['"x ', '"x" ', '"x "y'])
def test_quotes_that_never_close_are_looked_for_once(piece):
    with at_most(100_000):
        Readings().answer(Execution(argv=(), exe="/usr/bin/python3"), "python3 " + piece * 20_000, quoting="double")


def test_a_record_carries_its_readings_redacted(tmp_path):
    row = {
        "hostname": "h", "rule": "r", "output": "", "time": "2026-03-01T10:00:00Z",
        "output_fields": {"proc.cmdline": "python3 -W x -c print(1) --password hunter2hunter2", "proc.exepath": "/usr/bin/python3"},
    }  # fmt: skip
    (found,), _, _ = hunted(written(tmp_path, json.dumps(row) + "\n"))
    record = record_of(found.detection)
    assert record["execution"]["fidelity"]["certainty"] == "possible"
    assert "hunter2" not in json.dumps(record)
