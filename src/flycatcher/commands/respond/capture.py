"""``respond capture``: stop a tree, take the evidence, let it go on."""

from __future__ import annotations

import hashlib
import signal
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.respond.archive import Archive, Limits, now
from flycatcher.commands.respond.collect import Collector
from flycatcher.commands.respond.freeze import STILL, Member, Tree, stat_of
from flycatcher.commands.respond.host import facts as host_facts
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1 << 20


class Wishes(Struct, frozen=True, kw_only=True):
    """The options of ``respond capture``."""

    output: str
    freeze: bool
    keep_frozen: bool
    max_bytes: int
    max_file: int
    seconds: float


def capture(pid: int, wishes: Wishes) -> Iterator[str]:
    """Capture a tree; yield the lines that say what is in the archive."""
    path = wishes.output or f"capture-{pid}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar.gz"
    with _ended_by_signals(), Tree(pid, freeze=wishes.freeze) as tree:
        try:
            with Archive(path) as archive:
                manifest = _collected(tree, archive, wishes)
        finally:
            if not wishes.keep_frozen:
                tree.thaw()
    yield from _report(path, manifest, wishes)


def _collected(tree: Tree, archive: Archive, wishes: Wishes) -> dict[str, Any]:
    """Fill an archive; return its manifest."""
    frozen_at = now()
    limits = Limits(of_file=wishes.max_file, whole=wishes.max_bytes, seconds=wishes.seconds)
    collector = Collector(archive, limits)
    found = [_process(number, member, collector) for number, member in enumerate(tree.members.values(), 1)]
    for member in tree.members.values():
        if member.why_not:
            archive.miss(f"process {member.stat.pid}: stopped", member.why_not)
    if not tree.is_whole:
        archive.miss("the whole tree", "it had too many processes, or they did not all stand still in time")
    archive.add_json("host.json", host_facts(archive), "uname(2), /proc, /run/utmp")
    how = "SIGSTOP" if wishes.freeze else "no"
    times = {
        "read_from": frozen_at,
        "limits": {"bytes": wishes.max_bytes, "file": wishes.max_file, "seconds": wishes.seconds},
    }
    return archive.finish({"pid": tree.pid, "frozen": how, "rounds": tree.rounds, **times, "processes": found})


def _process(number: int, member: Member, collector: Collector) -> dict[str, Any]:
    """Take one process; return the manifest's entry."""
    stat, state = member.stat, stat_of(member.stat.pid)
    entry = {"pid": stat.pid, "parent": stat.parent, "start": stat.start, "name": stat.name}
    is_there = state is not None and state.start == stat.start
    entry["state"] = state.state if state is not None and is_there else "gone"
    entry["was_stopped"] = member.was_stopped
    return {**entry, **collector.take(number, stat)} if is_there else entry


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the program in order, so that nothing stays stopped."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda got, _: sys.exit(128 + got)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _report(path: str, manifest: dict[str, Any], wishes: Wishes) -> Iterator[str]:
    with Path(path).open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    processes, members, missing = manifest["processes"], manifest["members"], manifest["missing"]
    size = counted(sum(each["bytes"] for each in members), "byte")
    yield f"{path}: {counted(len(processes), 'process', 'processes')}, {counted(len(members), 'member')}, {size}"
    yield f"sha256 {digest}"
    moving = sum(each["state"] not in STILL and each["state"] != "gone" for each in processes)
    if wishes.freeze and moving:
        yield f"{counted(moving, 'process', 'processes')} did not stand still"
    yield f"not taken: {len(missing)}; flycatcher respond inspect {path} says what and why"
    if wishes.freeze and wishes.keep_frozen:
        pids = " ".join(str(each["pid"]) for each in processes if not each["was_stopped"])
        yield f"still frozen; to let them go on: kill -CONT {pids}"
