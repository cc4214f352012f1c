"""What notebooks and clusters call: the same detections as the command, as records, rows and Arrow."""

from __future__ import annotations

import json
import sys

import pytest

from flycatcher.hunt import read
from tests.hunt.helpers import event, written
from tests.hunt.test_formats import CASES

TEXT = "".join(
    line for serial in range(1, 30) for line in event(serial, ["perl", "-e", f"print {serial}"], exe="/usr/bin/perl")
)


def test_records_and_rows(tmp_path):
    found = read(written(tmp_path, TEXT))
    assert len(found) == 29
    assert found[0]["snippets"][0]["text"] == "print 1"
    assert found.rows()[28]["text"] == "print 29"
    assert found.figures == {"starts": 29}


def test_batches_of_lines_give_what_the_file_gives_wherever_they_are_cut(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    from flycatcher.hunt.arrow import SCHEMA, detect  # noqa: PLC0415 - of the extra

    lines = TEXT.splitlines()
    batches = [pyarrow.RecordBatch.from_pydict({"value": lines[at : at + 7]}) for at in range(0, len(lines), 7)]
    found = pyarrow.Table.from_batches(list(detect(batches)), schema=SCHEMA).to_pylist()
    assert [each["id"] for each in found] == [each["id"] for each in read(written(tmp_path, TEXT))]
    assert found[0]["execution"]["argv"] == ["perl", "-e", "print 1"]
    assert found[0]["risk"]["level"] == "none"


def table_of(*batches, **named):
    from flycatcher.hunt.arrow import SCHEMA, detect  # noqa: PLC0415 - of the extra

    return pytest.importorskip("pyarrow").Table.from_batches(list(detect(batches, **named)), schema=SCHEMA)


def test_a_detection_in_arrow_is_its_record_with_the_defaults_written_out(tmp_path):
    pytest.importorskip("pyarrow")
    loud = ["python3", "-c", "import os;exec(__import__('base64').b64decode('cHJpbnQoMSk='))"]
    found = read(written(tmp_path, "".join(event(7, loud, pid=9, node="web1"))))
    (row,) = found.arrow().to_pylist()
    record = found[0]
    assert (row["id"], row["host"], row["user"], row["login"]) == (record["id"], "web1", "0", "1000")
    assert row["time"].isoformat() == "2023-11-14T22:13:20+00:00"
    assert row["execution"]["argv"] == loud
    assert dict(row["execution"]["context"]) == record["execution"]["context"]
    assert row["execution"]["process"] == {
        "pid": 9, "start": 0, "comm": "x", "exe": "/usr/bin/python3.11", "argv": [], "uid": 0, "gid": 0, "cwd": "", "note": "",
    }  # fmt: skip
    assert (row["fidelity"]["sensor"], row["fidelity"]["line"], row["fidelity"]["truncated"]) == ("auditd", 1, False)
    assert [(each["snippet"], each["index"], each["text"], each["made"]) for each in row["layers"]] == [
        (0, 0, loud[2], []),
        (0, 1, "print(1)", ["base64"]),
    ]
    assert row["risk"]["score"] == record["risk"]["score"]
    assert [each["text"] for each in row["risk"]["reasons"]] == [each["text"] for each in record["risk"]["reasons"]]
    assert row["policy"] == {"action": "observed", "reason": "", "rule": "", "capture": False}


def test_the_schema_says_its_version():
    pytest.importorskip("pyarrow")
    from flycatcher.hunt.arrow import SCHEMA, VERSION  # noqa: PLC0415 - of the extra

    assert VERSION == "flycatcher.detections/1"
    assert SCHEMA.metadata == {b"flycatcher.schema": b"flycatcher.detections/1"}


def test_bytes_that_are_no_text_and_numbers_that_are_too_large_stand_in_their_columns():
    pytest.importorskip("pyarrow")
    from flycatcher.hunt.schema import _valid, turn  # noqa: PLC0415 - of the extra

    assert _valid("a\udcff") == "a\\udcff"
    from msgspec import inspect  # noqa: PLC0415

    assert turn(inspect.type_info(int))(1 << 64) == (1 << 63) - 1


def test_columns_say_where_lines_stand_and_which_log_they_are_of(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    server = "".join(event(1, ["nginx"], exe="/usr/sbin/nginx", pid=30)).splitlines()
    starts = "".join(event(2, ["perl", "-e", "print 1"], exe="/usr/bin/perl", pid=31, ppid=30)).splitlines()
    lines = server + starts
    offsets = [sum(len(line) + 1 for line in lines[:at]) for at in range(len(lines))]
    one = pyarrow.table(
        {
            "value": lines,
            "log": ["audit"] * 10,
            "file": ["a"] * 5 + ["b"] * 5,
            "number": [*range(1, 6), *range(41, 46)],
            "offset": offsets,
        }
    )
    apart = pyarrow.table({"value": lines, "file": ["a"] * 5 + ["b"] * 5})
    (row,), (alone,) = table_of(one).to_pylist(), table_of(apart).to_pylist()
    assert [row["fidelity"][name] for name in ("log", "line", "byte")] == ["b", 41, offsets[5]]
    assert [each["exe"] for each in row["execution"]["ancestry"]] == ["/usr/sbin/nginx"]
    assert [alone["fidelity"][name] for name in ("log", "line", "byte")] == ["b", 1, 0]
    assert alone["execution"]["ancestry"] == []


def test_lines_that_are_no_text_or_null_or_hold_a_newline_harm_nothing(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    good = "".join(event(1, ["perl", "-e", "print 1"], exe="/usr/bin/perl")).encode().splitlines()
    lines = [b"\xff\xfe\0", None, b"type=EXECVE msg=audit(\n", *good, b"{", b"x" * 100_000]
    (row,) = table_of(pyarrow.table({"raw": pyarrow.array(lines, pyarrow.binary())}), form="auditd").to_pylist()
    assert row["snippets"][0]["text"] == "print 1"
    assert row["fidelity"]["line"] == 3


def test_what_a_log_has_lost_is_told(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    lines = "".join([*event(1, ["perl", "-e", "1"]), *event(9, ["perl", "-e", "1"])]).splitlines()
    lost = []
    table_of(pyarrow.table({"value": lines}), told=lost.append)
    assert [(each.place, each.count) for each in lost] == [("serial", 7)]


@pytest.mark.parametrize("kind", ["parquet", "arrow", "polars"])
@pytest.mark.parametrize("lines", [True, False])
def test_a_file_of_columns_is_hunted_as_its_batches_are(tmp_path, kind, lines):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [{"value": line} for line in TEXT.splitlines()] if lines else json.loads(json.dumps(CASES["ecs"].lines * 3))
    table, path = pyarrow.Table.from_pylist(rows), tmp_path / "events"
    if kind == "parquet":
        parquet.write_table(table, path, row_group_size=4)
    elif kind == "arrow":
        with pyarrow.ipc.new_file(path, table.schema) as file:
            file.write_table(table, max_chunksize=4)
    given = pytest.importorskip("polars").from_arrow(table) if kind == "polars" else table
    found = table_of(given, log=str(path))
    assert len(found) == (29 if lines else 3)
    if kind != "polars":
        assert read(path).arrow().equals(found)
    assert found["fidelity"].to_pylist()[2]["line"] == (11 if lines else 3)


def test_rows_are_the_same_with_and_without_polars(monkeypatch):
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("polars")
    batch = pyarrow.RecordBatch.from_pylist(json.loads(json.dumps(CASES["ecs"].lines * 3)))
    by_polars = table_of(batch)
    monkeypatch.setitem(sys.modules, "polars", None)
    assert table_of(batch).equals(by_polars)


def test_types_that_json_does_not_have_end_nothing():
    pyarrow = pytest.importorskip("pyarrow")
    row = json.loads(json.dumps(CASES["ecs"].lines[0]))
    table = pyarrow.Table.from_pylist([row])
    for name, column in (
        ("blob", pyarrow.array([b"\xff"], pyarrow.binary())),
        ("nano", pyarrow.array([1_700_000_000_123_456_789], pyarrow.timestamp("ns", "UTC"))),
        ("money", pyarrow.array([1]).cast(pyarrow.decimal128(38, 2))),
        ("pairs", pyarrow.array([[("a", "b")]], pyarrow.map_(pyarrow.string(), pyarrow.string()))),
        ("nothing", pyarrow.nulls(1)),
    ):
        assert len(table_of(table.append_column(name, column))) == 1


def test_batches_of_rows_are_read_in_a_format_s_own_columns():
    pyarrow = pytest.importorskip("pyarrow")
    from flycatcher.hunt.arrow import detect  # noqa: PLC0415 - of the extra

    rows = json.loads(json.dumps(CASES["ecs"].lines * 3))
    (batch,) = detect([pyarrow.RecordBatch.from_pylist(rows)])
    assert batch.column("host").to_pylist() == ["web1"] * 3
    assert [each[0]["text"] for each in batch.column("snippets").to_pylist()] == ["print 1"] * 3


def test_frames(tmp_path):
    pytest.importorskip("polars")
    frame = read(written(tmp_path, TEXT)).polars()
    assert frame.shape[0] == 29
    assert frame["interpreter"].unique().to_list() == ["perl"]


def test_parquet_is_read_as_a_log(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    parquet.write_table(
        pyarrow.Table.from_pylist(json.loads(json.dumps(CASES["defender"].lines))), tmp_path / "events.parquet"
    )
    (found,) = read(tmp_path / "events.parquet")
    assert found["snippets"][0]["text"] == "print 1"
