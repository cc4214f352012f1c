"""The spool keeps what it was given, whatever happens to the process, the file and the room."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.message import unpacked
from tests.delivery.events import detection, event, notice

if TYPE_CHECKING:
    from pathlib import Path

WRITER = """
import sys
from flycatcher.sinks.delivery.spool import Spool
from tests.delivery.events import event
spool = Spool(sys.argv[1])
for number in range(10**9):
    spool.add(event(number), ["one"])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def uids(spool: Spool, sink: str = "one") -> list[str]:
    return [unpacked(row.body).uid for row in spool.pending(sink, 10**6)]


def test_each_sink_has_its_own_queue_in_the_order_of_arrival(tmp_path: Path) -> None:
    with Spool(str(tmp_path / "s.db")) as spool:
        for name in ("one", "two"):
            spool.register(name, "")
        for number in range(3):
            spool.add(event(number), ["one", "two"] if number else ["two"])
        assert uids(spool) == [event(1).uid, event(2).uid]
        assert uids(spool, "two") == [event(0).uid, event(1).uid, event(2).uid]
        assert spool.depth(["one", "two"]) == 5
        first = spool.pending("two", 1)[0].seq
        with spool.transaction() as db:
            db.execute("DELETE FROM queue WHERE sink = 'two' AND seq = ?", (first,))
        spool.forget()
        assert db.execute("SELECT COUNT(*) FROM events").fetchone() == (2,)


@pytest.mark.parametrize("after", [1, 7, 60, 250])
def test_what_was_added_survives_a_killed_writer(tmp_path: Path, after: int) -> None:
    """Every number that the writer printed is there: it prints after adding."""
    path = str(tmp_path / "s.db")
    with subprocess.Popen([sys.executable, "-c", WRITER, path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(after):
            last = int(writer.stdout.readline())
        os.kill(writer.pid, signal.SIGKILL)
        rest = writer.stdout.read().split("\n")
        last = max([last, *map(int, filter(str.isdigit, rest[:-1]))])
    with Spool(path) as spool:
        assert uids(spool)[: last + 1] == [event(number).uid for number in range(last + 1)]


def test_a_torn_tail_of_the_log_costs_its_last_events_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    spool = Spool(str(path))
    for number in range(50):
        spool.add(event(number), ["one"])
    for suffix in ("", "-wal"):  # as another machine would find it: the index of the log is not there
        (tmp_path / f"torn.db{suffix}").write_bytes((tmp_path / f"s.db{suffix}").read_bytes())
    spool.close()
    wal = tmp_path / "torn.db-wal"
    os.truncate(wal, wal.stat().st_size - 700)
    with Spool(str(tmp_path / "torn.db")) as torn:
        kept = uids(torn)
        assert kept == [event(number).uid for number in range(len(kept))]
        assert len(kept) == 49
        torn.add(event(99), ["one"])
        assert uids(torn)[-1] == event(99).uid


def test_a_file_that_is_no_spool_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(b"this was overwritten by something else\n" * 200)
    with Spool(str(path)) as spool:
        assert spool.aside.startswith(f"{path}.unreadable-")
        spool.add(event(1), ["one"])
        assert uids(spool) == [event(1).uid]
    assert max(each.name for each in tmp_path.iterdir()).startswith("s.db.unreadable-")


def test_a_full_spool_drops_the_oldest_of_the_lowest_level_and_counts_it(tmp_path: Path) -> None:
    worst, quiet = detection(), notice("started")
    with Spool(str(tmp_path / "s.db"), limit=200_000) as spool:
        spool.register("one", "")
        spool.add(quiet, ["one"])
        full = False
        added = 0
        while not full:
            full = spool.add(worst, ["one"])
            added += 1
        kinds = [unpacked(row.body).kind for row in spool.pending("one", 10**6)]
        assert "started" not in kinds
        assert 0 < len(kinds) < added
        assert spool.dropped() == {"one": added + 1 - len(kinds)}


def test_bytes_that_are_no_text_are_written_out(tmp_path: Path) -> None:
    with Spool(str(tmp_path / "s.db")) as spool:
        spool.add(notice(text="caf\udce9 \udcff"), ["one"])
        assert unpacked(spool.pending("one", 1)[0].body).record["text"] == "caf\\xe9 \\xff"


def test_dead_letters_come_back_at_the_end_of_the_queue(tmp_path: Path) -> None:
    with Spool(str(tmp_path / "s.db")) as spool:
        spool.register("one", "")
        spool.add(event(1), ["one"])
        body = spool.pending("one", 1)[0].body
        with spool.transaction() as db:
            db.execute("INSERT INTO dead VALUES ('one', 77, 'u', 1.0, 'refused', ?)", (body,))
            db.execute("INSERT INTO dead VALUES ('two', 78, 'v', 1.0, 'refused', ?)", (body,))
        assert [(row[0], row[3]) for row in spool.dead()] == [("one", "refused"), ("two", "refused")]
        assert spool.revive("one") == 1
        assert [row.seq for row in spool.pending("one", 9)] == [1, 2]
        assert [row[0] for row in spool.dead()] == ["two"]
        assert spool.drop("two", waiting=False) == 1
        assert spool.drop("one", waiting=True) == 2


def test_a_spool_is_private_and_of_one_version(tmp_path: Path) -> None:
    path = tmp_path / "new" / "s.db"
    Spool(str(path)).close()
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=7")
    db.close()
    with pytest.raises(FlycatcherError, match="a spool of version 7; this program knows 1"):
        Spool(str(path))


def test_a_link_in_the_place_of_the_spool_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("precious")
    (tmp_path / "s.db").symlink_to(tmp_path / "victim")
    with pytest.raises(FlycatcherError):
        Spool(str(tmp_path / "s.db"))
    assert (tmp_path / "victim").read_text() == "precious"
