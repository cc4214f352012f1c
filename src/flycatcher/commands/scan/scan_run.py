"""One scan, from the paths to the exit code."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, structs

from flycatcher.baselines import read
from flycatcher.commands.scan import history
from flycatcher.commands.scan.batch import batch_of
from flycatcher.commands.scan.cache import Cache
from flycatcher.commands.scan.interruption import Interruption
from flycatcher.commands.scan.outputs import make, summaries
from flycatcher.commands.scan.progress import Progress
from flycatcher.commands.scan.walk import Candidate, Walker
from flycatcher.commands.scan.work import WorkerOptions, scan_all
from flycatcher.config import load
from flycatcher.config.tables import install
from flycatcher.core.baseline.compare import Known
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.core.levels import at_least
from flycatcher.core.payload.origins import accept
from flycatcher.delivery import Wanted, asked_for, closed
from flycatcher.layout import say
from flycatcher.scanning.record import finding_record, notice_record
from flycatcher.scanning.suppress import Configured, apply_comments, baseline
from flycatcher.sinks.outputs import STDOUT, opened
from flycatcher.sinks.summary import Skipped
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.commands.scan.batch import Batch
    from flycatcher.commands.scan.settings import ScanSettings
    from flycatcher.config import Config
    from flycatcher.scanning.finding import FileResult, Finding, SuppressionNotice

STDIN = "-"
STDIN_LIMIT = 8 << 20
INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a scan that was ended at the keyboard, as a shell has it."""
SHOWN_SKIPS = 20


class Tally(Struct):
    """The figures of a scan."""

    looked_at: int = 0
    typed: int = 0
    files: int = 0
    findings: int = 0
    suppressed: int = 0
    known: int = 0
    elsewhere: int = 0
    notices: int = 0
    failed: bool = False
    skipped: list[Skipped] = []


def run(settings: ScanSettings) -> int:
    """Scan, report, and return the exit code: 0, 3 where there was no build file, 10 by ``fail_on``."""
    start = next((Path(path) for path in settings.paths if path != STDIN), None)
    loaded = load(settings.config_path, start=_folder(start) if start else None)
    install(loaded.config.interpreters)
    accept(loaded.config.accepted_installers)
    name, config = os.path.relpath(loaded.path or "flycatcher.toml"), loaded.config
    scan = ScanRun(settings, Configured(config.suppress, name, rules=config.rule, ignores=not settings.no_ignores))
    if settings.cache:
        scan.kept = _cache(settings.cache, _settled(settings, loaded.config))
    sinks = opened([*settings.outputs, *summaries()], make)
    spooled = asked_for(Wanted(settings.sinks, settings.spool), loaded.config, loaded.path)
    with scan.interruption:
        for record in scan.records():
            scan.progress.clear()
            for sink in sinks:
                sink.write(record)
            if spooled is not None and "snippets" in record:  # notices of suppressions are the reports' alone
                spooled.write(record)
    scan.progress.clear()
    summary = scan.summary()
    for sink in sinks:
        sink.close(summary)
    if waiting := closed(spooled, summary):
        _warn(f"sinks: {waiting}; see flycatcher sinks status")
    if scan.kept is not None and (reason := scan.kept.save()):
        _warn(f"the cache was not written: {reason}")
    return scan.finish()


def _normal(path: str | None) -> Known | None:
    """Return the baseline of runs that a file is, None where it is a report. Raises FlycatcherError."""
    return Known(read(Path(path))) if path and Path(path).suffix == ".toml" else None


def _cache(path: str, settled: str) -> Cache | None:
    """Open the cache. A full disk, or a folder that nobody may write, makes a scan slower and is no reason to have none."""
    try:
        return Cache(path, settled)
    except FlycatcherError as error:
        _warn(f"the scan goes on without its cache: {error}")
        return None


def _warn(said: str) -> None:
    """Print a warning."""
    say(f"warning: {visible(said)}")


def _settled(settings: ScanSettings, config: Config) -> str:
    """Return what a file's result follows from beside the file."""
    tables = msgspec.json.encode([config.interpreters, config.accepted_installers])
    return f"{settings.shells} {settings.docs} {tables.decode('utf-8', 'replace')}"


