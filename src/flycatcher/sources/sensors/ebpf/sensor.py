"""The host's sensor: loads the BPF program, and yields an :class:`Execution` for each interpreter that is started."""

from __future__ import annotations

import platform
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self

from msgspec import Struct

from flycatcher.core.interpreters.identity.marked import named_only
from flycatcher.sources.notice import Notice
from flycatcher.sources.sensors.clock import boot_offset, rfc3339
from flycatcher.sources.sensors.ebpf import btf, build, libbpf, wire
from flycatcher.sources.sensors.ebpf.ancestors import Ancestors
from flycatcher.sources.sensors.ebpf.assemble import Assembler, KernelRecord, StdinText
from flycatcher.sources.sensors.ebpf.captures import Captures
from flycatcher.sources.sensors.ebpf.executed import late_environment
from flycatcher.sources.sensors.ebpf.pieces import cut
from flycatcher.sources.sensors.ebpf.record import SENSOR, execution
from flycatcher.sources.sensors.ebpf.verdicts import Verdicts
from flycatcher.sources.sensors.hosted import with_hosted
from flycatcher.sources.sensors.procfs import bounded, start_of, with_files_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from flycatcher.core.execution import Execution
    from flycatcher.sources.sensors.ebpf.pieces import Pieces

_ROUND_RECORDS, _ROUND_BYTES = 64, 1 << 20
_COUNT_EVERY = 1.0  # seconds between two looks at the kernel's counters
_CALLS = {
    # read, readv, pread64, recvfrom: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
    "x86_64": (0, 19, 17, 45),
    "aarch64": (63, 65, 67, 207),
}
_NO_CALLS = (-1, -1, -1, -1)
_OWN_PLACES = ("program not run", "file or process not answering", "record not understood")
"""Where something is lost that the kernel's side does not count."""
_HOST_PIDS = 0xEFFFFFFC
"""The inode of the first PID namespace: PROC_PID_INIT_INO (include/linux/proc_ns.h)."""
_STDIN_PROGRAMS = ("read_begins", "read_ends", "process_ends")


class SensorSettings(Struct, frozen=True, kw_only=True):
    """What can be chosen before loading."""

    ring_bytes: int = 8 << 20
    """A power of two, and a multiple of the page size; more than the 6 MiB that the kernel lets argv and environment have."""
    report_all: bool = False
    """Yield programs that are no interpreters, too."""
    stdin_bytes: int = 0
    """How many bytes of what an interpreter reads from stdin are captured; 0: none."""
    stdin_patience: float = 5.0
    """Seconds for which an execution waits for the end of its text before it is reported without."""
    hosts: bool = False
    """Yield programs that are known by their names only and run text in children of theirs, too: make, git."""
    tree: int = 0
    """Report only what descends from this process; 0: everything."""
    raw: bool = False
    """Use the raw tracepoint even where the typed one works."""


def object_bytes() -> bytes:
    """Return the compiled object; raise BpfError where it is missing or its sources have changed since."""
    if build.is_stale():
        raise libbpf.BpfError(
            "the BPF program is not compiled, or its sources have changed since", hint="make bpf compiles it"
        )
    return build.OBJECT.read_bytes()


def need_the_hosts_processes() -> None:
    """Raise BpfError in a PID namespace of its own: what the kernel calls 7 is another process there, or none."""
    with suppress(OSError):  # without /proc nobody knows
        if Path("/proc/self/ns/pid").stat().st_ino != _HOST_PIDS:
            raise libbpf.BpfError(
                "processes have other numbers here than for the kernel: this is a PID namespace of its own",
                hint="watch from the host, or from a container that shares its processes (docker run --pid=host, hostPID: true)",
            )


def load(data: bytes, settings: SensorSettings) -> tuple[str, libbpf.Object]:
    """Load with the typed tracepoint, or where the kernel refuses that, with the raw one; return which."""
    need_the_hosts_processes()
    btf.check(data, wire.layouts())
    failed: libbpf.BpfError | None = None
    for program, other in (("exec_btf", "exec_raw"), ("exec_raw", "exec_btf"))[settings.raw :]:
        loaded = libbpf.Object(data)
        for name in (other, *(() if settings.stdin_bytes else _STDIN_PROGRAMS)):
            loaded.leave_out(name)
        loaded.resize("ring", settings.ring_bytes)
        try:
            loaded.load()
        except libbpf.BpfError as error:
            loaded.close()
            failed = failed or error
        else:
            return program, loaded
    raise failed or libbpf.BpfError("no BPF program to load")


def trial() -> str:
    """Load and unload, and return the name of the program that the kernel takes; raises BpfError."""
    program, loaded = load(object_bytes(), SensorSettings(ring_bytes=1 << 16))
    loaded.close()
    return program


