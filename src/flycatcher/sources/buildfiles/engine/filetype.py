"""What every build-file type builds on: the document, what it yields, and the class that a new type fills in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from fnmatch import translate
from typing import TYPE_CHECKING, ClassVar, Protocol

from msgspec import Struct, field

from flycatcher.sources.buildfiles.engine.located import Located, between, without_nul

if TYPE_CHECKING:
    from collections.abc import Iterator


class Searcher(Protocol):
    """Looks through a file's bytes: a compiled expression, or more than one can say."""

    def search(self, data: bytes, /) -> object | None:
        """Return something true where there may be something of interest."""


class _Prefilter:
    """Looks at the whole file by the rules that find shell text without interest; every type that fits a name asks it."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._last: bytes | None = None
        self._answer: bool | None = None

    def search(self, data: bytes, /) -> object | None:
        """Return something true where reading the file's shell text could find anything."""
        if data is not self._last:
            self._answer = self._search(data)
            self._last = data
        return self._answer

    def _search(self, data: bytes) -> bool | None:
        """Return the answer for a file's bytes."""
        from flycatcher.core.loud import may_be_loud  # noqa: PLC0415 - as below
        from flycatcher.core.shell.prefilter import may_start  # noqa: PLC0415 - loads every interpreter

        text = data.decode("utf-8", "surrogateescape")
        return bool(may_be_loud(text)) or bool(may_start(text, strict=False)) or None


class Always:
    """For types that cost nothing to read."""

    def search(self, data: bytes, /) -> object | None:
        """Accept every file."""
        del data
        return True


class Region(Struct, frozen=True, kw_only=True):
    """Shell text in a file."""

    text: Located
    dialect: str = "sh"
    """bash, sh, zsh, ksh; cmd and pwsh are read as bash, with a lower confidence."""
    symbol: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    """What is known of the environment; everything else is not known."""
    args: tuple[str, ...] | None = None
    context: dict[str, str] = field(default_factory=dict)
    confidence: str = "high"
    """``high``; ``medium`` where another program stands between the text and the shell; ``low`` where the dialect is guessed."""
    origins: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Where the text of a reference in the file (its span) is written: the span of the variable's value."""
    values: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Where the values of variables in ``env`` are written."""


class Start(Struct, frozen=True, kw_only=True):
    """A program start that no shell reads: words as execve(2) gets them. UNKNOWN in a word: text that the file does not tell."""

    argv: tuple[str, ...]
    span: tuple[int, int]
    """Offsets into the file's text."""
    payload: tuple[int, int] | None = None
    """Offsets of the program text, where it is written as it is."""
    env: dict[str, str] = field(default_factory=dict)
    stdin_text: str | None = None
    descriptors: dict[int, str] = field(default_factory=dict)
    symbol: tuple[str, ...] = ()
    context: dict[str, str] = field(default_factory=dict)
    confidence: str = "high"


class Injection(Struct, frozen=True, kw_only=True):
    """An expression that puts text which outsiders write into program text before it runs."""

    expression: str
    source: str
    """Whose text it is, in words."""
    language: str
    span: tuple[int, int]
    symbol: tuple[str, ...] = ()
    context: dict[str, str] = field(default_factory=dict)


class Problem(Struct, frozen=True, kw_only=True):
    """Something in a file that could not be read: 1-based line and column, and why."""

    line: int
    column: int
    message: str
    stops: bool = False
    """What comes behind was not read."""
    unread: str = ""
    """An interpreter that runs what was not read."""
    blanked: bool = False
    """The line was left out, so that the rest could be read."""


class Document:
    """One file's text, with its path as it is shown (POSIX separators)."""

    __slots__ = ("_lines", "path", "problems", "text")

    def __init__(self, path: str, text: str) -> None:
        """Keep path and text."""
        self.path = path
        self.text = text
        self.problems: list[Problem] = []
        self._lines: list[int] | None = None

    @property
    def name(self) -> str:
        """The path's last component."""
        return self.path.rpartition("/")[2]

    @property
    def located(self) -> Located:
        r"""The whole text, ``\r\n`` as ``\n``, without the NUL bytes that a shell leaves out too."""
        if "\0" in self.text:
            return without_nul(self.text)
        return between(self.text, 0, len(self.text))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column (in characters) of an offset."""
        if self._lines is None:
            starts, at = [0], self.text.find("\n")
            while at >= 0:
                starts.append(at + 1)
                at = self.text.find("\n", at + 1)
            self._lines = starts
        row = bisect_right(self._lines, offset) - 1
        return row + 1, offset - self._lines[row] + 1

    def problem(self, offset: int, message: str, *, stops: bool = False, blanked: bool = False) -> None:
        """Note that something at an offset could not be read, its whole line (``blanked``), or (``stops``) nothing from there on."""
        line, column = self.position(min(offset, len(self.text)))
        self.problems.append(Problem(line=line, column=column, message=message, stops=stops, blanked=blanked))

    def at(self, line: int, column: int) -> int:
        """Return the offset of a 1-based line and column; columns beyond the line's end count as its end."""
        self.position(0)
        starts = self._lines or [0]
        if line > len(starts):
            return len(self.text)
        limit = starts[line] - 1 if line < len(starts) else len(self.text)
        return min(starts[line - 1] + column - 1, limit)


class FileType(ABC):
    """One type of build file. A file in this folder with such a class is all it takes to add one."""

    id: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    """Globs: without ``/`` they are matched against the file's name, else against the end of its path."""
    shebangs: ClassVar[tuple[str, ...]] = ()
    """Base names of programs in ``#!`` lines, as regular expressions, beside the interpreters of ``languages``."""
    languages: ClassVar[tuple[str, ...]] = ()
    """What the interpreters in ``#!`` lines read."""
    words: ClassVar[tuple[Searcher, ...]] = (_Prefilter(),)
    """Unless one of these is found in a file, it holds nothing of interest."""
    nul: ClassVar[bool] = False
    """Whether the program that reads such files goes on behind a NUL byte."""
    on_demand: ClassVar[bool] = False
    """Read only where that is asked for: documents for people."""
    comments: ClassVar[tuple[str, ...]] = ("#",)
    """What begins a comment in such a file."""
    rank: ClassVar[int] = 50
    """Of the types that fit a name, the lowest rank that accepts the content is taken."""

    def accepts(self, document: Document) -> bool:
        """Whether a file of a fitting name is of this type, by its content."""
        del document
        return True

    @abstractmethod
    def read(self, document: Document) -> Iterator[Region | Start | Injection]:
        """Yield what the file makes a shell or an interpreter run."""


ANYWHERE = "(?:.*/)?"
"""How every expression that :func:`glob` returns begins."""


def glob(pattern: str) -> str:
    """Return a regular expression that matches the path of a file of this name."""
    body = translate(pattern).removeprefix("(?s:").removesuffix(r")\Z")
    if "/" not in pattern:
        body = body.replace(".*", "[^/]*")
    return rf"{ANYWHERE}{body}\Z"
