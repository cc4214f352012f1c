"""The differential oracle: what did the real interpreter run, and what does the core say that it runs?

A grammar makes command lines in which every place where program text may enter holds a harmless marker of its own. The real
interpreter runs them in an empty folder; each marker that runs appends its number to a file. The core reads the same
execution through the JSON Lines contract. ``python -m tests.oracle N SEED [INTERPRETER...]`` runs it by hand.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import pty
import random
import re
import resource
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from flycatcher.commands.check.stream import answers
from flycatcher.core.execution import Execution
from flycatcher.core.interpreters import by_name, read
from flycatcher.core.snippet import NOTHING_TO_READ
from flycatcher.sources.program_files import View, with_files
from tests.oracle.cage import confine
from tests.oracle.respelling import respelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MARK = re.compile(r"M(\d+)M")
FOLDER = Path(os.environ.get("FLYCATCHER_ORACLE_FOLDER", Path.home() / ".cache" / "flycatcher-oracle"))
"""Where cases run. Not below /tmp: files there count as written by anyone."""


STDIN = (
    "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "//dev//fd/0", "/dev/./stdin", "/dev/fd/../fd/0", "/proc/self/../self/fd/0",
    "/proc/thread-self/fd/0", "/proc/self/root/dev/stdin", "/proc/self/root/proc/self/fd/0", "../../../../../../../dev/fd/0",
)  # fmt: skip
"""Paths that name descriptor 0, from any folder."""
OWN_DESCRIPTORS = 24
"""Numbers below this one may be those of a shell's own copies (tcsh's sh.h: 15 to 19)."""


@dataclass
class Case:
    """One command line with its surroundings. ``argv[0]`` is replaced by the program that runs it."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = "null"
    """pipe, socket, file, null or tty."""
    stdin_text: str = ""
    files: dict[str, str | bytes] = field(default_factory=dict)
    """Files in the working folder: name -> content. Their markers count as a script's."""
    argv0: str = ""
    descriptor_text: str = ""
    """Text that one more descriptor, a pipe, holds; ``{FD}`` in argv and env stands for its number."""
    renamed: str = ""
    """Run a copy of the program under this base name, and tell the core which interpreter it is."""
    links: dict[str, str] = field(default_factory=dict)
    """Symbolic links in the working folder: name -> where it points."""
    fifos: dict[str, str] = field(default_factory=dict)
    """FIFOs in the working folder: name -> the text that is written into it."""

    def numbered(self, number: int) -> Case:
        """Return the case with the descriptor's number in its place."""
        return replace(
            self,
            argv=[word.replace("{FD}", str(number)) for word in self.argv],
            env={name: value.replace("{FD}", str(number)) for name, value in self.env.items()},
        )


@dataclass
class Ran:
    """What a real run left behind. ``hung``: it had to be killed."""

    marks: set[int]
    code: int
    printed: str
    """stdout, then stderr."""
    hung: bool


@dataclass
class Outcome:
    """What happened in reality, beside what the core said."""

    case: Case
    program: str
    ran: set[int]
    said: set[int]
    refused: bool
    answer: dict[str, object]
    printed: str
    scripts: set[int]
    hung: bool = False
    broke_off: bool = False
    """It ran something, and then refused the rest: a library that is not there, behind a variable's text."""
    first: Outcome | None = None
    """What happened when the same case disagreed before: it has been run again since."""

    @property
    def accepted(self) -> bool:
        """Whether the program took the line: one that it refuses proves nothing of what would have run."""
        return not (self.refused or self.broke_off or self.hung)

    @property
    def steady(self) -> bool:
        """Whether the case was run once, or both runs say the same."""
        return self.first is None or (self.first.missed, self.first.false) == (self.missed, self.false)

    @property
    def missed(self) -> set[int]:
        """Markers that ran from elsewhere than a file, and that the core does not know."""
        return self.ran - self.scripts - self.said

    @property
    def false(self) -> set[int]:
        """Markers that the core says run, and that did not although the line was accepted."""
        return self.said - self.ran if self.accepted else set()

    def __str__(self) -> str:
        """Show the case so that a person can run it again."""
        case = self.case
        return (
            f"{self.program} {case.argv[1:]!r} env={case.env!r} stdin={case.stdin}:{case.stdin_text!r} files={case.files!r} "
            f"links={case.links!r} fifos={case.fifos!r}\n"
            f"  ran {sorted(self.ran)} said {sorted(self.said)} missed {sorted(self.missed)} false {sorted(self.false)}\n"
            f"  answer {json.dumps(self.answer)[:600]}\n  printed {self.printed[-300:]!r}"
        )


_FIFO_SECONDS = 5
"""A program that opens a FIFO twice waits for a writer that does not come."""


