"""What notebooks and clusters call: the same detections as the command, as records, rows and Arrow."""

from __future__ import annotations

import json

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
    assert found[0]["argv"] == ["perl", "-e", "print 1"]
    assert found[0]["risk"]["level"] == "none"


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
