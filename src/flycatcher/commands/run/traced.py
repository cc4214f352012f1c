"""The judge of a run that is attested: it has every execution read, and lists them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.commands.run.judge import RunJudge
from flycatcher.core import interpreters
from flycatcher.sources.sensors.seccomp.judge import REPORT, Verdict

if TYPE_CHECKING:
    from flycatcher.attestation.trace import Trace
    from flycatcher.commands.run.settings import RunSettings
    from flycatcher.core.execution import Execution
    from flycatcher.isolation.worker import AnalysisWorker
    from flycatcher.reporting import Reporter


class TracedJudge(RunJudge):
    """Decides as any run does, and keeps a trace."""

    def __init__(self, settings: RunSettings, reporter: Reporter, worker: AnalysisWorker | None, trace: Trace) -> None:
        """``trace``: where executions are listed."""
        super().__init__(settings, reporter, worker)
        self._trace = trace

    def look(self, descriptor: int, name: str, steady: bool) -> tuple[str | None, bool]:
        """Identify a file, and hash it; executions of any matter."""
        identity, _ = super().look(descriptor, name, steady)
        self._trace.look(descriptor)
        return identity, True

    def decide(self, execution: Execution) -> Verdict:
        """Decide as ever; what would not be told of is."""
        self._trace.decided(execution)
        verdict = super().decide(execution)
        return REPORT if verdict.action == "ignore" else verdict

    def on_exec(self, execution: Execution) -> None:
        """List an execution, and put it in the queue where there may be something to analyse."""
        reading = interpreters.read(execution)
        name = reading.interpreter.id if reading is not None else execution.interpreter or ""
        self._trace.happened(execution, reading.snippets if reading is not None else (), name)
        if not self._is_idle(execution, reading):
            super().on_exec(execution)
