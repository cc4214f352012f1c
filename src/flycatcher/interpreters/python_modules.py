"""What ``python -m MODULE`` runs besides the module's own file: the runners, each with the options that its own parser takes.

Source: the module's ``main`` in each version of the standard library (2.7, 3.6 to 3.13); for packages from elsewhere, the
release of November 2026. Every module of the standard library that has a main program was read for what it executes;
those not named here run no text of their caller's (``ast``, ``dis``, ``tokenize``, ``py_compile`` compile only;
``sqlite3`` takes SQL).
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.interpreters.base import Reading, descriptor_of, is_volatile
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Version = tuple[int, int]
ANY: Version = (3, 1000)
"""An unknown version: every runner is there."""
_DEPTH = 64
"""How many runners may start one another before reading stops."""

Operand = Literal["", "code", "file", "files", "paths", "module"]


class Runner(Struct, frozen=True, kw_only=True):
    """A module that runs text: its options, what its operands are, and whether it reads stdin as a session."""

    options: Options = Options(unknown="skip")
    operand: Operand = ""
    flag: str = ""
    """With this option given, the first operand is a module's name."""
    session: Literal["", "always", "alone"] = ""
    """stdin is read as statements: always, or where no operand and no option brings the program."""
    dash: bool = False
    """``-`` as a file is stdin."""
    requires: tuple[str, ...] = ()
    """It runs nothing unless one of these options is given."""
    forbids: tuple[str, ...] = ()
    """It runs nothing where one of these is given."""
    since: Version = (0, 0)
    language: str = "python"
    strict: bool = False
    """Operands are refused."""


_MODULE = Option("value", "module", last=True)
_SHELL = Option("value", "code", detail="shell")


def _options(
    short: str = "", values: str = "", long: Mapping[str, Option] | None = None, *, permute: bool = False
) -> Options:
    """Return a table as getopt, optparse and argparse take it: flags, values, ``-h``, and long options."""
    return Options(
        short={"h": EXIT, **each(short, FLAG), **each(values, VALUE)},
        long={"--help": EXIT, **(long or {})},
        abbreviations=True,
        permute=permute,
    )


def _with(table: Options, short: Mapping[str, Option]) -> Options:
    """Return the table with more short options."""
    return replace(table, short={**table.short, **short})


_SETUP = {"--setup": CODE, **each(("--number", "--repeat"), VALUE), "--verbose": FLAG}
_CLOCKS = each(("--time", "--clock"), FLAG)
_TIMEIT = _with(_options("vp", "nru", {**_SETUP, "--unit": VALUE, "--process": FLAG}), {"s": CODE})
_TIMEIT_2 = _with(_options("vtc", "nr", {**_SETUP, **_CLOCKS}), {"s": CODE})
_TIMEIT_3 = _with(_options("vptc", "nru", {**_SETUP, **_CLOCKS, "--unit": VALUE, "--process": FLAG}), {"s": CODE})
_PDB = _with(_options(long={"--command": CODE}), {"c": CODE})
_PDB_ARGPARSE = Options(
    short={"h": EXIT, "c": CODE, "m": Option("value", "module")},
    long={"--help": EXIT, "--command": CODE},
    permute=True,
    unknown="skip",  # argparse takes an unknown option with a blank in it for an operand
)
_PROFILE = _options("", "os", each(("--outfile", "--sort"), VALUE))
_TRACE = _options(
    "ctlTrRmsg",
    "fC",
    {
        "--version": EXIT,
        **each(("--count", "--trace", "--listfuncs", "--trackcalls", "--report", "--no-report"), FLAG),
        **each(("--missing", "--summary", "--timing", "--module"), FLAG),
        **each(("--file", "--coverdir", "--ignore-module", "--ignore-dir"), VALUE),
    },
)
_IDLE = Options(short={**each("deins", FLAG), "h": EXIT, "c": CODE, "r": Option("value", "file"), "t": VALUE})
_IPYTHON = Options(
    short={"c": CODE, "m": Option("value", "module"), "i": FLAG, "h": EXIT, "V": EXIT},
    long={
        "--help": EXIT,
        "--help-all": EXIT,
        "--version": EXIT,
        "--c": CODE,
        **{
            f"--{application}.{trait}": CODE
            for application in ("InteractiveShellApp", "TerminalIPythonApp", "IPKernelApp")
            for trait in ("code_to_run", "exec_lines")
        },
    },
    permute=True,
    unknown="skip",
)
_C = Options(short={"c": CODE, "m": _MODULE, "h": EXIT}, long={"--help": EXIT}, unknown="skip")

