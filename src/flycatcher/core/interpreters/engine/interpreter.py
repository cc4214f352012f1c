"""What every interpreter's file builds on: the class, and the reading that it returns."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import CommandLine, Given, Options, parse
from flycatcher.core.snippet import InterpreterClass, Load, Snippet, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.identity.markers import Markers

    Hint = Callable[[str], re.Match[str] | None]
    """A search in the words joined by newlines, which finds something wherever there may be program text."""
    Unset = Callable[[Mapping[str, str]], bool]
    """Whether no variable of an environment can hold program text."""
    Prefilter = tuple[Hint, Unset | None]
    """What is asked before a line is parsed. None instead of the second: no variable can hold program text."""

Outcome = Literal["inline", "script", "module", "interactive", "prints", "checks", "refuses", "nothing"]
"""What the interpreter does with the line: runs inline text, a script file, a module; talks to a terminal; prints and exits;
compiles only; refuses the line; runs nothing."""

_DESCRIPTOR = re.compile(r"/proc/(?:self|thread-self|\d+)/fd/(0|[1-9]\d{0,8})$")
_NAMES_DESCRIPTOR = re.compile(r"(?:\d|/?std(?:in|out|err))$")
_PROCESS = re.compile(r"/proc/(?:self|thread-self|\d+)")
_DEVICES = {"/dev/fd": "/proc/self/fd", "/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1",
            "/dev/stderr": "/proc/self/fd/2"}  # fmt: skip
_ANY_PROCESS = re.compile(r"/proc/\d+/fd/")
_COMPONENTS = 256
"""Of a path, links followed: the kernel takes 40 links and 4096 bytes."""
_VOLATILE = re.compile(r"/(?:tmp|var/tmp|dev/shm|run/shm)/|/memfd:")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


class Reading:
    """What one interpreter makes of one execution: snippets, loads, and the outcome."""

    __slots__ = ("command", "error", "execution", "interpreter", "loads", "outcome", "script", "snippets")

    def __init__(self, interpreter: Interpreter, execution: Execution, command: CommandLine | None = None) -> None:
        """Start with nothing found."""
        self.interpreter = interpreter
        self.execution = execution
        self.command = command
        self.snippets: list[Snippet] = []
        self.loads: list[Load] = []
        self.outcome: Outcome = "nothing"
        self.script: int | None = None
        """Index of the word that names the file which runs, be there inline text beside it or not; None where none does."""
        self.error = command.error if command is not None else ""

    def refuse(self, error: str = "") -> Reading:
        """Say that the interpreter would run nothing of this line."""
        self.outcome = "refuses"
        self.error = error or self.error
        return self

    def preceded(self, before: Reading) -> Reading:
        """Put what another reading of the same execution found in front, and nothing twice."""
        self.snippets[:0] = [snippet for snippet in before.snippets if snippet not in self.snippets]
        self.loads[:0] = [load for load in before.loads if load not in self.loads]
        if before.snippets:
            self.outcome = "inline"
        return self

    def behind(self, execution: Execution, shift: int) -> Reading:
        """Say the same of an execution in whose argv this reading's words stand ``shift`` places further on."""
        self.snippets = [
            snippet if snippet.argv_index is None else replace(snippet, argv_index=snippet.argv_index + shift)
            for snippet in self.snippets
        ]
        self.loads = [
            load if load.argv_index is None else replace(load, argv_index=load.argv_index + shift)
            for load in self.loads
        ]
        self.script = None if self.script is None else self.script + shift
        self.execution, self.command = execution, None
        return self

    def end(self, outcome: Outcome) -> Reading:
        """Say what happens, unless inline text was found."""
        if not self.snippets:
            self.outcome = outcome
        return self

    def add(  # noqa: PLR0913 - the fields of a snippet
        self,
        vector: Vector,
        text: str | None,
        *,
        index: int | None = None,
        offset: int = 0,
        option: str = "",
        variable: str | None = None,
        descriptor: int | None = None,
        path: str | None = None,
        url: str | None = None,
        language: str = "",
        note: str = "",
    ) -> None:
        """Record one snippet."""
        self.outcome = "inline"
        self.snippets.append(
            Snippet(
                interpreter=self.interpreter.id,
                language=language or self.interpreter.language,
                vector=vector,
                argv_index=index,
                offset=offset,
                option=option,
                variable=variable,
                descriptor=descriptor,
                path=path,
                url=url,
                text=text,
                note=note,
            )
        )

    def code(self, given: Given, vector: Vector = "argument", language: str = "") -> None:
        """Record an option's value as program text."""
        self.add(vector, given.value, index=given.at, offset=given.offset, option=given.name, language=language)

    def stdin(self, *, explicit: bool, index: int | None = None, option: str = "", note: str = "") -> bool:
        """Record that the program text comes from stdin; return whether it does.

        At a terminal it is an interactive session and from /dev/null it is empty: nothing is recorded. Where a source does
        not know what stdin is, only an explicit request for it (``-``, ``-s``) counts.
        """
        kind, text = self.execution.stdin, self.execution.stdin_text
        if text is None and (kind in ("tty", "null") or (kind == "unknown" and not explicit)):
            self.end("nothing" if kind == "null" else "interactive")
            return False
        self.add("stdin", text, index=index, option=option, note=note)
        return True

    def program(self, index: int, *, dash: bool = True, option: str = "", offset: int = 0) -> bool:
        """Read the word that names the program's file; return whether its text comes from elsewhere than a file."""
        word = self.execution.argv[index][offset:]
        if word == "-" and dash:
            return self.stdin(explicit=True, index=index, option=option)
        if descriptor_of(word, self.execution.cwd) is not None:
            return self.descriptor(word, index=index, option=option, offset=offset)
        self.script = index
        self.end("script")
        return False

    def descriptor(  # noqa: PLR0913 - the fields of a snippet
        self,
        path: str,
        *,
        index: int | None = None,
        option: str = "",
        offset: int = 0,
        variable: str | None = None,
        opened: bool = True,
    ) -> bool:
        """Record a descriptor's path as the place of program text; return whether it is one that holds any.

        ``opened``: the path is given to open(2), which refuses sockets (ENXIO); else the descriptor itself is read.
        """
        number = descriptor_of(path, self.execution.cwd)
        own = _ANY_PROCESS.search(path) is None  # /proc/PID/fd/0 may be another process's stdin
        if opened and own and number == 0 and self.execution.stdin == "socket":
            self.error = self.error or "a socket cannot be opened by its path"
            self.end("refuses")
            return False
        text = self.execution.stdin_text if number == 0 else self.execution.descriptors.get(number or 0)
        if own and number == 0 and text is None and self.execution.stdin in ("tty", "null"):
            self.end("interactive" if self.execution.stdin == "tty" else "nothing")
            return False
        self.add("descriptor", text, index=index, offset=offset, option=option, descriptor=number, variable=variable)
        return True

    def load(
        self,
        path: str,
        *,
        vector: Vector = "environment",
        index: int | None = None,
        option: str = "",
        variable: str | None = None,
    ) -> None:
        """Record a file that runs before the program: an observation, or a snippet where anyone may have written it."""
        if descriptor_of(path, self.execution.cwd) is not None:
            self.descriptor(path, index=index, option=option, variable=variable)
        elif is_volatile(path, self.execution.cwd):
            self.add(vector, None, index=index, option=option, variable=variable, path=path)
        else:
            self.loads.append(
                Load(interpreter=self.interpreter.id, path=path, argv_index=index, option=option, variable=variable)
            )


