"""The work of ``flycatcher store``."""

from __future__ import annotations

import contextlib
import getpass
import gzip
import sys
import time
import zlib
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click
import msgspec
import sqlalchemy as sa

from flycatcher.commands.store.hosted import hosted
from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import echo
from flycatcher.sinks.formats.shared import Filler
from flycatcher.sinks.message import mapping, rfc3339
from flycatcher.sinks.store import retention, schema, search, words
from flycatcher.sinks.store.database import open_store, reading, shown
from flycatcher.sinks.store.export import export
from flycatcher.sinks.store.ingest import ingest
from flycatcher.sinks.store.language import moment
from flycatcher.sinks.store.location import default_store
from flycatcher.terminal import one_line, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy.engine import Engine

    from flycatcher.sinks.message import Event

_LINE = 64 << 20
_GZIP = b"\x1f\x8b"
"""The beginning of what the sink ``file:`` has rotated (RFC 1952)."""


_NOW = 1e-6
"""Seconds in the place of none, which would be no bound: ``--older-than 0d`` is everything."""


class Work:
    """One store."""

    def __init__(self, address: str) -> None:
        """``address`` empty: the user's own."""
        self._address = address or default_store()

    def _open(self, *, create: bool = False) -> Engine:
        return open_store(self._address, create=create)

    def take(self, files: tuple[str, ...], host: str) -> None:
        """Import reports; ``host``: whose their records are that name none. Raises FlycatcherError for a file that is none."""
        engine = self._open(create=True)
        for name in files:
            with _source(name, host) as events:
                counts = ingest(engine, events)
            click.echo(f"{visible(name)}: {counts.added} added, {counts.known} known")
            if not counts.read:
                click.echo(f"warning: {visible(name)}: it holds no record of Flycatcher's", err=True)
        engine.dispose()

    def query(self, text: str, *, limit: int, after: str, count: bool, jsonl: bool) -> None:
        """Print a page."""
        engine = self._open()
        if count:
            click.echo(str(search.count(engine, text)))
            return
        if jsonl:
            for record in search.records(engine, text):
                sys.stdout.buffer.write(msgspec.json.encode(record) + b"\n")
            return
        found = search.page(engine, text, after=after, limit=limit)
        for row in found.rows:
            when = rfc3339(row["time"])[:19]
            echo(
                f"{when}  {row['level']:8}  {row['fingerprint']}  {visible(row['host'])}  {one_line(row['title'], 160)}"
            )
        if found.after:
            click.echo(f"more: --after {found.after}", err=True)

    def export(self, text: str, kind: str, output: str) -> None:
        """Write a file, or to stdout."""
        engine = self._open()
        if output == "-":
            export(engine, text, kind, sys.stdout.buffer)
            return
        with Path(output).open("wb") as stream:
            count = export(engine, text, kind, stream)
        click.echo(f"{visible(output)}: {counted(count, 'sighting')}", err=True)

    def prune(self, older_than: str, level: str, most: tuple[int, int], *, vacuum: bool) -> None:
        """Delete, and say how much; ``most``: sightings and bytes. Raises FlycatcherError for a time that is none."""
        now = time.time()
        try:
            seconds = (now - moment(older_than, now) or _NOW) if older_than else 0.0
        except ValueError as error:
            raise FlycatcherError(
                f"--older-than {older_than}: no time", hint="90d, 12h or 2026-01-31", code=2
            ) from error
        engine = self._open()
        gone = retention.prune(engine, retention.Kept(seconds, level, *most))
        if vacuum:
            retention.vacuum(engine)
        click.echo(f"{counted(gone, 'sighting')} deleted")

    def triage(self, fingerprint: str, state: str, why: str, who: str) -> None:
        """Add a word on a detection. Raises FlycatcherError for one that is not there."""
        with self._open().begin() as connection:
            known = words.judge(connection, fingerprint, state, why, who or getpass.getuser())
        echo(f"{fingerprint} is {state}: {one_line(known, 120)}")

    def status(self) -> None:
        """Print figures."""
        engine = self._open()
        echo(f"store {visible(shown(self._address))}, {retention.size(engine):,} bytes")
        with reading(engine) as connection:
            for table in schema.metadata.sorted_tables:
                echo(f"  {table.name}  {connection.scalar(sa.select(sa.func.count()).select_from(table))}")
            version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        echo(f"  schema  {version}")


@contextlib.contextmanager
def _opened(name: str) -> Iterator[IO[bytes]]:
    try:
        with contextlib.ExitStack() as stack:
            stream: Any = sys.stdin.buffer if name == "-" else stack.enter_context(Path(name).open("rb"))
            if stream.peek(2)[:2] == _GZIP:
                stream = stack.enter_context(gzip.open(stream))
            yield stream
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FlycatcherError(f"{name}: {error}", hint="what stands before its torn end is in the store") from error
    except OSError as error:
        raise FlycatcherError(
            f"{name}: {error.strerror}", hint="give a report of run, watch, scan or hunt", code=3
        ) from error


@contextlib.contextmanager
def _source(name: str, host: str) -> Iterator[Iterable[Event]]:
    """Open a report, or a ledger's folder. Raises FlycatcherError."""
    if name != "-" and Path(name).is_dir():
        from flycatcher.ledger.events import Opened  # noqa: PLC0415 - only a ledger needs it

        ledger = Opened.of(Path(name))
        if not ledger.holds:
            echo(f"warning: {visible(name)}: {visible(ledger.verdict.trouble)}", err=True)
        yield ledger.events
        return
    with _opened(name) as stream:
        yield hosted(_records(stream, name), host)


def _records(stream: IO[bytes], name: str) -> Iterator[dict[str, Any]]:
    """Yield the records of a report: JSON Lines, or one document with ``detections``. Raises FlycatcherError."""
    first = stream.readline(_LINE)
    if first.startswith(b'{"version":1,"detections":['):
        document = _decoded(first + stream.read(), name, 1)
        for number, record in enumerate(document["detections"]):
            if not isinstance(record, dict):
                raise FlycatcherError(
                    f"{name}: detections[{number}] is no record", hint="give a report as .jsonl or .json"
                )
            yield record
        yield {"schema": "flycatcher.summary/1", "summary": mapping(document.get("summary"))}
        return
    number, line, filler = 1, first, Filler()
    while line:
        if line.strip():
            record = filler.whole(_decoded(line, name, number))
            if record is not None and "schema" in record:
                yield record
        number, line = number + 1, stream.readline(_LINE)


def _decoded(data: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(data)
    except msgspec.MsgspecError:
        found = _with_lone_surrogates(data)
    if not isinstance(found, dict):
        raise FlycatcherError(f"{name}:{number}: no record", hint="give a report as .jsonl or .json")
    return found


def _with_lone_surrogates(data: bytes) -> object:
    """Return JSON that holds bytes which were no text, None for what is no JSON at all."""
    import json  # noqa: PLC0415 - rarely needed

    try:
        return json.loads(data)
    except ValueError:
        return None
