"""The spool: events that wait for their sinks, in SQLite.

Every event is written by the process that reports it, in one transaction with its place in the queue of each sink. The database
is in WAL mode with ``synchronous=NORMAL``: a commit is a write(2), so nothing that was added is lost when the process is killed;
the disk is waited for when the log is folded back, which only the delivering process does. A torn tail of the log is dropped by
SQLite's checksums.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import LEVELS
from flycatcher.sinks.message import packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from flycatcher.sinks.message import Event

VERSION = 1
_PATIENCE_MS = 5000
"""How long one process waits while another one writes; each of them writes for a few milliseconds."""
_SHARE = 10
"""One in so many of the events that wait goes when there is no room left."""
_TABLES = """
CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, uid TEXT NOT NULL, time REAL NOT NULL, level INTEGER NOT NULL, size INTEGER NOT NULL,
  body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS queue (sink TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (sink, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sinks (
  name TEXT PRIMARY KEY, address TEXT NOT NULL DEFAULT '', delivered INTEGER NOT NULL DEFAULT 0,
  filtered INTEGER NOT NULL DEFAULT 0, grouped INTEGER NOT NULL DEFAULT 0, refused INTEGER NOT NULL DEFAULT 0,
  failures INTEGER NOT NULL DEFAULT 0, lost INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
  error_time REAL NOT NULL DEFAULT 0, next_try REAL NOT NULL DEFAULT 0, last REAL NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS dead (
  sink TEXT NOT NULL, seq INTEGER NOT NULL, uid TEXT NOT NULL, time REAL NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (sink, seq));
CREATE TABLE IF NOT EXISTS groups (
  sink TEXT NOT NULL, key TEXT NOT NULL, due REAL NOT NULL, count INTEGER NOT NULL, first REAL NOT NULL, last REAL NOT NULL,
  body BLOB NOT NULL, PRIMARY KEY (sink, key));
"""


class Waiting(NamedTuple):
    """An event in a sink's queue."""

    seq: int
    body: bytes


class Standing(NamedTuple):
    """How it stands with one sink."""

    name: str
    address: str
    waiting: int
    oldest: float
    """Seconds since 1970 of the first event that waits, 0 where none does."""
    dead: int
    delivered: int
    filtered: int
    grouped: int
    refused: int
    failures: int
    lost: int
    error: str
    error_time: float
    next_try: float
    last: float
    """When something was last delivered."""


class Spool:
    """One connection to a spool; each thread and each process has its own."""

    def __init__(self, path: str, *, limit: int = 0) -> None:
        """Open or make it, ``limit`` bytes of events at most (0: any number). Raises FlycatcherError."""
        self.path = path
        self._limit = limit
        self.aside = ""
        """Where a spool that could not be read was moved to; empty where that was not so."""
        try:
            _check_place(Path(path))
            self._db = self._opened()
        except (OSError, sqlite3.OperationalError) as error:
            said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            raise FlycatcherError(f"{path}: {said}", hint="name another spool with --spool") from error
        self._bytes = self._total() if limit else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _opened(self) -> sqlite3.Connection:
        try:
            return self._connected()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # not a database any more: what it held is lost to the sinks, what comes must not be
            self.aside = f"{self.path}.unreadable-{time.time_ns()}"
            Path(self.path).rename(self.aside)
            for suffix in ("-wal", "-shm"):
                with suppress(FileNotFoundError):
                    Path(self.path + suffix).rename(self.aside + suffix)
            return self._connected()

    def _connected(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=_PATIENCE_MS / 1000, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=NORMAL")
        db.execute("PRAGMA wal_autocheckpoint=0")
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version not in {0, VERSION}:
            db.close()
            raise FlycatcherError(
                f"{self.path}: a spool of version {version}; this program knows {VERSION}",
                hint="deliver it with the program that wrote it, or name another one with --spool",
            )
        if not version:
            db.executescript(f"BEGIN IMMEDIATE;{_TABLES}PRAGMA user_version={VERSION};COMMIT;")
        return db

    @property
    def connection(self) -> sqlite3.Connection:
        """The database, for what reads and writes it in one transaction with the queue."""
        return self._db

    # what the reporting process does

    def add(self, event: Event, sinks: Sequence[str]) -> bool:
        """Keep an event for these sinks; return whether others had to make room. Raises sqlite3.Error: nothing of it was kept."""
        body = packed(event)
        with _Transaction(self._db) as db:
            self._insert(db, (event.uid, event.time, _rank(event)), body, sinks)
        self._bytes += len(body)
        return bool(self._limit and self._bytes > self._limit) and self._make_room()

    @staticmethod
    def _insert(db: sqlite3.Connection, head: tuple[str, float, int], body: bytes, sinks: Iterable[str]) -> None:
        """Add an event (uid, time and level first) and its places."""
        row = db.execute(
            "INSERT INTO events (uid, time, level, size, body) VALUES (?, ?, ?, ?, ?)",
            (*head, len(body), body),
        )
        db.executemany("INSERT INTO queue (sink, seq) VALUES (?, ?)", [(sink, row.lastrowid) for sink in sinks])

    def _total(self) -> int:
        return int(self._db.execute("SELECT COALESCE(SUM(size), 0) FROM events").fetchone()[0])

    def _make_room(self) -> bool:
        """Drop what every sink has, then, where that is not enough, the oldest of the lowest level; count what that was."""
        self.forget()
        self._bytes = self._total()
        if self._bytes <= self._limit:
            return False
        with _Transaction(self._db) as db:
            self._drop_some(db)
        self._bytes = self._total()
        return True

    def _drop_some(self, db: sqlite3.Connection) -> None:
        aim, gone = self._limit - self._limit // _SHARE, 0
        total, last = self._total(), -1
        rows = db.execute("SELECT seq, size FROM events ORDER BY level, seq").fetchall()
        seqs = []
        for seq, size in rows[:-1]:
            if total - gone <= aim:
                break
            seqs.append((seq,))
            gone, last = gone + size, seq
        if last < 0:
            return
        db.execute("CREATE TEMP TABLE IF NOT EXISTS going (seq INTEGER PRIMARY KEY)")
        db.execute("DELETE FROM going")
        db.executemany("INSERT INTO going VALUES (?)", seqs)
        for name, count in db.execute(
            "SELECT sink, COUNT(*) FROM queue WHERE seq IN (SELECT seq FROM going) GROUP BY sink"
        ).fetchall():
            db.execute("INSERT OR IGNORE INTO sinks (name) VALUES (?)", (name,))
            db.execute("UPDATE sinks SET lost = lost + ? WHERE name = ?", (count, name))
        db.execute("DELETE FROM queue WHERE seq IN (SELECT seq FROM going)")
        db.execute("DELETE FROM events WHERE seq IN (SELECT seq FROM going)")

    def dropped(self) -> dict[str, int]:
        """Return how many events each sink has lost for want of room, ever."""
        return dict(self._db.execute("SELECT name, lost FROM sinks WHERE lost > 0").fetchall())

    # what the delivering process does

    def pending(self, sink: str, count: int) -> list[Waiting]:
        """Return a sink's next events, the oldest first."""
        rows = self._db.execute(
            "SELECT q.seq, e.body FROM queue q JOIN events e ON e.seq = q.seq WHERE q.sink = ? ORDER BY q.seq LIMIT ?",
            (sink, count),
        )
        return [Waiting(*row) for row in rows]

    def transaction(self) -> _Transaction:
        """Begin a transaction that ends with the ``with`` block."""
        return _Transaction(self._db)

    def register(self, sink: str, address: str) -> None:
        """Note a sink and its address, as it may be shown."""
        self._db.execute(
            "INSERT INTO sinks (name, address) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address",
            (sink, address),
        )

    def failed(self, sink: str, reason: str, next_try: float) -> None:
        """Note that a sink took nothing, and when it is tried again."""
        self._db.execute(
            "UPDATE sinks SET failures = failures + 1, error = ?, error_time = ?, next_try = ? WHERE name = ?",
            (reason, time.time(), next_try, sink),
        )

    def forget(self) -> None:
        """Delete what no sink waits for, and fold the log back into the database."""
        oldest = "SELECT MIN((SELECT MIN(seq) FROM queue WHERE sink = name)) FROM sinks"
        self._db.execute(
            f"DELETE FROM events WHERE seq < COALESCE(({oldest}), (SELECT MAX(seq) + 1 FROM events))"  # noqa: S608 - as above
        )
        with suppress(sqlite3.OperationalError):
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    # what a person does

    def standings(self) -> list[Standing]:
        """Return how it stands with each sink, by name."""
        rows = self._db.execute(
            "SELECT s.name, s.address, (SELECT COUNT(*) FROM queue WHERE sink = s.name),"
            " COALESCE((SELECT e.time FROM queue q JOIN events e ON e.seq = q.seq WHERE q.sink = s.name"
            " ORDER BY q.seq LIMIT 1), 0), (SELECT COUNT(*) FROM dead WHERE sink = s.name), delivered, filtered, grouped,"
            " refused, failures, lost, error, error_time, next_try, last FROM sinks s ORDER BY s.name"
        )
        return [Standing(*row) for row in rows]

    def depth(self, sinks: Iterable[str]) -> int:
        """Return how many events wait for any of these sinks."""
        marks = list(sinks)
        query = f"SELECT COUNT(*) FROM queue WHERE sink IN ({','.join('?' * len(marks))})"  # noqa: S608 - question marks
        return int(self._db.execute(query, marks).fetchone()[0])

    def dead(self, sink: str = "") -> Iterator[tuple[str, int, float, str, bytes]]:
        """Yield sink, number, time, reason and event of each dead letter."""
        yield from self._db.execute(
            "SELECT sink, seq, time, reason, body FROM dead WHERE ? IN ('', sink) ORDER BY sink, seq", (sink,)
        )

    def revive(self, sink: str = "") -> int:
        """Put dead letters into their sinks' queues again, and have failed sinks tried at once; return how many letters."""
        with self.transaction() as db:
            rows = db.execute("SELECT sink, uid, time, body FROM dead WHERE ? IN ('', sink) ORDER BY seq", (sink,))
            letters = rows.fetchall()
            for name, uid, when, body in letters:
                self._insert(db, (uid, when, len(LEVELS) - 1), body, [name])
            db.execute("DELETE FROM dead WHERE ? IN ('', sink)", (sink,))
            db.execute("UPDATE sinks SET next_try = 0 WHERE ? IN ('', name)", (sink,))
        return len(letters)

    def drop(self, sink: str, *, waiting: bool) -> int:
        """Delete a sink's dead letters, or, where ``waiting``, its queue; return how many."""
        table = "queue" if waiting else "dead"
        with self.transaction() as db:
            return db.execute(f"DELETE FROM {table} WHERE sink = ?", (sink,)).rowcount  # noqa: S608 - two names

    def close(self) -> None:
        """Close the connection."""
        self._db.close()


def _rank(event: Event) -> int:
    """Return how late an event is dropped: detections by their level, and what tells of a loss last."""
    return len(LEVELS) if event.kind == "loss" else [str(level) for level in LEVELS].index(event.level)


class _Transaction:
    """``BEGIN IMMEDIATE`` to ``COMMIT``: taken back when the block raises."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> sqlite3.Connection:
        self._db.execute("BEGIN IMMEDIATE")
        return self._db

    def __exit__(self, kind: object, *_: object) -> None:
        self._db.execute("COMMIT" if kind is None else "ROLLBACK")


def _check_place(path: Path) -> None:
    """Make the folder and the file, for this user alone. Raises PermissionError where somebody else could have put it there."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (path, path.parent):
        found = place.lstat() if place.exists() or place.is_symlink() else None
        if found is not None and found.st_uid not in {0, os.geteuid()}:
            raise PermissionError(1, f"{place} belongs to another user")
    if path.parent.stat().st_mode & stat.S_IWOTH and not path.parent.stat().st_mode & stat.S_ISVTX:
        raise PermissionError(1, f"anyone may write into {path.parent}")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