def _absolute(path: str, cwd: str) -> str:
    """Return the path as the kernel would walk it, through the links that every system has below /dev and /proc.

    Source: Linux, Documentation/filesystems/proc.rst.
    """
    full = posixpath.join(cwd or "/", path)
    if "/dev/" in full or "/proc/" in full:
        return _walked(full.split("/"), cwd or "/")
    full = posixpath.normpath(full)
    return full[1:] if full.startswith("//") else full


def _walked(names: list[str], cwd: str) -> str:
    """Walk a path's names from the root."""
    at = ""
    rest = names[::-1]
    for _ in range(_COMPONENTS):
        if not rest:
            break
        name = rest.pop()
        if name in ("", "."):
            continue
        at = at.rpartition("/")[0] if name == ".." else f"{at}/{name}"
        if at in _DEVICES:
            at = _DEVICES[at]
        elif name in ("root", "cwd") and _PROCESS.fullmatch(at.rpartition("/")[0]):
            at, target = "", "" if name == "root" else cwd
            rest += target.split("/")[::-1]
        elif at.endswith(f"/task/{name}") and _PROCESS.fullmatch(at.rpartition("/task/")[0]):
            at = at.rpartition("/task/")[0] if name.isdigit() else at
    return at or "/"


def descriptor_of(path: str, cwd: str = "") -> int | None:
    """Return the descriptor that a path names (/dev/fd/N, /proc/self/fd/N, /dev/stdin), None for other paths."""
    if not path or _NAMES_DESCRIPTOR.search(path) is None:
        return None
    if "/" not in path and not cwd.startswith(("/dev", "/proc")):
        return None
    match = _DESCRIPTOR.match(_absolute(path, cwd))
    return None if match is None else int(match[1])


