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

from flycatcher.interpreters.argparsed import MANY, parse_argparse
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
    session: Literal["", "always"] = ""
    """stdin is read as statements."""
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
    argparse: bool = False
    """argparse reads its line; else getopt or optparse."""
    ends: tuple[str, ...] = ()
    """Words that end the options wherever they stand before ``--``, and their meaning: ``-c`` code, ``-m`` a module."""
    code_flag: str = ""
    """With this option given, the first operand is program text."""
    twice: bool = False
    """The file has to be a regular one, or is opened twice: of a pipe nothing is left the second time."""


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
_PYINSTRUMENT = _options(
    "t", "orpi",
    {
        "--version": EXIT,
        **each(("--load", "--load-prev", "--outfile", "--renderer", "--render-option", "--target-description"), VALUE),
        **each(("--hide", "--hide-regex", "--show", "--show-regex", "--interval"), VALUE),
        **each(("--from-path", "--html", "--timeline", "--show-all", "--unicode", "--no-unicode", "--color"), FLAG),
        **each(("--no-color", "--use-timing-thread"), FLAG),
    },
)  # fmt: skip
_PYINSTRUMENT = _with(_PYINSTRUMENT, {"c": Option("value", "code", last=True), "m": _MODULE})
_DEBUGPY = Options(
    long={
        **each(("--listen", "--connect", "--log-to", "--parent-session-pid", "--adapter-access-token"), VALUE),
        **each(("--configure-subProcess", "--configure-qt"), VALUE),
        **each(("--log-to-stderr", "--wait-for-client", "--disable-sys-remote-exec", "--linux-attach-prefer-lldb"), FLAG),
        **each(("-?", "-h", "--help", "-V", "--version"), EXIT),
        "-c": Option("value", "code", last=True),
        "-m": _MODULE,
        "--pid": Option("value", last=True),
    },
    equals=False,
    double_dash=False,
)  # fmt: skip
_KERNPROF = Options(
    short={**each("hV", EXIT), **each("lbvqrz", FLAG), **each("spou", VALUE), "i": Option("optional")},
    long={
        **each(("--help", "--version"), EXIT),
        **each(("--config", "--setup", "--prof-mod", "--outfile", "--unit"), VALUE),
        "--output-interval": Option("optional"),
        **each(("--no-config", "--line-by-line", "--builtin", "--preimports", "--prof-imports", "--verbose", "--view"), FLAG),
        **each(("--quiet", "--rich", "--skip-zero", "--summarize", "--no-preimports", "--no-prof-imports"), FLAG),
        **each(("--no-line-by-line", "--no-builtin", "--no-rich", "--no-skip-zero", "--no-summarize"), FLAG),
    },
    abbreviations=True,
)  # fmt: skip
_MAYBE = Option("optional")
_ALL = Option("optional", detail=MANY)
_VIZTRACER = Options(
    short={"c": Option("optional", "code"), "m": Option("optional", "module"), "o": _MAYBE, "u": FLAG, "t": _MAYBE, "h": EXIT},
    long={
        "--help": EXIT,
        "--cmd_string": Option("optional", "code"),
        "--module": Option("optional", "module"),
        **each(("--rcfile", "--tracer_entries", "--output_file", "--output_dir", "--max_stack_depth", "--min_duration"), _MAYBE),
        **each(("--compress", "--decompress", "--attach", "--attach_installed", "--uninstall"), _MAYBE),
        **each(("--plugins", "--exclude_files", "--include_files", "--log_var", "--log_number", "--log_attr"), _ALL),
        **each(("--log_audit", "--log_func_exec", "--log_func_entry", "--combine", "--align_combine"), _ALL),
        **each(("--version", "--unique_output_file", "--file_info", "--quiet", "--trace_self", "--ignore_c_function"), FLAG),
        **each(("--ignore_frozen", "--log_exit", "--log_func_retval", "--log_func_with_objprint", "--log_print"), FLAG),
        **each(("--log_sparse", "--log_func_args", "--log_gc", "--log_torch", "--log_exception", "--log_subprocess"), FLAG),
        **each(("--subprocess_child", "--dump_raw", "--sanitize_function_name", "--log_multiprocess", "--log_async"), FLAG),
        **each(("--ignore_multiprocess", "--magic_comment", "--minimize_memory", "--pid_suffix", "--patch_only"), FLAG),
        "--open": FLAG,
    },
    permute=True,
    abbreviations=True,
    unknown="skip",
)  # fmt: skip
_MEMRAY = Options(
    short={"h": EXIT, "o": VALUE, "p": VALUE, **each("qfcm", FLAG)},
    long={
        "--help": EXIT,
        **each(("--output", "--live-port"), VALUE),
        **each(("--live", "--live-remote", "--aggregate", "--native", "--follow-fork", "--trace-python-allocators"), FLAG),
        **each(("--quiet", "--force", "--buffered-file-io", "--compress-on-exit", "--no-compress"), FLAG),
    },
    abbreviations=True,
)  # fmt: skip
_PUDB = Options(
    short={"h": EXIT, **each("csm", FLAG)},
    long={
        **each(("--help", "--version"), EXIT),
        **each(("--continue", "--steal-output", "--module"), FLAG),
        **each(("-le", "--log-errors", "--print-completion"), VALUE),
        "--pre-run": _SHELL,
    },
    abbreviations=True,
)
_COVERAGE = _options(
    "ampL", "",
    {
        **each(("--append", "--branch", "--module", "--parallel-mode", "--pylib", "--timid"), FLAG),
        **each(("--concurrency", "--context", "--data-file", "--include", "--omit", "--rcfile", "--source"), VALUE),
        **each(("--save-signal", "--debug"), VALUE),
    },
)  # fmt: skip

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
    "pyinstrument": Runner(options=_PYINSTRUMENT, operand="file", forbids=("--load", "--load-prev"), twice=True),
    "debugpy": Runner(options=_DEBUGPY, operand="file", requires=("--listen", "--connect"), forbids=("--pid",)),
    **dict.fromkeys(
        ("kernprof", "line_profiler"),
        Runner(options=_KERNPROF, operand="file", dash=True, argparse=True, ends=("-c", "-m"), twice=True),
    ),
    "viztracer": Runner(options=_VIZTRACER, operand="file", argparse=True, forbids=("--version", "--combine")),
    "memray.run": Runner(options=_MEMRAY, operand="file", argparse=True, flag="-m", code_flag="-c", twice=True),
    "pudb": Runner(options=_PUDB, operand="file", argparse=True, flag="-m"),
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
    "coverage.run": Runner(options=_COVERAGE, operand="file", flag="-m"),
}
_COMMANDS = ("pyperf", "perf", "coverage", "memray")
"""Packages whose first operand is a command: looked up as ``package.command``."""


