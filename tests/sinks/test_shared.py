"""Compact records: what they have in common is written once, and can be put back."""

from __future__ import annotations

import json

from flycatcher.commands.explain.records import records
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.shared import Filler, Sharer

INIT = {"pid": 1, "argv": ["/sbin/init"]}
MAKE = {"pid": 40, "argv": ["make", "all"]}
RECIPE = {"id": "code_on_the_fly", "description": "Code on the fly"}
ENV = {f"NAME_{number}": "value" * 8 for number in range(20)}


def record(number, env, ancestry=(MAKE, INIT)):
    return {
        "schema": "flycatcher.detection/1",
        "id": f"{number:016x}",
        "recipe": RECIPE,
        "analyses": [],
        "snippets": [],
        "execution": {"argv": ["perl", "-e", "1"], "env": env, "ancestry": list(ancestry)},
    }


def put_back(rows):
    filler = Filler()
    return [value for value in map(filler.whole, rows) if value is not None]


def test_environment_ancestors_and_recipe_are_written_once():
    sharer = Sharer()
    first = list(sharer.lines(record(1, ENV)))
    second = list(sharer.lines(record(2, ENV)))
    assert [sorted(row) for row in first[:-1]] == [
        ["env", "ref", "schema"],
        ["process", "ref", "schema"],
        ["parent", "process", "ref", "schema"],
        ["recipe", "ref", "schema"],
    ]
    assert second == [
        {
            "schema": "flycatcher.detection/1",
            "id": f"{2:016x}",
            "analyses": [],
            "snippets": [],
            "execution": {"argv": ["perl", "-e", "1"], "env": {}},
            "shared": {"env": "e1", "ancestry": "p3", "recipe": "r4"},
        }
    ]


def test_what_was_taken_out_is_put_back():
    changed = {**ENV, "NAME_3": "other", "MORE": "1"}
    del changed["NAME_4"]
    whole = [
        record(1, ENV),
        record(2, changed),
        record(3, {"OTHER": "x"}),
        record(4, {}),
        record(5, ENV, [INIT]),
        record(6, ENV, []),
    ]
    sharer = Sharer()
    rows = [row for each in whole for row in sharer.lines(each)]
    assert put_back(rows) == whole
    assert next(row for row in rows if row.get("id") == f"{2:016x}")["execution"]["env"] == {
        "NAME_3": "other",
        "MORE": "1",
    }


def test_a_new_file_defines_everything_anew():
    sharer = Sharer()
    list(sharer.lines(record(1, ENV)))
    sharer.restart()
    assert put_back(sharer.lines(record(2, ENV))) == [record(2, ENV)]


def test_memory_stays_bounded():
    sharer = Sharer()
    rows = [row for pid in range(6000) for row in sharer.lines(record(pid, ENV, [{"pid": pid, "argv": ["x"]}, INIT]))]
    assert len(sharer._refs) <= 4100
    assert put_back(rows)[5999]["execution"]["ancestry"] == [{"pid": 5999, "argv": ["x"]}, INIT]


def test_a_line_that_is_missing_leaves_a_record_that_can_be_read():
    rows = list(Sharer().lines(record(1, ENV)))
    assert put_back(rows[-1:])[0]["execution"] == {"argv": ["perl", "-e", "1"], "env": {}, "ancestry": []}


def test_ancestors_in_a_circle_end():
    rows = [
        {"schema": "flycatcher.shared/1", "ref": "p1", "process": INIT, "parent": "p1"},
        {"execution": {}, "shared": {"ancestry": "p1"}},
    ]
    assert put_back(rows) == [{"execution": {"ancestry": [INIT]}}]


def test_a_text_is_written_once():
    whole = record(1, ENV) | {
        "snippets": [{"vector": "environment", "path": "/x"}, {"vector": "stdin", "text": "print 1"}],
        "analyses": [{"layers": []}, {"layers": [{"text": "print 1", "language": "perl"}, {"text": "1"}]}],
    }
    whole["execution"]["stdin_text"] = "print 1"
    rows = list(Sharer().lines(whole))
    assert json.dumps(rows).count("print 1") == 1
    assert rows[-1]["shared"]["stdin_text"] == 1
    assert rows[-1]["shared"]["layers"] == [1]
    assert put_back(rows) == [whole]


class Memory:
    path = "memory"

    def __init__(self):
        self.data = b""

    def open(self):
        self.data = b""

    def write(self, data):
        self.data += data

    def close(self):
        pass


def test_explain_reads_a_compact_report():
    memory = Memory()
    sink = JsonLines(memory, compact=True)
    sink.open()
    for number in (1, 2):
        sink.write(record(number, ENV))
    sink.close({"executions_seen": 2, "lost": 0, "detections": 2})
    assert list(records(memory.data, "report.jsonl")) == [record(1, ENV), record(2, ENV)]
    assert memory.data.count(b"NAME_7") == 1
    assert all(json.loads(line) for line in memory.data.splitlines())
