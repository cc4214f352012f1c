"""CPython 2.7 and 3.6 to 3.13, and PyPy.

Source: Python/getopt.c, Python/initconfig.c (config_parse_cmdline) and Modules/main.c; checked with marker code against
each of these versions. PyPy reads its own options in app_main.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading, descriptor_of
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each, parse

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.execution import Execution

_LAST_CODE = Option("value", "code", last=True)
_LAST_MODULE = Option("value", "module", last=True)

PYTHON3 = Options(
    short={
        **each("bBdOPqRsStuvx", FLAG),
        **each("EI", Option(role="noenv")),
        **each("h?V", EXIT),
        **each("WX", VALUE),
        "i": Option(role="interactive"),
        "c": _LAST_CODE,
        "m": _LAST_MODULE,
    },
    long={
        **each(("--help", "--version", "--help-all", "--help-env", "--help-xoptions"), EXIT),
        "--check-hash-based-pycs": VALUE,
    },
    equals=False,
)
PYTHON2 = Options(
    short={
        **each("3bBdORsStuUvxX", FLAG),
        "E": Option(role="noenv"),
        **each("h?V", EXIT),
        **each("QW", VALUE),
        "i": Option(role="interactive"),
        "c": _LAST_CODE,
        "m": _LAST_MODULE,
    },
    long=each(("--help", "--version"), EXIT),
    equals=False,
)
_NAME = re.compile(r"(?:python|pypy)(\d?)(?:\.(\d+))?")


class Python(Interpreter):
    """CPython and PyPy. Options end at ``-c``, ``-m``, ``--``, ``-`` or the first operand."""

    id = "python"
    language = "python"
    names = (
        r"(?:[a-z0-9_]+-linux-gnu[a-z0-9]*-)?python(?:\d(?:\.\d+)?)?[dmtu]*(?:-dbg|-intel64|\.exe)?",
        r"pypy[\d.]*(?:-c)?",
    )
    technique = "T1059.006"
    options = PYTHON3
    install = "apt: python3"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by the table of the major version that the file's name tells; 3 where it tells none."""
        match = _NAME.search((execution.exe or execution.argv[0]).rpartition("/")[2])
        return parse(PYTHON2 if match and match[1] == "2" else self.options, execution.argv)

    def read(self, execution: Execution) -> Reading:
        """Read an execution as main.c does: command, module, file or stdin, in this order."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        noenv = command.first("noenv") is not None
        _warnings(reading, command, noenv=noenv)
        code, module = command.first("code"), command.first("module")
        if code is not None:
            reading.code(code)
        elif module is not None:
            _module(reading, module, command)
        elif command.operands:
            reading.program(command.operands[0])
        else:
            self._console(reading, command, noenv=noenv)
            return reading
        if command.first("interactive") and not _from_stdin(reading):
            # -i: what stdin holds is read as a session once the program has ended
            reading.stdin(explicit=False, option="-i")
        return reading

    def _console(self, reading: Reading, command: CommandLine, *, noenv: bool) -> None:
        """Read a line without a program: stdin, and PYTHONSTARTUP where the session counts as interactive."""
        startup = "" if noenv else reading.execution.env.get("PYTHONSTARTUP", "")
        if startup and (command.first("interactive") or reading.execution.stdin == "tty"):
            reading.load(startup, variable="PYTHONSTARTUP")
        reading.stdin(explicit=command.first("interactive") is not None)


def _from_stdin(reading: Reading) -> bool:
    """Tell whether the program itself has used stdin up."""
    return any(s.vector == "stdin" or s.descriptor == 0 for s in reading.snippets)


def _warnings(reading: Reading, command: CommandLine, *, noenv: bool) -> None:
    """Read warning filters: a category's module is imported, and antigravity starts ``$BROWSER`` through a shell."""
    filters = [given.value or "" for given in command.given if given.name == "-W"]
    if not noenv:
        filters += reading.execution.env.get("PYTHONWARNINGS", "").split(",")
    modules = {f.split(":")[2].rpartition(".")[0] for f in filters if f.count(":") >= 2}
    browser = reading.execution.env.get("BROWSER", "")
    if "antigravity" in modules and "%s" in browser:
        reading.add("environment", browser, variable="BROWSER", language="shell")


def _timeit(reading: Reading, words: list[int]) -> None:
    """``timeit``: -s/--setup code, then statements."""
    table = Options(
        short={"s": CODE, **each("nru", VALUE), **each("vptc", FLAG), "h": EXIT},
        long={
            "--setup": CODE,
            **each(("--number", "--repeat", "--unit"), VALUE),
            **each(("--verbose", "--process", "--time", "--clock"), FLAG),
            "--help": EXIT,
        },
        abbreviations=True,
    )
    line = parse(table, reading.execution.argv, words[0] if words else len(reading.execution.argv))
    if line.error or line.first("exit"):
        return
    for given in line.given:
        if given.option.role == "code":
            reading.code(given, "runner")
    for index in line.operands:
        reading.add("runner", reading.execution.argv[index], index=index)


def _pdb(reading: Reading, words: list[int]) -> None:
    """``pdb``: -c takes a debugger command (Python statements among them), and a session reads stdin."""
    table = Options(
        short={"c": CODE, "m": Option("value", "module", last=True), "h": EXIT},
        long={"--command": CODE, "--help": EXIT},
        abbreviations=True,
    )
    line = parse(table, reading.execution.argv, words[0] if words else len(reading.execution.argv))
    if line.error or line.first("exit") or not (line.operands or line.first("module")):
        return
    for given in line.given:
        if given.option.role == "code":
            reading.code(given, "runner")
    reading.stdin(explicit=False)


def _console_module(reading: Reading, words: list[int]) -> None:
    """``code``, ``asyncio``: a session that reads stdin."""
    del words
    reading.stdin(explicit=True)


_RUNNERS: dict[str, Callable[[Reading, list[int]], None]] = {
    "timeit": _timeit,
    "pdb": _pdb,
    "code": _console_module,
    "asyncio": _console_module,
}


def _module(reading: Reading, module: Given, command: CommandLine) -> None:
    """Read ``-m``: a runner takes program text in its own arguments; any other module is a file."""
    runner = _RUNNERS.get(module.value or "")
    if runner is not None:
        runner(reading, command.operands)
    for index in command.operands[:1]:
        if (
            module.value in ("runpy", "cProfile", "profile", "trace")
            and descriptor_of(reading.execution.argv[index]) is not None
        ):
            reading.program(index)
    reading.end("module")
