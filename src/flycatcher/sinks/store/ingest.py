"""Records into the store: any number of times, each is there once."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import time
import zlib
from typing import TYPE_CHECKING, Any

import msgspec
import sqlalchemy as sa
from msgspec import structs

from flycatcher.core.levels import LEVELS
from flycatcher.sinks.formats.facts import Facts, facts_of, integer
from flycatcher.sinks.formats.title import title
from flycatcher.sinks.message import Event, mapping, packed, unpacked
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.bulk import present, write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection, Engine


BATCH, BATCH_BYTES = 4000, 32 << 20
"""Records, and their JSON, that one transaction takes."""
_WORD = re.compile(r"[a-z0-9_]{1,64}")
_ID = re.compile(r"[\w.-]+", re.ASCII)
"""What an address can hold; Flycatcher's own ids are sixteen hexadecimal digits."""
_WORDS = 20_000
"""Words of a text that full-text search knows."""
_COMMAND = 2000
_ARRIVALS = 0x666C79
"""The lock's number in PostgreSQL."""
_JOB = ("system", "repository", "workflow", "job", "run", "commit", "ref")
Rows = dict[str, dict[str, dict[str, Any]]]


class Counts(msgspec.Struct):
    """What an import did."""

    read: int = 0
    added: int = 0
    known: int = 0
    """Records that were there."""


def ingest(engine: Engine, events: Iterable[Event]) -> Counts:
    """Add events in batches, each in one transaction."""
    counts, batch, size, read = Counts(), dict[str, Event](), 0, 0
    for event in events:
        data, kept = _hashed(event)
        batch.setdefault(hashlib.blake2b(data, digest_size=16).hexdigest(), kept)
        size, read = size + len(data), read + 1
        if read >= BATCH or size >= BATCH_BYTES:
            _add(engine, batch, read, counts)
            batch, size, read = {}, 0, 0
    if read:
        _add(engine, batch, read, counts)
    return counts


def _add(engine: Engine, found: dict[str, Event], read: int, counts: Counts) -> None:
    """Add what is not there; ``read``: how many records it was, of which some may have been the same."""
    with engine.begin() as connection:
        known = _known(connection, list(found))
        new = Batch()
        for uid, event in found.items():
            if uid not in known:
                new.take(uid, event)
        new.write(connection)
    added = len(found) - len(known)
    counts.read += read
    counts.added += added
    counts.known += read - added


def _hashed(event: Event) -> tuple[bytes, Event]:
    """Return what a record's hash is made of, and the event as any database takes it.

    Two sightings differ by their time or process, two copies of one do not.
    """
    try:
        data = msgspec.json.encode(event.record, order="sorted")
    except UnicodeEncodeError:
        return _hashed(unpacked(packed(event)))
    if b"\\u0000" in data or "\0" in event.host:  # PostgreSQL's text cannot hold NUL
        return _hashed(unpacked(packed(event).replace(b"\\u0000", b"\\u2400")))
    return data, event


def _known(connection: Connection, uids: list[str]) -> set[str]:
    """Return those of the records that are there."""
    return {uid for table in (schema.executions, schema.notices) for uid in present(connection, table.c.uid, uids)}


def words_of(text: str) -> list[str]:
    """Return the words of a text that full-text search knows, in small letters."""
    return _WORD.findall(text.lower())[:_WORDS]


