"""An imported report's notices belong to the host that its detections name, not to the machine that imports it."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from msgspec import structs

from flycatcher.commands import cli
from flycatcher.commands.store import hosted
from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.delivery.registry import format_classes
from flycatcher.sinks.message import Group
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.database import open_store, reading
from tests.delivery.events import detection, notice, record

if TYPE_CHECKING:
    from pathlib import Path

STARTED = {
    "schema": "flycatcher.notice/1",
    "kind": "started",
    "sensor": "ebpf",
    "time": "2026-11-30T10:00:00Z",
    "text": "on",
}
LOST = STARTED | {"kind": "loss", "place": "ring", "count": 3, "text": "lost"}
ON_WEB = record("perl", "-e", "system('id')", host__name="web-1")
ON_DB = record("perl", "-e", "system('id')", host__name="db-1")
HERE = "the machine that imports"


def imported(folder: Path, rows: list[object], *options: str) -> list[tuple[str, str]]:
    """Return kind and host of each notice that an import leaves."""
    (folder / "r.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    address = f"store://{folder}/s.db"
    done = CliRunner().invoke(cli, ["store", "import", "--store", address, *options, str(folder / "r.jsonl")])
    assert done.exit_code == 0, done.output
    with reading(open_store(address)) as connection:
        columns = (schema.notices.c.kind, schema.notices.c.host)
        return sorted((kind, host) for kind, host in connection.execute(sa.select(*columns)))


@pytest.mark.parametrize(
    ("rows", "options", "expected"),
    [
        ([STARTED, ON_WEB, LOST], (), [("loss", "web-1"), ("started", "web-1")]),
        ([ON_WEB, STARTED, ON_DB, LOST], (), [("loss", "db-1"), ("started", "web-1")]),
        ([STARTED, LOST], (), [("loss", HERE), ("started", HERE)]),
        ([STARTED, LOST], ("--host", "web-9"), [("loss", "web-9"), ("started", "web-9")]),
        ([STARTED, ON_WEB], ("--host", "web-9"), [("started", "web-9")]),
    ],
    ids=["one host", "two hosts", "none", "given", "given beside one that is named"],
)
def test_a_notice_is_its_reports_hosts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: list[object], options: tuple[str, ...], expected: object
) -> None:
    monkeypatch.setattr("flycatcher.sinks.message._host", lambda: HERE)
    assert imported(tmp_path, rows, *options) == expected


def test_records_that_wait_for_a_host_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flycatcher.sinks.message._host", lambda: HERE)
    monkeypatch.setattr(hosted, "_WAITING", 2)
    events = hosted.hosted([STARTED, LOST, LOST, ON_WEB, LOST])
    assert [(event.kind, event.host) for event in events] == [
        ("started", HERE), ("loss", HERE), ("loss", HERE), ("detection", "web-1"), ("loss", "web-1"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ('{"version":1,"detections":[{}, 7]}', 1, "detections[1] is no record"),
        ('{"version":1,"detections":[', 1, ":1: no record"),
        ('{"version":1,"detections":[],"summary":7}', 0, "1 added"),
        ('{"level":30,"msg":"of another program"}\n', 0, "it holds no record of Flycatcher's"),
    ],
)
def test_what_is_no_report_is_said(tmp_path: Path, text: str, code: int, said: str) -> None:
    (tmp_path / "r.json").write_text(text)
    done = CliRunner().invoke(cli, ["store", "import", "--store", f"store://{tmp_path}/s.db", str(tmp_path / "r.json")])
    assert (done.exit_code, said in done.output or said in str(done.exception)) == (code, True)


def test_a_file_that_a_sink_has_written_and_rotated_is_imported_with_its_counts_and_hosts(tmp_path: Path) -> None:
    first, last = (
        detection("perl", "-e", "1", host__name="web-1"),
        detection("perl", "-e", "1", host__name="web-1", ci__run="2"),
    )
    events = [notice(), first, structs.replace(last, group=Group(380, "2026-11-29T10:00:00Z", "2026-11-29T10:05:00Z"))]
    data = b"".join(format_classes()["flycatcher"]().render(each) + b"\n" for each in events)
    whole, torn, address = tmp_path / "out.jsonl.1.gz", tmp_path / "torn.gz", f"store://{tmp_path}/s.db"
    whole.write_bytes(gzip.compress(data))
    torn.write_bytes(whole.read_bytes()[:-30])
    for said in ("3 added, 0 known", "0 added, 3 known"):
        done = CliRunner().invoke(cli, ["store", "import", "--store", address, str(whole)])
        assert (done.exit_code, done.output) == (0, f"{whole}: {said}\n")
    with reading(open_store(address)) as connection:
        assert list(connection.scalars(sa.select(schema.detections.c["count"]))) == [380]
        assert list(connection.scalars(sa.select(schema.notices.c.host))) == ["builder-7"]
    with pytest.raises(
        FlycatcherError, match=r"torn\.gz: Compressed file ended before the end-of-stream marker was reached"
    ):
        CliRunner().invoke(cli, ["store", "import", "--store", address, str(torn)], catch_exceptions=False)
