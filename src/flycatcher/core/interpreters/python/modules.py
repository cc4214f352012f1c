"""What ``python -m MODULE`` runs besides the module's own file, by the table in ``runners.py``."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.options import CODE, FLAG, CommandLine, Given, Options, each, parse
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.paths import descriptor_of, fact_of, is_flowing, is_special, is_volatile
from flycatcher.core.interpreters.python.runners import (
    ANY,
    COMMANDS,
    MODULE,
    PROGRAMS,
    TRACE,
    Runner,
    Version,
    runner_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading

__all__ = ["ANY", "Version", "read_module", "start_browser"]

_DEPTH = 64
"""How many runners may start one another before reading stops."""


def _line(runner: Runner, argv: Sequence[str], at: int) -> CommandLine:
    """Read a runner's arguments by its own parser."""
    options = argv[at : argv.index("--", at)] if "--" in argv[at:] else argv[at:]
    end = next((index for index, word in enumerate(options, at) if word in runner.ends), None)
    if end is None:
        line = parse_line(runner.options, argv, at)
        return _last(line) if runner.options.parser == "argparse" else line
    line = parse_line(runner.options, argv[:end], at)
    if end + 1 >= at + len(options):
        line.error = f"option {argv[end]} needs a value"
    elif argv[end] == "-m" and any(argv[index].startswith("-") for index in line.operands):
        line.error = "the module is given an option that it does not know"  # operands in front are its first arguments
    if line.error:
        return line
    option = CODE if argv[end] == "-c" else MODULE
    line.given.append(Given(option, argv[end], argv[end + 1], end, end + 1, 0))
    line.operands = list(range(end + 2, len(argv)))
    return line


def _last(line: CommandLine) -> CommandLine:
    """Keep of the options that bring the program the last one, as argparse does, and text before a module."""
    programs = [g for role in ("module", "code") for g in line.given if g.option.role == role and g.value is not None]
    line.given = [given for given in line.given if given.option.role not in ("module", "code")] + programs[-1:]
    return line


_GOES_ON = frozenset(("c", "cont", "continue", "r", "return", "unt", "until", "n", "next", "run", "restart"))
"""A debugger's commands behind which the program runs."""


def read_module(reading: Reading, module: str, words: Sequence[int], version: Version) -> None:
    """Read ``-m module`` with the arguments at ``words`` (indexes into argv); any other module is a file like a script."""
    argv = reading.execution.argv
    at = words[0] if words else len(argv)
    for _ in range(_DEPTH):
        module = module.removesuffix(".__main__")
        while module == "runpy" and at < len(argv):
            module, at = argv[at].removesuffix(".__main__"), at + 1
        if module in COMMANDS and at < len(argv):
            module, at = f"{module}.{argv[at]}", at + 1
        _browsers(reading, module, at)
        _files(reading, module, at, version)
        if module in PROGRAMS:
            _program(reading, PROGRAMS[module], at)
            break
        runner = runner_of(module, version)
        if runner is None or version < runner.since:
            break
        line = _line(runner, argv, at)
        if not _runs(runner, line) or not _is_right(reading, module, runner, line):
            break
        _codes(reading, runner, line)
        if runner.session and _stops(reading, line):
            break
        following = _following(runner, line, argv)
        if following is None:
            _operands(reading, runner, line)
            break
        module, at = following
        if runner.session == "always":
            _session(reading, line)
    reading.finish("module")


def _program(reading: Reading, words: tuple[str, ...], at: int) -> None:
    """Read the arguments as a program of this name does that has a table of its own."""
    from flycatcher.core.interpreters import by_name  # noqa: PLC0415 - the package imports this file

    program = by_name(words[0])
    if program is None:
        return
    execution = reading.execution
    line = replace(execution, argv=(*words, *execution.argv[at:]), exe="", interpreter=program.id)
    found = program.read(line).shift(execution, at - len(words))
    reading.loads += found.loads
    for snippet in found.snippets:
        vector = "runner" if snippet.vector == "argument" else snippet.vector
        reading.snippets.append(replace(snippet, interpreter=reading.interpreter.id, vector=vector))
        reading.outcome = "inline"


def _runs(runner: Runner, line: CommandLine) -> bool:
    """Whether the module gets as far as running anything."""
    if line.error or line.first("exit") or (runner.strict and line.operands):
        return False
    if (runner.requires and not line.has(*runner.requires)) or line.has(*runner.forbids):
        return False
    needs_file = runner.operand == "file" and runner.session == "always"
    return not needs_file or bool(line.operands) or line.first("module") is not None


