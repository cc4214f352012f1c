"""systemd's journal, as ``journalctl -o json`` and ``-o export`` write it.

Each entry names the process that wrote it (``_CMDLINE``, ``_EXE``), and may hold cron's, sudo's or the audit log's own words.
Source: systemd.journal-fields(7), https://systemd.io/JOURNAL_EXPORT_FORMATS.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from flycatcher.sources.logs.auditd import Auditd
from flycatcher.sources.logs.engine.format import Format, Shared
from flycatcher.sources.logs.engine.jsonrows import JsonFormat, Seen
from flycatcher.sources.logs.engine.recorded import Block, Lost, Recorded
from flycatcher.sources.logs.engine.rows import Row, number, row_of, text
from flycatcher.sources.logs.syslog import message

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROCESSES = 1 << 14
"""Processes whose command lines are remembered, so that one that writes often is told once."""
_FIELD_LIMIT = 1 << 20
"""Bytes of one field of an export that are kept."""
_KERNEL = "audit: "
"""How the kernel's own messages about auditing begin."""
_LENGTH = 8
"""Bytes of a binary field's length."""
_WANTED = frozenset({
    "MESSAGE", "_CMDLINE", "_EXE", "_COMM", "_PID", "_UID", "_HOSTNAME", "SYSLOG_IDENTIFIER", "__REALTIME_TIMESTAMP", "_BOOT_ID",
    "_AUDIT_LOGINUID", "_AUDIT_SESSION", "_AUDIT_ID", "_AUDIT_TYPE_NAME", "_TRANSPORT", "_SOURCE_REALTIME_TIMESTAMP", "_SYSTEMD_UNIT",
    "CONTAINER_ID_FULL", "CONTAINER_NAME",
})  # fmt: skip


class Journal(JsonFormat):
    """The journal as JSON, one entry a line."""

    name = "journal"
    title = "systemd journal"
    rank = 50
    marks = (b"__REALTIME_TIMESTAMP", b'"_CMDLINE"')

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start with no process seen."""
        super().__init__(shared, log)
        self._told: OrderedDict[tuple[str, ...], None] = OrderedDict()
        self._audit = Auditd(shared, log)

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is an entry."""
        return "__REALTIME_TIMESTAMP" in row or "_CMDLINE" in row

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one entry."""
        row = row_of(line) if self._may_matter(line) else None
        if row is not None:
            yield from self.record(row, number, offset)

    def record(self, row: Row, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one entry that has been taken apart."""
        said = _text(row.get("MESSAGE"))
        if text(row, "_AUDIT_TYPE_NAME") or text(row, "_TRANSPORT") == "audit":
            yield from self._audit.read(Block(_audit_line(row, said), number, offset))
            return
        when, host = text(row, "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP"), text(row, "_HOSTNAME")
        if said.startswith(_KERNEL):
            yield from self._audit.read(Block(_kernel_line(said, host), number, offset))
            return
        name = text(row, "SYSLOG_IDENTIFIER", "_COMM")
        for found in message(f"{name}: {said}" if name else said, time=when, host=host):
            yield from self.placed(found, number, offset)
        seen = self._process(row, when, host)
        if seen is not None:
            yield from self.placed(seen, number, offset)

    def _process(self, row: Row, when: str, host: str) -> Seen | None:
        """Return the process that wrote an entry, the first time that it does."""
        line, pid = _text(row.get("_CMDLINE")), text(row, "_PID")
        key = (host, text(row, "_BOOT_ID"), pid, line)
        if not line or key in self._told:
            return None
        self._told[key] = None
        if len(self._told) > _PROCESSES:
            self._told.popitem(last=False)
        login = text(row, "_AUDIT_LOGINUID")
        return Seen(
            text=line,
            kind="string",
            exe=text(row, "_EXE"),
            pid=number(row, "_PID"),
            uid=number(row, "_UID"),
            login="" if login == "4294967295" else login,
            host=host,
            time=when,
            notes=("the process was running when it wrote to the journal",),
            context={
                "login.session": text(row, "_AUDIT_SESSION"),
                "unit": text(row, "_SYSTEMD_UNIT"),
                "container.name": text(row, "CONTAINER_NAME"),
            },
        )

    def idle(self) -> Iterator[Recorded | Lost]:
        """Yield what the audit records are waiting for."""
        yield from self._audit.idle()

    def end(self) -> Iterator[Recorded | Lost]:
        """Yield what the audit records were waiting for."""
        yield from self._audit.end()


