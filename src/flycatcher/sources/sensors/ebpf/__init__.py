"""The host's sensor, ``flycatcher watch``: a small BPF program reports every interpreter that starts, whole.

exec.bpf.c runs in the kernel; ``sensor`` loads it through ``libbpf`` and turns its records into executions.
"""

from __future__ import annotations

import os
from pathlib import Path

from flycatcher.core.errors import FlycatcherError
from flycatcher.sources.sensors.probe import Probe

LIMITS = (
    "text on stdin only with --capture-stdin, and not what is mapped, spliced or read through io_uring",
    "code that a running interpreter is given later (eval, exec, a REPL) is no program start",
)


def probe() -> Probe:
    """Load the program without attaching it, and return what the kernel answers."""
    from flycatcher.sources.sensors.ebpf import sensor  # noqa: PLC0415 - ctypes and libbpf only where they are asked for

    if not Path("/sys/kernel/btf/vmlinux").exists():
        return _refused("the kernel has no BTF (CONFIG_DEBUG_INFO_BTF)", "use --sensor audit")
    if os.geteuid() != 0:
        return _refused("BPF programs need root (CAP_BPF and CAP_PERFMON)", "run doctor as root")
    try:
        program = sensor.trial()
    except FlycatcherError as error:
        return _refused(str(error).splitlines()[0], error.hint or "use --sensor audit")
    which = "typed" if program == "exec_btf" else "raw"
    return Probe(
        sensor="ebpf",
        command="flycatcher watch",
        works=True,
        why=f"the kernel takes the program ({which} tracepoint sched_process_exec)",
        limits=LIMITS,
    )


def _refused(why: str, hint: str) -> Probe:
    return Probe(sensor="ebpf", command="flycatcher watch", works=False, why=why, hint=hint, limits=LIMITS)