_PDB_RUNS = Runner(options=_with(_PDB, {"m": FLAG}), operand="file", flag="-m", session="always")

RUNNERS: dict[str, Runner] = {
    "timeit": Runner(options=_TIMEIT_3, operand="code"),
    "pdb": _PDB_RUNS,
    "code": Runner(options=_options("q"), session="always", strict=True),
    "asyncio": Runner(session="always", since=(3, 8)),
    "_pyrepl": Runner(session="always", since=(3, 13)),
    "_pypy_interact": Runner(session="always"),
    "profile": Runner(options=_with(_PROFILE, {"m": FLAG}), operand="file", flag="-m"),
    "cProfile": Runner(options=_with(_PROFILE, {"m": FLAG}), operand="file", flag="-m"),
    "trace": Runner(
        options=_TRACE,
        operand="file",
        flag="--module",
        requires=("-c", "-t", "-l", "-T", "--count", "--trace", "--listfuncs", "--trackcalls"),
        forbids=("-r", "--report"),
    ),
    "doctest": Runner(
        options=_options("vf", "o", {**each(("--verbose", "--fail-fast"), FLAG), "--option": VALUE}, permute=True),
        operand="files",
    ),
    "pickle": Runner(
        options=_options("v", "", {"--test": EXIT}, permute=True),
        operand="files",
        dash=True,
        since=(3, 4),
        language="pickle",
    ),
    "imaplib": Runner(options=Options(short={"d": VALUE, "s": _SHELL})),
    "pydoc": Runner(options=Options(short={**each("bw", FLAG), **each("knp", VALUE)}), operand="paths"),
    **dict.fromkeys(
        ("idlelib", "idlelib.idle", "idlelib.pyshell", "idlelib.PyShell"),
        Runner(options=_IDLE, operand="file", dash=True),
    ),
    **dict.fromkeys(
        ("IPython", "ipykernel", "ipykernel_launcher"), Runner(options=_IPYTHON, operand="file", session="alone")
    ),
    "xonsh": Runner(
        options=Options(
            short={"c": CODE, "D": VALUE, **each("il", FLAG), **each("hV", EXIT)},
            long={"--help": EXIT, "--version": EXIT, **each(("--rc", "--shell-type"), VALUE)},
            unknown="skip",
        ),
        operand="file",
        session="alone",
        language="xonsh",
    ),
    "hy": Runner(options=_with(_C, {"i": FLAG, "v": EXIT}), operand="file", session="alone", dash=True, language="hy"),
    "bpython": Runner(
        options=_with(_C, {**each("iqp", FLAG), **each("lL", VALUE), "V": EXIT}),
        operand="file",
        session="alone",
        dash=True,
    ),
    "ptpython": Runner(options=_with(_C, {"i": FLAG}), operand="file", session="alone"),
    "pyinstrument": Runner(options=_with(_C, {**each("oerpi", VALUE), "t": FLAG}), operand="file"),
    "debugpy": Runner(
        options=Options(
            short={"c": CODE, "m": _MODULE, "h": EXIT, "V": EXIT},
            long={
                **each(("--listen", "--connect", "--log-to", "--pid", "--parent-session-pid"), VALUE),
                "--help": EXIT,
            },
            unknown="skip",
        ),
        operand="file",
    ),
    **dict.fromkeys(
        ("kernprof", "line_profiler"),
        Runner(options=_with(_C, {**each("ospui", VALUE), **each("lbvqrz", FLAG), "V": EXIT}), operand="file"),
    ),
    "viztracer": Runner(
        options=Options(
            short={"c": CODE, "m": _MODULE, "o": VALUE, "h": EXIT}, long={"--cmd_string": CODE}, unknown="skip"
        ),
        operand="file",
    ),
    "ipdb": _PDB_RUNS,
    **dict.fromkeys(
        ("pyperf.timeit", "perf.timeit"),
        Runner(
            options=Options(
                short={"s": CODE, **each("pnwlo", VALUE), **each("qv", FLAG), "h": EXIT},
                long={
                    "--setup": CODE,
                    "--teardown": CODE,
                    "--help": EXIT,
                    **each(("--name", "--inner-loops", "--duplicate", "--processes", "--values", "--loops"), VALUE),
                    **each(("--output", "--append", "--python", "--compare-to", "--affinity"), VALUE),
                },
                permute=True,
                abbreviations=True,
                unknown="skip",
            ),
            operand="code",
        ),
    ),
    "coverage.run": Runner(
        options=Options(
            short={"m": _MODULE, **each("apLh", FLAG)},
            long=each(("--source", "--include", "--omit", "--rcfile", "--data-file", "--context"), VALUE),
            unknown="skip",
        ),
        operand="file",
    ),
}
_COMMANDS = ("pyperf", "perf", "coverage")
"""Packages whose first operand is a command: looked up as ``package.command``."""


