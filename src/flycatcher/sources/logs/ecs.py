"""The Elastic Common Schema: auditbeat, Elastic Defend, the audit module's own shape; nested or with dotted names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import QuickJson, Seen, container_of
from flycatcher.sources.logs.engine.rows import Row, decoded, number, pairs, pick, text, words

if TYPE_CHECKING:
    from collections.abc import Iterator

_CUT = re.compile(r"\[\.\.\. (\d+) truncated arguments? \.\.\.\]")
_STARTS = frozenset(
    {
        "executed", "exec", "execve", "execveat", "start", "process_started", "existing_process", "execution", "process_execution",
        "created-process",
    }
)  # fmt: skip
_UNSET = frozenset({"unset", "4294967295", ""})
_AGENTS = frozenset({"auditbeat", "endpoint"})
"""Agents that write nothing but rows of this schema."""
_CONTAINER = {
    "container.id": ("container.id",), "container.name": ("container.name",), "container.image": ("container.image.name",),
    "kubernetes.pod": ("kubernetes.pod.name", "orchestrator.resource.name"), "kubernetes.namespace": ("kubernetes.namespace",),
}  # fmt: skip


class _Parent(msgspec.Struct, frozen=True, gc=False):
    """Of the process that started one."""

    pid: int = 0
    entity_id: str = ""


class _Process(msgspec.Struct, frozen=True, gc=False):
    """Of a process, what a quick look needs."""

    pid: int = 0
    executable: str = ""
    args: list[str] = []
    entity_id: str = ""
    env_vars: msgspec.Raw | None = None
    parent: _Parent = _Parent()


class _Event(msgspec.Struct, frozen=True, gc=False):
    """Of the event itself."""

    action: str = ""
    outcome: str = ""


class _Host(msgspec.Struct, frozen=True, gc=False):
    """Of its host."""

    hostname: str = ""
    name: str = ""


class _Quick(msgspec.Struct, frozen=True, gc=False):
    """Of a row."""

    process: _Process = _Process()
    event: _Event = _Event()
    host: _Host = _Host()


_quick = msgspec.json.Decoder(_Quick).decode


class Ecs(QuickJson):
    """Process events of the Elastic Common Schema, as documents, exports or the answers of a search."""

    name = "ecs"
    title = "ECS"
    rank = 20
    marks = (b'"process', b'"process.')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row has a process with a command line, as ECS names them."""
        inner = row.get("event")
        event = inner if isinstance(inner, dict) and "process" in inner and "process" not in row else row
        has = pick(event, "process.args", "process.command_line", "process.executable", "process.title", "process.exe")
        if text(row, "agent.type") in _AGENTS and "@timestamp" in row:
            return True
        return (
            has is not None
            and pick(event, "@timestamp", "event", "ecs.version", "event.action", "agent.type") is not None
        )

    def is_dull(self, line: bytes) -> bool:
        """Whether an event is a successful start of no interest, with nothing in it that a full look alone understands."""
        try:
            quick = _quick(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        process, event, host = quick.process, quick.event, quick.host.hostname or quick.host.name
        if not host or event.action not in _STARTS or event.outcome == "failure" or process.env_vars is not None:
            return False
        key, parent = process.entity_id or process.pid, process.parent.entity_id or process.parent.pid
        return self.dull(process.executable, process.args, (host, key), (host, parent), line)

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield the start that an event tells of."""
        inner = row.get("event")
        if isinstance(inner, dict) and "process" in inner and "process" not in row:
            row = inner
        if not _is_start(row):
            return
        argv, notes, truncated = _argv(row)
        line = "" if argv else text(row, "process.command_line", "process.title", "process.entry_leader.command_line")
        if not argv and not line:
            return
        host = text(row, "host.hostname", "host.name", "agent.hostname", "agent.name")
        pid, ppid = number(row, "process.pid"), number(row, "process.parent.pid", "process.ppid")
        entity, parent = text(row, "process.entity_id"), text(row, "process.parent.entity_id")
        known = (host, parent or ppid) in self.shared.lineage
        yield Seen(
            argv=argv,
            text=line,
            kind="string" if line else "argv",
            exe=text(row, "process.executable", "process.exe"),
            cwd=text(row, "process.working_directory", "process.cwd"),
            env=pairs(pick(row, "process.env_vars", "process.env")),
            pid=pid,
            ppid=ppid,
            uid=number(row, "user.id", "process.user.id", "user.ids.uid"),
            user=text(row, "user.name", "process.user.name", "user.names.uid"),
            login=_login(row),
            host=host,
            time=pick(row, "@timestamp", "process.start", "event.created"),
            key=(host, entity or pid) if entity or pid is not None else None,
            parent=(host, parent or ppid) if parent or ppid is not None else None,
            ancestry=() if known else _ancestors(row),
            truncated=truncated,
            notes=notes,
            container=container_of(row, _CONTAINER),
        )


def _is_start(row: Row) -> bool:
    """Whether an event is a successful start; one that names no action is taken for what it holds."""
    if text(row, "event.outcome", "auditd.result", "result") in ("failure", "fail"):
        return False
    action = pick(row, "event.action", "summary.action", "auditd.summary.action")
    actions = action if isinstance(action, list) else [action]
    if any(isinstance(each, str) and each in _STARTS for each in actions):
        return True
    call = text(row, "auditd.data.syscall", "data.syscall")
    if call:
        return call.startswith("execve")
    kinds = pick(row, "event.type", "event.category")
    known = kinds if isinstance(kinds, list) else [kinds]
    return action is None and (kinds is None or "start" in known or "process" in known)


def _argv(row: Row) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the words, what is to be said about them, and whether some were cut off."""
    argv = words(row, "process.args")
    if not argv and text(row, "process.args") and not text(row, "process.command_line"):
        return _exported(text(row, "process.args"))
    if not argv and pick(row, "data.a0", "auditd.data.a0") is not None and text(row, "data.argc"):
        data = pick(row, "data", "auditd.data")
        argv = tuple(text(data, f"a{at}") for at in range(min(number(data, "argc") or 0, 1 << 12)))
    found = _CUT.fullmatch(argv[0]) if argv else None
    if found is not None:
        return argv[1:], (f"{found[1]} words at the beginning of argv were cut off",), True
    cut = next((word for word in argv if _CUT.fullmatch(word)), "")
    count = number(row, "process.args_count")
    if cut or (count is not None and count > len(argv) > 0):
        return tuple(word for word in argv if word != cut), ("words of argv were cut off",), True
    return argv, (), False


def _exported(listed: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the words of a list that an export to CSV has made one text of: as JSON, or joined by commas."""
    value = decoded(listed.encode("utf-8", "surrogateescape")) if listed.startswith("[") else None
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value), (), False
    note = "an export has joined the words by commas: one with a comma and a blank in it counts as several"
    return tuple(listed.split(", ")), (note,), False


def _login(row: Row) -> str:
    """Return who logged in at the beginning of the session."""
    login = text(
        row, "user.audit.name", "user.audit.id", "user.names.auid", "user.ids.auid", "auditd.summary.actor.primary"
    )
    return "" if login in _UNSET else login


def _ancestors(row: Row) -> tuple[Process, ...]:
    """Return the ancestors that a row tells of itself."""
    found: list[Process] = []
    for prefix in ("process.parent", "process.group_leader", "process.session_leader", "process.entry_leader"):
        parent: Any = pick(row, prefix)
        exe, argv = text(row, f"{prefix}.executable"), words(row, f"{prefix}.args")
        line = text(row, f"{prefix}.command_line")
        argv = argv or (tuple(line.split(" ")) if line else ())
        if (exe or argv) and (isinstance(parent, dict) or parent is None):
            pid = number(row, f"{prefix}.pid") or 0
            entry = Process(pid=pid, exe=exe, argv=argv, comm=text(row, f"{prefix}.name"))
            if not found or (found[-1].pid, found[-1].argv) != (entry.pid, entry.argv):
                found.append(entry)
    return tuple(found)