def _is_right(reading: Reading, module: str, runner: Runner, line: CommandLine) -> bool:
    """Whether the values of the options, and the script that is named, are such that anything runs."""
    return not (module == "timeit" and not _timeit_runs(line)) and not (
        runner.asks and not _has_script(reading, runner, line)
    )


def _has_script(reading: Reading, runner: Runner, line: CommandLine) -> bool:
    """Whether a script is named, and no source says that there is none."""
    if not line.operands or line.has(runner.flag, "--module"):
        return bool(line.operands)
    found = fact_of(reading.execution.argv[line.operands[0]], reading.execution)
    return found is None or found.kind != "missing"


def _timeit_runs(line: CommandLine) -> bool:
    """Whether timeit's numbers are numbers."""
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
    file: Given | None = line.first("file")
    if file is not None:
        reading.program(file.at, offset=file.offset, option=file.name, dash=False)
        return
    if runner.operand == "paths":
        _paths(reading, line)
    if runner.code_flag and line.has(runner.code_flag) and line.operands:
        reading.add("runner", argv[line.operands[0]], index=line.operands[0], language=runner.language)
    elif runner.session or line.first("code") is None:
        _programs(reading, runner, line)


def _programs(reading: Reading, runner: Runner, line: CommandLine) -> None:
    """Record the files among the operands, then stdin where it is read as a session."""
    argv, coded = reading.execution.argv, line.first("code") is not None
    for index in line.operands if runner.operand == "files" else line.operands[:1] if runner.operand == "file" else []:
        if runner.session == "always" and descriptor_of(argv[index], reading.execution) == 0 and not coded:
            return  # a debugger that has read stdin as its script finds no command there that would start it
        if not (runner.twice and reading.flows(argv[index])):
            reading.program(index, dash=runner.dash)
    if runner.session == "always":
        _session(reading, line)


def _paths(reading: Reading, line: CommandLine) -> None:
    """Record the descriptors among pydoc's paths: each is read twice, so that a pipe does not do."""
    execution = reading.execution
    for index in line.operands:
        number = descriptor_of(execution.argv[index], execution)
        if number is not None and (number or execution.stdin not in ("pipe", "socket")):
            reading.descriptor(execution.argv[index], index=index)


def _files(reading: Reading, module: str, at: int, version: Version) -> None:
    """Read the files besides the program that a module runs: counts that are pickles, mailcap's commands, a session's start."""
    argv, env = reading.execution.argv, reading.execution.env
    if module == "trace":
        line = parse(TRACE, argv, at)
        counts = [given for given in line.given if given.name in ("-f", "--file")]
        reports = line.has("-r", "--report")
        if counts and not line.error and not line.first("exit") and (reports or line.operands):
            last = counts[-1]
            if is_special(last.value or "", reading.execution):
                reading.descriptor(last.value or "", index=last.at, offset=last.offset, option=last.name)
    elif module == "mailcap" and at + 1 < len(argv) and version < (3, 13):
        for path in env.get("MAILCAPS", "").split(":"):
            if is_special(path, reading.execution) or is_volatile(path, reading.execution):
                reading.load(path, variable="MAILCAPS")
    elif module in ("asyncio", "asyncio.__main__") and version >= (3, 13):
        startup = env.get("PYTHONSTARTUP", "")
        flows = is_flowing(startup, reading.execution) and reading.execution.stdin != "tty"  # it is read twice
        if startup and not flows and (reading.command is None or reading.command.first("noenv") is None):
            reading.load(startup, variable="PYTHONSTARTUP")


def _session(reading: Reading, line: CommandLine) -> None:
    """Record stdin as a session's statements, unless the commands given end it before."""
    if not any(snippet.descriptor == 0 for snippet in reading.snippets):
        reading.stdin(explicit=not line.operands)


def _stops(reading: Reading, line: CommandLine) -> bool:
    """Whether a debugger never gets as far as its program: its commands end it, or none lets it go on."""
    commands = [given.value for given in line.given if given.option.role == "code"]
    if any(command in ("q", "quit", "exit") for command in commands):
        return True
    program = line.first("module") is not None or line.has("-m", "--module")
    return program and reading.execution.stdin == "null" and not any(command in _GOES_ON for command in commands)


def _browsers(reading: Reading, module: str, at: int) -> None:
    """Read the modules that open a web page, by themselves or by importing antigravity."""
    words = reading.execution.argv[at:]
    if module in ("antigravity", "wsgiref.simple_server"):
        start_browser(reading)
    elif module == "webbrowser":
        line = parse(
            Options(
                parser="own", short=each("ntd", FLAG), long=each(("--new-window", "--new-tab"), FLAG), permute=True
            ),
            words,
            0,
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
    """Whether shlex takes the command: without it webbrowser ends in an error."""
    try:
        return bool(shlex.split(command))
    except ValueError:
        return False
