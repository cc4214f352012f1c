"""One ``flycatcher run`` from start to end: configuration, reports, supervisor, summary, exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from msgspec import structs

from flycatcher.baselines import Asked, BaselineRun
from flycatcher.collector import spare_collections
from flycatcher.commands.run.attested import attested, build_reads
from flycatcher.commands.run.choice import choose
from flycatcher.commands.run.judge import RunJudge
from flycatcher.config import load_committed
from flycatcher.config.tables import install
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.core.payload.origins import accept
from flycatcher.delivery import Wanted, attached, unused
from flycatcher.isolation.privileges import drop_to
from flycatcher.layout import say
from flycatcher.reporting import Reporter
from flycatcher.sinks.formats import github
from flycatcher.sinks.formats.digest import Digest
from flycatcher.sinks.formats.line import summary_line
from flycatcher.sinks.outputs import step_summary
from flycatcher.sinks.reports import live, opened, reports
from flycatcher.sources.context.ci import ci_context
from flycatcher.sources.sensors.seccomp.command import invoking_user
from flycatcher.sources.sensors.seccomp.supervised_run import SupervisedRun
from flycatcher.sources.sensors.seccomp.supervision import Supervision
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.commands.run.settings import RunSettings
    from flycatcher.config import Loaded
    from flycatcher.isolation.worker import AnalysisWorker
    from flycatcher.sinks import Sink
    from flycatcher.sinks.delivery.spooled import Spooled
    from flycatcher.sources.sensors.seccomp.followed import RunOutcome
    from flycatcher.sources.sensors.seccomp.front import Start


class ObservedRun:
    """One observed command. Errors in options and configuration are reported before the command starts."""

    def __init__(self, options: RunSettings) -> None:
        """Read the configuration and open the reports. Raises FlycatcherError."""
        loaded = load_committed(options.config_path, commit=ci_context(os.environ).get("ci.commit", ""))
        _print(list(loaded.remarks))
        config = loaded.config
        install(config.interpreters)
        accept(config.accepted_installers)
        self._settings = options.configured(config)
        self.enforces = self._settings.enforces
        self._judge: RunJudge | None = None
        self._unlearnt = False
        self._spooled = _spooled(self._settings, loaded)
        self._baseline = _baseline(self._settings, options, loaded)
        _print(self._baseline.remarks if self._baseline else [])
        self._trace = attested(self._settings, loaded)
        attestation = [self._trace.sink] if self._trace is not None else []
        self._reporter = Reporter(
            opened(_sinks(self._settings, loaded) + attestation + ([self._spooled] if self._spooled else [])),
            suppressions=config.suppress,
            rules=config.rule,
            ignores=not self._settings.no_ignores,
            fail_on=self._settings.fail_on or "",
            redact=not self._settings.no_redact,
        )
        self._reporter.baseline = self._baseline
        _print(self._reporter.policies.remarks())
        self._choice = choose(self._settings)  # last: what is started from here on would be seen
        self.filters = self._choice.sensor is None
        self._settings = structs.replace(self._settings, sensor=self._choice.name)
        if options.sensor != "seccomp" and not options.quiet:
            _print([f"sensor: {self._choice.name}: {self._choice.why}"])

    def __call__(self, start: Start) -> int:
        """Supervise, in a process of its own; return the exit code."""
        from flycatcher.isolation.worker import AnalysisWorker  # noqa: PLC0415 - while the command starts

        settings = self._settings
        if settings.enforces:
            from flycatcher.isolation.detached import detach  # noqa: PLC0415 - as above
            from flycatcher.isolation.sealed import seal  # noqa: PLC0415 - as above

            if self._spooled is not None:
                self._spooled.load_late()
            user = invoking_user()
            build_uid = user.uid if user else os.geteuid()
            seal(build_uid)
            detach(build_uid)  # the front has said what could not be
        if self._spooled is not None:
            self._spooled.deliver()
        spare_collections()
        sensor = self._choice.sensor
        # a program that is started would be one that the BPF sensor sees
        worker = AnalysisWorker(forks=settings.enforces or sensor is not None)
        self._judge = self._judged_by(worker)
        supervision = Supervision(settings.stdin_wait / 1000, settings.wait_all, settings.denies, settings.enforces)
        if sensor is None:
            return SupervisedRun(start, self._judge, supervision).run(self._close)
        from flycatcher.commands.run.kernel_run import KernelRun  # noqa: PLC0415 - ctypes and libbpf

        worker.ready()  # while this process has one thread
        return KernelRun(start, self._judge, supervision, sensor).run(
            self._close, lambda: worker.alive + self._helpers()
        )

    def _judged_by(self, worker: AnalysisWorker) -> RunJudge:
        """Return the judge: one that lists every execution, where the run is attested."""
        if self._trace is None:
            return RunJudge(self._settings, self._reporter, worker)
        return self._trace.judge(self._settings, self._reporter, worker)

    def _close(self, outcome: RunOutcome) -> int:
        """Finish the reports, print how it went, and choose the exit code."""
        counts = outcome.counts
        figures = {
            "executions_seen": counts.seen,
            "lost": counts.lost,
            "exit_code": outcome.code,
            "observed": outcome.observed,
            "outlived": max(0, counts.left - self._helpers()),
        }
        summary = self._reporter.close(figures | (_enforced(outcome) if self.enforces else {}))
        if self._judge is not None:
            self._judge.stop_reporting()
        _print(
            [
                *self._closing(summary),
                *self._learnt(outcome),
                *_troubles(outcome),
                *([f"not read: {outcome.trouble}"] if outcome.trouble else []),
                *self._unwritten(),
            ]
        )
        return self._code(outcome)

    def _helpers(self) -> int:
        """Return how many processes deliver."""
        return self._spooled.helpers if self._spooled else 0

    def _code(self, outcome: RunOutcome) -> int:
        """Choose the exit code: the command's own, unless the run has something worse to tell."""
        counts = outcome.counts
        unknown = self._settings.fail_on and self._judge is not None and self._judge.partial
        if self._reporter.failed or unknown or counts.killed:
            return DETECTED
        lost = (self.enforces or self._settings.fail_on_loss) and (counts.lost or not outcome.observed)
        return outcome.code or int(bool(self._reporter.failures or lost or self._unlearnt))

    def _closing(self, summary: Mapping[str, Any]) -> list[str]:
        """Return the summary's lines; none with ``--quiet`` where nothing was found."""
        if self._settings.quiet and not self._reporter.detections:
            return []
        if not summary["observed"]:
            return ["nothing was observed by this run"]
        kinds = ", ".join(f"{count} {kind}" for kind, count in summary["by_interpreter_and_vector"].items())
        lines = [summary_line(summary) + (f" ({kinds})" if kinds else "")]
        if summary["detections"]:
            environment = self._settings.context.get("environment", "")
            lines.append(f"what is at stake and what to do next: flycatcher guide {environment}".rstrip())
        if summary["outlived"]:
            lines.append(
                counted(
                    summary["outlived"],
                    "background process is still running; what it starts from now on is not reported (--wait-all)",
                    "background processes are still running; what they start from now on is not reported (--wait-all)",
                )
            )
        return lines

    def _learnt(self, outcome: RunOutcome) -> list[str]:
        """Write the baseline, and return what there is to say of it."""
        if self._baseline is None or not outcome.observed:
            return []
        try:
            lines = self._baseline.close(whole=not outcome.code and not outcome.counts.lost)
        except FlycatcherError as error:
            self._unlearnt = True
            return [f"error: {error}"]
        quiet = self._settings.quiet and not self._reporter.detections and self._settings.learn is None
        return [] if quiet else lines

    def _unwritten(self) -> list[str]:
        """Return a line for each report that does not hold everything, or did not for a time."""
        restored = [f"warning: report {each.path}: {each.reason}" for each in self._reporter.restored]
        if self._reporter.undelivered:
            restored.append(f"warning: sinks: {self._reporter.undelivered}; see flycatcher sinks status")
        return restored + [
            f"error: report {failure.path}: {failure.reason}; {counted(failure.missed, 'detection is', 'detections are')} not in it"
            for failure in self._reporter.failures
        ]


