"""R: Rscript, the program behind the ``R`` script, and ``R`` itself.

Source: Rscript.c, the shell script bin/R, unix/system.c (Rf_initialize_R) and CommandLineArgs.c; checked with marker code
against R 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import planted_path
from flycatcher.core.regex import lazy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_FILE = Option("value", "file")
_SAVE = Option(detail="save")
OPTIONS = Options(
    parser="own",
    long={
        "-e": CODE,
        "-f": _FILE,
        "--file": Option("attached", "file"),
        **each(("-g", "-d"), VALUE),
        "-q": FLAG,
        "-s": _SAVE,
        "-h": EXIT,
        **each(("--encoding", "--gui", "--debugger", "--arch", "--max-ppsize", "--min-nsize"), VALUE),
        "--debugger-args": Option("attached"),
        **each(("--min-vsize", "--default-packages"), VALUE),
        **each(("--save", "--no-save", "--no-echo", "--slave"), _SAVE),
        "--no-environ": Option(detail="environ"),
        **each(("--restore", "--no-restore-data", "--no-restore-history", "--no-restore", "--quiet"), FLAG),
        **each(("--silent", "--verbose", "--no-readline", "--no-timing"), FLAG),
        "--interactive": _SAVE,
        "--no-site-file": Option(detail="site"),
        "--no-init-file": Option(detail="user"),
        "--vanilla": Option(detail="vanilla"),
        "--args": Option(last=True),
        **each(("--help", "--version"), EXIT),
    },
    permute=True,
    posixly=False,
    double_dash=False,
    unknown="skip",
)

_VALUELESS = lazy("--(?:args|help|version)=")
"""With a value these are no options: R warns of them, and goes on."""
_FIRST = (("R_ENVIRON", "environ"), ("R_ENVIRON_USER", "environ"), ("R_PROFILE", "site"), ("R_PROFILE_USER", "user"))
"""Variables that name files which are read first, of variables or of R, and the option that keeps R from each (Startup)."""
_LIBRARIES = ("R_LIBS", "R_LIBS_SITE", "R_LIBS_USER")


class R(Interpreter):
    """R reads stdin unless -e or -f is given; ``--args`` ends its options, and it leaves operands aside."""

    id = "r"
    language = "r"
    names = (r"R(?:script)?(?:-?[34][\d.]*)?",)
    variables = (
        "R_PROFILE",
        "R_PROFILE_USER",
        "R_ENVIRON",
        "R_ENVIRON_USER",
        "R_TESTS",
        "HOME",
        "R_DEFAULT_PACKAGES",
        "R_LIBS",
        "R_LIBS_USER",
        "R_LIBS_SITE",
    )
    options = OPTIONS
    verified = ("4.2.2",)
    install = "apt: r-base-core"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as R does, or, for Rscript, up to its -e or its file and then as R does."""
        words = tuple("--unknown" if _VALUELESS.match(word) else word for word in execution.argv)
        name = (execution.exe or words[0]).rpartition("/")[2]
        line = _rscript(self.options, words) if name.startswith("Rscript") else parse(self.options, words)
        line.given = [given for given in line.given if given.option.role != "file" or given.value is not None]
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read profiles first, then each -e, the file, or stdin."""
        execution = reading.execution
        if execution.argv[1:2] in (("CMD",), ("RHOME",)):
            return reading.finish("prints")
        _profiles(reading, command)
        command.given = _before_interactive(command.given)
        codes, files = (
            [given for given in command.every(role) if given.name.startswith("--") or not given.offset]  # no -e=TEXT
            for role in ("code", "file")
        )
        for given in codes:
            reading.add("argument", _plain(given.value or ""), index=given.at, offset=given.offset, option=given.name)
        if files and not codes:
            reading.program(files[-1].at, option=files[-1].name, offset=files[-1].offset)
        elif not codes:
            if execution.stdin != "tty" and not command.has("--interactive") and not _decides(command.given):
                return reading.refuse("neither --save nor --no-save")
            reading.stdin(explicit=False)
        return reading


def _before_interactive(given: list[Given]) -> list[Given]:
    """Return what counts: texts and files behind ``--interactive`` are left aside, for a session."""
    at = next((index for index, one in enumerate(given) if one.name == "--interactive"), len(given))
    return [*given[:at], *(one for one in given[at:] if one.option.role not in ("code", "file"))]


def _rscript(options: Options, words: Sequence[str]) -> CommandLine:
    """Read the words that Rscript gives to R: its options, then each leading -e or the file, then ``--args`` and the rest."""
    at = 1
    while at < len(words) and words[at].startswith("--"):
        if at == 1 and words[at] in ("--help", "--version"):
            return CommandLine([Given(EXIT, words[at], None, at, at, 0)], [])
        at += 1
    if at >= len(words):
        return CommandLine([], [], "the file's name is missing")
    given = [("R", 0), ("--no-echo", 0), *((words[i], i) for i in range(1, at))]
    codes = at
    while words[at : at + 1] == ("-e",) and at + 1 < len(words):
        given += [("-e", at), (words[at + 1], at + 1)]
        at += 2
    if at == codes:
        given += [(f"--file={words[at]}", at)]
    line = parse(options, [*(word for word, _ in given), "--args"])
    places = [index for _, index in given]
    found = [
        Given(g.option, g.name, g.value, places[g.index], places[g.at], 0 if g.name == "--file" else g.offset)
        for g in line.given
        if g.index < len(places)
    ]
    return CommandLine(found, list(range(at, len(words))))


def _decides(given: Sequence[Given]) -> bool:
    """Whether R knows what to do with the workspace at the end: without that it reads nothing but a terminal."""
    return any(g.option.detail in ("save", "vanilla") for g in given)


def _plain(text: str) -> str:
    """Undo what the ``R`` script does to blanks and line ends before it starts the program behind it."""
    return text.replace("~+~", " ").replace("~n~", "\n")


def _profiles(reading: Reading, command: CommandLine) -> None:
    """Read R_PROFILE and R_PROFILE_USER, which name files that run first."""
    off = {given.option.detail for given in command.given}
    for variable, detail in _FIRST:
        path = reading.execution.env.get(variable, "")
        if path and not off & {detail, "vanilla"}:
            reading.load(path, variable=variable)
    home = reading.execution.env.get("HOME", "").rstrip("/")
    if home and "R_PROFILE_USER" not in reading.execution.env and not off & {"user", "vanilla"}:
        reading.load_seen("HOME", f"{home}/.Rprofile")
    if path := reading.execution.env.get("R_TESTS", ""):  # no option keeps R's own profile from sourcing it
        reading.load(path, variable="R_TESTS")
    _packages(reading)


def _packages(reading: Reading) -> None:
    """Read the packages that are attached first, where they lie in a folder that anyone may write to (Startup, libPaths)."""
    env = reading.execution.env
    names = [name for name in env.get("R_DEFAULT_PACKAGES", "").split(",") if name not in ("", "NULL")]
    for variable in _LIBRARIES if names else ():
        files = [f"{name}/R/{name}" for name in names]
        if path := planted_path(env.get(variable, "").split(":"), files, reading.execution):
            reading.load(path, variable=variable)
            return
