"""Formats that have one JSON object a line, and what their rows have in common: who, where, when, which process."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import Struct

from flycatcher.core.execution import Execution, Fidelity, Process, StdinKind
from flycatcher.sources.logs.engine import rows
from flycatcher.sources.logs.engine.clock import seconds, stamp
from flycatcher.sources.logs.engine.format import Format
from flycatcher.sources.logs.engine.recorded import Block, Kind, Lost, Recorded
from flycatcher.sources.logs.engine.rows import Row, pick, row_of, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SHORT = 512
"""Bytes at a line's beginning that are looked through where a quick look has to do."""


class Seen(Struct, kw_only=True):
    """One start, as a row has it; what a format does not have stays empty."""

    argv: tuple[str, ...] = ()
    text: str = ""
    kind: Kind = "argv"
    quoting: str = ""
    exe: str = ""
    cwd: str = ""
    env: dict[str, str] = {}
    stdin: StdinKind = "unknown"
    pid: int | None = None
    ppid: int | None = None
    uid: int | None = None
    user: str = ""
    login: str = ""
    host: str = ""
    time: Any = None
    container: dict[str, str] = {}
    context: dict[str, str] = {}
    key: Hashable = None
    """By which the lineage knows it, and the one that started it."""
    parent: Hashable = None
    ancestry: tuple[Process, ...] = ()
    truncated: bool = False
    happened: str = "confirmed"
    notes: tuple[str, ...] = ()


class JsonFormat(Format):
    """Reads lines that hold one object each."""

    marks: ClassVar[tuple[bytes, ...]] = ()
    """One of these is part of every line that matters."""
    needs: ClassVar[tuple[bytes, ...]] = ()
    """All of these are."""

    @classmethod
    def takes(cls, line: bytes) -> bool:
        """Whether a line holds an object that is a row of this format."""
        row = row_of(line) if b"{" in line else None
        return row is not None and cls.takes_row(row)

    @classmethod
    def _may_matter(cls, line: bytes) -> bool:
        """Look for the marks."""
        return all(mark in line for mark in cls.needs) and (not cls.marks or any(mark in line for mark in cls.marks))

    @classmethod
    def takes_row(cls, row: Row) -> bool:
        """Whether a row is one of this format."""
        raise NotImplementedError

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one object."""
        if not self._may_matter(line):
            return
        row = row_of(line)
        if row is None:
            self.shared.count("records not read")
            return
        for found in self.row(row):
            yield from self.placed(found, number, offset)

    def placed(self, found: Seen | Lost, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Yield what was found with the place of its line."""
        if isinstance(found, Lost):
            found.line = number
            yield found
        elif (recorded := self.told(found, number, offset)) is not None:
            yield recorded

    def row(self, row: Row) -> Iterable[Seen | Lost]:
        """Return what a row tells of."""
        raise NotImplementedError

    def told(self, seen: Seen, number: int, offset: int) -> Recorded | None:
        """Return a start as the engine takes it; None where it cannot be of interest."""
        if seen.kind in ("argv", "string"):
            self.shared.count("starts")
        if seen.key is not None:
            self.shared.lineage.remember(seen.key, _as_ancestor, seen)
        interest = self.shared.interest
        if seen.kind == "argv" and not interest.holds(seen.exe, seen.argv, seen.env):
            return None
        if seen.kind == "string" and not interest.holds_string(seen.exe, seen.text):
            return None
        when = seconds(seen.time)
        context = {k: v for k, v in {**seen.context, **seen.container}.items() if v}
        context |= {
            k: v for k, v in (("host.name", seen.host), ("user.name", seen.user), ("user.login", seen.login)) if v
        }
        execution = Execution(
            argv=seen.argv,
            exe=seen.exe,
            cwd=seen.cwd,
            env=seen.env,
            stdin=seen.stdin,
            process=_process(seen),
            ancestry=seen.ancestry,
            context=context,
            fidelity=Fidelity(
                sensor=self.title,
                time=stamp(when),
                bytes_seen=len(seen.text) or sum(map(len, seen.argv)) + len(seen.argv),
                truncated=seen.truncated,
                happened=seen.happened,
                stdin="not captured",
                log=self.log,
                line=number,
                byte=offset,
                notes=seen.notes,
            ),
        )
        user = seen.user or (seen.login if seen.uid is None else str(seen.uid))
        return Recorded(
            execution=execution, kind=seen.kind, text=seen.text, quoting=seen.quoting, time=when, host=seen.host, user=user,
            parent=None if seen.ancestry else seen.parent, memo=None if seen.env or seen.kind != "argv" else (seen.exe, seen.argv),
        )  # fmt: skip


