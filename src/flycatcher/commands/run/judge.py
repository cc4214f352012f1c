"""Decides what the sensor of ``flycatcher run`` does with an execution, and reports it when the build is quiet."""

from __future__ import annotations

import os
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core import interpreters
from flycatcher.core.detection import Detection, analyse_here, detect, plain_shell, reviewable
from flycatcher.core.interpreters.carriers import QuietEnvironments
from flycatcher.core.interpreters.hosts.loader import hosted_path
from flycatcher.core.interpreters.identity.identify import examine_fd, inspect_fd, known
from flycatcher.core.levels import at_least
from flycatcher.core.payload.model import CRASHED
from flycatcher.core.planting import planted_reading
from flycatcher.core.policy.rule import STOPS
from flycatcher.core.told import Told
from flycatcher.layout import say
from flycatcher.sources.context.whose import whose
from flycatcher.sources.context.written import written_in
from flycatcher.sources.notice import Notice
from flycatcher.sources.sensors.seccomp.judge import DENY, IGNORE, REPORT, Verdict
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.commands.run.settings import RunSettings
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.snippet import Snippet
    from flycatcher.isolation.worker import AnalysisWorker
    from flycatcher.reporting import Reporter
    from flycatcher.sources.notice import NoticeKind

BACKLOG_LIMIT = 256
"""Executions whose analysis may wait for a quiet moment; beyond that the build waits, so that memory stays bounded."""


