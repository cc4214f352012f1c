"""CPython 2.7 and 3.6 to 3.13, and PyPy.

Source: Python/getopt.c, Python/initconfig.c (config_parse_cmdline), Modules/main.c and Lib/warnings.py (_setoption), checked
with marker code against each of these versions. PyPy reads its own options in app_main.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.python.modules import ANY, Version, read_module, start_browser
from flycatcher.core.interpreters.python.startup import observe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_ENDS = {"c": Option("value", "code", last=True), "m": Option("value", "module", last=True)}
_BOTH = {
    **each("bBdORsStuvx", FLAG),
    **each("h?V", EXIT),
    "E": Option(role="noenv"),
    "W": VALUE,
    "i": Option(role="interactive"),
    **_ENDS,
}
_HELP = each(("--help", "--version"), EXIT)
_LONG = {**_HELP, **each(("--help-all", "--help-env", "--help-xoptions"), EXIT), "--check-hash-based-pycs": VALUE}

PYTHON2 = Options(parser="getopt", short={**_BOTH, **each("3U", FLAG), "Q": VALUE}, long=_HELP, equals=False)
PYTHON3 = Options(
    parser="getopt",
    short={**_BOTH, **each("Pq", FLAG), "I": Option(role="noenv"), "X": VALUE, "-": Option("long")},
    long=_LONG,
    equals=False,
)
PYPY = Options(
    parser="getopt",
    short={k: v for k, v in PYTHON3.short.items() if k not in "-x"},
    long={**_HELP, "--info": EXIT, "--jit": VALUE, "--check-hash-based-pycs": VALUE},
    equals=False,
)
EITHER = Options(parser="getopt", short={**PYTHON2.short, **PYTHON3.short}, long={**PYPY.long, **_LONG}, equals=False)
"""For an unknown version: everything that any version takes. No line that two versions accept means two different things."""

_NAME = re.compile(r"(python|pypy)(\d?)(?:\.(\d+))?")
_ACTIONS = ("default", "always", "ignore", "module", "once", "error", "all")


class Python(Interpreter):
    """CPython and PyPy. Options end at ``-c``, ``-m``, ``--``, ``-`` or the first operand."""

    id = "python"
    language = "python"
    in_variables = True
    names = (
        r"(?:[a-z0-9_]+-linux-gnu[a-z0-9]*-)?python(?:\d(?:\.\d+)?)?[dmtu]*(?:-dbg|-intel64|\.exe)?",
        r"pypy[\d.]*(?:-c)?",
        r"graalpy(?:thon)?[\d.]*",
    )
    variables = (
        "PYTHONSTARTUP", "PYTHONPATH", "PYTHONUSERBASE", "PYTHONHOME", "PYTHONBREAKPOINT", "HOME", "PYTHONWARNINGS", "BROWSER",
        "MAILCAPS",
    )  # fmt: skip
    technique = "T1059.006"
    options = EITHER
    verified = (
        "2.7.18",
        "3.6.15",
        "3.7.16",
        "3.8.18",
        "3.9.18",
        "3.10.13",
        "3.11.7",
        "3.12.1",
        "3.13.0",
        "PyPy 7.3.11",
    )
    install = "apt: python3"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as the version does that the file's name tells."""
        version, table = _version(execution.exe, execution.argv[0])
        command = parse(table, execution.argv)
        command.error = command.error or _refused_by(command, version)
        return command

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as main.c does: command, module, file or stdin, in this order."""
        execution = reading.execution
        version = _version(execution.exe, execution.argv[0])[0]
        noenv = command.first("noenv") is not None
        observe(reading, command, version, noenv=noenv)
        _warnings(reading, command, version, noenv=noenv)
        code, module = command.first("code"), command.first("module")
        if code is not None:
            reading.code(code)
        elif module is not None:
            read_module(reading, module.value or "", command.operands, version)
        elif command.operands and execution.argv[command.operands[0]] != "-":
            reading.program(command.operands[0], dash=False)
        else:
            _console(reading, command, noenv=noenv)
            return reading
        if command.first("interactive") and not reading.uses_stdin():
            # -i: what stdin holds is read as a session once the program has ended
            reading.stdin(explicit=False, option="-i")
        return reading


@lru_cache(maxsize=256)
def _version(*paths: str) -> tuple[Version, Options]:
    """Return the version that the first of these names tells which tells any, as far as it does, and the table to read by."""
    for path in paths:
        match = _NAME.search(path.rpartition("/")[2])
        if match is not None and match[2]:
            major, minor = int(match[2]), int(match[3] or -1)
            known = (major, minor) if minor >= 0 else (major, ANY[1])
            return known, PYPY if match[1] == "pypy" else PYTHON2 if major == 2 else PYTHON3
    return ANY, EITHER


def _refused_by(command: CommandLine, version: Version) -> str:
    """Return why this version refuses the line: an option that is newer, or a value that is not allowed. Empty: it does not."""
    for given in command.given:
        if given.name == "--check-hash-based-pycs" and given.value not in ("default", "always", "never"):
            return "--check-hash-based-pycs must be one of default, always, never"
    if version < (3, 0) and command.has("-U") and command.first("module") is not None:
        return "-U keeps runpy from starting a module"
    if (3, 0) <= version < (3, 11):
        for name, since in (
            ("-P", 11),
            ("--help-all", 11),
            ("--help-env", 11),
            ("--check-hash-based-pycs", 7),
            ("--", 7),
        ):
            if version < (3, since) and command.has(name):
                return f"unknown option {name}"
    return ""


def _console(reading: Reading, command: CommandLine, *, noenv: bool) -> None:
    """Read a line without a program: stdin, and PYTHONSTARTUP where the session counts as interactive."""
    interactive = command.first("interactive") is not None
    startup = "" if noenv else reading.execution.env.get("PYTHONSTARTUP", "")
    if startup and (interactive or reading.execution.stdin == "tty"):
        reading.load(startup, variable="PYTHONSTARTUP")
    if descriptor_of(startup, reading.execution) == 0 and reading.uses_stdin():
        return
    index = command.operands[0] if command.operands else None
    reading.stdin(explicit=interactive or index is not None, index=index)


def _warnings(reading: Reading, command: CommandLine, version: Version, *, noenv: bool) -> None:
    """Read warning filters: a category's module is imported, and antigravity starts ``$BROWSER``."""
    filters = [given.value or "" for given in command.given if given.name == "-W"]
    if not noenv and "PYTHONWARNINGS" in reading.execution.env:
        filters += reading.execution.env["PYTHONWARNINGS"].split(",")
    if filters and "antigravity" in _imported(filters, version):
        start_browser(reading)


def _imported(filters: list[str], version: Version) -> Iterator[str]:
    """Yield the modules that warning filters import (warnings._setoption and _getcategory)."""
    for text in filters:
        parts = [part.strip() for part in text.split(":")]
        action, category = parts[0], parts[2] if 3 <= len(parts) <= 5 else ""
        if not any(known.startswith(action) for known in _ACTIONS[:-1]) and action != "all":
            continue
        module, dot, _ = category.rpartition(".")
        if dot:
            yield module
        elif version < (3, 7) and not re.fullmatch(r"[A-Za-z0-9_]*", category):
            yield category[:-1]  # without a dot, the old code cuts the last character off