def led_astray(case: Case, rng: random.Random) -> Case:
    """Return the case, now and then with a link where a path of stdin stands, or a FIFO in the place of the program's file."""
    at = next((at for at, word in enumerate(case.argv) if at and word in STDIN), 0)
    if at and rng.random() < 0.5:
        name, target = rng.choice((("lk", case.argv[at]), ("lks/0", "/dev/fd"), ("lk", "lk2")))
        links = {name.partition("/")[0]: target} | ({"lk2": case.argv[at]} if target == "lk2" else {})
        word = rng.choice((name, f"./{name}", f"none/../{name}" if rng.random() < 0.1 else name))
        return replace(case, argv=[*case.argv[:at], word, *case.argv[at + 1 :]], links=links)
    name = next((word for word in case.argv[1:] if isinstance(case.files.get(word), str)), "")
    if name and rng.random() < 0.05:
        text = str(case.files[name])
        return replace(case, files={n: f for n, f in case.files.items() if n != name}, fifos={name: text})
    return case


def _make(case: Case, folder: Path) -> None:
    """Make the links and FIFOs of a case."""
    for name, target in case.links.items():
        (folder / name).symlink_to(target)
    for name, text in case.fifos.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(folder / name)
        threading.Thread(target=_feed, args=(folder / name, text.encode()), daemon=True).start()


def _feed(path: Path, data: bytes) -> None:
    """Write into a FIFO once somebody reads it."""
    with contextlib.suppress(OSError):
        path.write_bytes(data)


def _unmake(case: Case, folder: Path) -> None:
    """Let the writers of FIFOs that nobody read go."""
    for name in case.fifos:
        os.close(os.open(folder / name, os.O_RDONLY | os.O_NONBLOCK))


class Marks:
    """Hands out markers: program text that records its number, in one language."""

    def __init__(self, template: str) -> None:
        """Take the text with ``{n}`` where the marker stands."""
        self.template = template
        self.last = 0

    def __call__(self, template: str = "") -> str:
        """Return a new marker's text."""
        self.last += 1
        return (template or self.template).replace("{n}", f"M{self.last}M")


class Grammar:
    """One interpreter's command lines. Subclasses sit in ``grammars/``, one a file."""

    id = ""
    template = ""
    """Program text that appends its marker to the file that ``FC_MARK`` names."""
    refusal = re.compile(
        r"(?i)usage|unknown option|invalid option|illegal option|bad option|unrecognized|requires an argument"
    )
    jobs = 2
    seconds = 20
    """After so long a program is stopped: it waits for something."""
    processor_seconds = 30
    """After so much work it is stopped: it goes round in a circle."""
    share = 1.0
    """How many cases of ``make test`` it gets, next to the other grammars."""
    respelt = True
    """Some lines are spelt in other ways that parsers of options take, or do not take."""
    tells_stdin = False
    """Tell the core what stdin holds: a host's text counts only where it starts something."""
    as_shell = False
    """Ask the core about the line as shell text: what a launcher starts is read there."""

    def programs(self) -> list[str]:
        """Return the absolute paths of the installed programs to run against."""
        raise AssertionError(f"{self.id}: a grammar names its programs")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one case."""
        raise AssertionError(f"{self.id}: a grammar makes its cases: {rng} {marks} {program}")

    def woken(self, case: Case) -> Case | None:
        """Return the same line with texts and input on which whatever is run as program text leaves its marker.

        A text can be run whole and its marker's part not: behind a pattern that is false, a word that is no command, an
        address that no line of the input has. What runs on the woken line was program text on the first one.
        """
        del case
        return None

    def shown(self, printed: str) -> set[int]:
        """Return the markers that the program, on the woken line, itself shows in the program text that it runs."""
        del printed
        return set()

    def answered(self, printed: str) -> set[int]:
        """Return the markers that a server's answers hold, where what runs there can write no file here."""
        del printed
        return set()

    def refused(self, code: int, printed: str) -> bool:
        """Tell whether the interpreter refused the line, by its exit code and what it printed; asked where nothing ran."""
        return code != 0 and self.refusal.search(printed) is not None


def apart(case: Case, template: str) -> Case:
    """Return the case with each marker's text on a line of its own, wherever other characters stand in front of it."""
    head = re.escape(template.partition("{n}")[0])
    pattern = re.compile(f"(?<!^)(?={head}{MARK.pattern})")
    return replace(case, argv=[pattern.sub("\n", word) for word in case.argv])


def which(*names: str) -> list[str]:
    """Return the absolute paths of those of these programs that are installed."""
    return [path for name in names if (path := shutil.which(name)) is not None]


