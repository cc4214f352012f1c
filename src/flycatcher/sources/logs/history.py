"""Histories of shells and consoles: what was typed. They prove no execution, and most of them have no time.

Sources: bash(1) HISTTIMEFORMAT, zsh's EXTENDED_HISTORY, fish's fish_history, editline(3) and the manuals of the consoles.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from flycatcher.core.execution import Execution, Fidelity
from flycatcher.sources.logs.engine.clock import stamp
from flycatcher.sources.logs.engine.format import Format, Shared
from flycatcher.sources.logs.engine.recorded import Lost, Recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTE = "typed: no exit code says that it ran"
_LONGEST = 1 << 20
"""Bytes of one entry."""
_DOCUMENT = re.compile(rb"<<-?\s*(['\"]?)(\w+)\1")


_QUOTED = 100
"""Lines of an entry that a quote may hold, where no times tell the entries apart."""
_MARKS = {b"": re.compile(rb"\\.|['\"]|(?:^|\s)#"), b'"': re.compile(rb'\\.|"'), b"'": re.compile(rb"'")}
"""What matters outside of quotes, and within each."""


def _quote_after(line: bytes, quote: bytes) -> bytes:
    """Return the quote that is open behind a line, in front of which ``quote`` was; empty for none."""
    at = 0
    while (found := _MARKS[quote].search(line, at)) is not None:
        at, mark = found.end(), found[0]
        if not quote and mark[-1:] == b"#" and mark[:1] != b"\\":
            break
        if mark in (b"'", b'"'):
            quote = b"" if quote else mark
    return quote


class History(Format):
    """Gathers the lines of an entry; what begins a new one is a subclass's to say."""

    words: ClassVar[str] = "text"
    names: ClassVar[tuple[str, ...]] = ()
    """Base names of files that are such histories, whatever they hold."""
    dialect: ClassVar[str] = "bash"
    console: ClassVar[str] = ""
    """The interpreter that the text was typed into; empty for a shell."""

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start without an entry."""
        super().__init__(shared, log)
        self._lines: list[bytes] = []
        self._size = 0
        self._time = 0.0
        self._place = (0, 0)

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is one of this history; without marks of its own, none is."""
        del line
        return False

    @classmethod
    def takes_name(cls, name: str) -> bool:
        """Whether a file's base name says that it is such a history."""
        own = [known for known in cls.names if "_" in known]
        return name in cls.names or any(
            name.startswith(f"{each}-") or name.endswith(f"_{each.lstrip('.')}") for each in own
        )

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read a line as an entry of its own."""
        yield from self.entry(number, offset)
        self.add(line)

    def entry(self, number: int = 0, offset: int = 0, time: float = 0.0) -> Iterator[Recorded]:
        """Yield the entry that ends here, and begin another one."""
        if any(self._lines):
            text = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
            yield self._recorded(self.decoded(text))
        self._lines, self._size, self._time, self._place = [], 0, time, (number, offset)

    def add(self, line: bytes) -> None:
        """Add a line to the entry."""
        self._size += len(line)
        if self._size <= _LONGEST:
            self._lines.append(line)

    def decoded(self, text: str) -> str:
        """Return an entry's text as it was typed."""
        return text

    def _recorded(self, text: str) -> Recorded:
        """Return an entry."""
        number, offset = self._place
        fidelity = Fidelity(
            sensor=self.title, time=stamp(self._time), log=self.log, line=number, byte=offset, notes=(_NOTE,)
        )
        argv = (self.console,) if self.console else ()
        kind = "console" if self.console else "shell"
        execution = Execution(argv=argv, fidelity=fidelity)
        return Recorded(execution=execution, kind=kind, text=text, dialect=self.dialect, time=self._time)  # type: ignore[arg-type]

    def end(self) -> Iterator[Recorded]:
        """Yield the last entry."""
        yield from self.entry()


