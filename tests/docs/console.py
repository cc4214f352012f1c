"""Read the console blocks of a page and run them, in order, in one shell, in an empty folder.

A block holds either commands alone, or commands behind ``$ `` with the output that each one shows; ``...`` in an output stands for
anything. ``# exit code N`` behind a command says how it ends; without it, it must succeed. A comment in front of a block directs it:

``<!-- console: skip REASON -->``           the block cannot be run by a test
``<!-- console: needs NAME... -->``         the block runs where each NAME is: ``root``, ``ebpf``, or a program on the PATH
``<!-- console: add COMMAND WORDS -->``     WORDS go behind ``flycatcher COMMAND``: ``watch`` would see the whole host and never end, and
                                            ``run`` waits so short for text on stdin that a busy machine loses it
``<!-- console: file NAME -->``             the block's text is written to this file (the reader's editor does it)
``<!-- console: setup``, lines, ``-->``     commands that run there and are not shown

Clauses are joined by ``;``.
"""

from __future__ import annotations

import doctest
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from flycatcher.sources.sensors import ebpf

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(
    r"^<!-- console: (?P<how>.*?)\s*-->$|^```(?P<kind>[\w-]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
EXIT_CODE = re.compile(r"\s#.*\bexit code (\d+)")
HEREDOC = re.compile(r"<<-?\s*'?(\w+)'?")
CLAUSES = {"skip", "needs", "add", "file", "setup"}
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"
SUDO = "/usr/bin/sudo"
MARK = "\036"
SECONDS = 300
"""A page that takes longer hangs; pages take a few seconds."""


class Command(NamedTuple):
    """One command of a block: its text, the output that the page shows (None: not shown), its exit code."""

    text: str
    shown: str | None = None
    code: int = 0


class Block(NamedTuple):
    """One console block, with what its comment says."""

    line: int
    clauses: dict[str, str]
    commands: list[Command]


def blocks(text: str) -> list[Block]:
    """Return the blocks of a page that a shell runs, in order; a file and a setup are blocks as well."""
    found: list[Block] = []
    clauses: dict[str, str] = {}
    for token in TOKEN.finditer(text):
        line = text.count("\n", 0, token.start()) + 1
        if token["how"] is not None:
            name, _, rest = token["how"].partition("\n")
            if name == "setup":
                found.append(Block(line, {"setup": ""}, commands(rest + "\n")))
            else:
                clauses = _clauses(token["how"])
            continue
        if "file" in clauses:
            found.append(Block(line, clauses, [Command(_writing(clauses["file"], token["body"]))]))
        elif token["kind"] == "console":
            found.append(Block(line, clauses, commands(token["body"])))
        clauses = {}
    return found


def _clauses(how: str) -> dict[str, str]:
    """Return the clauses of a comment by their first words."""
    found = dict((*clause.strip().split(" ", 1), "")[:2] for clause in how.split(";"))
    assert found.keys() <= CLAUSES, f"unknown clause: {how}"
    assert found.get("skip") != "", "a block that is skipped needs a reason"
    return found


def _writing(name: str, body: str) -> str:
    """Return the command that writes a file, with the variables of the session filled in."""
    return f"cat > {name} <<END_OF_FILE\n{body}END_OF_FILE"


def commands(body: str) -> list[Command]:
    """Return the commands of a block's text."""
    return _with_output(body) if re.search(r"^\$ ", body, re.MULTILINE) else _alone(body)


def _with_output(body: str) -> list[Command]:
    """Read ``$ command``, its ``> `` lines, and the output below."""
    found = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        text, shown = part.split("\n", 1)
        while shown.startswith("> "):
            more, shown = shown[2:].split("\n", 1)
            text += "\n" + more
        found.append(Command(text, shown or None, _code(text)))
    return found


def _alone(body: str) -> list[Command]:
    """Read one command a line; a backslash and a here-document join lines."""
    found: list[Command] = []
    lines = iter(body.splitlines())
    for line in lines:
        text = line
        while text.endswith("\\"):
            text += "\n" + next(lines)
        if (heredoc := HEREDOC.search(text)) is not None:
            for more in lines:
                text += "\n" + more
                if more == heredoc[1]:
                    break
        if text.strip() and not text.startswith("#"):
            found.append(Command(text, None, _code(text)))
    return found


def _code(text: str) -> int:
    """Return the exit code that a command's comment announces."""
    found = EXIT_CODE.search(text)
    return int(found[1]) if found else 0


def missing(block: Block) -> str:
    """Return why a block does not run here; empty where it does."""
    if "skip" in block.clauses:
        return block.clauses["skip"]
    return ", ".join(name for name in block.clauses.get("needs", "").split() if not _has(name))


def _has(name: str) -> bool:
    """Whether this machine has what a block needs."""
    if name == "root":
        return _may_be_root()
    if name == "ebpf":
        return _may_be_root() and (ebpf.probe().works if os.geteuid() == 0 else _works_as_root())
    return shutil.which(name, path=PATH) is not None


def _may_be_root() -> bool:
    """Whether this is root, or somebody whom sudo asks for no password."""
    words = [SUDO, "-n", "true"]
    return os.geteuid() == 0 or (
        os.path.exists(SUDO) and not subprocess.run(words, capture_output=True, check=False).returncode
    )


def _works_as_root() -> bool:
    """Whether ``watch`` works for root; asked through sudo."""
    asked = "import sys; sys.path.insert(0, sys.argv[1]); from flycatcher.sources.sensors import ebpf; sys.exit(not ebpf.probe().works)"
    words = [SUDO, "-n", sys.executable, "-c", asked, str(ROOT / "src")]
    return not subprocess.run(words, capture_output=True, check=False).returncode


def run(page: Path, folder: Path) -> list[str]:
    """Run a page's blocks and return what is not as the page says, one entry each."""
    runnable = [block for block in blocks(page.read_text(encoding="utf-8")) if not missing(block)]
    steps = [(block, command) for block in runnable for command in block.commands]
    output = _in_shell(_script(steps, folder), folder)
    answers = re.findall(rf"(.*?){MARK}(\d+){MARK}", output, re.DOTALL)
    wrong = [
        fault
        for (block, command), (printed, code) in zip(steps, answers, strict=False)
        if (fault := _fault(block, command, printed, int(code)))
    ]
    return wrong if len(answers) == len(steps) else [*wrong, f"the shell ended early: {output[-2000:]}"]


def _in_shell(script: Path, folder: Path) -> str:
    """Run a script as a session of its own, of which nothing is left behind, and return what it printed."""
    words = ["bash", "--noprofile", "--norc", str(script)]
    with subprocess.Popen(
        words, cwd=_home(folder), env=_environment(folder), start_new_session=True, text=True, errors="replace",
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as shell:  # fmt: skip
        try:
            return shell.communicate(timeout=SECONDS)[0]
        except subprocess.TimeoutExpired:
            os.killpg(shell.pid, signal.SIGKILL)
            return f"not done after {SECONDS} s: {shell.communicate()[0]}"


def _fault(block: Block, command: Command, output: str, code: int) -> str:
    """Return what is wrong with an answer; empty where it is as the page says."""
    where = f"block at line {block.line}: $ {command.text}\n"
    if code != command.code:
        return f"{where}exit code {code}, not {command.code}:\n{output}"
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    if command.shown is not None and not doctest.OutputChecker().check_output(command.shown, output, flags):
        return f"{where}the page shows:\n{command.shown}\nit printed:\n{output}"
    return ""


def _script(steps: list[tuple[Block, Command]], folder: Path) -> Path:
    """Write the shell's script, with a mark behind each command."""
    script = folder / "script"
    lines = []
    for block, command in steps:
        name, _, words = block.clauses.get("add", "").partition(" ")
        text = re.sub(rf"flycatcher {name}\b", f"flycatcher {name} {words}", command.text) if name else command.text
        lines.append(f"{text}\nprintf '{MARK}%s{MARK}' \"$?\"\n")
    script.write_text("".join(lines), encoding="utf-8")
    return script


def _home(folder: Path) -> Path:
    """Return the empty folder in which the reader sits."""
    home = folder / "home"
    home.mkdir()
    return home


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment with this tree's ``flycatcher``.

    Its ``sudo`` does nothing where one is root already; elsewhere it knows ``flycatcher``, too, as on a host where it is installed.
    """
    programs = folder / "bin"
    programs.mkdir()
    _program(programs / "flycatcher", f'PYTHONPATH="{ROOT / "src"}" exec "{sys.executable}" -m flycatcher "$@"')
    if os.geteuid() == 0:
        _program(programs / "sudo", 'exec "$@"')
    elif os.path.exists(SUDO):
        _program(programs / "sudo", f'exec {SUDO} -n env "PATH=$PATH" "$@"')
    return {"PATH": f"{programs}:{PATH}", "HOME": str(folder / "home"), "LANG": "C.UTF-8", "CHECKOUT": str(ROOT)}


def _program(path: Path, text: str) -> None:
    """Write a small program."""
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
