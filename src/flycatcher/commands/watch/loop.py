"""From what a sensor of the host yields to reports: the core's verdicts, the context, what is to be killed."""

from __future__ import annotations

from collections import OrderedDict
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Protocol

from msgspec import structs

from flycatcher.commands.watch.responder import joined
from flycatcher.core.detection import Policy, analyse_here, detection_of, judge, read, reviewable
from flycatcher.core.interpreters import by_id
from flycatcher.core.levels import at_least
from flycatcher.core.told import ToldByTree
from flycatcher.sources.context.ci import ci_context, environment_class
from flycatcher.sources.context.container import container_of
from flycatcher.sources.context.runtime_files import container_details
from flycatcher.sources.context.whose import whose
from flycatcher.sources.context.written import written_in
from flycatcher.sources.notice import Notice
from flycatcher.sources.sensors.ebpf.record import KILLED_AT_EXEC
from flycatcher.sources.sensors.given import may_hold_text
from flycatcher.sources.sensors.hosted import is_unknown
from flycatcher.sources.sensors.procfs import bounded, environment_of, mount_namespace, start_of
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flycatcher.commands.watch.responder import Responder
    from flycatcher.commands.watch.settings import WatchSettings
    from flycatcher.core.detection import Detection
    from flycatcher.core.execution import Execution, Process
    from flycatcher.core.payload import Analysis
    from flycatcher.reporting import Reporter

_CONTAINERS, _ANCESTORS = 1024, 1024
_SAME_PLACE = 10.0
"""Seconds for which a control group in a mount namespace is taken as still the same container."""


class HostSensor(Protocol):
    """A sensor of the host."""

    def poll(self, timeout: float = 0.2) -> Iterator[Execution | Notice]:
        """Wait for something to happen, and yield it."""

    def drain(self) -> Iterator[Execution | Notice]:
        """Stop watching, and yield what is left."""


class Action(Protocol):
    """What can be done to a process, and is reported as the detection's policy."""

    def act(self, execution: Execution) -> Policy:
        """Do it, and return what came of it."""


class _Job(NamedTuple):
    """The CI job that a process is part of, and the environment class that follows from it."""

    facts: dict[str, str]
    environment: str


