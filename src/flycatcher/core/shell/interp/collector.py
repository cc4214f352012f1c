"""What reading shell text gathers, and the bounds that hold over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from flycatcher.core.shell.interp.state import Buffer
from flycatcher.core.shell.syntax.nodes import AndOr, Script, Source, Word
from flycatcher.core.shell.syntax.parser import Parser
from flycatcher.core.shell.syntax.scanner import Fuel

if TYPE_CHECKING:
    from collections.abc import Sized

    from flycatcher.core.execution import Execution, FileFact, Place


class Written(NamedTuple):
    """A file that shell text writes to a place from which it is run later: its path, its text, who writes it and where that is written."""

    path: str
    buffer: Buffer
    argv: tuple[str, ...]
    place: Place
    via: tuple[str, ...]


class Limits(Struct, frozen=True, kw_only=True):
    """Bounds: texts inside texts, executions, characters of all texts read, nodes walked, steps of parsing."""

    depth: int = 8
    executions: int = 10_000
    text: int = 1 << 20
    steps: int = 20_000
    parsing: int = 60_000
    beyond: bool = False
    """Read on behind an ``exit``: what is written there counts to a reviewer, though nothing runs it today."""


class SyntaxProblem(Struct, frozen=True):
    """Something that does not parse: 1-based line and column, and what it is."""

    line: int
    column: int
    message: str


class Frame:
    """How the text that is being read was reached."""

    __slots__ = ("aliases", "depth", "level", "parent", "span", "via")

    def __init__(
        self, *, via: tuple[str, ...], depth: int, parent: int | None, span: tuple[int, int, int, int]
    ) -> None:
        """Keep the words that lead here, the depth, the index of the execution that reads the text, and its place."""
        self.via = via
        self.depth = depth
        self.parent = parent
        self.span = span
        self.level = 0
        self.aliases: frozenset[str] = frozenset()

    def inner(self, via: str) -> Frame:
        """Return the frame of a text read by the same process."""
        frame = Frame(via=(*self.via, via), depth=self.depth + 1, parent=self.parent, span=self.span)
        frame.level = self.level
        frame.aliases = self.aliases
        return frame


class Collector:
    """Executions, problems, files written on the way; what is left of the budget."""

    def __init__(self, limits: Limits) -> None:
        """Begin with a whole budget."""
        self.limits = limits
        self.executions: list[Execution] = []
        self.problems: list[SyntaxProblem] = []
        self.truncated: list[str] = []
        self.stopped: tuple[int, int] | None = None
        """Line and column of what is the first that was left unread."""
        self.called: set[str] = set()
        self.files: dict[str, Buffer] = {}
        self.copies: dict[str, str] = {}
        """Programs that the text copies or links, by their new path (without ``./``)."""
        self.facts: dict[str, FileFact] = {}
        """Links to descriptors and FIFOs that the text makes, by their path."""
        self.planted: list[Written] = []
        """Files that are written to where they will be run later."""
        self.executables: dict[str, None] = {}
        """Files of known text that the text makes executable, and has not started itself."""
        self.hashed: dict[str, str] = {}
        """Programs that plain names stand for (``hash -p``, ``BASH_CMDS``)."""
        self.steps = limits.steps
        self.text = limits.text
        self.fuel = Fuel(limits.parsing)
        self.path = ""
        self.fetches: list[str] = []
        """Commands whose downloads are held in variables and words, by the mark that stands for each."""
        self.verified: set[str] = set()
        """Those whose download a checksum or a signature was asked about."""
        self.symbol: tuple[str, ...] = ()

    def keep(self, path: str, text: str) -> None:
        """Remember a file that the text writes."""
        self.files[path] = Buffer()
        self.files[path].write(text)

    def step(self, cost: int = 1) -> bool:
        """Spend some of the budget; False once it is used up."""
        self.steps -= cost
        if self.steps > 0 and len(self.executions) < self.limits.executions:
            return True
        self.truncate("too much to read")
        return False

    def room(self, kept: Sized, most: int, what: str) -> bool:
        """Whether one more can be remembered; where not, that is said: what is forgotten may be what counts."""
        if len(kept) < most:
            return True
        self.truncate(f"more than {most} {what}")
        return False

    def truncate(self, why: str) -> None:
        """Note that something was left unread."""
        if why not in self.truncated:
            self.truncated.append(why)

    def stop(self, line: int, column: int) -> None:
        """Note where reading stopped; the first place counts."""
        self.stopped = min(self.stopped, (line, column)) if self.stopped else (line, column)

    def enter(self, frame: Frame, text: str) -> bool:
        """Ask whether a text inside a text may be read."""
        self.text -= len(text)
        if frame.depth >= self.limits.depth or self.text < 0:
            self.truncate("texts nested too deep, or too long")
            return False
        return self.step(1 + len(text) // 100)

    def parse(self, source: Source, dialect: str, depth: int = 0) -> Script:
        """Parse a text and note its problems."""
        parser = Parser(source, dialect, self.fuel, depth)
        script = parser.parse_script("")
        cut = len(source.text)
        if self.fuel.left < 0:
            self.truncate("too much to parse")
            cut = min(parser.end, parser.pos)
            self.stop(*source.span(cut, cut)[:2])
        for found in parser.problems:
            if found.offset >= cut:  # an error of the cut, not of the text
                continue
            line, column = source.span(found.offset, found.offset)[:2]
            if len(self.problems) < 1000:
                self.problems.append(SyntaxProblem(line, column, found.message))
        if parser.unclosed and self.fuel.left >= 0:
            script.items.extend(self._recover(source, parser.unclosed[0], dialect, depth))
        return script

    def parse_quoted(self, source: Source, dialect: str) -> Word:
        """Parse a text as if it stood in double quotes."""
        return Parser(source, dialect, self.fuel).read_quoted()

    def _recover(self, source: Source, start: int, dialect: str, depth: int) -> list[AndOr]:
        """Read on from the line after an unclosed quote, which swallowed all that follows."""
        newline = source.text.find("\n", start)
        if newline < 0 or depth > 4 or self.fuel.left < 0 or source.fixed is not None:
            return []
        line = source.position(newline + 1)[0]
        rest = Source(source.text[newline + 1 :], line=line)
        parser = Parser(rest, dialect, self.fuel, depth)
        script = parser.parse_script("")
        items: list[AndOr] = list(script.items)
        if parser.unclosed:
            items.extend(self._recover(rest, parser.unclosed[0], dialect, depth + 1))
        return items
