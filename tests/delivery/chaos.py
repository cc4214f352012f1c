"""Chaos: records into four sinks while receivers refuse, stall, answer nonsense and die, and the sender is killed at random.

``python -m tests.delivery.chaos [RECORDS [KILLS [SEED]]]`` prints the table of docs/reference/sinks.md (``make chaos``).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from flycatcher.destination import Destination
from flycatcher.sinks.delivery.spool import Spool
from flycatcher.sinks.message import unpacked
from tests.delivery.receivers import Answer, HttpReceiver, StreamReceiver, certificate_in
from tests.delivery.servers import NatsServer, Postgresql

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.delivery.receivers import Request

SENDER = """
import sys
import msgspec
from flycatcher.destination import Destination, SpoolSettings
from flycatcher.sinks.delivery.spooled import Spooled
path, wanted, first, end, wait = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
spooled = Spooled(path, msgspec.json.decode(wanted, type=list[Destination]), SpoolSettings(wait=wait, size=1 << 30))
spooled.open()
spooled.deliver()
print(spooled._deliverer._pid, flush=True)
for number in range(first, end):
    spooled.write({"schema": "flycatcher.notice/1", "kind": "limit", "sensor": "", "time": "", "text": "", "place": str(number), "count": number})
    print(number, flush=True)
try:
    spooled.close({"executions_seen": 0, "lost": 0, "detections": 0})
except OSError:
    sys.exit(1)
