"""``respond release`` and ``respond contain --status``: ends containments, and says which are in force."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

from flycatcher.commands.respond.contain.chronicle import Chronicle
from flycatcher.commands.respond.contain.expiry import drop, drop_commands
from flycatcher.commands.respond.contain.network import open_again, open_commands, tables
from flycatcher.commands.respond.contain.processes import group_of, is_there, thaw, thaw_commands
from flycatcher.commands.respond.contain.state import Act, Containment, Folder, boot
from flycatcher.commands.respond.freeze import stat_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

REBOOTED = "a reboot has ended it"


def release(identity: str, state: Path | None, ledger: tuple[str, str], *, enforce: bool) -> Iterator[str]:
    """Release one containment, or rehearse it; yield the lines that say so. Raises FlycatcherError where there is none.

    ``ledger``: another one than that of the containment, and the file of its key.
    """
    folder = Folder(state)
    kept = folder.load(identity)
    if kept is None:
        raise FlycatcherError(
            f"no containment {identity}", hint="flycatcher respond contain --status lists them", code=3
        )
    lives = kept.boot == boot()
    if not enforce:
        yield f"# a rehearsal of the release of {kept.id}: {kept.target}; --enforce does it"
        if lives:
            yield from (*open_commands(kept), *thaw_commands(kept))
        yield from drop_commands(kept.job) if kept.job is not None else ()
        return
    with Chronicle(ledger if ledger[0] else (kept.ledger, kept.ledger_key), kept, needed=False) as chronicle:
        for said in _released(kept) if lives else (REBOOTED,):
            chronicle.add("released", said)
            yield f"{kept.id}: {said}"
    folder.drop(kept.id)
    if kept.job is not None:
        drop(kept.job, kept.id)


def _released(kept: Containment) -> Iterator[str]:
    """Undo the acts; yield what was done, or that nothing was left to undo. The file stays where one cannot be undone."""
    said = ""
    for said in chain(thaw(kept), open_again(kept)):
        yield said
    if not said:
        yield "nothing of it was left"


def status(state: Path | None, *, as_json: bool) -> Iterator[str]:
    """Yield a line for each containment, or all as one JSON document."""
    folder = Folder(state)
    found = [kept for identity in folder.all() if (kept := folder.load(identity)) is not None]
    if as_json:
        yield json.dumps({"schema": "flycatcher.containments/1", "containments": list(map(_facts, found))}, indent=2)
        return
    for kept in found:
        until = f"until {kept.until}, by {kept.job.how}" if kept.job is not None else "until it is released"
        yield f"{kept.id}  {kept.target}  since {kept.time}, {until}"
        yield from (f"  {act}: {how}" for act, how in _standing(kept).items())
    if not found:
        yield "nothing is contained"


def _facts(kept: Containment) -> dict[str, Any]:
    return {
        "id": kept.id,
        "target": kept.target,
        "since": kept.time,
        "until": kept.until,
        "expiry": kept.job.how if kept.job is not None else "",
        "acts": _standing(kept),
    }


def _standing(kept: Containment) -> dict[str, str]:
    """Return for each act whether it is in force now."""
    if kept.boot != boot():
        return dict.fromkeys(kept.acts, REBOOTED)
    looks: dict[Act, Callable[[Containment], str]] = {"quarantine": _quarantine, "freeze": _freeze, "kill": _kill}
    return {act: looks[act](kept) for act in kept.acts}


def _kill(_kept: Containment) -> str:
    return "done"


def _quarantine(kept: Containment) -> str:
    try:
        closed = list(tables(kept))
    except FlycatcherError as error:
        return f"not known: {error}"
    if not closed:
        return "gone: the table is not there any more"
    return f"in force in {counted(len(closed), 'network namespace')} of {len(kept.namespaces)}"


def _freeze(kept: Containment) -> str:
    if kept.cgroup:
        group = group_of(kept)
        if group is None:
            return f"gone: {kept.cgroup} was removed"
        return f"in force: {kept.cgroup}" if group.is_frozen() else f"gone: {kept.cgroup} was thawed"
    alive = [each for each in kept.stopped if is_there(each)]
    still = sum((found := stat_of(each.pid)) is not None and found.state in "Tt" for each in alive)
    return f"{still} of {counted(len(kept.stopped), 'process', 'processes')} stopped, {len(alive)} alive"