def is_volatile(path: str, cwd: str = "") -> bool:
    """Tell whether a path lies where anyone may write, in memory, or is unlinked."""
    return path.endswith(" (deleted)") or _VOLATILE.match(_absolute(path, cwd)) is not None


def is_url(path: str) -> bool:
    """Tell whether a word is a URL with a scheme of two letters or more (``data:``, ``https:``)."""
    return _URL.match(path) is not None


class Interpreter:
    """One interpreter: who it is, how its command line reads, and what of it is program text.

    A subclass is one file in this package. The attributes are the table; ``read`` is overridden only where the
    interpreter's own parser is odd.
    """

    id: ClassVar[str] = ""
    language: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()
    """Base names of its files, as regular expressions that must match whole."""
    kind: ClassVar[InterpreterClass] = "scripting"
    grammar: ClassVar[str] = ""
    """Of a shell: the grammar that its text is read in: sh, bash, zsh, ksh, pwsh. With a ``language`` of its own, only plain
    commands of its text read so."""
    in_variables: ClassVar[bool] = False
    """Makefiles and configure scripts keep its path in a variable of its name: ``PYTHON``, ``PERL_PATH``."""
    technique: ClassVar[str] = "T1059"
    options: ClassVar[Options] = Options()
    variables: ClassVar[tuple[str, ...]] = ()
    """Environment variables that hold program text, name a file of it, or decide whether any runs: regular expressions that must
    match whole. ``tests/oracle/test_prefilter.py`` proves that no other variable is read."""
    reads_stdin: ClassVar[bool] = True
    """Without an operand the program is read from stdin."""
    runs_on: ClassVar[tuple[str, ...]] = ()
    """Ids of the interpreters whose script it is: the kernel sees ``ruby /usr/bin/rake -e CODE``."""
    main_classes: ClassVar[tuple[str, ...]] = ()
    """Names of its main class, where the kernel sees ``java``."""
    jars: ClassVar[tuple[str, ...]] = ()
    """Base names of the jars that start it (``java -jar``), as regular expressions that must match whole."""
    verified: ClassVar[tuple[str, ...]] = ()
    """Versions against which the oracle ran without a miss; empty: unverified."""
    install: ClassVar[str] = ""
    """How to get it for the check: ``apt: ruby``, ``npm: node``, ``pip: xonsh``."""
    markers: ClassVar[tuple[Markers, ...]] = ()
    """What tells its program from others by content, any of them; empty: those of ``signatures.py``, if it has any."""

    def prefilter(self) -> Prefilter | None:
        """Return what finds lines without program text before they are parsed; None where every line is parsed."""
        return None

    def skips(self, argv: Sequence[str], env: Mapping[str, str]) -> bool:
        """Whether this line holds no program text, judged before anything is parsed. False where it may."""
        hint, unset = self.prefilter() or (None, None)
        return hint is not None and hint("\n".join(argv)) is None and (unset is None or unset(env))

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by the table."""
        return parse(self.options, execution.argv, env=execution.env)

    def read(self, execution: Execution) -> Reading:
        """Read an execution as this interpreter would."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        return self.accepted(reading, command)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read a line that is not refused and does more than print: the plain way, by roles alone."""
        if command.first("check"):
            return reading.end("checks")
        for given in command.given:
            if given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        codes = [given for given in command.given if given.option.role == "code"]
        for given in codes:
            reading.code(given)
        file = command.first("file")
        if file is not None:
            reading.program(file.at, option=file.name, offset=file.offset)
        elif not codes:
            self.read_operand(reading, command.operands)
        return reading

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Read the first operand as the program's file; without one, stdin."""
        if operands:
            reading.program(operands[0])
        elif self.reads_stdin:
            reading.stdin(explicit=reading.command is not None and reading.command.first("stdin") is not None)


def parts(reading: Reading) -> list[str]:
    """Say what each argv word is: ``program``, ``option``, ``value``, ``code``, ``script``, ``argument`` or ``separator``."""
    words = reading.execution.argv
    found = {0: "program"}
    command = reading.command or CommandLine([], [])
    for given in command.given:
        found.setdefault(given.index, "option")
        if given.at != given.index:
            found[given.at] = "value"
    for position, index in enumerate(command.operands):
        found.setdefault(index, "script" if position == 0 and reading.outcome == "script" else "argument")
    for snippet in reading.snippets:
        if snippet.argv_index is not None:
            found[snippet.argv_index] = "code"
    return [found.get(index, "separator") for index in range(len(words))]
