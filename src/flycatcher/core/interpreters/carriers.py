"""Variables as carriers: what a value would make an interpreter run, whatever program it stands before.

``NODE_OPTIONS='--import data:...' npm ci`` starts no interpreter that anybody can name, and still some Node.js below npm runs the
text. The owner of a variable's grammar is the table of the interpreter that reads it: the value is read by that table, in a line
on which the interpreter looks at its variables (:attr:`Interpreter.wakes`).
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from msgspec.structs import replace

from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import by_id, plain_name, readers_of
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.snippet import Snippet
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flycatcher.core.execution import StdinKind
    from flycatcher.core.interpreters.engine.interpreter import Interpreter
    from flycatcher.core.interpreters.engine.reading import Identity

_STDIN: tuple[StdinKind, ...] = ("pipe", "tty")
"""What stdin may be: a pager runs at a terminal alone."""
INHERITED = "environment.carries"
"""Key of an execution's context: the variables that bring text in which the program itself does not read."""
LONGEST = 1 << 17
"""Characters of all values together that are read: as long as one string of execve(2) may be (MAX_ARG_STRLEN)."""

Variables = tuple[tuple[str, str], ...]
_FOLDERS = frozenset({"HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "GIT_SSH"})
"""What names a place that is of interest to one program alone: a folder in which interpreters look for files unasked, which count
where a source has seen them, not by the value; git's own files, which builds have below /tmp for all that they start."""
_OPEN_FOLDERS = ("/tmp", "/var/tmp", "/dev", "/proc")  # noqa: S108 - to relative paths another working folder means nothing
QUIET = 50_000
"""Names and environments that are remembered as bringing no text in; then all are forgotten."""
LONGEST_QUIET = 4096
"""Characters of the values of an environment that is remembered."""


class Carried(NamedTuple):
    """What variables make one interpreter run."""

    interpreter: Interpreter
    argv: tuple[str, ...]
    """A plain line on which it does."""
    snippets: tuple[Snippet, ...]

    @property
    def names(self) -> frozenset[str]:
        """The variables that bring text in."""
        return frozenset(snippet.variable or "" for snippet in self.snippets)


def carried(env: Mapping[str, str], *, cwd: str = "", apart: Identity | None = None) -> tuple[Carried, ...]:
    """Return what the variables of an environment would make the interpreters that read them run, one row an interpreter.

    ``apart``: the program that is started itself; what it makes of its own variables, its own reading says.
    """
    if not env:
        return ()
    given = tuple((name, env[name]) for name in sorted(env) if env[name] and readers_of(name))
    if apart is not None:
        given = tuple(each for each in given if apart.id not in readers_of(each[0]))
    if all(name in _FOLDERS for name, _value in given):
        return ()
    cwd = cwd if cwd.startswith(_OPEN_FOLDERS) else ""
    if sum(len(value) for _name, value in given) <= LONGEST:
        return _carried(given, cwd)
    short, long = _within_bound(given)
    return (*_carried(short, cwd), *map(_unread, long))


def _within_bound(given: Variables) -> tuple[Variables, Variables]:
    """Return the variables that are read, the shortest first up to the bound, and the others."""
    total = 0
    short: list[tuple[str, str]] = []
    long: list[tuple[str, str]] = []
    for each in sorted(given, key=lambda variable: len(variable[1])):
        total += len(each[1])
        (short if total <= LONGEST else long).append(each)
    return tuple(sorted(short)), tuple(long)


def _unread(variable: tuple[str, str]) -> Carried:
    """Return a variable that is too long to be read as one whose text was not seen: no program needs so much."""
    reader = readers_of(variable[0])[0]
    interpreter = by_id(reader)
    assert interpreter is not None  # noqa: S101 (the readers are the tables' own)
    snippet = Snippet(
        interpreter=reader,
        language=interpreter.language,
        vector="environment",
        variable=variable[0],
        note=f"its variables hold more than the {LONGEST} characters that are read",
    )
    return Carried(interpreter, (plain_name(reader),), (snippet,))


class QuietEnvironments:
    """Environments that bring no text in: nearly every program start has one that was seen before.

    What no interpreter reads is known by its name, the rest (``HOME``, ``PATH`` of a shell) by its value.
    """

    def __init__(self) -> None:
        """Begin with none."""
        self._forget()

    def _forget(self) -> None:
        """Know of none."""
        self._unread: set[str] = set()
        self._quiet: dict[tuple[Identity | None, str], set[tuple[object, ...]]] = {}
        self._known = 0

    def holds(self, env: dict[str, str], cwd: str, apart: Identity | None) -> bool:
        """Whether :func:`carried` finds nothing in an environment; it is remembered."""
        names = env.keys() - self._unread
        if not names:
            return True
        quiet = self._quiet.get((apart, cwd if cwd.startswith(_OPEN_FOLDERS) else ""), ())
        if len(names) == 1:  # HOME, nearly always
            (name,) = names
            return (name, env[name]) in quiet or self._learns(env, cwd, apart)
        return tuple([(name, env[name]) for name in sorted(names)]) in quiet or self._learns(env, cwd, apart)

    def _learns(self, env: dict[str, str], cwd: str, apart: Identity | None) -> bool:
        """Read an environment, with and without each reason to leave a variable out, and remember it where it brings nothing in."""
        if len(self._unread) + self._known > QUIET:
            self._forget()
        self._unread.update(name for name in env if not readers_of(name))
        read = tuple((name, env[name]) for name in sorted(env) if name not in self._unread)
        if carried(dict(read), cwd=cwd, apart=apart) or any(
            carried(each, cwd=cwd) for each in (dict(read), *({name: value} for name, value in read))
        ):
            return False
        if sum(len(value) for _name, value in read) <= LONGEST_QUIET:
            self._known += 1
            key = (apart, cwd if cwd.startswith(_OPEN_FOLDERS) else "")
            self._quiet.setdefault(key, set()).add(read[0] if len(read) == 1 else read)
        return True


def carries(name: str, value: str) -> bool:
    """Whether a variable of this name and value would make an interpreter run text."""
    return bool(value) and bool(carried({name: value}))


def inherited(interpreter: Interpreter, execution: Execution, snippets: Sequence[Snippet]) -> Reading:
    """Return the reading of an execution that runs no text itself, and hands on variables that an interpreter below it runs."""
    names = sorted({snippet.variable or "" for snippet in snippets})
    reading = Reading(interpreter, replace(execution, context={**execution.context, INHERITED: " ".join(names)}))
    reading.snippets = list(snippets)
    reading.outcome = "inline"
    return reading


@lru_cache(maxsize=1024)
def _carried(given: Variables, cwd: str) -> tuple[Carried, ...]:
    """Read values by the tables of all interpreters that read them; a value that one of them runs is that one's."""
    env = {name: value for name, value in given if value.strip(UNKNOWN + " ")}
    left = env.keys() - _FOLDERS
    rows: list[Carried] = []
    for reader in dict.fromkeys(reader for name in env if name in left for reader in readers_of(name)):
        found = _read(reader, env, left, cwd) if any(reader in readers_of(name) for name in left) else None
        if found is not None:
            rows.append(found)
            left -= found.names
    return tuple(rows)


def _read(reader: str, env: Mapping[str, str], left: set[str], cwd: str) -> Carried | None:
    """Read an environment by one interpreter's table: for each variable, the first line on which it brings text in."""
    interpreter = by_id(reader)
    if interpreter is None:
        return None
    own = {name: value for name, value in env.items() if reader in readers_of(name)}
    found: dict[str, list[Snippet]] = {}
    argv: tuple[str, ...] = ()
    for words, stdin in product(interpreter.wakes, _STDIN):
        line = Execution(argv=(reader, *words), env=own, stdin=stdin, cwd=cwd, interpreter=reader)
        here: dict[str, list[Snippet]] = {}
        for snippet in interpreter.read(line).snippets:
            name = snippet.variable or ""
            if name in left and name not in found and _says_something(snippet, own[name]):
                here.setdefault(name, []).append(replace(snippet, argv_index=None))
        argv = argv or ((plain_name(reader), *words) if here else ())
        found |= here
    snippets = tuple(snippet for each in found.values() for snippet in each)
    return Carried(interpreter, argv, snippets) if snippets else None


def _says_something(snippet: Snippet, value: str) -> bool:
    """Whether a value itself holds or names the text; a folder in which a file of some name may lie does not."""
    if snippet.text is not None:
        return bool(snippet.text.strip(UNKNOWN + " \t\n"))
    return snippet.path is None or snippet.path in value or snippet.path.rpartition(".")[0] in value.split("-r")
