"""One hunt, from the paths to the exit code."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flycatcher.collector import spare_collections
from flycatcher.commands.hunt.checkpoint import Checkpoint
from flycatcher.commands.hunt.grouped import lines
from flycatcher.commands.hunt.outputs import make, split
from flycatcher.commands.hunt.progress import Progress
from flycatcher.config import load
from flycatcher.config.tables import install
from flycatcher.core.errors import DETECTED
from flycatcher.core.payload.origins import accept
from flycatcher.delivery import Wanted, asked_for
from flycatcher.hunt import parallel
from flycatcher.hunt.earlier import ids
from flycatcher.hunt.engine import Found, Hunt, Tally
from flycatcher.hunt.groups import Groups
from flycatcher.hunt.inputs import series
from flycatcher.layout import colours, columns, say, wrapped
from flycatcher.reporting import Reporter
from flycatcher.sinks.formats.live import Live
from flycatcher.sinks.formats.paint import coloured, plain
from flycatcher.sinks.outputs import STDOUT, opened, text_stream
from flycatcher.sources.logs.engine.clock import stamp
from flycatcher.sources.notice import Notice
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.commands.hunt.settings import HuntSettings
    from flycatcher.config import Loaded
    from flycatcher.sources.logs.engine.recorded import Lost

_SHOWN = 20
"""Losses that are named on stderr."""


def run(settings: HuntSettings) -> int:
    """Hunt, report, and return the exit code: 0, 3 where nothing could be read, 10 by ``fail_on``."""
    options = settings.options()
    loaded = _configured(settings)
    if settings.engine == "spark":
        from flycatcher.commands.hunt.on_spark import run as run_on_spark  # noqa: PLC0415 - only where it is asked for

        return run_on_spark(settings, loaded, lambda own: HuntRun(own, loaded))
    files = [file for _, file in settings.outputs if file != STDOUT]
    logs = series(settings.paths, [*files, *filter(None, [settings.checkpoint, settings.only_new])])
    hunt = HuntRun(settings, loaded)
    if settings.follow:
        from flycatcher.commands.hunt.follow import follow  # noqa: PLC0415 - only where it is asked for

        follow(hunt, options, [path for log in logs for path in log.paths])
        return hunt.finish()
    spare_collections()
    progress = Progress(sum(log.size for log in logs), shows=sys.stderr.isatty() and not settings.quiet)
    if hunt.checkpoint is not None:
        own = Hunt(options, progress=progress)
        hunt.take(hunt.checkpoint.hunt(own, logs))
        hunt.tally.add(own.tally)
    else:
        jobs = settings.jobs or parallel.processors()
        hunt.take(parallel.hunt(logs, options, hunt.tally, jobs=jobs, progress=progress))
    progress.end()
    return hunt.finish()


def _configured(settings: HuntSettings) -> Loaded:
    """Return the configuration, and make its interpreters known."""
    loaded = load(settings.config_path)
    install(loaded.config.interpreters)
    accept(loaded.config.accepted_installers)
    return loaded


class HuntRun:
    """Takes what is found to the outputs."""

    def __init__(self, settings: HuntSettings, loaded: Loaded) -> None:
        """Open the outputs, and read what earlier hunts have left. Raises FlycatcherError."""
        self.settings = settings
        config = loaded.config
        records, self._texts = split(settings.outputs)
        spooled = asked_for(Wanted(settings.sinks, settings.spool), config, loaded.path)
        self.known = ids(settings.only_new) if settings.only_new else frozenset()
        self.checkpoint = Checkpoint(Path(settings.checkpoint)) if settings.checkpoint else None
        live = [Live(text_stream(file), colour=False, depth=settings.depth) for file in self._texts if settings.follow]
        self._reporter = Reporter(
            [*opened(records, make), *live, *([spooled] if spooled is not None else [])],
            suppressions=config.suppress,
            rules=config.rule,
            ignores=not settings.no_ignores,
            fail_on=settings.fail_on or "",
            redact=not settings.no_redact,
        )
        self.tally = Tally()
        self._groups = Groups()
        self._places: Counter[str] = Counter()
        self._lost: list[str] = []
        self._known_before = self._possible = 0

    def take(self, found: Iterable[Found | Lost]) -> None:
        """Report what is found as it comes."""
        for each in found:
            if isinstance(each, Found):
                self._detection(each)
            else:
                self._loss(each)

    def _detection(self, found: Found) -> None:
        """Report one detection."""
        detection = found.detection
        if detection.id in self.known:
            self._known_before += 1
            return
        fidelity = detection.execution.fidelity
        self._possible += fidelity is not None and fidelity.certainty == "possible"
        if not self._reporter.is_suppressed(detection):
            self._groups.add(found)
        self._reporter.report(detection)

    def _loss(self, lost: Lost) -> None:
        """Report what a log has lost."""
        self._places[lost.place or lost.kind] += lost.count
        said = f"{lost.host}: {lost.text}" if lost.host else lost.text
        if len(self._lost) < _SHOWN:
            when = " to ".join(filter(None, dict.fromkeys((stamp(lost.since)[:19], stamp(lost.time)[:19]))))
            self._lost.append(f"{said} ({when})" if when else said)
        since, until = stamp(lost.since), stamp(lost.time)
        notice = Notice(
            kind=lost.kind, sensor="log", time=until, text=said, place=lost.place, count=lost.count, since=since
        )
        self._reporter.note(notice)

    def figures(self) -> dict[str, Any]:
        """Return the figures that end a report."""
        tally = self.tally
        return {
            "logs": tally.logs,
            "bytes": tally.bytes,
            "not_recognised": tally.unread,
            "formats": dict(sorted(tally.formats.items())),
            "executions_seen": tally.counts.get("starts", 0),
            "failed": tally.counts.get("failed", 0),
            "incomplete": tally.counts.get("incomplete", 0),
            "records_not_read": tally.counts.get("records not read", 0),
            "lost": sum(self._places.values()),
            "lost_by_place": dict(sorted(self._places.items())),
            "possible": self._possible,
            "known": self._known_before,
        }

    def finish(self) -> int:
        """Close the outputs, say what was lost; return the exit code."""
        summary = self._reporter.close(self.figures())
        for file in self._texts:
            self._print(file, summary_text(summary))
        if not self.settings.quiet:
            self._warn()
        for remark in self._reporter.policies.remarks():
            say(visible(remark))
        if self._reporter.undelivered:
            waiting = visible(self._reporter.undelivered)
            say(f"warning: sinks: {waiting}; see flycatcher sinks status")
        for failure in self._reporter.failures:
            say(f"{visible(failure.path)}: {visible(failure.reason)}")
        if self._reporter.failed:
            return DETECTED
        if self._reporter.failures:
            return 1
        return 0 if self.tally.logs or self.checkpoint is not None else 3

    def _print(self, file: str, figures: str) -> None:
        """Print the groups, unless each detection was printed as it came, and the figures."""
        to_stdout = file == STDOUT
        with text_stream(file) as stream:
            paint = coloured if to_stdout and colours(sys.stdout) else plain
            width = columns(sys.stdout) if to_stdout else 0
            groups = Groups() if self.settings.follow else self._groups
            for line in (*lines(groups, paint, depth=self.settings.depth, redact=not self.settings.no_redact), figures):
                for part in wrapped(line, width):
                    stream.write(f"{part}\n")

    def _warn(self) -> None:
        """Say on stderr what could not be read, and what the logs have lost."""
        for line in self._lost:
            say(f"{visible(line)}")
        total = sum(self._places.values())
        if total:
            said = ", ".join(f"{count} {place}" for place, count in self._places.most_common())
            say(f"what the logs have lost: {visible(said)}; jsonl has each as a notice")


def summary_text(summary: dict[str, Any]) -> str:
    """Return the figures in one line."""
    by_level = summary.get("by_level") or {}
    levels = ", ".join(
        f"{by_level[level]} {level}" for level in ("critical", "high", "medium", "low", "none") if by_level.get(level)
    )
    parts = [
        f"{counted(summary['detections'], 'detection')}{f': {levels}' if levels else ''}",
        f"{counted(summary['executions_seen'], 'start')} in {counted(summary['logs'], 'log')}",
    ]
    parts += [
        f"{summary[name]} {word}"
        for name, word in (("suppressed", "suppressed"), ("known", "known before"))
        if summary.get(name)
    ]
    return "; ".join(parts)