def run(case: Case, program: str, folder: Path, descriptor: int | None, grammar: Grammar) -> Ran:
    """Run one case for real."""
    for name, content in case.files.items():
        if name in case.fifos:  # a woken line gives its files anew
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())
    mark = folder / ".mark"
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "FC_MARK": str(mark),
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        **case.env,
    }
    stdin, close = _stdin(case, folder)
    try:
        process = subprocess.Popen(
            [case.argv0 or program, *case.argv[1:]], executable=program, env=env, cwd=folder, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
            pass_fds=() if descriptor is None else (descriptor,),
        )  # fmt: skip
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the latter: in a user namespace of its own
            resource.prlimit(process.pid, resource.RLIMIT_CPU, (grammar.processor_seconds,) * 2)
        seconds = min(grammar.seconds, _FIFO_SECONDS) if case.fifos else grammar.seconds
        printed, hung = _ended(process, case, close[0] if case.stdin == "tty" else None, seconds)
    finally:
        for opened in close:
            os.close(opened)
    marks = {int(n) for n in MARK.findall(mark.read_text(errors="replace"))} if mark.exists() else set()
    text = b"\n".join(printed).decode(errors="replace")
    return Ran(marks | grammar.answered(text), process.returncode, text, hung)


def _ended(
    process: subprocess.Popen[bytes], case: Case, master: int | None, seconds: int
) -> tuple[tuple[bytes, bytes], bool]:
    """Wait for the end; return what was printed, and whether the process had to be killed.

    A console with line editing throws away what waits at its terminal when it starts: the end of file is sent again.
    """
    text = case.stdin_text.encode() if case.stdin == "pipe" else None
    for _ in range(seconds):
        try:
            return process.communicate(text, timeout=1), process.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        except subprocess.TimeoutExpired:
            text = None  # what is left of it goes on being written
            if master is not None:
                os.write(master, b"\n\x04")
    os.killpg(process.pid, signal.SIGKILL)
    return process.communicate(), True


def _stdin(case: Case, folder: Path) -> tuple[int, list[int]]:
    """Return what to give as stdin, and the descriptors to close afterwards."""
    if case.stdin == "pipe":
        return subprocess.PIPE, []
    if case.stdin == "file":
        (folder / ".stdin").write_text(case.stdin_text)
        descriptor = os.open(folder / ".stdin", os.O_RDONLY)
        return descriptor, [descriptor]
    if case.stdin == "socket":
        near, far = socket.socketpair()
        near.sendall(case.stdin_text.encode())
        near.close()
        return far.fileno(), [far.detach()]
    if case.stdin == "tty":
        master, slave = pty.openpty()
        os.write(master, case.stdin_text.encode() + b"\n\x04\x04")
        return slave, [master, slave]
    return subprocess.DEVNULL, []


def _pipe(text: str) -> int:
    """Return a descriptor from which a short text can be read: none of the first ones, of which shells keep some for themselves."""
    low, writer = os.pipe()
    reader = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, OWN_DESCRIPTORS)
    os.close(low)
    with os.fdopen(writer, "wb") as stream:
        stream.write(text.encode())
    return reader


@cache
def renamed(program: str, name: str) -> str:
    """Return the path of a copy of a program under another name; copies are made once a day at most.

    cp makes it: a program that this process holds open for writing, another thread's child would hold open too until its exec,
    and the kernel starts no such file (ETXTBSY, execve(2)).
    """
    digest = hashlib.sha256(program.encode()).hexdigest()[:12]
    target = FOLDER / "copies" / digest / name
    if not target.exists() or target.stat().st_mtime < Path(program).stat().st_mtime:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(f".{os.getpid()}-{threading.get_native_id()}.partial")
        subprocess.run(["cp", "--preserve=mode,timestamps", program, partial], check=True)
        partial.replace(target)
    return str(target)


def _row(case: Case, program: str, folder: Path, grammar: Grammar, identity: str | None) -> dict[str, Any]:
    """Return the row of the JSON Lines contract that describes the case."""
    argv = [case.argv0 or program, *case.argv[1:]]
    if grammar.as_shell:
        text = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in case.env.items()) + shlex.join(argv)
        here = f" <<'TEXT'\n{case.stdin_text}TEXT" if case.stdin_text else " </dev/null"
        made = "".join(f"ln -s {target} {name}\n" for name, target in reversed(case.links.items()))
        made += "".join(f"mkfifo {name}\n" for name in case.fifos)
        return {"shell": made + text + here + "\n"}
    told = {"stdin_text": case.stdin_text} if grammar.tells_stdin else {}
    row = {
        "argv": argv,
        "exe": os.path.realpath(program),
        "env": case.env,
        "stdin": case.stdin,
        "cwd": str(folder),
        **told,
    }
    if case.links or case.fifos:  # as a source looks at them
        known = Execution(**{**row, "argv": tuple(argv), "interpreter": identity})
        seen = with_files(known, View(cwd=str(folder), here=str(folder)))
        row["files"] = msgspec.to_builtins(seen.files)
    return row


