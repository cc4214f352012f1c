"""Falco's alerts as JSON: what a rule printed of a process. Source: https://falco.org/docs/reference/rules/supported-fields."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.clock import seconds
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen, container_of
from flycatcher.sources.logs.engine.recorded import Lost
from flycatcher.sources.logs.engine.rows import Row, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIMIT = 4096
"""Bytes of a command line that Falco keeps, without a word where there were more."""
_ABSENT = frozenset({"", "<NA>", "null"})
_DROPS = re.compile(r"(?<!\d)(\d{1,18}) (?:system|syscall)s? ?calls? dropped|n_drops=(\d{1,18})")
_CONTAINER = {
    "container.id": ("container.id",), "container.name": ("container.name",), "container.image": ("container.image.repository", "container.image"),
    "kubernetes.pod": ("k8s.pod.name",), "kubernetes.namespace": ("k8s.ns.name",),
}  # fmt: skip


class Falco(JsonFormat):
    """Falco's JSON output (``json_output: true``), from a file, stdout or falcosidekick."""

    name = "falco"
    title = "Falco"
    rank = 60
    words = "string"
    marks = (b'"output_fields"', b"Falco internal")

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an alert."""
        return "rule" in row and ("output_fields" in row or "output" in row)

    def row(self, row: Row) -> Iterator[Seen | Lost]:
        """Yield the process of an alert, or what Falco says it has dropped."""
        output, fields = text(row, "output"), row.get("output_fields")
        rule = text(row, "rule")
        if rule.startswith("Falco internal") or output.startswith("Falco internal"):
            found = _DROPS.search(output)
            count = number(fields, "n_drops") or int(next(filter(None, found.groups()), 1) if found else 1)
            yield Lost(
                text=output or rule,
                place="drops",
                count=count,
                host=text(row, "hostname"),
                time=seconds(row.get("time")),
            )
            return
        if not isinstance(fields, dict):
            return
        command = _known(fields, "ka.uri.param[command]")
        line = _known(fields, "proc.cmdline") or _joined(fields) or command
        if not line:
            return
        host, pid = text(row, "hostname"), number(fields, "proc.pid")
        ppid = number(fields, "proc.ppid")
        cut = len(line.encode("utf-8", "surrogateescape")) >= _LIMIT - 1
        exe = _known(fields, "proc.exepath")
        yield Seen(
            text=line,
            kind="string",
            exe=exe,
            cwd=_known(fields, "proc.cwd"),
            env=_environment(_known(fields, "proc.env")),
            pid=pid,
            ppid=ppid,
            uid=number(fields, "user.uid"),
            user=_known(fields, "user.name") or _known(fields, "ka.user.name"),
            login=_known(fields, "user.loginname"),
            host=host,
            time=row.get("time") or fields.get("evt.time"),
            key=(host, pid) if pid is not None else None,
            parent=(host, ppid) if ppid is not None else None,
            ancestry=_ancestors(fields),
            truncated=cut,
            happened="presumed",
            notes=(f"Falco keeps {_LIMIT} bytes of a command line",) if cut else (),
            container=container_of(fields, _CONTAINER),
            context={"falco.rule": rule},
        )


def _known(fields: Row, name: str) -> str:
    """Return a field, empty where Falco had nothing for it."""
    value = text(fields, name)
    return "" if value in _ABSENT else value


def _joined(fields: Row) -> str:
    """Return the command line of a rule that printed its parts."""
    name, words = _known(fields, "proc.name") or _known(fields, "proc.exe"), _known(fields, "proc.args")
    return f"{name} {words}" if name and words else ""


def _environment(line: str) -> dict[str, str]:
    """Return the variables of ``proc.env``, which are joined by blanks: those whose values hold none."""
    return {
        name: value
        for word in line.split(" ")
        for name, sign, value in (word.partition("="),)
        if sign and name.isidentifier()
    }


def _ancestors(fields: Row) -> tuple[Process, ...]:
    """Return the ancestors that the rule printed."""
    found = []
    for depth in range(1, 8):
        first = depth == 1
        name = (_known(fields, "proc.pname") if first else "") or _known(fields, f"proc.aname[{depth}]")
        line = (_known(fields, "proc.pcmdline") if first else "") or _known(fields, f"proc.acmdline[{depth}]")
        exe = (_known(fields, "proc.pexepath") if first else "") or _known(fields, f"proc.aexepath[{depth}]")
        if not (name or line or exe):
            break
        argv = tuple(line.split(" ")) if line else ()
        found.append(Process(comm=name, exe=exe, argv=argv, pid=number(fields, "proc.ppid") or 0 if first else 0))
    return tuple(found)
