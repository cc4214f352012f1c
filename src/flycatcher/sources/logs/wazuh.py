"""Wazuh's alerts and archives: ``data.audit`` with ``a0`` to ``a3`` or more, and the records themselves in ``full_log``.

Source: https://documentation.wazuh.com, the decoder of auditd.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.sources.audit_record import Words
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.rows import Row, number, pick, text

if TYPE_CHECKING:
    from collections.abc import Iterator

_RECORD = re.compile(r"type=EXECVE msg=audit\([^)]*\): ?(.*?)(?=(?: type=[A-Z_]+ msg=audit\()|$)", re.DOTALL)
_DECODED = 4
"""Words that Wazuh's decoder keeps (``a0`` to ``a3``)."""


class Wazuh(JsonFormat):
    """Wazuh's alerts.json and archives.json."""

    name = "wazuh"
    title = "Wazuh"
    rank = 65
    needs = (b'"audit"',)
    marks = (b'"execve"', b"type=EXECVE")

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row holds a decoded audit event."""
        return isinstance(pick(row, "data.audit", "_source.data.audit"), dict)

    def row(self, row: Row) -> Iterator[Seen]:
        """Yield a start."""
        row = row["_source"] if isinstance(row.get("_source"), dict) else row
        audit = pick(row, "data.audit")
        if not isinstance(audit, dict) or text(audit, "success") == "no":
            return
        argv, truncated = _argv(row, audit)
        if not argv:
            return
        host, pid, ppid = (
            text(row, "agent.name", "predecoder.hostname", "hostname"),
            number(audit, "pid"),
            number(audit, "ppid"),
        )
        login = text(audit, "auid")
        yield Seen(
            argv=argv,
            exe=text(audit, "exe"),
            cwd=text(audit, "cwd"),
            pid=pid,
            ppid=ppid,
            uid=number(audit, "uid"),
            login="" if login in ("4294967295", "unset") else login,
            host=host,
            time=text(row, "timestamp", "@timestamp"),
            key=(host, pid) if pid is not None else None,
            parent=(host, ppid) if ppid is not None else None,
            truncated=truncated,
            notes=("Wazuh keeps four words of argv",) if truncated else (),
            context={"login.session": text(audit, "session")},
        )


def _argv(row: Row, audit: Row) -> tuple[tuple[str, ...], bool]:
    """Return the words, and whether there may have been more: those of the records are all, those of the decoder four."""
    records = _RECORD.findall(text(row, "full_log"))
    if records:
        words = Words()
        for body in records:
            words.take(body.encode("utf-8", "surrogateescape"))
        return words.argv, not words.whole
    executed = pick(audit, "execve")
    if not isinstance(executed, dict):
        return (), False
    count = sum(1 for name in executed if re.fullmatch(r"a\d{1,4}", name))
    argv = tuple(text(executed, f"a{at}") for at in range(count))
    argc = number(executed, "argc", "argc_count")
    return argv, (argc or 0) > count or (argc is None and count >= _DECODED)