class QuickJson(JsonFormat):
    """Reads most lines by a few of their fields alone: those of starts that cannot be of interest."""

    def is_dull(self, line: bytes) -> bool:
        """Whether a line that begins with ``{`` is wholly told by a quick look, and of no interest."""
        raise NotImplementedError

    def read(self, block: Block) -> Iterator[Recorded | Lost]:
        """Yield what the lines of a block say."""
        offset, is_dull, dull = block.offset, self.is_dull, 0
        self.shared.lineage.turned()
        for number, line in enumerate(block.lines(), block.number):
            if line[:1] == b"{" and is_dull(line):
                dull += 1
            elif line:
                yield from super().line(line, number, offset)
            offset += len(line) + 1
        if dull:
            self.shared.count("starts", dull)

    def line(self, line: bytes, number: int, offset: int) -> Iterator[Recorded | Lost]:
        """Read one event: most cost a quick look alone."""
        yield from self.read(Block(line, number, offset))

    def dull(self, exe: str, argv: list[str], key: Hashable, parent: Hashable, line: bytes) -> bool:
        """Whether a start cannot be of interest; it is remembered as an ancestor all the same."""
        if not argv:
            return False
        shared = self.shared
        hint = shared.interest.of(exe, argv[0])
        if hint is not None:
            memo = exe, tuple(argv)
            if memo not in shared.nothing:
                if hint("\n".join(argv)) is None:
                    shared.silent(memo)
                elif not shared.is_quiet(memo, parent):
                    return False
        shared.lineage.young[key] = (self._of_line, line)
        return True

    def _of_line(self, line: bytes) -> tuple[Process, Hashable]:
        """Return the start of a line that had only a quick look, as somebody's ancestor."""
        row = row_of(line)
        for seen in self.row(row) if row is not None else ():
            if isinstance(seen, Seen):
                return _as_ancestor(seen)
        return Process(), None


def _process(seen: Seen) -> Process:
    """Return the process of a start."""
    return Process(pid=seen.pid or 0, exe=seen.exe, argv=seen.argv, uid=seen.uid)


def _as_ancestor(seen: Seen) -> tuple[Process, Hashable]:
    """Return a start as somebody's ancestor."""
    argv = seen.argv or tuple(seen.text.split(" "))
    return Process(pid=seen.pid or 0, exe=seen.exe, argv=argv, uid=seen.uid), seen.parent


def parent_of(
    row: Row, *, exe: str = "", argv: tuple[str, ...] = (), line: str = "", pid: int | None = None
) -> tuple[Process, ...]:
    """Return the one ancestor that a row itself tells of; empty where it tells of none."""
    del row
    words = argv or (tuple(line.split(" ")) if line else ())
    return (Process(pid=pid or 0, exe=exe, argv=words),) if exe or words else ()


def container_of(row: Row, names: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Return the facts of a container: ``container.id`` and so on, from the fields that may hold each."""
    found = {name: text(row, *fields) for name, fields in names.items()}
    return {name: value for name, value in found.items() if value not in ("", "host", "<NA>", "none")}


__all__ = ["JsonFormat", "Lost", "QuickJson", "Seen", "container_of", "parent_of", "pick", "rows", "text"]
