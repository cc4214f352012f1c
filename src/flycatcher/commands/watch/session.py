"""One ``flycatcher watch`` from start to end: sensor, signals, service manager, reports, exit code."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import AbstractContextManager, ExitStack
from typing import IO, TYPE_CHECKING, Any

from flycatcher.commands.watch.loop import Policy, Watcher
from flycatcher.commands.watch.service import Beat, Marker, notify, spare_memory
from flycatcher.config import load
from flycatcher.config.tables import install
from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation.privileges import drop_to
from flycatcher.isolation.worker import AnalysisWorker
from flycatcher.reporting import Reporter
from flycatcher.sinks.reports import live, opened, reports
from flycatcher.sources.sensors.ebpf.record import rfc3339
from flycatcher.sources.sensors.notice import Notice
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.commands.watch.loop import Source
    from flycatcher.config import Config
    from flycatcher.sinks import Sink
    from flycatcher.sources.sensors.ebpf.kill import Killer

DETECTED = 10
_NANOSECONDS = 1_000_000_000
_POLL = 0.5
_RETRY = 10.0
"""Seconds after which a report that could not be written (a full disk, a reader that stalled) is tried again."""


class Session:
    """Reads the options once; :meth:`run` returns the exit code."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Everything that can be wrong with options and configuration is said here, before anything is loaded."""
        self._options = options
        config = self._configured()
        self._reporter = Reporter(
            opened(_sinks(options)),
            suppressions=config.suppress,
            fail_on=options["fail_on"] or "",
            redact=not options["no_redact"],
            retry=_RETRY,
        )
        self._worker = AnalysisWorker()
        self._watcher = Watcher(self._policy(config), self._reporter, self._say, analyser=self._worker.analyse)
        self._marker, self._beat = Marker(options["state"]), Beat()
        self._stop = self._again = False

    def _configured(self) -> Config:
        config = load(self._options["config_path"]).config
        install(config.interpreters)
        return config

    def _policy(self, config: Config) -> Policy:
        options = self._options
        return Policy(
            shells=options["shells"],
            kill=options["kill"] or "",
            tree=options["tree"] or 0,
            environment=options["environment"] or config.environment or "",
        )

    def run(self) -> int:
        """Watch until told to end."""
        spare_memory()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGHUP, self._on_again)
        with ExitStack() as stack:
            source = self._source(stack)
            if not self._options["keep_privileges"]:
                drop_to(self._kept())
            self._worker.ready()
            self._began()
            notify("READY=1", f"STATUS=watching with {self._options['sensor']}")
            self._watch(source)
            notify("STOPPING=1")
            for item in source.drain():
                self._watcher.take(item)
        self._worker.close()
        self._ended()
        return self._code()

    def _watch(self, source: Source) -> None:
        seconds = self._options["seconds"]
        end = time.monotonic() + seconds if seconds else float("inf")
        while not self._stop and time.monotonic() < end:
            for item in source.poll(min(_POLL, max(0.0, end - time.monotonic()))):
                self._watcher.take(item)
            self._beat.tick()
            self._marker.beat()
            if self._again:
                self._reload()

    def _source(self, stack: ExitStack) -> Source:
        """Load the sensor that was asked for, and the kill policy with it."""
        opened: AbstractContextManager[Source]
        if self._options["sensor"] == "audit":
            from flycatcher.sources.sensors.audit.sensor import Audit  # noqa: PLC0415

            opened = Audit(add_rules=self._options["audit_rule"])
            source = stack.enter_context(opened)
            self._watcher.killer = self._killer()
            return source
        from flycatcher.sources.sensors.ebpf.sensor import Sensor, Settings  # noqa: PLC0415

        killer = self._killer()
        sensor = Sensor(
            Settings(ring_bytes=int(self._options["ring"]) << 20, stdin_bytes=self._options["capture_stdin"])
        )
        stack.enter_context(sensor)
        if killer is not None:
            killer.arm(sensor)
        self._watcher.killer = killer
        return sensor

    def _killer(self) -> Killer | None:
        if not self._options["kill"]:
            return None
        from flycatcher.sources.sensors.ebpf.kill import Killer, scope_of  # noqa: PLC0415

        return Killer(enforce=self._options["enforce"], scopes=tuple(map(scope_of, self._options["scopes"])))

    def _kept(self) -> list[str]:
        """Name the capabilities that watching needs: to look at everybody's /proc and files, and what was asked for."""
        kept = ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_BPF"]
        if self._options["enforce"]:
            kept.append("CAP_KILL")
        if self._options["sensor"] == "audit":
            kept += ["CAP_AUDIT_READ", "CAP_AUDIT_CONTROL"]
        return kept

    def _began(self) -> None:
        before, now = self._marker.previous(), time.time_ns()
        self._marker.beat()  # from here on, an end that is not in order shows
        if before is not None:
            ended = "" if before.how == "stopped" else "; the run before did not end in order"
            gap = now / _NANOSECONDS - before.watched_until
            since = rfc3339(int(before.watched_until * _NANOSECONDS))
            self._note("gap", f"nothing was watched for {gap:.1f} seconds{ended}", since=since)
        self._note("started", f"watching with {self._options['sensor']}")

    def _ended(self) -> None:
        self._note("stopped", f"{self._watcher.seen} executions of interpreters seen, {self._watcher.lost} lost")
        self._marker.beat("stopped")
        summary = self._reporter.close({"executions_seen": self._watcher.seen, "lost": self._watcher.lost})
        from flycatcher.sinks.formats.line import summary_line  # noqa: PLC0415

        self._line(summary_line(summary) + (f", {self._reporter.killed} killed" if self._reporter.killed else ""))
        for failure in self._reporter.failures:
            self._line(f"error: report {failure.path}: {failure.reason}; {failure.missed} records are not in it")

    def _code(self) -> int:
        if self._reporter.failed:
            return DETECTED
        lost = self._options["fail_on_loss"] and self._watcher.lost
        return int(bool(lost or self._reporter.failures))

    def _reload(self) -> None:
        """Read the configuration again; one that is wrong changes nothing and is said."""
        self._again = False
        notify("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            config = self._configured()
        except FlycatcherError as error:
            self._note("limit", f"the configuration was not reloaded: {error}")
        else:
            self._watcher.policy = self._policy(config)
            self._reporter.accept(config.suppress)
            self._reporter.reopen()
            self._note("reloaded", "the configuration was read again, reports were opened anew")
        notify("READY=1")

    def _note(self, kind: Any, text: str, since: str = "") -> None:  # noqa: ANN401 - one of the literals
        self._watcher.notice(
            Notice(kind=kind, sensor=self._options["sensor"], time=rfc3339(time.time_ns()), text=text, since=since)
        )

    def _say(self, notice: Notice) -> None:
        if not self._options["quiet"] or notice.kind == "loss":
            self._line(f"{notice.kind}: {visible(notice.text)}")

    @staticmethod
    def _line(text: str) -> None:
        try:
            sys.stderr.write(f"flycatcher: {text}\n")
            sys.stderr.flush()
        except OSError:
            pass  # nobody reads stderr any more

    def _on_stop(self, *_: object) -> None:
        self._stop = True

    def _on_again(self, *_: object) -> None:
        self._again = True


class _Stdout:
    """JSON Lines on stdout."""

    takes_notices = True
    path = "stdout"

    def __init__(self) -> None:
        self._torn = False
        self._handle: IO[bytes] | None = None

    def open(self) -> None:
        """Take the descriptor itself: what Python holds back in a buffer could not be given up."""
        from flycatcher.sinks.transports.files import check_room  # noqa: PLC0415

        self._handle = open(1, "wb", buffering=0, closefd=False)  # noqa: SIM115 - not a path, and not ours to close
        check_room(self._handle)

    def write(self, record: dict[str, Any]) -> None:
        """Write one line, and have it out."""
        from flycatcher.sinks.formats.encode import encode  # noqa: PLC0415
        from flycatcher.sinks.transports.files import write_all  # noqa: PLC0415

        if self._handle is not None:
            line = (b"\n" if self._torn else b"") + encode(record) + b"\n"
            self._torn = True
            write_all(self._handle, line)
            self._torn = False

    def close(self, summary: Any) -> None:  # noqa: ANN401 - a mapping
        """Write the figures."""
        self.write({"summary": dict(summary)})


def _sinks(options: dict[str, Any]) -> list[Sink]:
    """Return the sinks that the options ask for."""
    found = reports(options["reports"], append=True)
    if options["jsonl"]:
        found.append(_Stdout())
    if not options["quiet"]:
        found.append(live(options["depth"]))
    return found
