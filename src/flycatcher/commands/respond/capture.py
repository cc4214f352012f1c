"""``respond capture``: stop a tree, take the evidence, let it go on."""

from __future__ import annotations

import hashlib
import os
import shlex
import signal
import sys
import time
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.respond.archive import Archive, Limits, now
from flycatcher.commands.respond.collect import Collector
from flycatcher.commands.respond.freeze import STILL, Member, Tree, stat_of
from flycatcher.commands.respond.host import facts as host_facts
from flycatcher.commands.respond.recent import LATELY, LISTED, planted, views_of, written
from flycatcher.signing.files import read_private
from flycatcher.signing.note import ED25519
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.commands.respond.wanted import Wanted

CHUNK = 1 << 20
SLACK = 1.0
"""Seconds by which a time made of clock ticks may be wrong."""


class Wishes(Struct, frozen=True, kw_only=True):
    """The options of ``respond capture``."""

    output: str
    freeze: bool
    keep_frozen: bool
    kill: bool = False
    """End the processes afterwards."""
    taken_over: bool = False
    """Whoever started this program has stopped the processes for it."""
    key: str = ""
    """The file of the private key that signs it; empty: nobody does."""
    memory: int = 0
    """Bytes of memory that are copied; 0: none are."""
    max_bytes: int
    max_file: int
    seconds: float


def capture(wanted: Wanted, wishes: Wishes) -> Iterator[str]:
    """Capture trees; yield the lines that say what is in the archive."""
    path = wishes.output or f"capture-{wanted.name}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar.gz"
    signer = read_private(wishes.key, kind=ED25519) if wishes.key else None
    killed = 0
    with _ended_by_signals(), wanted.tree(freeze=wishes.freeze) as tree:
        if wishes.taken_over:
            tree.take_over()
        try:
            with Archive(path) as archive:
                facts = _collected(tree, archive, wanted, wishes)
                manifest = archive.finish(facts, signer)
        finally:
            if wishes.kill:
                killed = tree.kill()
            elif not wishes.keep_frozen:
                tree.thaw()
    yield from _report(path, manifest, wishes)
    if wishes.kill:
        yield f"killed {counted(killed, 'process', 'processes')}"


def _collected(tree: Tree, archive: Archive, wanted: Wanted, wishes: Wishes) -> dict[str, Any]:
    """Fill an archive; return what its manifest says."""
    frozen_at = now()
    limits = Limits(of_file=wishes.max_file, whole=wishes.max_bytes, seconds=wishes.seconds)
    collector = Collector(archive, limits, wishes.memory)
    found = [_process(number, member, collector) for number, member in enumerate(tree.members.values(), 1)]
    for member in tree.members.values():
        if member.why_not:
            archive.miss(f"process {member.stat.pid}: stopped", member.why_not)
    if not tree.is_whole:
        archive.miss("the whole tree", "it had too many processes, or they did not all stand still in time")
    archive.add_json("host.json", host_facts(archive), "uname(2), /proc, /run/utmp")
    if wanted.records:
        archive.add_json("records.json", list(wanted.records), "what was recorded of it")
    _add_recent(tree, archive, limits)
    how = "cgroup" if tree.group is not None else "SIGSTOP" if wishes.freeze else "no"
    times: dict[str, Any] = {
        "read_from": frozen_at,
        "limits": {"bytes": wishes.max_bytes, "file": wishes.max_file, "seconds": wishes.seconds},
    }
    if tree.group is not None:
        times["group"] = str(tree.group.path)
    asked = {"asked": wanted.asked, "roots": [stat.pid for stat in wanted.roots]}
    return {"pid": tree.pid, **asked, "frozen": how, "rounds": tree.rounds, **times, "processes": found}


def _add_recent(tree: Tree, archive: Archive, limits: Limits) -> None:
    """Add the lists of files that changed since the tree began, and of places that are run later and changed lately."""
    stats = [member.stat for member in tree.members.values()]
    booted = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    since = booted + min((stat.start for stat in stats), default=0) / os.sysconf("SC_CLK_TCK") - SLACK
    uids = {uid for stat in stats if (uid := _uid(stat.pid)) is not None}
    views = views_of(stat.pid for stat in stats)
    for name in ("recent-writes.json", "recent-places.json"):
        if over := limits.why_over():
            archive.miss(name, over)
            continue
        rows = written(views, since) if name == "recent-writes.json" else planted(views, uids, time.time() - LATELY)
        archive.add_json(name, list(islice(rows, LISTED)), "changes of files on file systems")


def _uid(pid: int) -> int | None:
    try:
        return Path(f"/proc/{pid}").stat().st_uid
    except OSError:
        return None


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
    is_signalled = manifest["frozen"] == "SIGSTOP"
    moving = sum(each["state"] not in STILL and each["state"] != "gone" for each in processes)
    if is_signalled and moving:
        yield f"{counted(moving, 'process', 'processes')} did not stand still"
    yield f"not taken: {len(missing)}; flycatcher respond inspect {path} says what and why"
    if "group" in manifest and wishes.keep_frozen:
        yield f"still frozen; to let them go on: echo 0 > {shlex.quote(manifest['group'] + '/cgroup.freeze')}"
    elif is_signalled and wishes.keep_frozen:
        pids = " ".join(str(each["pid"]) for each in processes if not each["was_stopped"])
        yield f"still frozen; to let them go on: kill -CONT {pids}"
