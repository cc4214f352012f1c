"""The modules that run text when ``python -m`` starts them, each with the options that its own parser takes.

Source: the module's ``main`` in each version of the standard library (2.7, 3.6 to 3.13); for packages from elsewhere, the
release of November 2026. Every module of the standard library that has a main program was read for what it executes;
those not named here run no text that they are given (``ast``, ``dis``, ``tokenize``, ``py_compile`` compile only;
``sqlite3`` takes SQL).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from flycatcher.core.interpreters.engine.argparse import MANY
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from collections.abc import Mapping

Version = tuple[int, int]
ANY: Version = (3, 1000)
"""An unknown version: every runner is there."""

Operand = Literal["", "code", "file", "files", "paths", "module"]


class Runner(Struct, frozen=True, kw_only=True):
    """A module that runs text: its options, what its operands are, and whether it reads stdin as a session."""

    options: Options = Options(parser="own", unknown="skip")
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
    ends: tuple[str, ...] = ()
    """Words that end the options wherever they stand before ``--``, and their meaning: ``-c`` code, ``-m`` a module."""
    code_flag: str = ""
    """With this option given, the first operand is program text."""
    asks: bool = False
    """Without a script that is there, it runs nothing at all."""
    twice: bool = False
    """The file has to be a regular one, or is opened twice: of a pipe nothing is left the second time."""


MODULE = Option("value", "module", last=True)
_SHELL = Option("value", "code", detail="shell")


def _options(
    short: str = "", values: str = "", long: Mapping[str, Option] | None = None, *, permute: bool = False
) -> Options:
    """Return a table as getopt, optparse and argparse take it: flags, values, ``-h``, and long options."""
    return Options(
        short={"h": EXIT, **each(short, FLAG), **each(values, VALUE)},
        long={"--help": EXIT, **(long or {})},
        parser="getopt_long",
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
    parser="argparse_exact",
    unknown="skip",
)
_PROFILE = _options("", "os", each(("--outfile", "--sort"), VALUE))
TRACE = _options(
    "ctlTrRmsg",
    "fC",
    {
        "--version": EXIT,
        **each(("--count", "--trace", "--listfuncs", "--trackcalls", "--report", "--no-report"), FLAG),
        **each(("--missing", "--summary", "--timing", "--module"), FLAG),
        **each(("--file", "--coverdir", "--ignore-module", "--ignore-dir"), VALUE),
    },
)
_IDLE = Options(
    parser="own", short={**each("deins", FLAG), "h": EXIT, "c": CODE, "r": Option("value", "file"), "t": VALUE}
)
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
_PYINSTRUMENT = _with(_PYINSTRUMENT, {"c": Option("value", "code", last=True), "m": MODULE})
_DEBUGPY = Options(
    parser="own",
    long={
        **each(("--listen", "--connect", "--log-to", "--parent-session-pid", "--adapter-access-token"), VALUE),
        **each(("--configure-subProcess", "--configure-qt"), VALUE),
        **each(("--log-to-stderr", "--wait-for-client", "--disable-sys-remote-exec", "--linux-attach-prefer-lldb"), FLAG),
        **each(("-?", "-h", "--help", "-V", "--version"), EXIT),
        "-c": Option("value", "code", last=True),
        "-m": MODULE,
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
    parser="argparse",
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
    parser="argparse",
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
    parser="argparse",
)  # fmt: skip
_PUDB = Options(
    short={"h": EXIT, **each("csm", FLAG)},
    long={
        **each(("--help", "--version"), EXIT),
        **each(("--continue", "--steal-output", "--module"), FLAG),
        **each(("-le", "--log-errors"), VALUE),
        "--pre-run": _SHELL,
    },
    parser="argparse",
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
        options=TRACE,
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
    "imaplib": Runner(options=Options(parser="own", short={"d": VALUE, "s": _SHELL})),
    "pydoc": Runner(options=Options(parser="own", short={**each("bw", FLAG), **each("knp", VALUE)}), operand="paths"),
    **dict.fromkeys(
        ("idlelib", "idlelib.idle", "idlelib.pyshell", "idlelib.PyShell"),
        Runner(options=_IDLE, operand="file", dash=True),
    ),
    "pyinstrument": Runner(options=_PYINSTRUMENT, operand="file", forbids=("--load", "--load-prev"), twice=True),
    "debugpy": Runner(
        options=_DEBUGPY, operand="file", requires=("--listen", "--connect"), forbids=("--pid",), twice=True
    ),
    **dict.fromkeys(
        ("kernprof", "line_profiler"),
        Runner(options=_KERNPROF, operand="file", dash=True, ends=("-c", "-m"), twice=True),
    ),
    "viztracer": Runner(options=_VIZTRACER, operand="file", forbids=("--version", "--combine")),
    "memray.run": Runner(options=_MEMRAY, operand="file", flag="-m", code_flag="-c", twice=True),
    "pudb": Runner(options=_PUDB, operand="file", flag="-m", asks=True),
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
                parser="getopt_long",
                unknown="skip",
            ),
            operand="code",
        ),
    ),
    "coverage.run": Runner(options=_COVERAGE, operand="file", flag="-m"),
}
COMMANDS = ("pyperf", "perf", "coverage", "memray")
"""Packages whose first operand is a command: looked up as ``package.command``."""

PROGRAMS: dict[str, tuple[str, ...]] = {
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

_OLD: dict[str, tuple[tuple[Version, Runner], ...]] = {
    "pdb": (
        (
            (3, 2),
            Runner(
                options=Options(parser="own", long={"--help": EXIT}, unknown="skip"), operand="file", session="always"
            ),
        ),
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
    "doctest": (((3, 0), Runner(options=Options(parser="own", unknown="skip", permute=True), operand="files")),),
}
"""Runners as they were before a version, oldest first; an unknown version has the one that takes most."""


def runner_of(module: str, version: Version) -> Runner | None:
    """Return the runner as this version has it."""
    for until, runner in _OLD.get(module, ()):
        if version < until:
            return runner
    return RUNNERS.get(module)