class RunJudge:
    """The sensor's judge: the core's reading first, its analysis later where nothing depends on it."""

    def __init__(self, settings: RunSettings, reporter: Reporter, worker: AnalysisWorker | None = None) -> None:
        """Start with nothing seen; ``worker``: a process that analyses, None: this one does."""
        self._worker = worker
        self._settings = settings
        self._reporter = reporter
        self._backlog: deque[Execution] = deque()
        self._warned: set[str] = set()
        self._told = Told()
        self._quiet = QuietEnvironments()

        self._deny = settings.deny or ""
        self._reports = True
        self.partial = 0
        """Detections whose text was not seen whole."""

    def look(self, descriptor: int, name: str, steady: bool) -> tuple[str | None, bool]:
        """Identify a file by content; an interpreter without a content signature, by its name."""
        kind = inspect_fd(descriptor) if steady else examine_fd(descriptor)
        if kind is not None and interpreters.by_id(kind.interpreter) is not None:
            return kind.interpreter, True
        real = os.readlink(f"/proc/self/fd/{descriptor}")
        named = interpreters.by_name(real) or interpreters.by_name(name)
        if named is not None and (kind is None or named.id not in known()):
            return None, True
        return "", False

    def hosted(self, execution: Execution) -> str:
        """Return the path of a program that runs in the execution's own process."""
        return hosted_path(execution)

    def decide(self, execution: Execution) -> Verdict:
        """Decide whether an execution is to be reported or refused, or its text copied first."""
        reading = interpreters.read(execution)
        unseen = execution.fidelity is not None and not execution.fidelity.stdin
        if reading is not None and reading.awaits_stdin and unseen:
            return Verdict("text", tuple(dict.fromkeys((0, *_missing(reading)))), _opened(reading))
        if self._is_idle(execution, reading):
            return IGNORE
        if reading is None or not reading.snippets:
            return DENY if self._denies() and self._refused(execution) else REPORT
        missing = _missing(reading)
        if missing and unseen:
            return Verdict("text", missing, _opened(reading))
        if self._worker is not None and (self._settings.shells or not plain_shell(reading)):
            self._worker.ready()  # it gets itself ready while the program starts
        if self._denies() and self._refused(execution):
            return DENY
        return REPORT

    def _is_idle(self, execution: Execution, reading: Reading | None) -> bool:
        """Whether an execution is given no program text, and plants none."""
        if reading is not None and reading.snippets:
            return False
        own = None if reading is None else reading.interpreter
        return self._quiet.holds(execution.env, execution.cwd, own) and planted_reading(execution) is None

    def on_exec(self, execution: Execution) -> None:
        """Put an execution in the queue for analysis."""
        if not self._reports:
            return
        self._backlog.append(execution)
        if len(self._backlog) > BACKLOG_LIMIT:
            self.work()

    def backlog(self) -> int:
        """Return how many executions wait."""
        return len(self._backlog)

    def work(self) -> bool:
        """Analyse and report one."""
        if not self._backlog:
            return False
        execution = self._backlog.popleft()
        denied = execution.fidelity is not None and execution.fidelity.happened == "denied"
        detection = self._detect(execution, None if denied else self._told)
        if detection is not None:
            self.partial += not is_whole(detection.execution)
            self._reporter.report(detection)
        return True

    def release(self) -> None:
        """End the helper; it is started again where something is left to judge.

        What would have failed the run is refused from here on: no exit code can tell of it any more.
        """
        self._deny = self._settings.deny or self._settings.fail_on or ""
        if self._worker is not None:
            self._worker.close()

    def stop_reporting(self) -> None:
        """Go on judging what outlives the command; the reports are closed."""
        self._reports = False
        self._backlog.clear()

    def note(self, kind: NoticeKind, place: str, text: str) -> None:
        """Write what the sensor says about itself."""
        if not self._reports:
            return
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._reporter.note(
            Notice(kind=kind, sensor=self._settings.sensor, time=now, text=visible(text), place=place, count=1)
        )

    def on_setuid_lost(self, path: str) -> None:
        """Warn once per program."""
        if path not in self._warned:
            self._warned.add(path)
            say(
                f"warning: {visible(path)} loses its set-user-ID privilege in an unprivileged run; "
                "start with `sudo flycatcher run` to keep it (the build still runs as you)"
            )

    def _denies(self) -> bool:
        """Whether anything may be refused, by its level or by a rule."""
        return bool(self._deny or self._settings.rules_refuse)

    def _refused(self, execution: Execution) -> bool:
        """Whether the policy refuses it."""
        detection = self._detect(execution)
        if detection is None:
            return False
        policies = self._reporter.policies
        if policies.action(detection) in STOPS:
            return True
        crashed = any(CRASHED in analysis.notes for analysis in detection.analyses)
        if any(map(_is_out_of_sight, detection.snippets)) or not is_whole(execution) or crashed:
            return bool(self._deny) or policies.could_stop(detection)
        return (
            bool(self._deny)
            and not self._reporter.is_suppressed(detection)
            and at_least(detection.risk.level, self._deny)
        )

    def _detect(self, execution: Execution, told: Told | None = None) -> Detection | None:
        """Run the whole core, with the run's context added; ``told``: the variables of which the reports speak already."""
        context = {**execution.context, **whose(execution), **self._settings.context}
        execution = structs.replace(execution, context=context)
        found = detect(
            execution,
            shells=self._settings.shells,
            live=True,
            analyser=self._worker.analyse if self._worker else analyse_here,
            told=told,
        )
        where = written_in(found.execution, [snippet.text for snippet in found.snippets]) if found is not None else ""
        return reviewable(found, where) if found is not None and where else found


def _is_out_of_sight(snippet: Snippet) -> bool:
    """Whether nobody sees the text before it runs: a FIFO's, whose fingerprint is the same for any text."""
    return snippet.text is None and snippet.vector == "descriptor" and snippet.descriptor is None


def is_whole(execution: Execution) -> bool:
    """Whether all of the program text was seen: a part of it says nothing about the rest."""
    return execution.fidelity is None or execution.fidelity.stdin in {"", "whole"}


def _opened(reading: Reading) -> tuple[int, ...]:
    """Return the descriptors whose text is read by a path."""
    return tuple(
        snippet.descriptor
        for snippet in reading.snippets
        if snippet.descriptor is not None and snippet.vector not in {"stdin", "planted"}
    )


def _missing(reading: Reading) -> tuple[int, ...]:
    """Return the descriptors whose program text has not been read yet."""
    wanted = [
        snippet.descriptor or 0
        for snippet in reading.snippets
        if snippet.text is None and (snippet.vector in {"stdin", "planted"} or snippet.descriptor is not None)
    ]
    return tuple(dict.fromkeys(wanted))
