"""IPython.

Source: IPython/core/shellapp.py, core/application.py, terminal/ipapp.py and traitlets/config/loader.py (its command line: argparse,
in which every ``--Class.trait`` is an option with a value), checked with marker code against IPython 9.18.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.argparse import parse_argparse
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Given, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.python.ipython_cells import pieces
from flycatcher.core.interpreters.python.program import PythonProgram
from flycatcher.core.snippet import Load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution

TRAIT = re.compile(r"--?[A-Za-z]\w*(?:\.\w+)*$")
"""What traitlets takes for an option with a value, known or not."""
_CLASSES = ("TerminalIPythonApp", "InteractiveShellApp", "BaseIPythonApplication", "ProfileDir")
"""If a trait is set for two classes, the value for the class that comes first here counts."""
_KERNEL = ("IPKernelApp", *_CLASSES)
_SWITCHES = (
    "autoindent", "automagic", "pdb", "pprint", "color-info", "ignore-cwd", "autoedit-syntax", "simple-prompt", "banner",
    "confirm-exit", "tip", "term-title",
)  # fmt: skip
_ALIASES = {
    "c": "TerminalIPythonApp.code_to_run",
    "m": "TerminalIPythonApp.module_to_run",
    "config": "TerminalIPythonApp.extra_config_file",
    "profile-dir": "ProfileDir.location",
    "ipython-dir": "TerminalIPythonApp.ipython_dir",
}


def trait(name: str) -> Option | None:
    """Return the option that traitlets makes of a name that no table holds."""
    return VALUE if TRAIT.match(name) is not None else None


def parse_traits(table: Options, words: Sequence[str], start: int = 1) -> CommandLine:
    """Read ``words[start:]`` as traitlets does, which keeps what stands behind ``--`` from argparse."""
    ends = words.index("--", start) if "--" in words[start:] else len(words)
    command = parse_argparse(table, words[:ends], start, implied=trait)
    command.operands += range(ends + 1, len(words))
    return command


class IPython(PythonProgram):
    """ipython runs the lines of exec_lines, then the text of -c or a file, then a module; else a session on stdin."""

    id = "ipython"
    names = (r"ipython(?:3|-?\d[\d.]*)?",)
    variables = ("PYTHONSTARTUP", "IPYTHON_SUPPRESS_CONFIG_ERRORS")
    verified = ("9.18.1",)
    install = "pip: ipython"
    options = Options(
        short={"c": VALUE, "m": VALUE, "i": Option(role="interactive"), **each("hV", EXIT)},
        long={
            **each(("--c", "--m", "--profile", "--ext", "--colors", "--theme", "--logfile", "--logappend"), VALUE),
            **each(("--autocall", "--cache-size", "--config", "--ipython-dir", "--profile-dir", "--log-level"), VALUE),
            **each(("--gui", "--pylab", "--matplotlib"), Option("optional")),
            **each((*(f"--{name}" for name in _SWITCHES), *(f"--no-{name}" for name in _SWITCHES)), FLAG),
            **each(("--debug", "--quiet", "--init", "--nosep", "--classic", "--quick"), FLAG),
            "--i": Option(role="interactive"),
            **each(("--show-config", "--show-config-json"), FLAG),
            **each(("--help", "--help-all", "--version"), EXIT),
        },
        permute=True,
        parser="argparse",
    )

    def read(self, execution: Execution) -> Reading:
        """Read the subcommand, and the options that print, wherever they stand."""
        words = execution.argv[1:]
        if words[:1] in (("profile",), ("locate",), ("history",)):
            return Reading(self, execution).finish("prints")
        if words[:1] == ("kernel",):
            return _kernel(self, execution)
        asked = words[:1] == ("help",)  # becomes -h as the last word, and no option behind --
        before = words[: words.index("--")] if "--" in words else (*words, *(("-h",) if asked else ()))
        if {"-h", "--help", "--help-all", "--version", "-V"} & set(before):
            return Reading(self, execution).finish("prints")
        return super().read(execution)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words as traitlets does, without a leading ``help``."""
        return parse_traits(self.options, execution.argv, 2 if execution.argv[1:2] == ("help",) else 1)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what runs as TerminalIPythonApp.initialize does."""
        if reading.execution.env.get("IPYTHON_SUPPRESS_CONFIG_ERRORS", "").lower() not in (
            "",
            "0",
            "1",
            "false",
            "true",
        ):
            return reading.refuse("IPYTHON_SUPPRESS_CONFIG_ERRORS is none of 0, 1, false, true")
        return _run(reading, command)


def _kernel(interpreter: IPython, execution: Execution) -> Reading:
    """Read ``ipython kernel``: it runs the texts of its traits, and then what its clients send."""
    command = parse_traits(interpreter.options, execution.argv, 2)
    reading = Reading(interpreter, execution, command)
    if command.error or command.first("exit"):
        return reading.refuse()
    _lines(reading, command, _KERNEL)
    for given in _given(command, "code_to_run", _KERNEL)[-1:]:
        _cell(reading, given, given.value or "")
    return reading.finish("nothing")


def _run(reading: Reading, command: CommandLine) -> Reading:
    """Record what runs, in the order in which it runs."""
    codes = [given for given in _given(command, "code_to_run")[-1:] if given.value]
    modules = [given for given in _given(command, "module_to_run")[-1:] if given.value]
    files = [given for given in _given(command, "file_to_run")[-1:] if given.value]
    operand = next((index for index in command.operands[:1] if reading.execution.argv[index]), None)
    operand = None if codes or modules or files else operand
    something = codes or modules or files or operand is not None
    _folders(reading, command)
    startup = reading.execution.env.get("PYTHONSTARTUP", "")
    if startup and not something and not reading.flows(startup):
        reading.load(startup, variable="PYTHONSTARTUP")
    _lines(reading, command)
    for given in _given(command, "exec_files"):
        if given.value and not reading.flows(given.value):
            reading.load_given(given)
    for given in codes:
        _cell(reading, given, given.value or "")
    if files and not codes and not reading.flows(files[0].value or ""):
        reading.program(files[0].at, offset=files[0].offset, option=files[0].name, dash=False)
    elif operand is not None and not reading.flows(reading.execution.argv[operand]):
        reading.program(operand, dash=False)
    forced = command.first("interactive") is not None or any(
        given.value in ("True", "true", "1") for given in _given(command, "force_interact")
    )
    used = command.has("--show-config", "--show-config-json") or any(s.descriptor == 0 for s in reading.snippets)
    if (forced or not something) and not used:
        reading.stdin(explicit=False)
    return reading.finish("module" if modules else "script" if something else "nothing")


def _given(command: CommandLine, name: str, classes: tuple[str, ...] = _CLASSES) -> list[Given]:
    """Return what sets a trait: the options of the class that counts."""
    found: dict[str, list[Given]] = {}
    for given in command.given:
        spelt = given.name.lstrip("-")
        owner, _, attribute = _ALIASES.get(spelt, spelt).rpartition(".")
        if attribute == name and given.value is not None:
            found.setdefault(owner, []).append(given)
    return next((found[owner] for owner in classes if owner in found), [])


def _lines(reading: Reading, command: CommandLine, classes: tuple[str, ...] = _CLASSES) -> None:
    """Record the texts of exec_lines; one value may be a list of them, spelt as in Python."""
    lines = _given(command, "exec_lines", classes)
    for given in lines:
        value = given.value or ""
        texts: object = [value]
        if len(lines) == 1 and value[:1] + value[-1:] in ("[]", "()") and len(value) > 1:
            try:
                texts = ast.literal_eval(value)
            except (ValueError, SyntaxError, MemoryError, RecursionError):
                continue  # IPython ends in an error
        for text in texts if isinstance(texts, (list, tuple)) else ():
            _cell(reading, given, str(text), whole=text == value)


def _cell(reading: Reading, given: Given, text: str, *, whole: bool = True) -> None:
    """Record one cell's pieces."""
    for language, piece, offset in pieces(text):
        at = given.offset + offset if whole else given.offset
        reading.add("argument", piece, index=given.at, offset=at, option=given.name, language=language)


def _folders(reading: Reading, command: CommandLine) -> None:
    """Record the folders from which configuration and start-up files are read instead of the user's own."""
    for given in _given(command, "extra_config_file")[-1:]:
        if given.value and not descriptor_of(given.value, reading.execution):
            reading.load_given(given)
    for name in ("location", "ipython_dir"):
        for given in _given(command, name)[-1:]:
            load = Load(
                interpreter=reading.interpreter.id, path=given.value or "", argv_index=given.at, option=given.name
            )
            reading.loads.append(load)
    folder = reading.execution.env.get("IPYTHONDIR", "")
    if folder:
        reading.loads.append(Load(interpreter=reading.interpreter.id, path=folder, variable="IPYTHONDIR"))