def read_module(reading: Reading, module: str, words: Sequence[int], version: Version) -> None:
    """Read ``-m module`` with the arguments at ``words`` (indexes into argv); any other module is a file like a script."""
    argv = reading.execution.argv
    at = words[0] if words else len(argv)
    for _ in range(_DEPTH):
        module = module.removesuffix(".__main__")
        while module == "runpy" and at < len(argv):
            module, at = argv[at].removesuffix(".__main__"), at + 1
        if module in _COMMANDS and at < len(argv):
            module, at = f"{module}.{argv[at]}", at + 1
        _browsers(reading, module, at)
        _files(reading, module, at, version)
        runner = _runner(module, version)
        if runner is None or version < runner.since:
            break
        line = parse(runner.options, argv, at)
        if not _runs(runner, line):
            break
        if module == "timeit" and not _timeit_runs(line):
            break
        _codes(reading, runner, line)
        following = _following(runner, line, argv)
        if following is None:
            _operands(reading, runner, line)
            break
        module, at = following
        if runner.session == "always":
            _session(reading, line)
    reading.end("module")


_OLD: dict[str, tuple[tuple[Version, Runner], ...]] = {
    "pdb": (
        ((3, 2), Runner(options=Options(long={"--help": EXIT}, unknown="skip"), operand="file", session="always")),
        ((3, 7), Runner(options=_PDB, operand="file", session="always")),
        ((3, 13), _PDB_RUNS),
        ((3, 14), Runner(options=_PDB_ARGPARSE, operand="file", session="always")),
    ),
    "timeit": (
        ((3, 0), Runner(options=_TIMEIT_2, operand="code")),
        ((3, 12), Runner(options=_TIMEIT_3, operand="code")),
        (ANY, Runner(options=_TIMEIT, operand="code")),
    ),
    "profile": (((3, 7), Runner(options=_PROFILE, operand="file")),),
    "cProfile": (((3, 7), Runner(options=_PROFILE, operand="file")),),
    "code": (((3, 6), Runner(session="always")),),
    "doctest": (((3, 0), Runner(options=Options(unknown="skip", permute=True), operand="files")),),
}
"""Runners as they were before a version, oldest first; an unknown version has the one that takes most."""


def _runner(module: str, version: Version) -> Runner | None:
    """Return the runner as this version has it."""
    for until, runner in _OLD.get(module, ()):
        if version < until:
            return runner
    return RUNNERS.get(module)


def _runs(runner: Runner, line: CommandLine) -> bool:
    """Tell whether the module gets as far as running anything."""
    if line.error or line.first("exit") or (runner.strict and line.operands):
        return False
    if (runner.requires and not line.has(*runner.requires)) or line.has(*runner.forbids):
        return False
    needs_file = runner.operand == "file" and runner.session == "always"
    return not needs_file or bool(line.operands) or line.first("module") is not None


def _timeit_runs(line: CommandLine) -> bool:
    """Tell whether timeit's numbers are numbers."""
    for given in line.given:
        if given.name in ("-n", "-r", "--number", "--repeat"):
            try:
                int(given.value or "")
            except ValueError:
                return False
    return True


def _codes(reading: Reading, runner: Runner, line: CommandLine) -> None:
    """Record the options' values that are program text."""
    for given in line.given:
        if given.option.role == "code":
            reading.code(given, "runner", language=given.option.detail or runner.language)


def _following(runner: Runner, line: CommandLine, argv: Sequence[str]) -> tuple[str, int] | None:
    """Return the module that this one starts, and the index of the first of its arguments."""
    module = line.first("module")
    if module is not None:
        return module.value or "", (line.operands[0] if line.operands else len(argv))
    if runner.flag and line.has(runner.flag) and line.operands:
        return argv[line.operands[0]], line.operands[0] + 1
    return None


