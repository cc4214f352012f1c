"""Ruby: MRI 1.9 to 3.4, JRuby and TruffleRuby by the same table.

Source: ruby.c (proc_options, moreswitches, process_options, open_load_file) and ruby(1); checked with marker code against
ruby 3.1. An option that another version has is taken as known: what refuses a line runs nothing of it.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import is_planted, is_volatile, planted_path
from flycatcher.core.interpreters.ruby.irb import Irb
from flycatcher.core.interpreters.ruby.libraries import AT_START, gemfile, library
from flycatcher.core.snippet import EARLIER_RELEASES, NOTHING_TO_READ, Load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading
    from flycatcher.core.snippet import Vector

_REST = Option("attached")
_LOAD = Option("optional", "load")

OPTIONS = Options(
    parser="own",
    short={
        **each("adlnpsSUvw", FLAG),
        **each("cy", Option(role="check")),
        "h": Option(role="exit", last=True),
        "e": CODE,
        "r": _LOAD,
        "I": Option("optional"),
        **each("CX", Option("value", detail="chdir")),
        "E": VALUE,
        "x": Option("attached", detail="chdir"),
        **each("Fi", _REST),
        "0": Option("attached", pattern="[0-7]{0,3}"),
        "W": Option("attached", pattern="(?s):.*|[0-7]?"),
        "T": Option("attached", pattern="[0-7]{0,2}"),
        "K": Option("attached", pattern="(?s).?"),
        "-": Option("attached", last=True),
    },
)
_ENVIRONMENT = frozenset("EIdvwWrKUT-")
"""The switches that RUBYOPT may hold."""
_VALUED = frozenset({"enable", "disable", "encoding", "internal-encoding", "external-encoding", "source-encoding", "dump",
                     "backtrace-limit", "parser", "crash-report"})  # fmt: skip
_HYPHENED = frozenset({"debug", "enable", "disable"})
"""Long options whose value may follow a hyphen too: ``--enable-gems``."""
_PLAIN = frozenset({"copyright", "version", "verbose", "jit", "yydebug", "help", "debug", "help-all"})
_NOT_IN_ENVIRONMENT = frozenset({"copyright", "version", "yydebug", "dump", "help", "help-all"})
_PREFIXES = ("mjit", "yjit", "rjit", "zjit", "jit-")
_EXITS = ("version", "copyright", "usage", "help")
_CHECKS = ("yydebug", "syntax", "parsetree", "parsetree_with_comment", "insns", "insns_without_opt", "prism_parsetree")
_BLANKS = re.compile(r"[^ \t\n\v\f\r]+")
_LIST = re.compile(r"[^ \t\n\v\f\r,]+")


class Ruby(Interpreter):
    """MRI and its relatives. A long option may stand at the end of a cluster (``-w-version``), and ``-w-`` ends the options."""

    id = "ruby"
    language = "ruby"
    in_variables = True
    names = (r"ruby(?:-?\d[\d.]*)?(?:-mri)?(?:\.exe)?", r"j?ruby|truffleruby|rbx|ruby[12]\d")
    variables = ("RUBYOPT", "RUBYLIB", "RUBYGEMS_GEMDEPS", "BUNDLE_GEMFILE", "IRBRC", "RUBY_DEBUG_[A-Z_]+")
    main_classes = ("org.jruby.Main",)
    jars = (r"jruby(?:-complete|-dist)?(?:-[\w.]+)?\.jar",)
    options = OPTIONS
    verified = ("3.1.7",)
    install = "apt: ruby"

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words: a cluster at a time, and the long option that may end it."""
        return _walk(execution.argv, 1)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as process_options does: the line, RUBYOPT, then -e, the script or stdin."""
        execution = reading.execution
        release = _release(execution)
        if release >= 3 and command.has("-T"):
            return reading.refuse("-T is an option of releases before 3")
        extra: list[Given] = []
        if _takes_rubyopt(command):
            extra, error = _rubyopt(execution.env.get("RUBYOPT", ""))
            if error:
                return reading.refuse(error)
        checks = command.first("check") is not None
        moved = replace(execution, cwd=_directory(command, execution.cwd))
        reading.execution = moved
        required = [one for one in (*command.given, *extra) if one.option.role == "load" and one.value and not checks]
        folders = _folders(reading, (*command.given, *extra))
        if not checks:
            _started(reading, (*command.given, *extra), folders)
        for given in required:
            _require(reading, given, folders)
        self._program(reading, command, quiet=any(g.name in ("-v", "--verbose") for g in (*command.given, *extra)))
        self._libraries(reading, command, [given.value or "" for given in required])
        reading.execution = execution
        if checks:
            reading.snippets.clear()
            reading.outcome = "checks"
        return reading

    @staticmethod
    def _libraries(reading: Reading, command: CommandLine, names: list[str]) -> None:
        """Read what libraries run besides their files; the programs that RubyGems installs read a file of dependencies."""
        for name in names:
            library(reading, name)
        words = reading.execution.argv
        script = words[command.operands[0]] if reading.outcome == "script" and command.operands else ".rb"
        if "RUBYGEMS_GEMDEPS" in reading.execution.env and not script.endswith(".rb"):
            gemfile(reading, "RUBYGEMS_GEMDEPS")

    def _program(self, reading: Reading, command: CommandLine, *, quiet: bool) -> None:
        """Read the program: every -e, else the script, else stdin (which ``-v`` leaves alone)."""
        codes = command.every("code")
        words = reading.execution.argv
        idle = bool(codes) and _idle(reading, command)
        earlier = EARLIER_RELEASES if command.has("-T") and not _release(reading.execution) else ""
        for given in codes:
            note = NOTHING_TO_READ if idle and "BEGIN" not in (given.value or "") else ""
            reading.code(given, note=note or earlier)
        if codes:
            return
        if not command.operands:
            if quiet:
                reading.finish("prints")
            else:
                reading.stdin(explicit=False)
        elif not words[command.operands[0]]:
            reading.stdin(explicit=True, index=command.operands[0])
        elif not reading.program(command.operands[0]):
            Irb().session(reading, command.operands[0], switches=command.has("-s"))


def _release(execution: Execution) -> int:
    """Return the release that the file's name tells (``ruby3.1``), 0 where it tells none."""
    for path in (execution.exe, execution.argv[0]):
        match = re.search(r"ruby-?(\d)[\d.]*$", path.rpartition("/")[2])
        if match is not None:
            return int(match[1])
    return 0