def _line(runner: Runner, argv: Sequence[str], at: int) -> CommandLine:
    """Read a runner's arguments by its own parser."""
    options = argv[at : argv.index("--", at)] if "--" in argv[at:] else argv[at:]
    end = next((index for index, word in enumerate(options, at) if word in runner.ends), None)
    if end is None:
        return _last(parse_argparse(runner.options, argv, at)) if runner.argparse else parse(runner.options, argv, at)
    line = parse_argparse(runner.options, argv[:end], at)
    if end + 1 >= at + len(options) or line.operands:
        line.error = line.error or f"option {argv[end]} needs a value, and nothing in front of it"
        return line
    option = CODE if argv[end] == "-c" else _MODULE
    line.given.append(Given(option, argv[end], argv[end + 1], end, end + 1, 0))
    line.operands = list(range(end + 2, len(argv)))
    return line


def _last(line: CommandLine) -> CommandLine:
    """Keep of the options that bring the program the last one, as argparse does, and text before a module."""
    programs = [g for role in ("module", "code") for g in line.given if g.option.role == role and g.value is not None]
    line.given = [given for given in line.given if given.option.role not in ("module", "code")] + programs[-1:]
    return line


_PROGRAMS: dict[str, tuple[str, ...]] = {
    "IPython": ("ipython",),
    "ipykernel": ("ipython", "kernel"),
    "ipykernel_launcher": ("ipython", "kernel"),
    "xonsh": ("xonsh",),
    "hy": ("hy",),
    "bpython": ("bpython",),
    "bpython.curtsies": ("bpython",),
    "ptpython": ("ptpython",),
    "ptpython.entry_points.run_ptpython": ("ptpython",),
    "ptpython.entry_points.run_ptipython": ("ptipython",),
    "django": ("django-admin",),
    "flask": ("flask",),
    "scrapy": ("scrapy",),
    "pylint": ("pylint",),
    "sqlite_utils": ("sqlite-utils",),
    "uv": ("uv",),
    "pipx": ("pipx",),
    "jupyter": ("jupyter",),
    "jupyter_console": ("jupyter-console",),
    "jupyter_client.runapp": ("jupyter-run",),
}
"""Packages that are programs with tables of their own: the first words of the line that they read."""


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
        if module in _PROGRAMS:
            _program(reading, _PROGRAMS[module], at)
            break
        runner = _runner(module, version)
        if runner is None or version < runner.since:
            break
        line = _line(runner, argv, at)
        if not _runs(runner, line) or (module == "timeit" and not _timeit_runs(line)):
            break
        _codes(reading, runner, line)
        if runner.session and _quits(line):
            break
        following = _following(runner, line, argv)
        if following is None:
            _operands(reading, runner, line)
            break
        module, at = following
        if runner.session == "always":
            _session(reading, line)
    reading.end("module")