def said(
    case: Case, program: str, folder: Path, descriptor: int | None, grammar: Grammar, identity: str | None = None
) -> tuple[set[int], dict[str, object]]:
    """Ask the core about the same execution; return the markers it names and its answer."""
    row = _row(case, program, folder, grammar, identity)
    if identity is not None:
        reading = read(msgspec.convert({**row, "interpreter": identity}, Execution))
        answer = {} if reading is None else {"snippets": msgspec.to_builtins(reading.snippets)}
    else:
        answer = json.loads(next(answers(iter([json.dumps(row).encode()]), shells=True)))
    found: set[int] = set()
    for snippet in answer.get("snippets", []):
        if snippet.get("note") == NOTHING_TO_READ:
            continue  # it says itself that it does not run
        text = snippet.get("text")
        number = snippet.get("descriptor")
        if text is None and (snippet["vector"] == "stdin" or number == 0):
            text = case.stdin_text
        elif text is None and number is not None and number == descriptor:
            text = case.descriptor_text
        elif text is None and snippet.get("path"):
            name = os.path.relpath(folder / snippet["path"], folder)
            content = case.fifos.get(name) or case.files.get(name, "")
            text = content if isinstance(content, str) else content.decode(errors="replace")
        found |= {int(n) for n in MARK.findall(text or "")}
    return found, answer


def judge(grammar: Grammar, case: Case, program: str) -> Outcome:
    """Run one case both ways."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    descriptor = _pipe(case.descriptor_text) if case.descriptor_text else None
    identity, asked = None, program
    if descriptor is not None:
        case = case.numbered(descriptor)
    if case.renamed:
        interpreter = by_name(os.path.realpath(program))
        identity = interpreter.id if interpreter is not None else grammar.id
        program = renamed(os.path.realpath(program), case.renamed)
    try:
        _make(case, folder)
        names, answer = said(case, program, folder, descriptor, grammar, identity)
        ran = run(case, program, folder, descriptor, grammar)
    finally:
        _unmake(case, folder)
        if descriptor is not None:
            os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)
    scripts = {
        int(n)
        for content in case.files.values()
        for n in MARK.findall(content if isinstance(content, str) else content.decode(errors="replace"))
    }
    if case.stdin == "tty":  # what a person types at a terminal is a session, not code on the fly
        scripts |= {int(n) for n in MARK.findall(case.stdin_text)}
    complained = grammar.refused(ran.code, ran.printed)
    refused, broke_off = complained and not ran.marks, complained and bool(ran.marks)
    return Outcome(case, asked, ran.marks, names, refused, answer, ran.printed, scripts, ran.hung, broke_off)


def measured(grammar: Grammar, case: Case, program: str) -> Outcome:
    """Run one case both ways; where it seems to alarm falsely, run the woken line too and count what that ran."""
    outcome = judge(grammar, case, program)
    woken = grammar.woken(case) if outcome.false else None
    if woken is not None:
        again = judge(grammar, woken, program)
        outcome.ran |= outcome.false & again.said & (again.ran | grammar.shown(again.printed))
    return outcome


def cases(grammar: Grammar, number: int, seed: int) -> Iterator[tuple[Case, str]]:
    """Make seeded cases, the programs taking turns."""
    programs = grammar.programs()
    rng = random.Random(f"{grammar.id}:{seed}")
    for turn in range(number if programs else 0):
        program = programs[turn % len(programs)]
        case = grammar.case(rng, Marks(grammar.template), program)
        for change in (led_astray, respelt) if grammar.respelt else (led_astray,):
            case = change(case, random.Random(f"{grammar.id}:{seed}:{turn}:{change.__name__}"))
        yield case, program


def outcomes(grammar: Grammar, number: int, seed: int) -> Iterable[Outcome]:
    """Run seeded cases (:func:`compared`)."""
    return compared(grammar, cases(grammar, number, seed))


def compared(grammar: Grammar, pairs: Iterable[tuple[Case, str]]) -> Iterator[Outcome]:
    """Run cases with their programs, two at a time, in order.

    A case that disagrees is run once more, as a busy machine is no finding; what it did at first is kept beside it.
    """

    def work(pair: tuple[Case, str]) -> Outcome:
        outcome = measured(grammar, *pair)
        return replace(measured(grammar, *pair), first=outcome) if outcome.missed or outcome.false else outcome

    FOLDER.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(grammar.jobs, initializer=confine, initargs=(FOLDER,)) as pool:
        yield from pool.map(work, pairs)
