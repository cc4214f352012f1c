"""What an audit log has lost, by its own numbers: serial numbers without a record, silence, clocks that jump, a daemon that was off."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flycatcher.sources.logs.engine.audit_event import Event, Fields
from flycatcher.sources.logs.engine.audit_runs import KEY
from flycatcher.sources.logs.engine.clock import epoch, stamp
from flycatcher.sources.logs.engine.recorded import Lost

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SILENCE = 3600.0
"""Seconds without any record that are worth a word."""
_JUMP = 5.0
"""Seconds that a clock may be put back without a word."""
_RESTART = 1000
"""A serial number that is smaller by more than this is another boot's."""


class _Host:
    """The numbers of one host."""

    __slots__ = ("number", "time")

    def __init__(self, number: int, time: float) -> None:
        self.number = number
        self.time = time


class Serials:
    """Counts the events of each host."""

    def __init__(self) -> None:
        """Start without any."""
        self._hosts: dict[bytes, _Host] = {}

    def take(self, events: Iterable[bytes]) -> Iterator[Lost]:
        """Take the keys of the events of one window, each with its host behind it; yield what is missing in front of and between them."""
        whole = b"\n".join(events)
        if b" " not in whole:
            yield from self._of(b"", whole)
            return
        hosts: dict[bytes, list[bytes]] = {}
        for key in whole.split(b"\n"):
            number, _, node = key.partition(b" ")
            hosts.setdefault(node, []).append(number)
        for node, keys in hosts.items():
            yield from self._of(node, b"\n".join(keys))

    def _of(self, node: bytes, keys: bytes) -> Iterator[Lost]:
        """Take one host's keys."""
        found = KEY.findall(keys)
        numbers = list(map(int, [number for _, number in found]))
        times = list(map(float, [when for when, _ in found]))
        host = self._hosts.get(node)
        if host is not None and found and _is_unbroken(host, numbers, times):
            host.number, host.time = numbers[-1], times[-1]
        elif found:
            yield from self._window(node, list(zip(numbers, times, strict=True)))

    def _window(self, node: bytes, found: list[tuple[int, float]]) -> Iterator[Lost]:
        """Yield what one host's events of a window, by serial number, have lost."""
        name = os.fsdecode(node)
        found.sort()
        host = self._hosts.get(node)
        if host is None:
            host = self._hosts[node] = _Host(found[0][0] - 1, found[0][1])
        missing, since, until = 0, 0.0, 0.0
        for number, when in found:
            if number < host.number - _RESTART:
                host.number = number - 1
            step = number - host.number - 1
            if 0 < step < _RESTART * _RESTART:
                missing, since, until = missing + step, since or host.time, when
            if when - host.time > SILENCE:
                text = f"no record for {int(when - host.time)} seconds"
                yield Lost(text=text, kind="gap", place="silence", host=name, since=host.time, time=when)
            elif host.time - when > _JUMP and step >= 0:
                text = f"the clock was put back by {int(host.time - when)} seconds"
                yield Lost(text=text, kind="gap", place="clock", host=name, since=host.time, time=when)
            host.number, host.time = max(number, host.number), when
        if missing:
            text = f"{missing} serial numbers without a record, {len(found)} with one"
            yield Lost(text=text, place="serial", host=name, count=missing, since=since, time=until)

    def daemon(self, line: bytes, event: Event) -> Iterable[Lost]:
        """Return what a record of the daemon about itself says."""
        kind = line[line.find(b"type=") + 5 :].split(b" ", 1)[0].decode("ascii", "replace")
        if kind in ("DAEMON_ROTATE", "DAEMON_CLOSE", "DAEMON_RESUME"):
            return ()
        low = line.find(b"audit(") + 6
        when = epoch(line[low : line.find(b":", low)])
        said = Fields(line).get("op")
        text = f"auditd: {kind} {said}".rstrip()
        return (Lost(text=text, kind="gap", place="daemon", host=os.fsdecode(event.node), time=when, since=when),)

    def end(self) -> Iterable[Lost]:
        """Return nothing: what is missing behind the end of a log, no number tells."""
        return ()


def _is_unbroken(host: _Host, numbers: list[int], times: list[float]) -> bool:
    """Whether a window's events follow each other and what was before without a gap, in order, and without silence."""
    first = host.number + 1
    return (
        numbers == list(range(first, first + len(numbers)))
        and times[0] >= host.time
        and times[-1] - host.time <= SILENCE
        and times == sorted(times)
    )


def span(lost: Lost) -> str:
    """Return the time that a loss lies in, for people."""
    return " to ".join(filter(None, dict.fromkeys((stamp(lost.since), stamp(lost.time)))))
