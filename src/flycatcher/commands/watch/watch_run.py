"""One ``flycatcher watch`` from start to end: sensor, signals, service manager, reports, exit code."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.baselines import Asked, BaselineRun, limit_of
from flycatcher.commands.watch.loop import WatchLoop
from flycatcher.commands.watch.responder import Responder
from flycatcher.commands.watch.service import Beat, Marker, notify, spare_memory, stay_ahead
from flycatcher.config import Loaded, load_committed
from flycatcher.config.tables import install
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.core.payload.origins import accept
from flycatcher.delivery import Wanted, attached, unused
from flycatcher.isolation.privileges import drop_to
from flycatcher.isolation.worker import AnalysisWorker
from flycatcher.layout import say
from flycatcher.reporting import Reporter
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.line import summary_line
from flycatcher.sinks.reports import live, opened, reports
from flycatcher.sinks.transports.stream import Stdout
from flycatcher.sources.notice import Notice, NoticeKind
from flycatcher.sources.sensors.clock import rfc3339
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from flycatcher.commands.watch.loop import HostSensor
    from flycatcher.commands.watch.settings import WatchSettings
    from flycatcher.config import Config
    from flycatcher.sinks import Sink
    from flycatcher.sinks.metrics import Metrics
    from flycatcher.sources.sensors.ebpf.kill import Killer

_NANOSECONDS = 1_000_000_000
_POLL = 0.5
_RETRY = 10.0
"""Seconds after which a report that could not be written (a full disk, a reader that stalled) is tried again."""


class WatchRun:
    """Reads the options once; :meth:`run` returns the exit code."""

    def __init__(self, settings: WatchSettings) -> None:
        """Read the configuration and open the reports; nothing is loaded into the kernel yet. Raises FlycatcherError."""
        self._settings = settings
        config = self._configured()
        prepare = (lambda: None) if settings.keep_privileges else (lambda: drop_to(()))
        wanted = Wanted(settings.sinks, settings.spool)
        self._spooled = attached(wanted, config, self._config_path, prepare)
        self._metrics = self._counting() if settings.metrics else None
        self._reporter = Reporter(
            opened([*_sinks(settings, Loaded(config, self._config_path)), *self._attached()]),
            suppressions=config.suppress,
            rules=config.rule,
            ignores=not settings.no_ignores,
            fail_on=limit_of(settings.fail_on).level or "",
            redact=not settings.no_redact,
            retry=_RETRY,
        )
        self._rules_kill = _kills(config)
        if settings.enforce and not (settings.kills() or self._rules_kill or settings.config_path):
            raise FlycatcherError(
                "--enforce needs --kill LEVEL",
                hint="or a rule with the action kill, or --config, whose rules may come later",
                code=2,
            )
        self._reporter.baseline = _baseline(settings, config)
        self._worker = AnalysisWorker()
        self._loop = WatchLoop(
            settings.configured(config), self._reporter, self._print_notice, analyser=self._worker.analyse
        )
        asked = settings.asked()
        if asked is not None:
            self._loop.responder = Responder(asked, self._loop.notice, settings.sensor)
            self._loop.responder.prepare()
        self._marker, self._beat = Marker(settings.state), Beat()
        self._stop = self._again = False

    def _configured(self) -> Config:
        loaded = load_committed(self._settings.config_path)
        for remark in loaded.remarks:
            _print(remark)
        install(loaded.config.interpreters)
        accept(loaded.config.accepted_installers)
        self._config_path = loaded.path
        if loaded.config.sink and self._settings.config_path is None and "SUDO_UID" in os.environ:
            _print(unused(loaded.config))
            return structs.replace(loaded.config, sink=())
        return loaded.config

    def _attached(self) -> list[Sink]:
        """Return the sinks that deliver and that count, where they are asked for."""
        found: list[Sink | None] = [self._spooled, self._metrics]
        return [each for each in found if each is not None]

    def _counting(self) -> Metrics:
        from flycatcher.sinks.metrics import Metrics  # noqa: PLC0415 - only --metrics needs it

        return Metrics(lambda: self._loop.seen, self._spooled.standings if self._spooled else tuple)

    def run(self) -> int:
        """Watch until a signal or the time ends it; return the exit code."""
        spare_memory()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_again)
        with ExitStack() as stack:
            sensor = self._sensor(stack)
            stay_ahead()
            if not self._settings.keep_privileges:
                drop_to(self._settings.capabilities())
            self._worker.ready()
            if self._spooled is not None:
                self._spooled.deliver()
            if self._metrics is not None:
                self._metrics.serve(self._settings.metrics or "")
                self._metrics.ready = True
            self._began()
            notify("READY=1", f"STATUS=watching with {self._settings.sensor}")
            self._watch(sensor)
            notify("STOPPING=1")
            for item in sensor.drain():
                self._loop.take(item)
        self._worker.close()
        if self._loop.responder is not None:
            self._loop.responder.close()
        self._ended()
        return self._code()

    def _watch(self, sensor: HostSensor) -> None:
        seconds = self._settings.seconds
        end = time.monotonic() + seconds if seconds else float("inf")
        while not self._stop and time.monotonic() < end:
            for item in sensor.poll(min(_POLL, max(0.0, end - time.monotonic()))):
                self._loop.take(item)
            self._beat.tick()
            self._marker.beat()
            self._reporter.tick()
            if self._loop.responder is not None:
                self._loop.responder.tick()
            if self._again:
                self._reload()

    def _sensor(self, stack: ExitStack) -> HostSensor:
        """Load the sensor that was asked for, and the kill policy with it."""
        audit: AbstractContextManager[HostSensor]
        if self._settings.sensor == "audit":
            from flycatcher.sources.sensors.audit.sensor import Audit  # noqa: PLC0415

            audit = Audit(add_rules=self._settings.audit_rule)
            source = stack.enter_context(audit)
            self._loop.killer = self._killer()
            return source
        from flycatcher.sources.sensors.ebpf.sensor import Sensor, SensorSettings  # noqa: PLC0415

        killer = self._killer()
        sensor = Sensor(
            SensorSettings(ring_bytes=int(self._settings.ring) << 20, stdin_bytes=self._settings.capture_stdin)
        )
        stack.enter_context(sensor)
        if killer is not None:
            killer.arm(sensor)
        self._loop.killer = killer
        return sensor

    def _killer(self) -> Killer | None:
        if not (self._settings.kills() or self._rules_kill):
            return None
        from flycatcher.sources.sensors.ebpf.kill import Killer, scope_of  # noqa: PLC0415

        return Killer(enforce=self._settings.enforce, scopes=tuple(map(scope_of, self._settings.scopes)))

    def _began(self) -> None:
        before, now = self._marker.previous(), time.time_ns()
        try:
            self._marker.write()  # from here on, an end that is not in order shows
        except OSError as error:
            self._note(
                "limit", f"the state file cannot be written, so that the next run reports no gap: {error.strerror}"
            )
        if before is not None:
            ended = "" if before.how == "stopped" else "; the previous run did not end cleanly"
            gap = now / _NANOSECONDS - before.watched_until
            since = rfc3339(int(before.watched_until * _NANOSECONDS))
            self._note("gap", f"nothing was watched for {gap:.1f} seconds{ended}", since=since)
        self._note("started", f"watching with {self._settings.sensor}")
        self._endings()

    def _endings(self) -> None:
        """Say which rules have ended, or end soon."""
        for remark in self._reporter.policies.remarks():
            self._note("limit", remark)

    def _ended(self) -> None:
        self._note("stopped", f"{counted(self._loop.seen, 'execution')} of interpreters seen, {self._loop.lost} lost")
        self._marker.beat("stopped")
        figures = {"executions_seen": self._loop.seen, "lost": self._loop.lost, "uninspected": self._loop.uninspected}
        summary = self._reporter.close(figures)
        self._unlearnt = False
        for line in self._learnt():
            _print(line)
        _print(summary_line(summary) + (f", {self._reporter.killed} killed" if self._reporter.killed else ""))
        if self._reporter.undelivered:
            _print(f"warning: sinks: {self._reporter.undelivered}; see flycatcher sinks status")
        for failure in self._reporter.failures:
            _print(
                f"error: report {failure.path}: {failure.reason}; {counted(failure.missed, 'record is', 'records are')} not in it"
            )

    def _learnt(self) -> list[str]:
        """Write the baseline, and return what there is to say of it."""
        try:
            return self._reporter.baseline.close() if self._reporter.baseline is not None else []
        except FlycatcherError as error:
            self._unlearnt = True
            return [f"error: {error}"]

    def _code(self) -> int:
        if self._reporter.failed:
            return DETECTED
        lost = self._settings.fail_on_loss and self._loop.lost
        return int(bool(lost or self._reporter.failures or self._unlearnt))

    def _reload(self) -> None:
        """Read the configuration again; one that is wrong changes nothing and is reported."""
        self._again = False
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._configured()
        except FlycatcherError as error:
            self._note("limit", f"the configuration was not reloaded: {error}")
        else:
            self._loop.settings = self._settings.configured(config)
            self._reporter.accept(config.suppress, config.rule)
            self._rules_kill = _kills(config)
            if self._loop.killer is None:
                self._loop.killer = self._killer()
            self._endings()
            self._reporter.reopen()
            self._note("reloaded", "the configuration was read again, reports were reopened")
        notify("READY=1")

    def _note(self, kind: NoticeKind, text: str, since: str = "") -> None:
        """Write a notice about this run."""
        self._loop.notice(
            Notice(kind=kind, sensor=self._settings.sensor, time=rfc3339(time.time_ns()), text=text, since=since)
        )

    def _print_notice(self, notice: Notice) -> None:
        if not self._settings.quiet or notice.kind == "loss":
            _print(f"{notice.kind}: {notice.text}")

    def _on_stop(self, *_: object) -> None:
        self._stop = True

    def _on_again(self, *_: object) -> None:
        self._again = True


def _print(text: str) -> None:
    """Write a line to stderr."""
    with contextlib.suppress(OSError):  # nobody reads stderr any more
        say(visible(text))


def _kills(config: Config) -> bool:
    """Whether a rule of the configuration kills."""
    return any(rule.action == "kill" for rule in config.rule)


def _baseline(settings: WatchSettings, config: Config) -> BaselineRun | None:
    """Return the baseline that is learnt or compared with. Raises FlycatcherError."""
    is_needed = limit_of(settings.fail_on).new and settings.baseline is None
    asked = Asked(settings.learn, "" if is_needed else settings.baseline, ends=config.baseline.ends)
    found = BaselineRun.of(asked, {})
    for remark in found.remarks if found is not None else ():
        _print(remark)
    return found


def _sinks(settings: WatchSettings, loaded: Loaded) -> list[Sink]:
    """Return the sinks that the options ask for."""
    found = reports(settings.reports, append=True, compact=settings.compact)
    if settings.ledger or settings.ledger_key:
        from flycatcher.ledger.sink import attached as ledger  # noqa: PLC0415 - only --ledger needs it

        found += ledger(settings.ledger, settings.ledger_key, loaded, settings.sensor, announced=True)
    if settings.jsonl:
        found.append(JsonLines(Stdout()))
    if not settings.quiet:
        found.append(live(settings.depth))
    return found
