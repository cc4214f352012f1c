"""Tracee: ``sched_process_exec`` and execve(2), in the shape of its first versions and in the one of 2024.

Source: https://aquasecurity.github.io/tracee, events/builtin. ``argv`` is a list here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flycatcher.core.execution import Process, StdinKind
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen, container_of
from flycatcher.sources.logs.engine.rows import Row, listed, number, pairs, pick, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_EVENTS = frozenset({"sched_process_exec", "execve", "execveat", "process_execution"})
_FLOWS: tuple[StdinKind, ...] = ("pipe", "socket")
_KINDS: dict[str, StdinKind] = {
    "S_IFIFO": "pipe",
    "S_IFSOCK": "socket",
    "S_IFREG": "file",
    "4096": "pipe",
    "49152": "socket",
    "32768": "file",
}
"""Of standard input, by the name or the number of its inode's kind (stat(2))."""
_CONTAINER = {
    "container.id": ("containerId", "container.id", "workload.container.id"),
    "container.name": ("containerName", "container.name", "workload.container.name"),
    "container.image": ("containerImage", "container.image", "workload.container.image.name"),
    "kubernetes.pod": ("podName", "kubernetes.podName", "workload.k8s.pod.name"),
    "kubernetes.namespace": ("podNamespace", "kubernetes.podNamespace", "workload.k8s.namespace.name"),
}


class Tracee(JsonFormat):
    """Tracee's events in JSON."""

    name = "tracee"
    title = "Tracee"
    rank = 55
    marks = (b'"eventName"', b'"sched_process_exec"', b'"execve"', b'"policies"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an event of either shape."""
        return ("eventName" in row and "processId" in row) or (isinstance(row.get("data"), list) and "workload" in row)

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield the start that an event tells of."""
        name = text(row, "eventName", "name")
        if name not in _EVENTS or (number(row, "returnValue") is None and row.get("returnValue") is not None):
            return
        values = _values(row)
        argv = values.get("argv")
        if not isinstance(argv, list) or not argv:
            return
        failed = text(values, "argv_truncated") == "true"
        pid = _pid(
            row,
            "hostProcessId",
            "processId",
            "workload.process.hostPid",
            "workload.process.host_pid",
            "workload.process.pid",
        )
        above = next(iter(listed(row, "workload.process.ancestors")), None)
        ppid = _pid(row, "hostParentProcessId", "parentProcessId")
        ppid = _pid(above, "hostPid", "host_pid", "pid") if ppid is None and isinstance(above, dict) else ppid
        host = text(row, "hostName", "workload.node.name")
        yield Seen(
            argv=tuple(str(word) for word in argv),
            exe=text(values, "pathname"),
            env=pairs(values.get("env") or values.get("envp")),
            stdin=self._stdin(values),
            pid=pid,
            ppid=ppid,
            uid=_pid(row, "userId", "workload.process.realUser.id", "workload.process.real_user.id"),
            host=host,
            time=_time(row.get("timestamp")),
            key=(host, pid) if pid is not None else None,
            parent=(host, ppid) if ppid is not None else None,
            ancestry=() if (host, ppid) in self.shared.lineage else _parents(row, values),
            truncated=failed,
            container=container_of(row, _CONTAINER),
            context={"stdin.from": text(values, "stdin_path"), "tracee.interpreter": text(values, "interp")},
        )

    @staticmethod
    def _stdin(values: Row) -> StdinKind:
        """Return what standard input is."""
        path = text(values, "stdin_path")
        if path.startswith(("/dev/pts", "/dev/tty", "/dev/console")):
            return "tty"
        if path == "/dev/null":
            return "null"
        for kind in _FLOWS:
            if path.startswith(f"{kind}:"):
                return kind
        return _KINDS.get(text(values, "stdin_type"), "unknown")


def _pid(row: Row, *names: str) -> int | None:
    """Return the first number that a row has by one of these names, as it stands or as the ``value`` of an object."""
    for name in names:
        value = pick(row, name)
        found = number(value, "value") if isinstance(value, dict) else number(row, name)
        if found is not None:
            return found
    return None


def _time(value: Any) -> Any:  # noqa: ANN401 - a JSON tree
    """Return a time: text or a number as it stands, or what an object of seconds and nanoseconds says."""
    if not isinstance(value, dict):
        return value
    whole = number(value, "seconds")
    return None if whole is None else whole + (number(value, "nanos") or 0) / 1e9


def _values(row: Row) -> dict[str, Any]:
    """Return an event's arguments by name, whichever shape they have."""
    found: dict[str, Any] = {}
    for each in listed(row, "args", "data"):
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            continue
        if "value" in each:
            found[each["name"]] = each["value"]
            continue
        for kind, value in each.items():
            if kind != "name":
                found[each["name"]] = value.get("value") if isinstance(value, dict) else value
    return found


def _parents(row: Row, values: Row) -> tuple[Process, ...]:
    """Return the ancestor that the event itself names."""
    ancestors = pick(row, "workload.process.ancestors")
    if isinstance(ancestors, list):
        named = [each for each in ancestors if isinstance(each, dict)]
        return tuple(
            Process(
                pid=_pid(each, "hostPid", "host_pid", "pid") or 0,
                comm=text(each, "executable.name", "executable.path", "thread.name"),
            )
            for each in named
        )
    comm = text(values, "prev_comm")
    return (Process(pid=number(row, "hostParentProcessId") or 0, comm=comm),) if comm else ()