class Sensor:
    """Use as a context manager; :meth:`poll` yields what has happened since the last call."""

    def __init__(self, settings: SensorSettings | None = None) -> None:
        """Nothing is loaded before ``with``."""
        self.settings = settings or SensorSettings()
        self._assembler = Assembler()
        self._ancestors = Ancestors()
        self._captures = Captures(self.settings.stdin_patience)
        self._round = [0, 0]
        self._counts = dict.fromkeys(wire.PLACES, 0)
        self._own = dict.fromkeys(_OWN_PLACES, 0)
        self._broken = 0
        self._counted, self._counted_at = 0.0, rfc3339(time.time_ns())

    def __enter__(self) -> Self:
        self.program, self._object = load(object_bytes(), self.settings)
        self._counters = self._object.map("counters", 8 * libbpf.cpus())
        self.scopes, self.spared = self._object.map("scopes"), self._object.map("spared")
        self._config = self._object.map("config", wire.SETTINGS_STRUCT.size)
        self.watched = self._object.map("watched")
        self.verdicts = Verdicts(self._object.map("verdicts"), hosts=self.settings.hosts)
        self.configure(wire.KILL_OFF)
        self._ring = libbpf.Ring(self._object.map("ring"), self._receive)
        self._object.attach(self.program)
        if self.settings.stdin_bytes:
            for name in _STDIN_PROGRAMS:
                self._object.attach(name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ring.close()
        self._object.close()

    def configure(self, kill: int) -> None:
        """Write the settings that the kernel's side reads; ``kill`` is KILL_OFF, KILL_MARKED or KILL_ENFORCED."""
        calls = _CALLS.get(platform.machine(), _NO_CALLS)
        chosen = self.settings
        tree_start = start_of(chosen.tree) if chosen.tree else 0
        self._config.put(
            libbpf.number(0),
            wire.SETTINGS_STRUCT.pack(chosen.stdin_bytes, chosen.report_all, kill, *calls, chosen.tree, 0, tree_start),
        )

    def _receive(self, raw: bytes) -> bool:
        self._assembler.feed(raw)
        self._round[0] += 1
        self._round[1] += len(raw)
        return self._round[0] >= _ROUND_RECORDS or self._round[1] >= _ROUND_BYTES

    def poll(self, timeout: float = 0.2) -> Iterator[Execution | Notice]:
        """Wait up to ``timeout`` seconds for executions; yield them in order, and what was lost."""
        self._round = [0, 0]
        self._ring.read(timeout)
        offset = boot_offset()
        for item in self._assembler.finished():
            yield from self._take(item, offset)
        yield from self._captures.late()
        if time.monotonic() - self._counted > _COUNT_EVERY:
            yield from self.losses()

    def _take(self, item: KernelRecord | StdinText, offset: int) -> Iterator[Execution]:
        if isinstance(item, StdinText):
            yield from self._captures.text(item)
            return
        try:
            found = self._execution(item, offset)
        except Exception:  # noqa: BLE001 - a file or a record that is not understood is counted, and must not end the watch
            self._broken += 1
            return
        if found is not None:
            yield from self._captures.add(item.part, found)

    def _execution(self, record: KernelRecord, offset: int) -> Execution | None:
        pieces = cut(record)
        kind = self.verdicts.of(record.part, pieces)
        interpreter = None if kind is None else kind.interpreter or self._named(pieces)
        if interpreter == "" and not self.settings.report_all:
            return None
        if record.part.flags & wire.ENV_LEFT_OUT:
            pieces = pieces._replace(environment=late_environment(record.part))
        found = execution(record, pieces, self._ancestors.fill(pieces.chain), offset, interpreter)
        return with_files_of(with_hosted(found))

    def _named(self, pieces: Pieces) -> str:
        return named_only(pieces.exe, pieces.filename, hosts=self.settings.hosts)

    def counts(self) -> dict[str, int]:
        """Return the kernel's counters, summed over all CPUs."""
        found = {}
        for index, place in enumerate(wire.PLACES):
            raw = self._counters.get(libbpf.number(index)) or b""
            found[place] = sum(int.from_bytes(raw[at : at + 8], "little") for at in range(0, len(raw), 8))
        return found

    def runs(self) -> libbpf.Runs:
        """Return how often the kernel's side ran."""
        return self._object.runs(self.program)

    def losses(self) -> Iterator[Notice]:
        """Yield a notice for each place where something was lost since the last call."""
        now, counts = rfc3339(time.time_ns()), self.counts()
        own = dict(zip(_OWN_PLACES, (self.runs().misses, bounded.unanswered, self._broken), strict=True))
        lost = {place: counts[place] - self._counts[place] for place in wire.PLACES if place in wire.LOSSES}
        lost |= {place: count - self._own[place] for place, count in own.items()}
        for place, count in lost.items():
            if count:
                text = f"{count} x {place}"
                yield Notice(
                    kind="loss", sensor=SENSOR, time=now, text=text, place=place, count=count, since=self._counted_at
                )
        self._counts, self._own = counts, own
        self._counted, self._counted_at = time.monotonic(), now

    def drain(self) -> Iterator[Execution | Notice]:
        """Detach, and yield everything that the ring still holds."""
        self._object.detach()
        before = -1
        while self._round[0] != before or before > 0:
            before = self._round[0]
            yield from self.poll(0)
        self._assembler.abandon()
        yield from self.poll(0)
        yield from self._captures.release()
        yield from self.losses()
