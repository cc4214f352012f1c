"""The differential oracle: what did the real interpreter run, and what does the core say that it runs?

A grammar makes command lines in which every place where program text may enter holds a harmless marker of its own. The real
interpreter runs them in an empty folder; each marker that runs appends its number to a file. The core reads the same
execution through the JSON Lines contract. ``python -m tests.oracle N SEED [INTERPRETER...]`` runs it by hand.
"""

from __future__ import annotations

import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from flycatcher.stream import answers

MARK = re.compile(r"M(\d+)M")
SECONDS = 20
FOLDER = Path(os.environ.get("FLYCATCHER_ORACLE_FOLDER", Path.home() / ".cache" / "flycatcher-oracle"))
"""Where cases run. Not below /tmp: files there count as written by anyone."""


@dataclass
class Case:
    """One command line with its surroundings. ``argv[0]`` is replaced by the program that runs it."""

    argv: list[str]
    env: dict[str, str] = field(default_factory=dict)
    stdin: str = "null"
    """pipe, file, null or tty."""
    stdin_text: str = ""
    files: dict[str, str] = field(default_factory=dict)
    """Files in the working folder: name -> content. Their markers count as a script's."""
    argv0: str = ""


@dataclass
class Outcome:
    """What happened in reality, beside what the core said."""

    case: Case
    program: str
    ran: set[int]
    said: set[int]
    refused: bool
    answer: dict[str, object]
    stderr: str
    scripts: set[int]

    @property
    def missed(self) -> set[int]:
        """Markers that ran from elsewhere than a file, and that the core does not know."""
        return self.ran - self.scripts - self.said

    @property
    def false(self) -> set[int]:
        """Markers that the core says run, and that did not although the line was accepted."""
        return set() if self.refused else self.said - self.ran

    def __str__(self) -> str:
        """Show the case so that a person can run it again."""
        case = self.case
        return (
            f"{self.program} {case.argv[1:]!r} env={case.env!r} stdin={case.stdin}:{case.stdin_text!r} files={case.files!r}\n"
            f"  ran {sorted(self.ran)} said {sorted(self.said)} missed {sorted(self.missed)} false {sorted(self.false)}\n"
            f"  answer {json.dumps(self.answer)[:600]}\n  stderr {self.stderr[-300:]!r}"
        )


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

    def programs(self) -> list[str]:
        """Return the absolute paths of the installed programs to run against."""
        raise AssertionError(f"{self.id}: a grammar names its programs")

    def case(self, rng: random.Random, marks: Marks, program: str) -> Case:
        """Make one case."""
        raise AssertionError(f"{self.id}: a grammar makes its cases: {rng} {marks} {program}")

    def refused(self, code: int, stderr: str) -> bool:
        """Tell whether the interpreter refused the line."""
        return code != 0 and self.refusal.search(stderr) is not None


def which(*names: str) -> list[str]:
    """Return the absolute paths of those of these programs that are installed."""
    return [path for name in names if (path := shutil.which(name)) is not None]


def run(case: Case, program: str, folder: Path) -> tuple[set[int], int, str]:
    """Run one case for real; return the markers that ran, the exit code and stderr."""
    for name, text in case.files.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    mark = folder / ".mark"
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "FC_MARK": str(mark), "LC_ALL": "C.UTF-8", **case.env}
    argv = [case.argv0 or program, *case.argv[1:]]
    stdin, close = _stdin(case, folder)
    try:
        process = subprocess.Popen(
            argv, executable=program, env=env, cwd=folder, stdin=stdin, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        stdin_text = case.stdin_text.encode() if case.stdin == "pipe" else None
        try:
            _, stderr = process.communicate(stdin_text, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, stderr = process.communicate()
    finally:
        for descriptor in close:
            os.close(descriptor)
    ran = {int(n) for n in MARK.findall(mark.read_text())} if mark.exists() else set()
    return ran, process.returncode, stderr.decode(errors="replace")


def _stdin(case: Case, folder: Path) -> tuple[int, list[int]]:
    """Return what to give as stdin, and the descriptors to close afterwards."""
    if case.stdin == "pipe":
        return subprocess.PIPE, []
    if case.stdin == "file":
        (folder / ".stdin").write_text(case.stdin_text)
        descriptor = os.open(folder / ".stdin", os.O_RDONLY)
        return descriptor, [descriptor]
    if case.stdin == "tty":
        master, slave = pty.openpty()
        os.write(master, case.stdin_text.encode() + b"\n\x04\x04")
        return slave, [master, slave]
    return subprocess.DEVNULL, []


def said(case: Case, program: str, folder: Path) -> tuple[set[int], dict[str, object]]:
    """Ask the core about the same execution; return the markers it names and its answer."""
    row = {
        "argv": [case.argv0 or program, *case.argv[1:]],
        "exe": os.path.realpath(program),
        "env": case.env,
        "stdin": case.stdin,
        "cwd": str(folder),
    }
    answer = json.loads(next(answers(iter([json.dumps(row).encode()]), shells=True)))
    found: set[int] = set()
    for snippet in answer.get("snippets", []):
        text = snippet.get("text")
        if text is None and (snippet["vector"] == "stdin" or snippet.get("descriptor") == 0):
            text = case.stdin_text
        elif text is None and snippet.get("path"):
            name = os.path.relpath(os.path.join(folder, snippet["path"]), folder)
            text = case.files.get(name, "")
        found |= {int(n) for n in MARK.findall(text or "")}
    return found, answer


def judge(grammar: Grammar, case: Case, program: str) -> Outcome:
    """Run one case both ways."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=FOLDER))
    try:
        ran, code, stderr = run(case, program, folder)
        names, answer = said(case, program, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    scripts = {int(n) for text in case.files.values() for n in MARK.findall(text)}
    if case.stdin == "tty":  # what a person types at a terminal is a session, not code on the fly
        scripts |= {int(n) for n in MARK.findall(case.stdin_text)}
    return Outcome(case, program, ran, names, grammar.refused(code, stderr), answer, stderr, scripts)


def cases(grammar: Grammar, number: int, seed: int) -> Iterator[tuple[Case, str]]:
    """Make seeded cases, the programs taking turns."""
    programs = grammar.programs()
    rng = random.Random(f"{grammar.id}:{seed}")
    for turn in range(number if programs else 0):
        program = programs[turn % len(programs)]
        yield grammar.case(rng, Marks(grammar.template), program), program


def outcomes(grammar: Grammar, number: int, seed: int) -> Iterable[Outcome]:
    """Run seeded cases, two at a time, in order."""
    work: Callable[[tuple[Case, str]], Outcome] = lambda pair: judge(grammar, *pair)  # noqa: E731
    with ThreadPoolExecutor(grammar.jobs) as pool:
        yield from pool.map(work, cases(grammar, number, seed))
