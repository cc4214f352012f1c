"""The work of ``flycatcher sinks``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import click
import msgspec
from msgspec import Struct

from flycatcher.config import load
from flycatcher.core.errors import FlycatcherError
from flycatcher.delivery import Wanted, destinations, spool_file
from flycatcher.destination import Destination
from flycatcher.layout import echo
from flycatcher.sinks.delivery.deliverer import deliver
from flycatcher.sinks.delivery.registry import format_for, transport_for
from flycatcher.sinks.delivery.spool import Spool, Standing
from flycatcher.sinks.message import Event, Message, Unavailable, event_of, rfc3339
from flycatcher.terminal import line_start, one_line, visible
from flycatcher.wording import counted

_MARKER = 'print "flycatcher: a test of this sink\\n"'


class Care(Struct, frozen=True):
    """A spool, and the sinks that are configured for it."""

    spool: str
    destinations: list[Destination]
    wait: float

    @classmethod
    def of(cls, sinks: tuple[str, ...], spool: str, config_path: Path | None) -> Care:
        """Read the configuration. Raises FlycatcherError."""
        loaded, wanted = load(config_path), Wanted(sinks, spool)
        return cls(
            spool_file(wanted, loaded.config, loaded.path),
            destinations(wanted, loaded.config),
            loaded.config.spool.wait,
        )

    def show(self, *, as_json: bool, dead: bool) -> None:
        """Print how it stands."""
        if not Path(self.spool).exists():
            click.echo(f"nothing was ever delivered from {visible(self.spool)}", err=True)
            return
        with Spool(self.spool) as spool:
            standings = spool.standings()
            if as_json:
                rows = [standing._asdict() for standing in standings]
                sys.stdout.write(msgspec.json.format(msgspec.json.encode(rows), indent=2).decode() + "\n")
                return
            echo(f"spool {line_start(self.spool)}")
            known = {destination.name for destination in self.destinations}
            for standing in standings:
                for line in _lines(standing, configured=not known or standing.name in known):
                    echo(line)
            for name, seq, when, reason, _ in spool.dead() if dead else ():
                echo(f"  dead letter {name} {seq}, {rfc3339(when)}: {one_line(reason)}")

    def retry(self, name: str) -> None:
        """Deliver what waits, dead letters too. Raises FlycatcherError where something still waits."""
        chosen = [each for each in self.destinations if name in {"", each.name}]
        if not chosen:
            raise FlycatcherError(
                f"no sink {name!r} is configured", hint="name it, or its address, with --sink", code=2
            )
        names = [destination.name for destination in chosen]
        with Spool(self.spool) as spool:
            revived = sum(spool.revive(each) for each in names)
            before = spool.depth(names)
            ear, bell = os.pipe()
            os.close(bell)
            deliver(self.spool, chosen, ear=ear, wait=self.wait)
            os.close(ear)
            left = spool.depth(names)
        click.echo(
            f"{counted(revived, 'dead letter')} put into the queue again, {counted(before - left, 'message')} delivered or refused"
        )
        if left:
            raise FlycatcherError(
                f"{counted(left, 'message still waits', 'messages still wait')}", hint="flycatcher sinks status"
            )

    def drop(self, name: str, *, waiting: bool) -> None:
        """Delete dead letters, or the queue."""
        with Spool(self.spool) as spool:
            count = spool.drop(name, waiting=waiting)
            spool.forget()
        what = counted(count, "waiting message") if waiting else counted(count, "dead letter")
        click.echo(f"{what} of {visible(name)} dropped")

    def test(self, *, show: bool) -> None:
        """Send a test message to each sink. Raises FlycatcherError where one did not take it."""
        if not self.destinations:
            raise FlycatcherError("no sink is configured", hint="name one with --sink, or write a [[sink]]", code=2)
        event, failed = _test_event(), 0
        for destination in self.destinations:
            body = format_for(destination).render(event)
            if show:
                sys.stdout.buffer.write(body.rstrip(b"\n") + b"\n")
                sys.stdout.buffer.flush()
                continue
            reason = _sent(destination, event, body)
            failed += bool(reason)
            echo(f"{destination.name}  {visible(destination.shown)}  {one_line(reason) or 'delivered'}")
        if failed:
            raise FlycatcherError(f"{counted(failed, 'sink')} did not take the message", hint="see the reasons above")


def _sent(destination: Destination, event: Event, body: bytes) -> str:
    """Return why a message was not delivered, empty where it was."""
    transport = transport_for(destination)
    message = Message(body=body, content_type=format_for(destination).content_type, event=event)
    try:
        return "".join(transport.send([message]).values())
    except (Unavailable, OSError) as error:
        return str(error) or type(error).__name__
    finally:
        transport.close()


def _test_event() -> Event:
    """Return a real detection, of text that only prints a line."""
    from flycatcher.core.detection import detect  # noqa: PLC0415 - loads every interpreter
    from flycatcher.core.execution import Execution  # noqa: PLC0415
    from flycatcher.reporting import record_of  # noqa: PLC0415

    found = detect(Execution(argv=("perl", "-e", _MARKER)))
    if found is None:
        raise FlycatcherError("the test detection is not one", hint="report this as a defect")
    return event_of(record_of(found))


def _lines(standing: Standing, *, configured: bool) -> list[str]:
    """Return a sink's lines."""
    age = f", the oldest for {time.time() - standing.oldest:.0f} s" if standing.oldest else ""
    counts = (
        f"  {counted(standing.waiting, 'message waits', 'messages wait')}{age}; {standing.delivered} delivered, "
        f"{standing.dead} dead, {standing.filtered} filtered, {standing.grouped} grouped, {standing.lost} dropped for want of room"
    )
    lines = [f"{standing.name}  {visible(standing.address)}{'' if configured else '  (not configured)'}", counts]
    if standing.error and standing.error_time > standing.last:
        again = f", tried again at {rfc3339(standing.next_try)}" if standing.next_try > time.time() else ""
        lines.append(f"  failing since {rfc3339(standing.error_time)}{again}: {one_line(standing.error)}")
    return lines