def _folder(path: Path) -> Path:
    """Return the folder whose configuration counts."""
    return path if path.is_dir() else path.parent


class ScanRun:
    """Puts files, suppressions and history together."""

    def __init__(self, settings: ScanSettings, configured: Configured) -> None:
        """Read the baseline and the changes that the settings name. Raises FlycatcherError."""
        self.paths = settings.paths
        self.settings = settings
        self.configured = configured
        self.tally = Tally()
        self.normal = _normal(settings.baseline)
        self.known = baseline(settings.baseline) if settings.baseline and self.normal is None else frozenset()
        self.age = history.age(settings.new_within) if settings.new_within else None
        self.repositories = history.Repositories()
        self.kept: Cache | None = None
        self.interruption = Interruption()
        self.progress = Progress(shows=sys.stderr.isatty() and not settings.quiet)
        self.changed = history.changes(settings.since, settings.paths, self.repositories) if settings.since else None

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield a record for each finding and notice that is to be reported."""
        redact = not self.settings.no_redact
        for batch in self._batches():
            self.tally.typed += batch.typed
            self.tally.files += batch.parsed
            yield from self._told(batch, redact=redact)
        if self.interruption.asked:
            return
        whole = self.settings.since is None and any(Path(path).is_dir() for path in self.paths)
        yield from self._notices(self.configured.notices(whole=whole))

    def _told(self, batch: Batch, *, redact: bool) -> Iterator[dict[str, Any]]:
        """Yield the records of some files."""
        for result in batch.results:
            self.tally.skipped.extend(result.skipped)
            self.tally.suppressed += len(result.suppressed)
            for finding in self._kept(result):
                self.tally.findings += 1
                self.progress.found()
                level = finding.detection.risk.level
                self.tally.failed |= bool(self.settings.fail_on) and at_least(level, self.settings.fail_on or "")
                yield finding_record(finding, redact=redact)
            yield from self._notices(result.notices)

    def _notices(self, notices: Iterable[SuppressionNotice]) -> Iterator[dict[str, Any]]:
        """Yield notices; ``--fail-on all`` and ``low`` count them."""
        for notice in notices:
            self.tally.notices += 1
            self.tally.failed |= self.settings.fail_on in ("all", "low")
            yield notice_record(notice)

    def _kept(self, result: FileResult) -> Iterator[Finding]:
        """Yield what neither the configuration nor the baseline nor the wanted range leaves out."""
        left = []
        for found in result.findings:
            finding = self.configured.judged(found)
            policy = finding.detection.policy
            if policy.action == "suppressed":
                self.tally.suppressed += 1
            elif not self.settings.no_ignores and not policy.rule and self._is_known(finding):
                self.tally.known += 1
            elif self.changed is not None and not self.changed.touches(finding):
                self.tally.elsewhere += 1
            else:
                left.append(structs.replace(finding, new=True) if self.changed is not None else finding)
        if left and not (self.settings.no_history and self.age is None):
            left = self.repositories.with_history(left)
        for finding in left:
            if self.age is not None and finding.change is not None and not history.within(finding.change, self.age):
                self.tally.elsewhere += 1
            else:
                yield finding if self.age is None else structs.replace(finding, new=True)

    def _is_known(self, finding: Finding) -> bool:
        """Whether an earlier report, or a run's baseline, knows a finding: the latter by its text, whoever starts that."""
        if self.normal is None:
            return finding.fingerprint in self.known
        return self.normal.covers(entry_of(finding.detection), whoever=True)

    def _batches(self) -> Iterator[Batch]:
        """Yield what the files gave, some at a time."""
        options = WorkerOptions(
            shells=self.settings.shells, ignores=not self.settings.no_ignores, docs=self.settings.docs
        )
        for path in self.paths:
            if path == STDIN:
                yield batch_of([self._stdin(options)])
                continue
            tracked = frozenset() if self.settings.no_gitignore else self.repositories.tracked_ignored(path)
            walker = Walker(
                path, ignore=not self.settings.no_gitignore, keep=tracked, docs=self.settings.docs,
                passed=self.kept.passed if self.kept is not None else frozenset(),
            )  # fmt: skip
            yield from scan_all(
                self.progress.ahead(self._counted(walker)),
                options,
                workers=self.settings.workers,
                progress=self.progress.done,
                kept=self.kept,
                interruption=self.interruption,
            )
            self.tally.skipped.extend(walker.skipped)
            if self.kept is not None:
                self.kept.unwanted |= walker.unwanted

    def _counted(self, walker: Walker) -> Iterator[Candidate]:
        """Count the files; a report that is compared with or being written is none of them."""
        files = [path for _, path in self.settings.outputs if path != STDOUT]
        reports = {os.path.realpath(path) for path in (*files, *filter(None, [self.settings.baseline]))}
        names = tuple(os.path.basename(path) for path in reports)
        for candidate in walker.walk():
            if self.interruption.asked:
                return
            if self.changed is not None and candidate.shown not in self.changed:
                continue
            if candidate.path.endswith(names) and os.path.realpath(candidate.path) in reports:
                continue
            self.tally.looked_at += 1
            self.progress.walked()
            yield candidate

    def _stdin(self, options: WorkerOptions) -> FileResult:
        """Scan the text on stdin."""
        from flycatcher.scanning.engine import scan_bytes  # noqa: PLC0415

        data = sys.stdin.buffer.read(STDIN_LIMIT + 1)
        self.tally.looked_at += 1
        result = scan_bytes(
            self.settings.stdin_name, data[:STDIN_LIMIT], shells=options.shells, truncated=len(data) > STDIN_LIMIT,
            docs=options.docs,
        )  # fmt: skip
        apply_comments(result, data.decode("utf-8", "surrogateescape"), honour=options.ignores)
        return result

    def summary(self) -> dict[str, Any]:
        """Return the figures."""
        tally = self.tally
        return {
            **{
                name: getattr(tally, name)
                for name in ("looked_at", "files", "findings", "suppressed", "known", "elsewhere", "notices")
            },
            **({"rules": rules} if (rules := self.configured.policies.figures()) else {}),
            **({"interrupted": True} if self.interruption.asked else {}),
            "not_read": sum(not each.partial for each in tally.skipped),
            "unread": len({each.path for each in tally.skipped if each.unread}),
            "in_part": len({each.path for each in tally.skipped if each.partial}),
            "skipped": [msgspec.to_builtins(each) for each in tally.skipped],
        }

    def _unread(self) -> int:
        """Say how many files hold what was not read, and which; return their number."""
        names = dict.fromkeys(each.path for each in self.tally.skipped if each.unread)
        if names and (self.settings.quiet or len(self.tally.skipped) > SHOWN_SKIPS):
            shown = list(names)[:SHOWN_SKIPS]
            more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
            say(f"not read: {visible(', '.join(shown))}{more}")
        if names and not self.settings.allow_unread:
            count = counted(len(names), "file")
            say(f"{count} may run code that was not read: exit code 3, or --allow-unread")
        return len(names)

    def finish(self) -> int:
        """Print what was not read; return the exit code."""
        for remark in self.configured.policies.remarks():
            say(visible(remark))
        if not self.settings.quiet:
            for each in self.tally.skipped[:SHOWN_SKIPS]:
                place = f":{each.line}:{each.column}" if each.line else ""
                say(f"{visible(each.path)}{place}: {visible(each.reason)}")
            if len(self.tally.skipped) > SHOWN_SKIPS:
                more = len(self.tally.skipped) - SHOWN_SKIPS
                say(f"{more} more; --format json lists them all")
        if self.interruption.asked:
            say(f"interrupted: {counted(self.progress.read, 'file was', 'files were')} read, the others were not")
            return INTERRUPTED
        if self.tally.failed:
            return DETECTED
        unread = self._unread() and not self.settings.allow_unread
        if self.tally.typed or self.changed is not None or self.settings.allow_empty:
            return 3 if unread else 0
        lost = not self.tally.looked_at and any(not each.partial for each in self.tally.skipped)
        return 1 if lost else 3