class JournalExport(Format):
    """The journal's export format: fields line by line, an empty line behind each entry, binary fields with their length."""

    name = "journal-export"
    title = "systemd journal export"
    rank = 51
    together = True

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start between two entries."""
        super().__init__(shared, log)
        self._reader = Journal(shared, log)
        self._fields: Row = {}
        self._place = (0, 0)
        self._binary: tuple[str, int, list[bytes]] | None = None
        """A field's name, how many bytes of it are still to come (-1 in front of its length), what has come."""
        self._kept = 0

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line begins an entry."""
        return line.startswith((b"__CURSOR=", b"__REALTIME_TIMESTAMP="))

    def read(self, block: Block) -> Iterator[Recorded | Lost]:
        """Read lines; an empty one ends an entry."""
        offset = block.offset
        for count, line in enumerate(block.lines(), block.number):
            yield from self.line(line, count, offset)
            offset += len(line) + 1

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one line, which may be a part of a binary field."""
        if self._binary is not None:
            self._add(line)
            return
        if not line:
            yield from self.end_entry()
            return
        if not self._fields:
            self._place = (number, offset)
        name, sign, value = line.partition(b"=")
        field = name.decode("ascii", "replace")
        if not sign:
            self._binary = (field, -1, [])
        elif field in _WANTED:
            self._fields[field] = value[:_FIELD_LIMIT].decode("utf-8", "surrogateescape")

    def _add(self, line: bytes) -> None:
        """Add a line to a binary field: eight bytes of its length, the data, and a newline."""
        if self._binary is None:
            return
        name, left, parts = self._binary
        if left < 0:
            head = b"".join(parts) + line
            if len(head) < _LENGTH:
                parts[:] = [head, b"\n"]
                return
            left, line = int.from_bytes(head[:_LENGTH], "little"), head[_LENGTH:]
            parts.clear()
        kept = self._kept if parts else 0
        if kept < _FIELD_LIMIT:
            parts.append(line[:left] if len(line) >= left else line + b"\n")
        self._kept = kept + len(line) + 1
        if len(line) < left:
            self._binary = (name, left - len(line) - 1, parts)
            return
        if name in _WANTED:
            self._fields[name] = b"".join(parts)[:_FIELD_LIMIT].decode("utf-8", "surrogateescape")
        self._binary = None

    def end_entry(self) -> Iterator[Recorded | Lost]:
        """Yield what the entry that ends here says."""
        fields, self._fields = self._fields, {}
        if fields:
            yield from self._reader.record(fields, *self._place)

    def end(self) -> Iterator[Recorded | Lost]:
        """Yield what the last entry says."""
        yield from self.end_entry()
        yield from self._reader.end()


def _text(value: Any) -> str:  # noqa: ANN401 - a JSON tree
    """Return a field's text, which is a list of bytes where it is no UTF-8."""
    if isinstance(value, list):
        if all(isinstance(each, int) and 0 <= each < 256 for each in value):
            return bytes(value).decode("utf-8", "surrogateescape")
        return str(value[0]) if value else ""
    return value if isinstance(value, str) else ""


def _kernel_line(said: str, host: str) -> bytes:
    """Return what the kernel said of auditing as a line of an audit log; where no daemon takes its records, they go that way."""
    named = said.replace("type=", f"node={host} type=", 1) if host else said
    return named.encode("utf-8", "surrogateescape").replace(b"\n", b" ")


def _audit_line(row: Row, said: str) -> bytes:
    """Return an entry of the audit transport as the record that it was."""
    micro = number(row, "_SOURCE_REALTIME_TIMESTAMP", "__REALTIME_TIMESTAMP") or 0
    kind, serial = text(row, "_AUDIT_TYPE_NAME") or said.partition(" ")[0], text(row, "_AUDIT_ID")
    body = said.removeprefix(kind).lstrip()
    node = f"node={text(row, '_HOSTNAME')} " if text(row, "_HOSTNAME") else ""
    line = f"{node}type={kind} msg=audit({micro // 1_000_000}.{micro // 1000 % 1000:03d}:{serial or 0}): {body}"
    return line.encode("utf-8", "surrogateescape").replace(b"\n", b" ")
