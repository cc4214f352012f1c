"""``flycatcher run`` without its options: a command, the sensor around it, the core's verdicts, the reports."""

from __future__ import annotations

import os
import sys
from collections import deque
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from flycatcher.core import interpreters
from flycatcher.core.detection import Detection, analyse_here, detect, plain_shell, read
from flycatcher.core.interpreters.hosts.loader import hosted_path
from flycatcher.core.interpreters.identity.identify import examine_fd, inspect_fd, known
from flycatcher.core.levels import at_least
from flycatcher.core.payload.model import CRASHED
from flycatcher.sources.sensors.notice import Notice
from flycatcher.sources.sensors.seccomp.judge import DENY, IGNORE, REPORT, Verdict
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.isolation.worker import Apart
    from flycatcher.reporting import Reporter
    from flycatcher.sources.sensors.notice import NoticeKind

BACKLOG_LIMIT = 256
"""Executions whose analysis may wait for a quiet moment; beyond that the build waits for us, so that memory stays bounded."""


class Policy(Struct, frozen=True, kw_only=True):
    """What the user asked for."""

    deny: str = ""
    """Empty, ``all``, or the risk level from which on executions are refused."""
    deny_later: str = ""
    """The same for what is started after the command has ended, when no exit code can tell of it any more."""
    shells: bool = False
    context: dict[str, str] = {}
    """Facts that hold for the whole run: CI job, environment class."""


class Watcher:
    """The sensor's judge: the core's reading first, its analysis later where nothing depends on it."""

    def __init__(self, policy: Policy, reporter: Reporter, apart: Apart | None = None) -> None:
        """Start with nothing seen; ``apart``: a helper process that analyses, None: this process does."""
        self._apart = apart
        self._policy = policy
        self._deny = policy.deny
        self._reporter = reporter
        self._backlog: deque[Execution] = deque()
        self._warned: set[str] = set()

    def look(self, descriptor: int, name: str, steady: bool) -> tuple[str | None, bool]:
        """Identify a file by content; an interpreter that nobody has described the content of, by its name."""
        kind = inspect_fd(descriptor) if steady else examine_fd(descriptor)
        if kind is not None and kind.interpreter in interpreters.registry():
            return kind.interpreter, True
        real = os.readlink(f"/proc/self/fd/{descriptor}")
        named = interpreters.by_name(real) or interpreters.by_name(name)
        if named is not None and (kind is None or named.id not in known()):
            return None, True
        return "", False

    def hosted(self, execution: Execution) -> str:
        """Return the path of a program that runs in the execution's own process."""
        return hosted_path(execution)

    def weigh(self, execution: Execution) -> Verdict:
        """Decide whether an execution is to be reported or refused, or its text copied first."""
        reading = read(execution)
        if reading is None or not reading.snippets:
            return IGNORE
        fidelity = execution.fidelity
        missing = _missing(reading)
        if missing and fidelity is not None and not fidelity.stdin:
            return Verdict("text", missing)
        if self._apart is not None and (self._policy.shells or not plain_shell(reading)):
            self._apart.ready()  # it gets itself ready while the program starts
        if self._deny and self._refused(execution):
            return DENY
        return REPORT

    def happened(self, execution: Execution) -> None:
        """Put an execution in the queue for analysis."""
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
        detection = self._detect(self._backlog.popleft())
        if detection is not None:
            self._reporter.report(detection)
        return True

    def rest(self) -> None:
        """End the helper; it comes back where something is still to be judged."""
        self._deny = self._policy.deny or self._policy.deny_later
        if self._apart is not None:
            self._apart.close()

    def note(self, kind: NoticeKind, place: str, text: str) -> None:
        """Write what the sensor says about itself."""
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        self._reporter.note(Notice(kind=kind, sensor="seccomp", time=now, text=visible(text), place=place, count=1))

    def powerless(self, path: str) -> None:
        """Warn, once a program."""
        if path not in self._warned:
            self._warned.add(path)
            sys.stderr.write(
                f"flycatcher: warning: {visible(path)} has lost its set-user-ID power inside an unprivileged run; "
                "start with `sudo flycatcher run` to keep it (the build still runs as you)\n"
            )
            sys.stderr.flush()

    def _refused(self, execution: Execution) -> bool:
        """Tell whether the policy refuses it."""
        detection = self._detect(execution)
        if detection is None:
            return False
        if not is_whole(execution) or CRASHED in (note for found in detection.analyses for note in found.notes):
            return True
        return not self._reporter.is_suppressed(detection) and at_least(detection.risk.level, self._deny)

    def _detect(self, execution: Execution) -> Detection | None:
        """Run the whole core, with the run's context added."""
        execution = structs.replace(execution, context={**execution.context, **self._policy.context})
        return detect(
            execution,
            shells=self._policy.shells,
            live=True,
            analyser=self._apart.analyse if self._apart else analyse_here,
        )


def is_whole(execution: Execution) -> bool:
    """Whether all of the program text was seen: a part of it says nothing about the rest."""
    return execution.fidelity is None or execution.fidelity.stdin in {"", "whole"}


def _missing(reading: Reading) -> tuple[int, ...]:
    """Return the descriptors that hold program text which nobody has read yet."""
    wanted = [
        snippet.descriptor or 0
        for snippet in reading.snippets
        if snippet.text is None and snippet.vector in {"stdin", "descriptor"}
    ]
    return tuple(dict.fromkeys(wanted))