def _walk(words: Sequence[str], start: int) -> CommandLine:
    """Read ``words[start:]``; the table's walk halts at each long option, which is read here."""
    line = CommandLine([], [])
    while True:
        part = parse(OPTIONS, words, start)
        line.operands = part.operands
        last = part.given[-1] if part.given else None
        if last is not None and last.name == "--" and last.value is not None:
            line.given += part.given[:-1]
            long = _long(words, last)
            if isinstance(long, str):
                line.error = long
                return line
            line.given.append(long)
            if long.option.last:
                return line
            start = max(long.index, long.at) + 1
            continue
        line.given += part.given
        line.error = part.error
        if not line.error and any(g.name in ("-C", "-X") and not g.value for g in line.given):
            line.error = "cannot change the directory"
        return line


def _long(words: Sequence[str], dash: Given) -> Given | str:  # noqa: PLR0911 - one answer a form
    """Read the long option whose text, behind the two dashes, is the value of ``dash``; a refusal is a ``str``."""
    text = dash.value or ""
    match = re.match(r"help-all|[a-z]+(?:-(?:encoding|limit|report))?", text)
    name = match[0] if match else ""
    rest = text[len(name) :]
    at, offset = dash.index, dash.offset + len(name) + 1
    if text.startswith(_PREFIXES):
        return Given(FLAG, f"--{text}", None, dash.index, dash.index, 0)
    if not rest and name in _PLAIN:
        return Given(_role(name, ""), f"--{name}", None, dash.index, dash.index, 0)
    if name == "debug" and rest[:1] in ("=", "-"):
        return Given(FLAG, "--debug", rest[1:], dash.index, at, offset)
    if name not in _VALUED or (rest and rest[0] != "=" and not (rest[0] == "-" and name in _HYPHENED)):
        return f"invalid option --{text}"
    if rest:
        value = rest[1:]
    elif dash.index + 1 < len(words):
        value, at, offset = words[dash.index + 1], dash.index + 1, 0
    else:
        return f"missing argument for --{name}"
    if rest and not value:
        return f"missing argument for --{name}"
    return Given(_role(name, value), f"--{name}", value, dash.index, at, offset)


def _role(name: str, value: str) -> Option:
    """Say what a long option does: prints and exits, compiles only, or neither."""
    if name in ("help", "help-all"):
        return Option(role="exit", last=True)
    if name in ("version", "copyright"):
        return Option(role="exit")
    if name == "yydebug":
        return Option(role="check")
    if name == "dump":
        asked = [
            next((known for known in (*_EXITS, *_CHECKS) if _abbreviates(w, known)), "") for w in _LIST.findall(value)
        ]
        if any(word in _EXITS for word in asked):
            return Option(role="exit")
        if any(asked):
            return Option(role="check")
    return FLAG


def _abbreviates(word: str, name: str) -> bool:
    """Whether each part of a word begins the same part of a name: ``p_w`` is ``parsetree_with_comment``."""
    parts, known = re.split("[-_]", word.lower()), name.split("_")
    return len(parts) <= len(known) and all(k.startswith(p) for p, k in zip(parts, known, strict=False))