class Batch:
    """Rows by table and key: a row that many records share is there once."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: Rows = {table.name: {} for table in schema.metadata.sorted_tables}

    def take(self, uid: str, event: Event) -> None:
        """Add an event's rows."""
        when = _time_of(event)
        event = structs.replace(event, host=event.host[:255]) if len(event.host) > 255 else event
        self._host(event.host, when)
        if event.is_detection:
            self._detection(uid, event, _addressed(facts_of(event)), when)
        else:
            self._notice(uid, event, when)

    def _put(self, table: str, key: str, row: dict[str, Any]) -> None:
        self._rows[table].setdefault(key, row)

    def _host(self, host: str, when: float) -> None:
        row = self._rows["hosts"].setdefault(host, {"host": host, "first_seen": when, "last_seen": when})
        row["first_seen"], row["last_seen"] = min(row["first_seen"], when), max(row["last_seen"], when)

    def _detection(self, uid: str, event: Event, facts: Facts, when: float) -> None:
        level = [str(each) for each in LEVELS].index(event.level)
        times = (
            max(1, event.group.count - 1) if event.group else 1
        )  # the group's first was sent by itself, and is stored
        shared = self._rows["detections"].get(facts.id)
        if shared is None:
            shared = self._rows["detections"][facts.id] = {
                "fingerprint": facts.id, "shape": str(event.record.get("shape", ""))[:16], "interpreter": facts.interpreter,
                "level": level, "score": facts.score, "title": _title(event), "techniques": " ".join(facts.techniques),
                "first_seen": when, "last_seen": when, "count": 0,
            }  # fmt: skip
        shared["count"] += times
        shared["level"], shared["score"] = max(shared["level"], level), max(shared["score"], facts.score)
        shared["first_seen"], shared["last_seen"] = min(shared["first_seen"], when), max(shared["last_seen"], when)
        for capability in facts.capabilities:
            self._put(
                "capabilities", f"{facts.id} {capability}", {"fingerprint": facts.id, "capability": capability[:128]}
            )
        self._execution(uid, event, facts, (when, level))
        self._snippets(uid, facts)

    def _execution(self, uid: str, event: Event, facts: Facts, order: tuple[float, int]) -> None:
        context = facts.context
        row = {
            "uid": uid, "time": order[0], "fingerprint": facts.id, "host": event.host, "job": self._job(facts), "level": order[1],
            "score": facts.score, "interpreter": facts.interpreter, "vector": str(facts.snippet.get("vector", ""))[:32],
            "environment": context.get("environment", "")[:32], "outcome": facts.outcome[:32],
            "sensor": str(facts.fidelity.get("sensor", ""))[:32], "user": context.get("user.name", ""),
            "container": context.get("container.id", ""), "path": str(facts.finding.get("path") or facts.execution.get("exe", "")),
            "command": facts.command_line[:_COMMAND], "record": _compressed(event, facts),
        }  # fmt: skip
        self._put("executions", uid, row)
        self._put("arrivals", uid, {"uid": uid})

    def _job(self, facts: Facts) -> str | None:
        values = [facts.context.get(f"ci.{name}", "") for name in _JOB]
        if not any(values):
            return None
        key = hashlib.blake2b("\0".join(values).encode(), digest_size=16).hexdigest()
        names = ("system", "repository", "workflow", "name", "run", "commit", "ref")
        self._put("jobs", key, {"job": key, **dict(zip(names, values, strict=True))})
        return key

    def _snippets(self, uid: str, facts: Facts) -> None:
        for number, (snippet, text) in enumerate(zip(facts.snippets, facts.texts, strict=False)):
            if snippet.get("text") is None or not text.get("sha256"):
                continue
            key, content = str(text["sha256"])[:64], str(snippet["text"])
            if key not in self._rows["snippets"]:
                layers = facts.layers[number][1:] if number < len(facts.layers) else []
                said = " ".join(words_of(" ".join([content, *(str(layer.get("text", "")) for layer in layers)])))
                row = {
                    "sha256": key,
                    "language": str(snippet.get("language", ""))[:64],
                    "bytes": integer(text.get("bytes")),
                }
                self._put("snippets", key, row | {"text": content, "words": said})
                for depth, layer in enumerate(layers, 1):
                    made = {"sha256": key, "number": depth, "language": str(layer.get("language", ""))[:64]}
                    self._put("layers", f"{key} {depth}", made | {"text": str(layer.get("text", ""))})
            link = {"uid": uid, "number": number, "sha256": key, "vector": str(snippet.get("vector", ""))[:32]}
            self._put("execution_snippets", f"{uid} {number}", link)
            self._put("detection_snippets", f"{facts.id} {key}", {"fingerprint": facts.id, "sha256": key})

    def _notice(self, uid: str, event: Event, when: float) -> None:
        record = event.record
        row = {
            "uid": uid, "time": when, "kind": event.kind[:32], "host": event.host, "sensor": str(record.get("sensor", ""))[:32],
            "place": str(record.get("place", "")), "count": integer(record.get("count")), "text": _title(event),
            "record": zlib.compress(msgspec.json.encode(record), 1),
        }  # fmt: skip
        self._put("notices", uid, row)

    def write(self, connection: Connection) -> None:
        """Write all tables, those that others refer to first."""
        for table in schema.metadata.sorted_tables:
            rows = list(self._rows[table.name].values())
            if rows:
                if table is schema.arrivals:
                    _one_at_a_time(connection)
                write(connection, table, rows)


def _one_at_a_time(connection: Connection) -> None:
    """Let no other transaction number its arrivals until this one ends: who follows the numbers misses none."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ARRIVALS)))


def _addressed(facts: Facts) -> Facts:
    """Return facts whose id a page can have as its address: a hash takes the place of one that none can."""
    if _ID.fullmatch(facts.id) and set(facts.id) != {"."}:
        return facts
    return structs.replace(facts, id=hashlib.blake2b(facts.id.encode(), digest_size=8).hexdigest())


def _title(event: Event) -> str:
    """Return what an event is about; a report can come from anywhere, and hold what no title can be made of."""
    try:
        return title(event)
    except (TypeError, ValueError, AttributeError, KeyError):
        return "(not readable)"


def _compressed(event: Event, facts: Facts) -> bytes:
    """Return the record without the texts that :data:`schema.snippets` holds."""
    kept = [
        {key: value for key, value in snippet.items() if key != "text"} if number < len(facts.texts) else snippet
        for number, snippet in enumerate(facts.snippets)
    ]
    rest = event.record | {"snippets": kept}
    if event.group is not None:
        rest["group"] = msgspec.to_builtins(event.group)
    return zlib.compress(msgspec.json.encode(rest), 1)


def _time_of(event: Event) -> float:
    """Return when it happened: as the sensor saw it, else as the event was made."""
    fidelity = mapping(mapping(event.record.get("execution")).get("fidelity"))
    text = str(fidelity.get("time") or event.record.get("time") or "")
    try:
        return dt.datetime.fromisoformat(text).timestamp()
    except ValueError:
        return event.time or time.time()
