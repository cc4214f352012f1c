"""Turns what was read of a process into an Execution: words, environment, owner, ancestors, container."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.execution import Execution, Fidelity, Process
from flycatcher.sources.context.ancestry import Ancestry, read_stat
from flycatcher.sources.context.container import container_of
from flycatcher.sources.sensors import sockets
from flycatcher.sources.sensors.seccomp.stdin import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ENV_CACHE = 16
RACE_NOTE = "read before the kernel's own copy was made: another thread of the process could have changed it in between"


class Describer:
    """Makes executions; remembers environments and ancestors, of which a build has few different ones."""

    def __init__(self, root: int) -> None:
        """``root``: the process at which ancestries end."""
        self.ancestry = Ancestry(root, os.getpid())
        self._environments: dict[bytes, dict[str, str]] = {}

    def execution(  # noqa: PLR0913 - each is a fact of its own
        self,
        tid: int,
        group: int,
        *,
        argv: Sequence[bytes],
        environment: Sequence[bytes],
        exe: str,
        identity: str | None,
        note: str = RACE_NOTE,
    ) -> Execution:
        """Return the execution as far as the interpreter's tables need it."""
        about = read_stat(group)
        stdin = kind_of(tid)
        return Execution(
            argv=tuple(map(os.fsdecode, argv)),
            exe=exe,
            env=self._environment(environment),
            stdin=stdin,
            cwd=_link(f"/proc/{tid}/cwd"),
            interpreter=identity,
            process=Process(pid=group, start=about.start if about else 0, comm=about.comm if about else ""),
            fidelity=_fidelity(argv, environment, note),
            context=_socket_facts(group) if stdin == "socket" else {},
        )

    def enriched(self, execution: Execution, tid: int, group: int) -> Execution:
        """Add what only a reported execution needs: ancestors, owner, container."""
        about = read_stat(group)
        own = execution.process or Process(pid=group)
        try:
            owner = os.stat(f"/proc/{tid}")
            own = structs.replace(own, uid=owner.st_uid, gid=owner.st_gid, cwd=execution.cwd)
        except OSError:
            own = structs.replace(own, note="owner not read: the process had ended")
        return structs.replace(
            execution,
            process=own,
            ancestry=self.ancestry.of(about.parent) if about else (),
            context={**execution.context, **container_of(group)},
        )

    def _environment(self, words: Sequence[bytes]) -> dict[str, str]:
        """Decode an environment; the first of two equal names counts, as for getenv(3). A build has few different ones."""
        key = b"\0".join(words)
        known = self._environments.get(key)
        if known is None:
            known = {}
            for word in words:
                name, _, value = os.fsdecode(word).partition("=")
                known.setdefault(sys.intern(name), value)
            if len(self._environments) >= ENV_CACHE:
                self._environments.pop(next(iter(self._environments)))
            self._environments[key] = known
        return known


def _fidelity(argv: Sequence[bytes], environment: Sequence[bytes], note: str) -> Fidelity:
    """Say how much was read: all of it, or the execution counts as lost."""
    size = sum(map(len, argv)) + len(argv) + sum(map(len, environment)) + len(environment)
    return Fidelity(
        sensor="seccomp",
        time=datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        bytes_seen=size,
        bytes_total=size,
        notes=(note,),
    )


def _socket_facts(group: int) -> dict[str, str]:
    """Return what the socket on a process's descriptor 0 connects; empty where it does not say."""
    ends = sockets.ends_of(group)
    return sockets.facts(ends, group) if ends is not None else {}


def _link(path: str) -> str:
    """Read a link; empty where that is refused."""
    try:
        return os.readlink(path)
    except OSError:
        return ""
