"""Which sensor observes a run, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from flycatcher.core.errors import FlycatcherError

if TYPE_CHECKING:
    from flycatcher.commands.run.settings import RunSettings
    from flycatcher.sources.sensors.ebpf.sensor import Sensor

RING = 16 << 20
"""Bytes between the kernel and this process: what starts while a text is analysed waits there."""
TEXT_LIMIT = 1 << 20
"""Bytes of what is read from stdin, as much as the seccomp sensor copies."""


class Choice(NamedTuple):
    """A sensor by its name, and why it is this one."""

    name: Literal["seccomp", "ebpf"]
    why: str
    sensor: Sensor | None = None
    """The BPF sensor, which watches from now on; None: seccomp's, which begins with the command."""


def choose(settings: RunSettings) -> Choice:
    """Return the sensor that is asked for, or the better one of those that work. Raises FlycatcherError."""
    if settings.sensor == "seccomp":
        return Choice("seccomp", "it is asked for")
    if settings.sensor == "ebpf":
        if settings.denies:
            raise FlycatcherError(
                "--sensor ebpf sees programs that have started already, and can refuse none",
                hint="use --sensor seccomp, or leave out --deny and rules that deny or kill",
                code=2,
            )
        return Choice("ebpf", "it is asked for", _asked_for())
    if why := _for_seccomp(settings):
        return Choice("seccomp", why)
    try:
        return Choice("ebpf", "the kernel takes the BPF program, and no program start has to wait", _started())
    except FlycatcherError as error:
        return Choice("seccomp", f"no BPF here: {str(error).splitlines()[0]}")


def _for_seccomp(settings: RunSettings) -> str:
    """Say why only seccomp will do; empty where the BPF sensor may."""
    if settings.attest:
        return "an attestation lists every program, and the BPF sensor tells of interpreters alone"
    if settings.enforces:
        return "this run refuses or fails on what it finds, and only seccomp keeps the build from what watches it"
    return "" if os.geteuid() == 0 else "BPF programs need root"


def _asked_for() -> Sensor:
    """Return the BPF sensor; where it does not start without root, that is all there is to say. Raises FlycatcherError."""
    try:
        return _started()
    except FlycatcherError as error:
        if os.geteuid() == 0:
            raise
        raise FlycatcherError(
            "--sensor ebpf needs root: nobody else may load BPF programs",
            hint="sudo flycatcher run (the build still runs as you), or --sensor auto",
        ) from error


def _started() -> Sensor:
    """Return a BPF sensor that watches what descends from this process. Raises FlycatcherError."""
    from flycatcher.commands.run import kernel_run  # noqa: F401, PLC0415 - loaded before the build could change it
    from flycatcher.sources.sensors.ebpf.sensor import Sensor, SensorSettings  # noqa: PLC0415 - ctypes and libbpf

    settings = SensorSettings(
        ring_bytes=RING, stdin_bytes=TEXT_LIMIT, stdin_patience=float("inf"), tree=os.getpid(), hosts=True
    )
    return Sensor(settings).__enter__()