def _enforced(outcome: RunOutcome) -> dict[str, Any]:
    """Return the figures of a run that enforces something."""
    counts = outcome.counts
    return {
        "ended": outcome.ended,
        "refused_unread": counts.unread,
        "refused_reach": counts.reached,
        "changed": counts.changed,
        "killed": counts.killed,
        "unverified": counts.unverified,
    }


def _troubles(outcome: RunOutcome) -> list[str]:
    """Return a line for each thing that should not have been."""
    counts = outcome.counts
    lines = {
        "the command was ended before its time, as its supervisor or its front was told to end": outcome.ended,
        counted(
            counts.unread,
            "execution could not be read, and was refused",
            "executions could not be read, and were refused",
        ): counts.unread,
        counted(
            counts.reached,
            "call that would have reached the supervisor was refused",
            "calls that would have reached the supervisor were refused",
        ): counts.reached,
        f"{counted(counts.changed, 'execution')} ran as something else than was read before; "
        f"{counted(counts.killed, 'was', 'were')} killed": counts.changed,
    }
    return [line for line, wanted in lines.items() if wanted]


def _print(lines: list[str]) -> None:
    """Write lines to stderr."""
    try:
        for line in lines:
            say(visible(line))
    except OSError:
        pass  # nobody reads stderr any more