class WatchLoop:
    """Takes what a sensor yields: judges, kills where that is wanted, and reports."""

    def __init__(
        self,
        settings: WatchSettings,
        reporter: Reporter,
        say: Callable[[Notice], None],
        killer: Action | None = None,
        analyser: Callable[..., Analysis] = analyse_here,
    ) -> None:
        """``say`` is called with each notice, ``analyser`` with each text; sinks that take notices get those as well."""
        self.settings = settings
        self._reporter, self._say, self.killer, self._analyser = reporter, say, killer, analyser
        self.responder: Responder | None = None
        """What captures, where that is asked for."""
        self._jobs: OrderedDict[tuple[int, int, str], _Job | None] = OrderedDict()
        self._places: OrderedDict[tuple[str, str], tuple[float, dict[str, str]]] = OrderedDict()
        self._containers: OrderedDict[str, dict[str, str]] = OrderedDict()
        self._told = ToldByTree()
        self.seen = 0
        """Executions of interpreters."""
        self.lost = 0
        self.uninspected = 0
        """Programs that were gone before they could be inspected, and were given nothing that could be program text."""

    def take(self, item: Execution | Notice) -> None:
        """Take one."""
        if isinstance(item, Notice):
            self.notice(item)
        elif not self.settings.tree or any(process.pid == self.settings.tree for process in item.ancestry):
            try:
                self._execution(item)
            except Exception as error:  # noqa: BLE001 - one execution that is not understood must not end the watch
                self._lost_one(item, "analysis", f"could not be analysed: {type(error).__name__}: {error}")

    def notice(self, notice: Notice) -> None:
        """Count a notice of the sensor, and pass it on."""
        if notice.kind == "loss":
            self.lost += notice.count
        self._reporter.note(notice)
        self._say(notice)

    def _lost_one(self, execution: Execution, place: str, why: str) -> None:
        """Report that this execution was not seen whole."""
        process, fidelity = execution.process, execution.fidelity
        name = visible((execution.exe or "".join(execution.argv[:1]))[:200])
        self.notice(
            Notice(
                kind="loss",
                sensor=fidelity.sensor if fidelity else "",
                time=fidelity.time if fidelity else "",
                text=f"{name} (pid {process.pid if process else 0}) {why}",
                place=place,
                count=1,
            )
        )

    def _execution(self, execution: Execution) -> None:
        self.seen += 1
        reading = read(execution, told=self._told, analyser=self._analyser)
        if reading is None and execution.interpreter is None:
            if not may_hold_text(execution):
                self.uninspected += 1
                return
            self._lost_one(
                execution,
                "file not looked at",
                "was gone before it could be inspected, and its name identifies nothing",
            )
            return
        if is_unknown(execution) and (reading is None or not reading.snippets):
            self._lost_one(
                execution,
                "file not looked at",
                "runs a program that was gone before it could be inspected, or is looked for among libraries",
            )
            return
        detection = None
        if reading is not None and reading.snippets:
            reading.execution = structs.replace(execution, context=self._context(execution))
            judgement = judge(reading, shells=self.settings.shells, live=True, analyser=self._analyser)
            detection = self._reviewed(detection_of(reading, judgement)) if judgement.counts else None
        if detection is None:
            self._forbidden(execution)
        else:
            self._reporter.report(self._judged(detection))

    @staticmethod
    def _reviewed(detection: Detection) -> Detection:
        """Say where the text stands on disk, if it does."""
        texts = [snippet.text for snippet in detection.snippets]
        where = bounded.call(written_in, detection.execution, texts, default="")
        return reviewable(detection, where) if where else detection

    def _judged(self, detection: Detection) -> Detection:
        """Capture and kill, where the policy wants it; what is captured is killed afterwards."""
        execution = detection.execution
        by_level = self.settings.kill and at_least(detection.risk.level, self.settings.kill)
        ruled = self._reporter.policies.action(detection)
        answers = self.responder.asked.answers(detection) if self.responder is not None else set()
        wanted = by_level or ruled == "kill" or "kill" in answers
        captures = "capture" in answers or (ruled == "capture" and self.responder is not None)
        if not (wanted or captures or execution.context.get("kill")):
            return detection
        if self._reporter.is_suppressed(detection) and execution.context.get("kill") is None:
            return detection
        begun = Policy()
        if captures and self.responder is not None and execution.context.get("kill") != KILLED_AT_EXEC:
            begun = self.responder.capture(detection, kill=bool(wanted))
        if begun.capture or self.killer is None or not (wanted or execution.context.get("kill")):
            return structs.replace(detection, policy=begun)
        return structs.replace(detection, policy=joined(begun, self.killer.act(execution)))

    def _forbidden(self, execution: Execution) -> None:
        """Kill a scripting interpreter that runs no code on the fly, where no interpreter at all may start."""
        kind = by_id(execution.interpreter or "")
        if self.killer is None or kind is None or kind.kind != "scripting" or "kill" not in execution.context:
            return
        outcome = self.killer.act(execution)
        process, fidelity = execution.process, execution.fidelity
        self.notice(
            Notice(
                kind="killed",
                sensor=fidelity.sensor if fidelity else "",
                time=fidelity.time if fidelity else "",
                text=f"{kind.id} (pid {process.pid if process else 0}): {outcome.action}, {outcome.reason}",
            )
        )

    def _context(self, execution: Execution) -> dict[str, str]:
        """Add container, CI job and environment class; variables that the process has cleared come from its ancestors."""
        facts = {**execution.context, **whose(execution), **self._container(execution)}
        job = ci_context(execution.env)
        inherited = None if job else self._inherited(execution)
        if inherited is None:
            where = environment_class(execution.env, self.settings.environment or "")
        else:
            job, where = inherited
        return facts | job | ({"environment": where} if where else {})

    def _inherited(self, execution: Execution) -> _Job | None:
        """Return the CI job that the nearest ancestor is part of."""
        for ancestor in execution.ancestry:
            key = (ancestor.pid, ancestor.start, ancestor.comm)
            if key not in self._jobs:
                self._jobs[key] = self._job_of(ancestor)
                if len(self._jobs) > _ANCESTORS:
                    self._jobs.popitem(last=False)
            job = self._jobs[key]
            if job is not None:
                return job
        return None

    def _job_of(self, ancestor: Process) -> _Job | None:
        environment = environment_of(ancestor)
        job = ci_context(environment)
        if not job:
            return None
        where = environment_class(environment, self.settings.environment or "")
        return _Job(job | {"ci.from": f"ancestor {ancestor.pid}"}, where)

    def _container(self, execution: Execution) -> dict[str, str]:
        """Return what is known of the container; the same control group and mount namespace are the same container."""
        place = (execution.context.get("cgroup.id", ""), execution.context.get("ns.mount", ""))
        now = monotonic()
        known = self._places.get(place)
        if known is not None and now - known[0] < _SAME_PLACE:
            return known[1]
        facts = self._details(_cgroup_of(execution))
        if all(place) and facts:
            self._places[place] = (now, facts)
            self._places.move_to_end(place)
            if len(self._places) > _CONTAINERS:
                self._places.popitem(last=False)
        return facts

    def _details(self, facts: dict[str, str]) -> dict[str, str]:
        """Add what the runtime's files say of a container."""
        identity = facts.get("container.id", "")
        if not identity:
            return facts
        if identity not in self._containers:
            self._containers[identity] = container_details(identity)
            if len(self._containers) > _CONTAINERS:
                self._containers.popitem(last=False)
        return facts | self._containers[identity]


def _cgroup_of(execution: Execution) -> dict[str, str]:
    """Return the container of the process, or of its nearest living ancestor in the same mount namespace."""
    inside = execution.context.get("ns.mount", "")
    for process in filter(None, (execution.process, *execution.ancestry)):
        found = container_of(process.pid)
        if found and str(mount_namespace(process.pid)) == inside and start_of(process.pid) == process.start:
            return found
    return {}
