"""The sensor for hosts without BPF: program starts in the audit log, completed from /proc where still possible."""

from __future__ import annotations

import errno
import os
import time
from typing import TYPE_CHECKING, Self

from flycatcher.core.errors import FlycatcherError
from flycatcher.core.execution import Execution, Fidelity, Process, StdinKind
from flycatcher.core.interpreters.identity.identify import identify
from flycatcher.core.interpreters.identity.marked import named_only
from flycatcher.sources.context.ancestry import Ancestry
from flycatcher.sources.notice import Notice
from flycatcher.sources.program_files import stdin_kind
from flycatcher.sources.sensors.audit.events import Event, Events
from flycatcher.sources.sensors.audit.netlink import Control, Log
from flycatcher.sources.sensors.audit.own_rules import OwnRules
from flycatcher.sources.sensors.clock import rfc3339
from flycatcher.sources.sensors.hosted import with_hosted
from flycatcher.sources.sensors.procfs import environment_of, start_of, with_files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

SENSOR = "audit"
_UNSET = "4294967295"
_LOST_EVERY = 5.0
_DRAIN = 5.0
"""Seconds that reading what is left may take at the end."""


class Audit:
    """Use as a context manager. Without ``add_rules`` it sees what other people's rules make the kernel log."""

    def __init__(self, *, add_rules: bool = False) -> None:
        """Nothing is opened before ``with``."""
        self._add_rules = add_rules
        self._events = Events()
        self._ancestry = Ancestry()
        self._overflows = self._unfinished = self._lost = 0
        self._looked = 0.0

    def __enter__(self) -> Self:
        self._log = Log()
        self._control = Control()
        self._rules = OwnRules(self._control)
        try:
            self._prepare()
        except OSError as error:
            self._rules.remove()
            raise FlycatcherError(
                f"audit rules cannot be set: {error.strerror}", hint="auditctl -s shows whether they are locked"
            ) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._rules.remove()
        self._log.close()
        self._control.close()

    def _prepare(self) -> None:
        self._lost = self._control.status().lost
        if self._add_rules:
            self._rules.add()

    def poll(self, timeout: float = 0.2) -> Iterator[Execution | Notice]:
        """Wait for records; yield the executions that they complete, and what was lost."""
        try:
            for kind, text in self._log.read(timeout):
                for event in self._events.take(kind, text):
                    if event.executed:
                        yield from self._interpreter(event)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                raise
            self._overflows += 1
        if time.monotonic() - self._looked > _LOST_EVERY:
            yield from self._losses()

    def drain(self) -> Iterator[Execution | Notice]:
        """Remove our rules, and yield what was still on its way; other people's rules may never let that end."""
        self._rules.remove()
        end = time.monotonic() + _DRAIN
        while self._log.waiting(0.1) and time.monotonic() < end:
            yield from self.poll(0)
        if self._log.waiting(0):
            yield _lost("left unread at the end", 1)
        yield from self._losses()

    def _losses(self) -> Iterator[Notice]:
        self._looked = time.monotonic()
        try:
            lost = self._control.status().lost
        except OSError:
            return  # the kernel is busy: the next look finds the same numbers
        for place, count in (
            ("socket", self._overflows),
            ("unfinished event", self._events.unfinished - self._unfinished),
            ("kernel backlog", lost - self._lost),
        ):
            if count:
                yield _lost(place, count)
        self._overflows, self._unfinished, self._lost = 0, self._events.unfinished, lost

    def _interpreter(self, event: Event) -> Iterator[Execution]:
        """Yield the execution, unless its file is no interpreter: most are not, and /proc need not be asked about those."""
        pid, exe = int(event.fields.get("pid", "0")), event.fields.get("exe", "")
        alive = _link(f"/proc/{pid}/exe") == exe
        interpreter = identify(f"/proc/{pid}/exe" if alive else exe)
        if interpreter == "":
            interpreter = named_only(exe)
        if interpreter != "":
            yield with_files_of(with_hosted(self._execution(event, interpreter)))

    def _execution(self, event: Event, interpreter: str | None) -> Execution:
        fields = event.fields
        pid, exe = int(fields.get("pid", "0")), fields.get("exe", "")
        process = Process(
            pid=pid,
            start=start_of(pid),
            comm=fields.get("comm", ""),
            exe=exe,
            uid=int(fields.get("uid", "0")),
            gid=int(fields.get("gid", "0")),
        )
        alive = bool(process.start) and _link(f"/proc/{pid}/exe") == exe
        argv = event.argv
        notes = ["the audit log has no environment" + ("; this is the one in /proc after the exec" if alive else "")]
        if not event.whole:
            notes.append("words of argv are missing from the audit log")
        return Execution(
            argv=argv,
            exe=exe,
            env=environment_of(process) if alive else {},
            stdin=_stdin(pid) if alive else "unknown",
            cwd=event.cwd,
            interpreter=interpreter,
            process=process,
            ancestry=self._ancestry.of(int(fields.get("ppid", "0"))),
            fidelity=Fidelity(
                sensor=SENSOR,
                time=rfc3339(event.time),
                bytes_seen=sum(len(os.fsencode(word)) + 1 for word in argv),
                truncated=not event.whole,
                happened="confirmed",
                stdin="not captured",
                notes=tuple(notes),
            ),
            context=_facts(fields),
        )


def _lost(place: str, count: int) -> Notice:
    now = rfc3339(time.time_ns())
    return Notice(kind="loss", sensor=SENSOR, time=now, text=f"{count} x {place}", place=place, count=count)


def _facts(fields: dict[str, str]) -> dict[str, str]:
    facts = {}
    if fields.get("auid", _UNSET) != _UNSET:
        facts["user.login"] = fields["auid"]
    if fields.get("euid") != fields.get("uid"):
        facts["user.effective"] = fields.get("euid", "")
        facts["setuid"] = f"{fields.get('uid')}:{fields.get('gid')} -> {fields.get('euid')}:{fields.get('egid')}"
    return facts


def _link(path: str) -> str:
    try:
        return os.readlink(path)  # noqa: PTH115 - text is compared, not a path
    except OSError:
        return ""


def _stdin(pid: int) -> StdinKind:
    try:
        status = os.stat(f"/proc/{pid}/fd/0")  # noqa: PTH116 - a magic link, not a path
    except OSError:
        return "unknown"
    return stdin_kind(status.st_mode, os.major(status.st_rdev), os.minor(status.st_rdev))
