"""What ``--attest`` adds to a run: a judge that lists every execution, and the sink that writes the statement."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import say
from flycatcher.sources.sensors.seccomp.command import invoking_user
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.attestation.sink import Attestation
    from flycatcher.attestation.trace import Trace
    from flycatcher.commands.run.settings import RunSettings
    from flycatcher.commands.run.traced import TracedJudge
    from flycatcher.config import Loaded
    from flycatcher.isolation.worker import AnalysisWorker
    from flycatcher.reporting import Reporter


class Attested(NamedTuple):
    """One attested run."""

    sink: Attestation
    trace: Trace

    def judge(self, settings: RunSettings, reporter: Reporter, worker: AnalysisWorker) -> TracedJudge:
        """Return the judge."""
        from flycatcher.commands.run.traced import TracedJudge  # noqa: PLC0415 - only --attest needs it

        return TracedJudge(settings, reporter, worker, self.trace)


def attested(settings: RunSettings, loaded: Loaded) -> Attested | None:
    """Return what the options ask for, None: nothing; it is loaded before the command starts. Raises FlycatcherError."""
    if not settings.attest:
        if settings.subjects or settings.attest_key:
            raise FlycatcherError("--subject and --attest-key are about --attest", hint="give --attest FILE", code=2)
        return None
    if settings.sensor == "ebpf":
        raise FlycatcherError(
            "--attest lists every program, and --sensor ebpf tells of interpreters alone",
            hint="use --sensor seccomp",
            code=2,
        )
    from flycatcher.attestation.job import monitored_process  # noqa: PLC0415 - only --attest needs it
    from flycatcher.attestation.materials import materials  # noqa: PLC0415 - as above
    from flycatcher.attestation.sink import Asked, Attestation  # noqa: PLC0415 - as above
    from flycatcher.attestation.trace import Trace  # noqa: PLC0415 - as above
    from flycatcher.commands.run import traced  # noqa: F401, PLC0415 - as above
    from flycatcher.signing.files import read_signer  # noqa: PLC0415 - as above

    user = invoking_user()
    owner = (user.uid, user.gid) if user else None
    trace = Trace(user.uid if user else None)
    asked = Asked(
        path=settings.attest,
        owner=owner,
        subjects=settings.subjects,
        key=read_signer(settings.attest_key) if settings.attest_key else None,
        redact=not settings.no_redact,
        trace_policy=_trace_policy(settings, loaded),
        process=monitored_process(os.environ),
        materials=materials(Path.cwd(), settings.context.get("ci.commit", ""), owner),
    )
    if settings.attest_key and build_reads(settings.attest_key):
        said = f"warning: the command can read {settings.attest_key}, and sign what it likes with it: it runs as the same user"
        say(visible(said))
    return Attested(Attestation(asked, trace), trace)


def build_reads(path: str) -> bool:
    """Whether the observed command runs as the owner of a file."""
    user = invoking_user()
    return Path(path).stat().st_uid == (user.uid if user else os.geteuid())


def _trace_policy(settings: RunSettings, loaded: Loaded) -> dict[str, Any]:
    """Say how the run is watched, and what it cannot see."""
    from flycatcher.attestation.sink import LIMITS as OWN  # noqa: PLC0415 - only --attest needs it
    from flycatcher.sources.sensors.seccomp import LIMITS  # noqa: PLC0415 - as above

    return {
        "sensor": "seccomp",
        "enforces": settings.enforces,
        "deny": settings.deny or "",
        "failOn": settings.fail_on or "",
        "shells": settings.shells,
        "baseline": settings.baseline is not None,
        "redacted": not settings.no_redact,
        "configuration": str(loaded.path or ""),
        "limits": [*LIMITS, *OWN],
    }