class Bash(History):
    """bash's history, with the times of ``HISTTIMEFORMAT`` or without; also those of sh, dash, ksh and root's tools."""

    name = "bash-history"
    title = "bash history"
    names = (
        ".bash_history",
        "bash_history",
        ".sh_history",
        ".ash_history",
        ".ksh_history",
        ".history",
        ".mksh_history",
    )
    rank = 5
    _STAMP = re.compile(rb"#(\d{9,10})\s*$")

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start without an entry."""
        super().__init__(shared, log)
        self._timed = False
        self._until = self._quote = b""
        """What ends a here-document, and a quote, that the entry has begun; without times alone."""

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line is the time of an entry."""
        return cls._STAMP.match(line) is not None

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read a line: a time, or text. With times, an entry has all lines up to the next; without, a here-document's."""
        found = self._STAMP.match(line)
        if found is not None:
            self._timed, self._until = True, b""
            yield from self.entry(number, offset, float(found[1]))
            return
        if not self._timed and not self._until and not self._quote:
            yield from self.entry(number, offset)
        self.add(line)
        if self._until:
            self._until = b"" if line.strip() == self._until else self._until
        elif not self._timed:
            yield from self._goes_on(line)

    def _goes_on(self, line: bytes) -> Iterator[Recorded]:
        """Look whether the entry goes on in the next line; a quote that does not end soon was none."""
        self._quote = _quote_after(line, self._quote)
        if not self._quote:
            opened = _DOCUMENT.search(line)
            self._until = opened[2] if opened is not None else b""
        elif len(self._lines) > _QUOTED:
            yield from self._apart()

    def _apart(self) -> Iterator[Recorded]:
        """Yield the lines of an entry as entries of their own."""
        lines, (number, offset) = self._lines, self._place
        self._lines, self._quote = [], b""
        for line in lines:
            self._lines, self._place = [line], (number, offset)
            yield from self.entry()
            number, offset = number + 1, offset + len(line) + 1

    def end(self) -> Iterator[Recorded]:
        """Yield the last entry."""
        yield from self._apart() if self._quote else self.entry()


class Zsh(History):
    """zsh's history, extended (``: TIME:SECONDS;TEXT``) or plain; a backslash at a line's end continues it."""

    name = "zsh-history"
    title = "zsh history"
    names = (".zsh_history", "zsh_history", ".zhistory", ".histfile")
    dialect = "zsh"
    rank = 6
    _STAMP = re.compile(rb": (\d{9,11}):\d+;")

    def __init__(self, shared: Shared, log: str = "") -> None:
        """Start without an entry."""
        super().__init__(shared, log)
        self._goes_on = False

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line begins an entry of the extended form."""
        return cls._STAMP.match(line) is not None

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read a line."""
        if not self._goes_on:
            found = self._STAMP.match(line)
            yield from self.entry(number, offset, float(found[1]) if found else 0.0)
            line = line[found.end() :] if found else line
        self._goes_on = line.endswith(b"\\")
        self.add(_unmetafied(line[:-1] if self._goes_on else line))


class Fish(History):
    """fish's history: YAML of its own kind."""

    name = "fish-history"
    title = "fish history"
    names = ("fish_history",)
    rank = 6

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line begins an entry."""
        return line.startswith(b"- cmd: ")

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read a line: an entry's text, or its time, which comes behind it."""
        if line.startswith(b"- cmd: "):
            yield from self.entry(number, offset)
            self.add(line[7:])
        elif line.startswith(b"  when: ") and line[8:].strip().isdigit():
            self._time = float(line[8:].strip()[:11])

    def decoded(self, text: str) -> str:
        """Return the text without fish's escapes."""
        return re.sub(r"\\([\\n])", lambda found: "\n" if found[1] == "n" else "\\", text)


class Console(History):
    """What histories of consoles have in common: indented lines go on with the entry above them."""

    _VIS = re.compile(r"\\(\d{3}|[\\nt])")

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read a line."""
        if line == b"_HiStOrY_V2_":
            return
        if not (line[:1] in (b" ", b"\t") and self._lines):
            yield from self.entry(number, offset)
        self.add(line)

    def decoded(self, text: str) -> str:
        """Return the text without the escapes of editline, in which a blank is a backslash with 040."""
        if "\\040" not in text:
            return text
        plain = {"\\": "\\", "n": "\n", "t": "\t"}
        return self._VIS.sub(lambda found: plain.get(found[1]) or chr(int(found[1], 8)), text)


class PythonHistory(Console):
    """The history of Python's console."""

    name = "python-history"
    title = "Python history"
    names = (".python_history", "python_history")
    console = "python3"


class NodeHistory(Console):
    """The history of Node's console."""

    name = "node-history"
    title = "Node.js history"
    names = (".node_repl_history", "node_repl_history")
    console = "node"


class MysqlHistory(Console):
    """The history of mysql."""

    name = "mysql-history"
    title = "MySQL history"
    names = (".mysql_history", "mysql_history", ".mariadb_history")
    console = "mysql"


class PsqlHistory(Console):
    """The history of psql."""

    name = "psql-history"
    title = "psql history"
    names = (".psql_history", "psql_history")
    console = "psql"


class SqliteHistory(Console):
    """The history of sqlite3."""

    name = "sqlite-history"
    title = "SQLite history"
    names = (".sqlite_history", "sqlite_history")
    console = "sqlite3"


def _unmetafied(line: bytes) -> bytes:
    """Return a line without zsh's encoding of bytes from 0x83 on: 0x83, then the byte with one bit turned over."""
    if b"\x83" not in line:
        return line
    return re.sub(rb"\x83(.)", lambda found: bytes([found[1][0] ^ 32]), line, flags=re.DOTALL)