def _takes_rubyopt(command: CommandLine) -> bool:
    """Whether RUBYOPT is read: ``--disable=rubyopt`` and ``--disable=all`` switch it off."""
    takes = True
    for given in command.given:
        if given.name in ("--enable", "--disable"):
            for word in _LIST.findall(given.value or ""):
                if word.lower() == "all" or _abbreviates(word, "rubyopt"):
                    takes = given.name == "--enable"
    return takes


def _rubyopt(value: str) -> tuple[list[Given], str]:
    """Return the switches in RUBYOPT (their index is -1, their offset that of their word), and ruby's refusal."""
    places = [(match.start(), match[0]) for match in _BLANKS.finditer(value)]
    if not places or places[0][1][0] != "-" or places[0][1] == "-":
        return [], ""  # ruby stops at a first word that is no option
    words = ["", *(word for _, word in places)]
    starts = [0, *(start for start, _ in places)]
    line = CommandLine([], [])
    start = 1
    while start < len(words):
        part = _walk(words, start)
        line.given += part.given
        if part.error:
            return [], part.error
        if not part.operands:
            break
        start = part.operands[0]
        if words[start] == "-":
            start += 1
        elif words[start][0] != "-":  # where an option is expected, a missing dash is supplied
            words[start] = f"-{words[start]}"
            starts[start] -= 1
    for given in line.given:
        name = given.name.lstrip("-")
        if name in _NOT_IN_ENVIRONMENT or (given.name[1] != "-" and given.name[1] not in _ENVIRONMENT):
            return [], f"invalid switch in RUBYOPT: {given.name}"
    return [Given(g.option, g.name, g.value, -1, -1, starts[g.at] + g.offset) for g in line.given], ""


def _directory(command: CommandLine, cwd: str) -> str:
    """Return the working folder after -C, -X and -x."""
    for given in command.given:
        if given.option.detail == "chdir" and given.value:
            cwd = posixpath.join(cwd or "/", given.value)
    return cwd


def _folders(reading: Reading, given: Sequence[Given]) -> list[str]:
    """Return the folders that libraries are looked for in before ruby's own: those of -I, then those of RUBYLIB."""
    chosen = [one.value for one in given if one.name == "-I" and one.value]
    return [
        folder for text in (*chosen, reading.execution.env.get("RUBYLIB", "")) for folder in text.split(":") if folder
    ]


def _started(reading: Reading, given: Sequence[Given], folders: list[str]) -> None:
    """Record the first library that ruby loads unasked, where a source has seen it in a folder that anyone may write to."""
    words = [word.lower() for one in given if one.name == "--disable" for word in _LIST.findall(one.value or "")]
    if any(word == "all" or _abbreviates(word, "gems") for word in words):
        return
    execution = reading.execution
    open_folders = [folder for folder in folders if is_volatile(f"{folder}/", execution)]
    found = [
        f"{folder}/{name}"
        for folder in open_folders
        for name in AT_START
        if is_planted("", f"{folder}/{name}", execution)
    ]
    if not found:
        return
    chosen = next((one for one in given if one.name == "-I" and found[0].startswith(f"{one.value}/")), None)
    if chosen is not None and chosen.index >= 0:
        reading.load(found[0], vector="argument", index=chosen.at, option=chosen.name)
    else:
        reading.load(found[0], variable="RUBYLIB" if chosen is None else "RUBYOPT")


def _require(reading: Reading, given: Given, folders: list[str]) -> None:
    """Record ``-r``: a file is loaded, a library that is found by its name is one that RUBYOPT may add unseen.

    Where the name is looked for in a folder that anyone may write to, the file there counts as if it were named.
    """
    value = given.value or ""
    variable = "RUBYOPT" if given.index < 0 else None
    index = None if given.index < 0 else given.at
    vector: Vector = "environment" if variable else "argument"
    if not value.startswith(("/", "./", "../", "~")):
        name = value if value.endswith((".rb", ".so", ".o")) else f"{value}.rb"
        if path := planted_path(folders, (name,), reading.execution):
            reading.load(path, vector=vector, index=index, option=given.name, variable=variable)
        elif variable:
            reading.loads.append(Load(interpreter="ruby", path=value, variable=variable, option=given.name))
        return
    path = value if value.endswith((".rb", ".so", ".o")) else f"{value}.rb"
    reading.load(path, vector=vector, index=index, option=given.name, variable=variable)


def _idle(reading: Reading, command: CommandLine) -> bool:
    """Whether the loop of -n has nothing to read, so that text without a BEGIN block never runs."""
    return command.has("-n", "-p") and reading.execution.stdin == "null" and not command.operands