def _spooled(settings: RunSettings, loaded: Loaded) -> Spooled | None:
    """Return the sink that delivers. Raises FlycatcherError.

    Root delivers with root's rights: under sudo, not by a configuration that the user, or the commit, has written.
    """
    config = loaded.config
    if config.sink and settings.config_path is None and invoking_user() is not None:
        _print([unused(config)])
        config = structs.replace(config, sink=())
    found = attached(Wanted(settings.sinks, settings.spool), config, loaded.path, lambda: drop_to(()))
    if found is not None and any(each.scheme == "stdout" for each in found.destinations):
        raise FlycatcherError("sink stdout: under run, stdout is the command's", hint="deliver to a file", code=2)
    return found


def _baseline(settings: RunSettings, given: RunSettings, loaded: Loaded) -> BaselineRun | None:
    """Return the baseline that is learnt or compared with. Raises FlycatcherError.

    One that is named on the command line is read as it is; any other as it is committed, where the run enforces something.
    """
    user = invoking_user()
    asked = Asked(
        learn=settings.learn,
        compare=settings.baseline,
        committed=settings.enforces and not given.baseline,
        commit=settings.context.get("ci.commit", ""),
        owner=(user.uid, user.gid) if user else None,
        ends=loaded.config.baseline.ends,
        anchor=loaded.path.parent if loaded.path and given.baseline is None and settings.baseline else None,
    )
    return BaselineRun.of(asked, settings.context)


def _ledger(settings: RunSettings, loaded: Loaded) -> list[Sink]:
    """Return the ledger, where one is asked for; it is loaded now, before the build could change what is loaded."""
    if not settings.ledger and not settings.ledger_key:
        return []
    from flycatcher.ledger.sink import attached as ledger  # noqa: PLC0415 - only --ledger needs it
    from flycatcher.ledger.sink import key_file  # noqa: PLC0415 - as above

    found = ledger(settings.ledger, settings.ledger_key, loaded, settings.sensor, announced=False)
    key = key_file(settings.ledger_key, loaded)
    if key and build_reads(key):
        _print([f"warning: the command can read {key}, and sign another ledger with it: it runs as the same user"])
    return [*found]


def _sinks(settings: RunSettings, loaded: Loaded) -> list[Sink]:
    """Return the sinks that the options and the runner ask for."""
    user = invoking_user()
    owner = (user.uid, user.gid) if user else None
    found = [*reports(settings.reports, owner, held=True, compact=settings.compact), *_ledger(settings, loaded)]
    if github.wanted():
        found.append(github.GitHub(sys.stderr, step_summary(owner)))
    elif not settings.quiet:
        found.append(live(settings.depth) if settings.depth else Digest(live(0)))
    return found
