"""Where the records are: a store, or a ledger, whose records are put into a store of their own to be asked the same."""

from __future__ import annotations

import shlex
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.commands.report.audit.span import rfc3339
from flycatcher.commands.report.audit.values import shown as value
from flycatcher.core.errors import FlycatcherError
from flycatcher.extras import needed
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from flycatcher.commands.report.audit.span import Span
    from flycatcher.ledger.events import Opened

_REWRITTEN = (
    "A ledger that holds together can still have been written anew as a whole, unless its key was out of reach of who did it: "
    "keep its checkpoint elsewhere, and compare."
)
_BOUNDS = "SELECT MIN(time), MAX(time), COUNT(*) FROM (SELECT time FROM executions UNION ALL SELECT time FROM notices) AS records"


class Evidence(NamedTuple):
    """Records that can be asked, and what is to be known of where they are from."""

    connection: Connection
    facts: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    is_sound: bool = True
    has_people: bool = True
    """Whether it can hold what people say of detections."""
    has_integrity: bool = False
    """Whether it was checked that nobody has changed it."""


@contextmanager
def of_store(address: str) -> Iterator[Evidence]:
    """Open a store. Raises FlycatcherError."""
    with needed("SQLAlchemy", "store"):
        from flycatcher.sinks.store.database import shown, sqlite_path  # noqa: PLC0415 - only the store needs SQLAlchemy
        from flycatcher.sinks.store.snapshot import snapshot  # noqa: PLC0415
    with snapshot(address) as connection:
        is_file = connection.dialect.name == "sqlite"
        way = (
            f"sqlite3 -readonly {shlex.quote(str(sqlite_path(address)))}"
            if is_file
            else f"psql {shlex.quote(shown(address))}"
        )
        facts = (("source", f"store {shown(address)}"), ("SQL is run with", way))
        words = f"flycatcher store query --store {shlex.quote(shown(address))}"
        remark = (
            "A store can be changed by whoever may write to it; a report from a ledger says whether that has happened."
        )
        yield Evidence(connection, (*facts, ("other queries", f"{words}, or with FLYCATCHER_STORE set")), (remark,))


@contextmanager
def of_ledger(path: Path, key: str = "") -> Iterator[Evidence]:
    """Check a ledger, and put its records into a store that is gone afterwards. Raises FlycatcherError.

    ``key``: who must have signed it, empty: that is not looked at.
    """
    from flycatcher.ledger.events import Opened  # noqa: PLC0415 - only a ledger needs it
    from flycatcher.signing.files import read_verifier  # noqa: PLC0415

    with needed("SQLAlchemy", "store"):
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415
        from flycatcher.sinks.store.ingest import ingest  # noqa: PLC0415
        from flycatcher.sinks.store.snapshot import snapshot  # noqa: PLC0415
    signer = read_verifier(key) if key else None
    ledger = Opened.of(path, signer)
    with tempfile.TemporaryDirectory(prefix="flycatcher-") as folder:
        address = f"store://{folder}/ledger.db"
        engine = open_store(address)
        ingest(engine, ledger.events)
        engine.dispose()
        with snapshot(address) as connection:
            yield Evidence(
                connection,
                _facts(path, ledger, key),
                _remarks(ledger, key),
                ledger.holds,
                has_people=False,
                has_integrity=True,
            )


def _facts(path: Path, ledger: Opened, key: str) -> tuple[tuple[str, str], ...]:
    where = shlex.quote(str(path))
    check = f"flycatcher ledger verify {where}{f' --key {shlex.quote(key)}' if key else ''}"
    size = counted(ledger.verdict.size, "entry", "entries")
    state = f"holds together: {size}" if ledger.holds else ledger.verdict.trouble
    return (
        ("source", f"ledger {path}"),
        ("integrity", f"{state} ({check})"),
        (
            "SQL is run with",
            f"flycatcher store import --store store:///$PWD/ledger.db {where}, then sqlite3 -readonly ledger.db",
        ),
        ("other queries", "flycatcher store query --store store:///$PWD/ledger.db"),
    )


def _remarks(ledger: Opened, key: str) -> tuple[str, ...]:
    found = [_REWRITTEN]
    if not ledger.holds:
        found.insert(
            0, f"This ledger does not hold together, so that nothing below is proven: {ledger.verdict.trouble}."
        )
    elif ledger.verdict.trouble:
        found.append(f"Not in the figures is what was written after the last checkpoint: {ledger.verdict.trouble}.")
    if not key:
        signed = (
            "its signature was not checked, as no key was given (--key)" if ledger.is_signed else "it is not signed"
        )
        found.append(f"Who wrote the ledger is not known: {signed}.")
    if ledger.unread:
        found.append(f"{counted(ledger.unread, 'entry', 'entries')} could not be read, and are in no figure.")
    return tuple(found)


def check_range(evidence: Evidence, span: Span) -> None:
    """Raise FlycatcherError where there is no record within the time."""
    first, last, count = evidence.connection.exec_driver_sql(_BOUNDS).one()
    said = f"no records from {rfc3339(span.since)} up to {rfc3339(span.until)}"
    if not count:
        raise FlycatcherError(
            f"{said}: {evidence.facts[0][1]} is empty", hint="flycatcher store import FILE fills a store", code=3
        )
    inside = f"{_BOUNDS} WHERE time >= {span.since!r} AND time < {span.until!r}"
    if not evidence.connection.exec_driver_sql(inside).one()[2]:
        bounds = f"from {value(first, 'time')} to {value(last, 'time')}"
        raise FlycatcherError(said, hint=f"{evidence.facts[0][1]} has records {bounds}", code=3)