def _operands(reading: Reading, runner: Runner, line: CommandLine) -> None:
    """Record the operands, and stdin where it is read as a session."""
    argv = reading.execution.argv
    if runner.operand == "code":
        for index in line.operands:
            reading.add("runner", argv[index], index=index, language=runner.language)
    files = line.operands if runner.operand == "files" else line.operands[:1] if runner.operand == "file" else []
    file: Given | None = line.first("file")
    if file is not None:
        reading.program(file.at, offset=file.offset, option=file.name, dash=False)
        return
    coded = line.first("code") is not None
    if runner.operand == "paths":
        _paths(reading, line)
    for index in files:
        if (runner.session == "always" and descriptor_of(argv[index], reading.execution.cwd) == 0 and not coded) or (
            runner.session == "alone" and coded
        ):
            return  # a debugger that has read stdin as its script finds no command there that would start it
        reading.program(index, dash=runner.dash)
    if runner.session == "always" or (runner.session == "alone" and not line.operands and not coded):
        _session(reading, line)


def _paths(reading: Reading, line: CommandLine) -> None:
    """Record the descriptors among pydoc's paths: each is read twice, so that a pipe does not do."""
    execution = reading.execution
    for index in line.operands:
        number = descriptor_of(execution.argv[index], execution.cwd)
        if number is not None and (number or execution.stdin not in ("pipe", "socket")):
            reading.descriptor(execution.argv[index], index=index)


def _files(reading: Reading, module: str, at: int, version: Version) -> None:
    """Read the files besides the program that a module runs: counts that are pickles, mailcap's commands, a session's start."""
    argv, env, cwd = reading.execution.argv, reading.execution.env, reading.execution.cwd
    if module == "trace":
        line = parse(_TRACE, argv, at)
        counts = [given for given in line.given if given.name in ("-f", "--file")]
        reports = line.has("-r", "--report")
        if counts and not line.error and not line.first("exit") and (reports or line.operands):
            last = counts[-1]
            if descriptor_of(last.value or "", cwd) is not None:
                reading.descriptor(last.value or "", index=last.at, offset=last.offset, option=last.name)
    elif module == "mailcap" and at + 1 < len(argv) and version < (3, 13):
        for path in env.get("MAILCAPS", "").split(":"):
            if descriptor_of(path, cwd) is not None or is_volatile(path, cwd):
                reading.load(path, variable="MAILCAPS")
    elif module in ("asyncio", "asyncio.__main__") and version >= (3, 13):
        startup = env.get("PYTHONSTARTUP", "")
        flows = descriptor_of(startup, cwd) == 0 and reading.execution.stdin in ("pipe", "socket")  # it is read twice
        if startup and not flows and (reading.command is None or reading.command.first("noenv") is None):
            reading.load(startup, variable="PYTHONSTARTUP")


def _session(reading: Reading, line: CommandLine) -> None:
    """Record stdin as a session's statements, unless the commands given end it before."""
    last = [given.value for given in line.given if given.option.role == "code"]
    if any(value in ("q", "quit", "exit") for value in last) or any(s.descriptor == 0 for s in reading.snippets):
        return
    reading.stdin(explicit=not line.operands)


def _browsers(reading: Reading, module: str, at: int) -> None:
    """Read the modules that open a web page, by themselves or by importing antigravity."""
    words = reading.execution.argv[at:]
    if module in ("antigravity", "wsgiref.simple_server"):
        start_browser(reading)
    elif module == "webbrowser":
        line = parse(
            Options(short=each("ntd", FLAG), long=each(("--new-window", "--new-tab"), FLAG), permute=True), words, 0
        )
        if not line.error and len(line.operands) == 1:
            start_browser(reading)
    elif (module == "pydoc" and any(word.startswith("-") and "b" in word for word in words[:1])) or (
        module in ("pydoc", "inspect", "unittest") and any(word.partition(":")[0] == "antigravity" for word in words)
    ):
        start_browser(reading)


def start_browser(reading: Reading) -> None:
    """Record ``$BROWSER`` as webbrowser.py reads it: command lines between colons; one with ``%s`` is split and run."""
    value = reading.execution.env.get("BROWSER", "")
    offset = 0
    for command in value.split(":"):
        if "%s" in command and _splits(command):
            reading.add("environment", command, variable="BROWSER", offset=offset, language="shell")
        offset += len(command) + 1


def _splits(command: str) -> bool:
    """Tell whether shlex takes the command: without it webbrowser ends in an error."""
    try:
        return bool(shlex.split(command))
    except ValueError:
        return False