def _program(reading: Reading, words: tuple[str, ...], at: int) -> None:
    """Read the arguments as a program of this name does that has a table of its own."""
    from flycatcher.interpreters import by_name  # noqa: PLC0415 - the package imports this file

    program = by_name(words[0])
    if program is None:
        return
    execution = reading.execution
    line = replace(execution, argv=(*words, *execution.argv[at:]), exe="", interpreter=program.id)
    found = program.read(line).behind(execution, at - len(words))
    reading.loads += found.loads
    for snippet in found.snippets:
        vector = "runner" if snippet.vector == "argument" else snippet.vector
        reading.snippets.append(replace(snippet, interpreter=reading.interpreter.id, vector=vector))
        reading.outcome = "inline"


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
    if runner.flag and line.has(runner.flag, "--module") and line.operands:
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
    if runner.code_flag and line.has(runner.code_flag) and line.operands:
        reading.add("runner", argv[line.operands[0]], index=line.operands[0], language=runner.language)
        return
    if coded and not runner.session:
        return
    for index in files:
        if runner.session == "always" and descriptor_of(argv[index], reading.execution.cwd) == 0 and not coded:
            return  # a debugger that has read stdin as its script finds no command there that would start it
        if not (runner.twice and _flows(reading, argv[index])):
            reading.program(index, dash=runner.dash)
    if runner.session == "always":
        _session(reading, line)


def _flows(reading: Reading, path: str) -> bool:
    """Tell whether a path is that of a stdin which can be read only once."""
    flows = reading.execution.stdin not in ("file", "unknown")
    return flows and descriptor_of(path, reading.execution.cwd) == 0


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
    if not any(snippet.descriptor == 0 for snippet in reading.snippets):
        reading.stdin(explicit=not line.operands)


def _quits(line: CommandLine) -> bool:
    """Tell whether a debugger's commands end it before its program starts."""
    return any(given.value in ("q", "quit", "exit") for given in line.given if given.option.role == "code")


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
