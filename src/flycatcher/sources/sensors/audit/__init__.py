"""The fallback of ``flycatcher watch`` without BPF: the audit log's multicast group."""

from __future__ import annotations

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.probe import Probe

LIMITS = (
    "no environment but what /proc still has; no text on stdin",
    "processes that were started before auditing was first enabled since boot are not audited until they fork",
    "without --audit-rule it sees only what other rules make the kernel log",
)


def probe() -> Probe:
    """Join the group and ask for the status; change nothing."""
    from flycatcher.sources.sensors.audit.netlink import Control, Log  # noqa: PLC0415 - only where it is asked for

    try:
        Log().close()
        control = Control()
        try:
            status = control.status()
        finally:
            control.close()
    except (FlycatcherError, OSError) as error:
        return Probe(
            sensor="audit", command="flycatcher watch --sensor audit", works=False, why=str(error), limits=LIMITS
        )
    state = {0: "off (--audit-rule turns it on for as long as it watches)", 1: "on", 2: "on, and locked"}
    return Probe(
        sensor="audit",
        command="flycatcher watch --sensor audit",
        works=True,
        why=f"the audit log can be read; auditing is {state.get(status.enabled, 'on')}",
        limits=LIMITS,
    )
