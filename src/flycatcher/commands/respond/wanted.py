"""Which processes are to be captured: one by its number, or all that run what a record, or a query, speaks of."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.respond.freeze import Grove, Stat, Tree, processes
from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.ledger import paths
from flycatcher.ledger.entry import read_body
from flycatcher.ledger.folder import Folder
from flycatcher.ledger.verify import bodies
from flycatcher.reporting import record_of
from flycatcher.saved import records
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.commands.respond.live import Live

_PID = re.compile(r"[0-9]{1,7}\Z")
"""At most 4194304 (PID_MAX_LIMIT of the kernel)."""
_ID = re.compile(r"(?:id:)?([0-9a-f]{4,16})\Z")
Record = dict[str, Any]


class Wanted(Struct, frozen=True):
    """What was asked for, and which processes that are."""

    asked: str
    name: str
    """For the archive's file: letters and digits."""
    roots: tuple[Stat, ...] = ()
    records: tuple[Record, ...] = ()
    """What the sensor has recorded of it."""

    def tree(self, *, freeze: bool) -> Tree:
        """Return the processes with their descendants."""
        return Grove(self.asked, self.roots, freeze=freeze)


def by_pid(pid: int, start: int = 0) -> Wanted:
    """Return one process; raises FlycatcherError where there is none, or it did not start at these clock ticks."""
    found = processes().get(pid)
    if found is None or start not in {0, found.start}:
        raise FlycatcherError(f"no process {pid}", hint="it has ended, or is in another pid namespace", code=3)
    return Wanted(str(pid), str(pid), (found,))


def wanted(target: str, source: str) -> Wanted:
    """Read PID, or a record's ID with where the record is; raises FlycatcherError where that means no process."""
    if _PID.match(target):
        return by_pid(int(target))
    identity = _ID.match(target.lower())
    if identity is None:
        hint = (
            "a process's number, or the id of a record (its first digits are enough; id:1234 where they are all digits)"
        )
        raise FlycatcherError(f"{target}: no process and no id", hint=hint, code=2)
    return _by_id(identity[1], source)


def _by_id(identity: str, source: str) -> Wanted:
    from flycatcher.commands.respond.live import live  # noqa: PLC0415 - a process by its number needs no detection

    known = processes()
    said = [record for record in _recorded(source, identity) if str(record.get("id", "")).startswith(identity)]
    named = {stat.pid: stat for record in said if (stat := _alive(record, known)) is not None}
    runs = {each.stat.pid: each.stat for each in live(known) if each.detection.id.startswith(identity)}
    if not (named or runs):
        ended = f"; {counted(len(said), 'record names a process', 'records name processes')} that ended" if said else ""
        hint = "a text that came on stdin is known by its record alone: name the report with --from"
        raise FlycatcherError(f"no process runs {identity}{ended}", hint=hint, code=3)
    return Wanted(f"id {identity}", identity, tuple((named | runs).values()), tuple(said))


def by_query(query: str) -> Wanted:
    """Return the processes whose detection a query of the store's language finds; raises FlycatcherError where none is."""
    from flycatcher.commands.respond.live import live  # noqa: PLC0415 - as above

    found = {each.stat.pid: each for each in live(processes())}
    pids = _matching(query, found.values())
    if not pids:
        said = (
            f"of {counted(len(found), 'process that runs', 'processes that run')} code on the fly, none matches {query}"
        )
        raise FlycatcherError(said, hint="flycatcher store query --help says what a query can name", code=3)
    return Wanted(f"match {query}", "match", tuple(found[pid].stat for pid in sorted(pids)))


def _matching(query: str, found: Iterable[Live]) -> set[int]:
    """Return the processes that a query finds, by the store's own search over a store that goes again."""
    with needed("SQLAlchemy", "store"):
        from flycatcher.sinks.message import event_of  # noqa: PLC0415 - SQLAlchemy takes a while
        from flycatcher.sinks.store import search  # noqa: PLC0415
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415
        from flycatcher.sinks.store.ingest import ingest  # noqa: PLC0415
        from flycatcher.sinks.store.language import parse  # noqa: PLC0415

    parse(query)
    with tempfile.TemporaryDirectory(prefix="flycatcher-") as folder:
        engine = open_store(f"store://{folder}/live.db", create=True)
        try:
            ingest(engine, (event_of(record_of(each.detection)) for each in found))
            return {record["execution"]["process"]["pid"] for record in search.records(engine, query)}
        finally:
            engine.dispose()


def _recorded(source: str, identity: str) -> Iterator[Record]:
    """Yield what a report, a ledger, a store's address, or the user's own store holds; nothing where there is no such store."""
    if source.startswith(("store://", "sqlite://", "postgresql://", "postgres://")):
        yield from _stored(source, identity)
    elif source and Path(source).is_dir():
        yield from _logged(source)
    elif source:
        yield from records(Path(source))
    else:
        from flycatcher.sinks.store.location import state_folder  # noqa: PLC0415 - as above

        own = state_folder() / "store.db"
        if own.exists():
            yield from _stored(f"store://{own}", identity)


def _stored(address: str, identity: str) -> Iterator[Record]:
    with needed("SQLAlchemy", "store"):
        from flycatcher.sinks.store import search  # noqa: PLC0415 - SQLAlchemy takes a while
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415

    engine = open_store(address, create=False)
    try:
        yield from search.records(engine, f"id:{identity}*")
    finally:
        engine.dispose()


def _logged(path: str) -> Iterator[Record]:
    """Yield the records of a ledger; what is none is left out."""
    folder = Folder(path)
    try:
        if folder.read(paths.CHECKPOINT) is None:
            raise FlycatcherError(f"{path}: no ledger", hint="give a report, the DIR of --ledger, or a store", code=3)
        for line in bodies(folder):
            try:
                yield read_body(line).record
            except (ValueError, RecursionError):
                continue
    finally:
        folder.close()


def _alive(record: Record, known: dict[int, Stat]) -> Stat | None:
    """Return the process that a record of this host names, if it still is that one."""
    try:
        execution = record["execution"]
        host = (execution.get("context") or {}).get("host.name", "")
        pid, start = execution["process"]["pid"], execution["process"]["start"]
        found = known.get(pid)
    except (AttributeError, KeyError, TypeError):
        return None
    is_here = host in {"", os.uname().nodename}
    return found if is_here and found is not None and found.start == start else None
