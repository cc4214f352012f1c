"""osquery's result log: ``process_events``, ``bpf_process_events``, ``es_process_events`` and ``processes``.

Source: https://osquery.io/schema. A row a line, a batch of them, or a snapshot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.execution import Process
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, decoded, number, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNSET = frozenset({"4294967295", "-1", ""})
_SORTED = 10
"""Blanks in a command line from which on there may be more than ten words."""
_CUT = "cmdline_size says that the command line was longer"
_MIXED = "process_events orders more than ten words by their names as text: a0 a1 a10 a11 a2"


class Osquery(JsonFormat):
    """osquery's result log and snapshots."""

    name = "osquery"
    title = "osquery"
    rank = 55
    words = "string"
    marks = (b'"cmdline"', b'"json_cmdline"')

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is a result of a query, or has a command line as osquery's tables name it."""
        results = any(name in row for name in ("columns", "snapshot", "diffResults"))
        return (results and ("hostIdentifier" in row or "unixTime" in row)) or any(True for _ in _columns(row))

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield the start of each result row."""
        if row.get("action") == "removed":
            return
        host = text(row, "hostIdentifier", "decorations.hostname", "decorations.host_uuid")
        for columns in _columns(row):
            yield self._seen(columns, row, host)

    def _seen(self, columns: Row, row: Row, host: str) -> Seen:
        """Return one start."""
        argv, line = _words(columns), text(columns, "cmdline")
        size = number(columns, "cmdline_size")
        cut = size is not None and not argv and size > len(line.encode("utf-8", "surrogateescape")) + 1
        mixed = not argv and "owner_uid" in columns and line.count(" ") >= _SORTED
        login, pid, ppid = text(columns, "auid"), number(columns, "pid"), number(columns, "parent")
        return Seen(
            argv=argv,
            text="" if argv else line,
            kind="argv" if argv else "string",
            quoting="sorted" if mixed else "",
            exe=text(columns, "path"),
            cwd=text(columns, "cwd").strip('"'),
            env=_environment(text(columns, "env")),
            pid=pid,
            ppid=ppid,
            uid=number(columns, "uid"),
            user=text(columns, "username"),
            login="" if login in _UNSET else login,
            host=host,
            time=number(columns, "time", "start_time") or row.get("unixTime") or row.get("calendarTime"),
            key=(host, pid) if pid is not None else None,
            parent=(host, ppid) if ppid is not None else None,
            ancestry=() if (host, ppid) in self.shared.lineage else _parent(columns),
            truncated=cut,
            notes=(*((_CUT,) if cut else ()), *((_MIXED,) if mixed else ())),
        )


def _columns(row: Row) -> Iterator[Row]:
    """Yield the rows of a table that have a command line."""
    for found in (row.get("columns"), row.get("snapshot"), row.get("diffResults"), row):
        if isinstance(found, dict) and "added" in found:
            found = found["added"]  # noqa: PLW2901 - the rows of a batch
        rows = found if isinstance(found, list) else [found]
        known = [each for each in rows if isinstance(each, dict) and ("cmdline" in each or "json_cmdline" in each)]
        if known:
            yield from known
            return


def _words(columns: Row) -> tuple[str, ...]:
    """Return the words of ``json_cmdline``."""
    value = (
        decoded(text(columns, "json_cmdline").encode("utf-8", "surrogateescape"))
        if columns.get("json_cmdline")
        else None
    )
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _environment(line: str) -> dict[str, str]:
    """Return variables that are joined by blanks: those whose values hold none."""
    return {
        name: value
        for word in line.split(" ")
        for name, sign, value in (word.partition("="),)
        if sign and name.isidentifier()
    }


def _parent(columns: Row) -> tuple[Process, ...]:
    """Return the ancestor that the row itself names."""
    line, exe = text(columns, "parent_cmdline"), text(columns, "parent_path")
    return (Process(exe=exe, argv=tuple(line.split(" ")) if line else ()),) if line or exe else ()