"""


class Outcome(NamedTuple):
    """What became of the records at one sink."""

    sink: str
    arrived: int
    """Different records that arrived."""
    copies: int
    """Messages that arrived once more; each has the id of the first."""
    dead: int
    """Records that were refused, and are dead letters."""
    failures: int
    """Requests that had to be repeated."""
    missing: int
    """Records that neither arrived nor are dead letters."""
    disorder: int
    """Records whose first arrival came before that of an earlier one."""


class Chaos:
    """The receivers, the sender, and a random generator that says what happens."""

    def __init__(self, folder: Path, records: int, kills: int, seed: int) -> None:
        self._folder, self._records, self._kills = folder, records, kills
        self._random = random.Random(seed)
        self._trouble = min(0.25, 40 / records + 0.01)
        self._web = HttpReceiver(self._answer)
        tls = certificate_in(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(tls / "cert.pem", tls / "key.pem")
        self._syslog = StreamReceiver(context, breaks=lambda: self._random.random() < 0.1)
        self._nats, self._postgresql = NatsServer(folder), Postgresql()
        for server in (self._nats, self._postgresql):
            server.start()
        asyncio.run(self._stream())
        self.destinations = [
            Destination(name="webhook", to=self._web.address, timeout=2),
            Destination(
                name="syslog",
                to=f"syslog+tls://127.0.0.1:{self._syslog.port}",
                format="flycatcher",
                ca_file=str(tls / "cert.pem"),
                timeout=5,
            ),
            Destination(name="nats", to=f"{self._nats.address}/fly.events", timeout=5),
            Destination(name="postgresql", to=self._postgresql.address, timeout=5),
        ]
        self._path = str(folder / "spool.db")

    async def _stream(self) -> None:
        import nats  # noqa: PLC0415

        connection = await nats.connect(self._nats.address)
        await connection.jetstream().add_stream(name="EVENTS", subjects=["fly.>"], duplicate_window=3600)
        await connection.close()

    def _answer(self, _: Request) -> Answer:
        if self._random.random() > self._trouble:
            return Answer()
        kind = self._random.randrange(8)
        if kind == 0:
            time.sleep(2.5)  # longer than the sender waits
        answers = [
            Answer(), Answer(429, headers=(("retry-after", "0"),)), Answer(500, b"boom"), Answer(503), Answer(raw=b"\x16\x03 nonsense\r\n"),
            Answer(raw=b""), Answer(400, b"refused"), Answer(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"),
        ]  # fmt: skip
        return answers[kind]

    def run(self) -> list[Outcome]:
        """Send everything, killing what is to be killed; return what became of it."""
        over = threading.Event()
        breaker = threading.Thread(target=self._break_servers, args=(over,))
        breaker.start()
        sent = 0
        for turn in range(self._kills + 1):
            last = turn == self._kills
            share = self._records if last else min(self._records, self._records * (turn + 1) // (self._kills + 1))
            sent = self._send(sent, share, killed=not last)
        over.set()
        breaker.join()
        for _ in range(20):
            with Spool(self._path) as spool:
                if not spool.depth([each.name for each in self.destinations]):
                    break
            self._send(self._records, self._records, killed=False)
        return self._outcomes()

    def _send(self, first: int, end: int, *, killed: bool) -> int:
        """Run a sender; return the number of the next record, as far as it has said that one is kept."""
        _TWICE.add(first)  # it may be kept without having been told of: then it is sent as another record
        wanted = msgspec.json.encode(self.destinations).decode()
        words = [
            sys.executable,
            "-c",
            SENDER,
            self._path,
            wanted,
            str(first),
            str(end if not killed else self._records),
            "60",
        ]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, start_new_session=True) as sender:
            assert sender.stdout is not None
            deliverer = int(sender.stdout.readline())
            sent = first
            for line in sender.stdout:
                sent = int(line) + 1
                if killed and sent >= end:
                    break
            if killed:
                time.sleep(self._random.random() / 4)
                victims = self._random.choice([[sender.pid], [deliverer, sender.pid], [sender.pid, deliverer]])
                for pid in victims:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                rest = [int(line) for line in sender.stdout if line.strip().isdigit()]
                sent = max([sent - 1, *rest]) + 1
        return sent

    def _break_servers(self, over: threading.Event) -> None:
        """Kill a server every now and then, and start it again."""
        while not over.wait(2 + self._random.random() * 3):
            server = self._random.choice([self._nats, self._postgresql])
            server.stop(signal.SIGQUIT if server is self._postgresql else signal.SIGKILL)
            over.wait(0.5)
            server.start()

    def _outcomes(self) -> list[Outcome]:
        arrived = {
            "webhook": self._of_web(),
            "syslog": self._of_syslog(),
            "nats": asyncio.run(self._of_nats()),
            "postgresql": self._of_store(),
        }
        with Spool(self._path) as spool:
            dead: Counter[str] = Counter()
            buried: dict[str, set[int]] = {}
            for name, _, _, _, body in spool.dead():
                record = unpacked(body).record
                if record.get("kind") == "limit":
                    dead[name] += 1
                    buried.setdefault(name, set()).add(int(record["place"]))
            failures = {each.name: each.failures for each in spool.standings()}
        return [
            outcome(name, found, dead[name], failures[name], set(range(self._records)) - buried.get(name, set()))
            for name, found in arrived.items()
        ]

    def _of_web(self) -> list[tuple[str, int]]:
        refused = {id(request) for request in self._web.refused}
        bodies = [
            (request.headers["x-flycatcher-id"], json.loads(request.body))
            for request in self._web.requests
            if id(request) not in refused
        ]
        return [(uid, int(body["place"])) for uid, body in bodies if body.get("kind") == "limit"]

    def _of_syslog(self) -> list[tuple[str, int]]:
        bodies = [
            json.loads(frame[frame.index(b"] ") + 2 :].removeprefix(b"\xef\xbb\xbf")) for frame in self._syslog.frames
        ]
        return [(body["event"]["id"], int(body["place"])) for body in bodies if body.get("kind") == "limit"]

    async def _of_nats(self) -> list[tuple[str, int]]:
        import nats  # noqa: PLC0415

        connection = await nats.connect(self._nats.address)
        stream = connection.jetstream()
        subscription = await stream.pull_subscribe("fly.>", durable="reader")
        found = []
        while (
            await subscription.consumer_info()
        ).num_pending:  # a fetch may find nothing in its time on a busy machine
            with contextlib.suppress(TimeoutError):
                for message in await subscription.fetch(500, timeout=2):
                    body = json.loads(message.data)
                    await message.ack()
                    if body.get("kind") == "limit":
                        found.append((body["event"]["id"], int(body["place"])))
        await connection.close()
        return found

    def _of_store(self) -> list[tuple[str, int]]:
        import sqlalchemy as sa  # noqa: PLC0415

        from flycatcher.sinks.store import schema  # noqa: PLC0415
        from flycatcher.sinks.store.database import open_store  # noqa: PLC0415

        engine = open_store(self._postgresql.address)
        with engine.connect() as connection:
            found = connection.execute(
                sa.select(schema.notices.c.uid, schema.notices.c["count"]).where(schema.notices.c.kind == "limit")
            )
            rows = sorted(((row[0], int(row[1])) for row in found), key=lambda each: each[1])
        engine.dispose()
        return rows

    def close(self) -> None:
        """End the receivers."""
        self._nats.stop()
        self._postgresql.remove()
        self._syslog.close()
        self._web.__exit__()


def outcome(sink: str, arrived: list[tuple[str, int]], dead: int, failures: int, expected: set[int]) -> Outcome:
    """Count. A record's id is the same in every copy of it."""
    ids: dict[int, set[str]] = {}
    order = []
    for uid, number in arrived:
        if number not in ids:
            order.append(number)
        ids.setdefault(number, set()).add(uid)
    copies = len(arrived) - len({uid for uid, _ in arrived})
    assert all(len(each) <= 1 + (number in _TWICE) for number, each in ids.items()), sink
    disorder = sum(later < earlier for earlier, later in itertools.pairwise(order))
    return Outcome(sink, len(ids), copies, dead, failures, len(expected - ids.keys()), disorder)


_TWICE: set[int] = set()
"""Records that a sender was killed over."""


def table(found: list[Outcome]) -> str:
    """Return the outcomes in Markdown."""
    rows = ["| " + " | ".join(Outcome._fields) + " |", "|---" * len(Outcome._fields) + "|"]
    return "\n".join([*rows, *("| " + " | ".join(map(str, each)) + " |" for each in found)])


def run(records: int, kills: int, seed: int, made: Callable[[str], Path]) -> list[Outcome]:
    """Run it in a folder."""
    folder = made("chaos")
    chaos = Chaos(folder, records, kills, seed)
    try:
        return chaos.run()
    finally:
        chaos.close()


def main() -> None:
    """Print the table."""
    records, kills, seed = (int(word) for word in [*sys.argv[1:], *["50000", "20", "1"][len(sys.argv) - 1 :]])
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        found = run(records, kills, seed, lambda name: Path(tempfile.mkdtemp(prefix=name, dir=folder)))
        print(table(found))
        print(f"\n{records} records, {kills} kills, seed {seed}, {time.monotonic() - began:.0f} s")
    sys.exit(any(each.missing or each.disorder for each in found))


if __name__ == "__main__":
    main()
