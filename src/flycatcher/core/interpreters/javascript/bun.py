"""Bun 1.

Source: src/cli/Arguments.zig (the clap tables) and src/cli.zig (which command a word names); checked with marker code
against npm's 1.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each, parse
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.dataurl import decode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine, Given
    from flycatcher.core.snippet import Snippet

_LOAD = Option("value", "load")
_CONFIG = Option("attached", "load")
_SESSION = Option(role="interactive")
_VALUES = """elide-lines filter shell watch-kill-signal cpu-prof-name cpu-prof-dir install cpu-prof-interval heap-prof-name
    heap-prof-dir heap-prof-interval port conditions fetch-preconnect max-http-header-size dns-result-order
    redirect-warnings disable-warning title unhandled-rejections console-depth user-agent main-fields extension-
    order tsconfig-override define drop feature loader jsx-factory jsx-fragment cwd jsx-import-source jsx-runtime
    env-file cron-title cron-period"""
_TABLE = Options(
    parser="own",
    short={
        **each("bhi", FLAG),
        **each("ep", CODE),
        "r": _LOAD,
        "c": _CONFIG,
        **each("dlF", VALUE),
        "h": EXIT,
        "v": EXIT,
    },
    long={
        **each(("--eval", "--print", "-pe"), CODE),
        **each(("--preload", "--require", "--import"), _LOAD),
        **each(("--help", "--version", "--revision"), EXIT),
        "--config": _CONFIG,
        "--interactive": _SESSION,
        **each(
            [f"--{name}" for name in _VALUES.split()],
            VALUE,
        ),
    },
    unknown="skip",
)
_EXEC = replace(_TABLE, permute=True)
_PRINTS = ("-p", "--print", "-pe")
_WORKSPACES = ("-F", "--filter", "--workspaces")
"""With these, scripts of packages run, and nothing else of the line."""
_COMMANDS = ("run", "repl", "exec")
_OWN_TOOLS = ("fmt", "check")
"""Commands that a text in front of them replaces."""
_OTHER = frozenset((
    "test", "x", "install", "i", "add", "a", "remove", "rm", "update", "audit", "outdated", "link", "unlink", "publish", "patch",
    "pm", "info", "why", "build", "init", "create", "c", "upgrade", "completions", "ci", "check", "fmt", "dedupe", "prune",
))  # fmt: skip


_QUOTED = re.compile(r"--(?:eval|print)[ =]+(?=['\"])")
"""Bun keeps the quotes behind a long option in BUN_OPTIONS: such a text is one string literal, and does nothing."""
_WORD = re.compile(
    r"(--[^\s'\"=]+(?:=(?:'[^']*'|\"[^\"]*\"|\S*))?)|(?:'[^']*'|\"(?:[^\"\\]|\\.)*\"|\\.|[^\s'\"\\])+", re.DOTALL
)
_QUOTES = re.compile(r"'([^']*)'|\"((?:[^\"\\]|\\.)*)\"|\\(.)", re.DOTALL)


def _precedence(given: Given) -> tuple[bool, int]:
    """Order texts: one that is printed wins over the others, a later one over an earlier one."""
    return given.name in _PRINTS, given.index


class Bun(Interpreter):
    """Bun: the last of ``-e`` and ``-p`` runs; else a script, a ``data:`` URL, ``-``; ``exec`` takes shell text."""

    id = "bun"
    language = "typescript"
    in_variables = True
    names = (r"bun(?:\.exe|-profile)?",)
    variables = ("BUN_OPTIONS", "BUN_INSPECT_PRELOAD")
    technique = "T1059.007"
    options = _TABLE
    install = "npm: bun"
    verified = ("1.4",)

    def read(self, execution: Execution) -> Reading:
        """Read the words of BUN_OPTIONS in front of those of the command line."""
        before = _options(execution.env.get("BUN_OPTIONS", ""))
        if not before:
            return self.words(execution)
        made = replace(execution, argv=(*execution.argv[:1], *before, *execution.argv[1:]))
        return _moved(self.words(made), execution, len(before))

    def words(self, execution: Execution) -> Reading:
        """Read the words: a command, else texts, else a script."""
        outer = command = parse(_TABLE, execution.argv)
        name = self.name(execution, command)
        if name in _COMMANDS:
            command = parse(_EXEC if name == "exec" else _TABLE, execution.argv, outer.operands[0] + 1)
        given = outer.given if command is outer else [*outer.given, *command.given]
        reading = Reading(self, execution, command)
        if outer.error or command.error:
            return reading.refuse(outer.error or command.error)
        if _prints(given, name):
            return reading.finish("prints")
        code = max((g for g in given if g.option.role == "code"), key=_precedence, default=None)
        code = code if code is not None and code.value else None
        if (name in _OTHER and (code is None or name not in _OWN_TOOLS)) or (
            name not in ("exec", "repl") and any(one.name in _WORKSPACES for one in given)
        ):
            return reading.finish("module")
        self.preload(reading, given)
        if code is not None and name not in ("run", "exec"):
            reading.code(code)
            if name == "" and outer.first("interactive") and not command.operands and code.name not in _PRINTS:
                reading.stdin(explicit=True, option="--interactive")
        else:
            self.program(reading, name, command.operands)
        return reading.finish("prints")

    def name(self, execution: Execution, command: CommandLine) -> str:
        """Return the command: the first word without a dash, even if it is an option's value. Any other word is a script."""
        words = execution.argv
        code = command.first("code")
        if not command.operands or (code is not None and not code.name.startswith("--")):
            return ""
        found = words[command.operands[0]]
        if found == next((word for word in words[1:] if not word.startswith("-")), ""):
            return found
        return "run without a target" if found == "run" and code is None else ""

    def program(self, reading: Reading, name: str, operands: list[int]) -> None:
        """Read what runs where no option holds the text."""
        command = reading.command
        if name == "exec":
            for index in operands[:1]:
                reading.add(
                    "argument", reading.execution.argv[index], index=index, option="exec", language="shell"
                )  # fmt: skip
        elif name == "repl":
            reading.stdin(explicit=True)
        elif operands and name != "run without a target":
            self.script(reading, operands[0])
        elif command is not None and command.first("interactive"):
            reading.stdin(explicit=True, option="--interactive")

    def preload(self, reading: Reading, given: Sequence[Given]) -> None:
        """Read the modules that run before the program, and a debugger's own."""
        for each_given in given:
            value = each_given.value or ""
            if each_given.option.role == "load" and (value.startswith((".", "/")) or each_given.name == "--config"):
                reading.load(value, vector="argument", index=each_given.at, option=each_given.name)
        self.inspector(reading)

    def inspector(self, reading: Reading) -> None:
        """Read the variable with which a debugger names a module of its own."""
        path = reading.execution.env.get("BUN_INSPECT_PRELOAD", "")
        if path.startswith((".", "/")):
            reading.load(path, variable="BUN_INSPECT_PRELOAD")

    def script(self, reading: Reading, index: int) -> None:
        """Read the word that names the program."""
        word = reading.execution.argv[index]
        data = decode(word)
        if data is not None:
            reading.add("url", data.text, index=index, url=word, language=data.language)
        elif word.startswith(("/dev/stdin", "/dev/fd/0")) and reading.execution.stdin in ("pipe", "socket"):
            reading.refuse("bun does not find the real path of a pipe")
        else:
            reading.program(index)


def _prints(given: Sequence[Given], name: str) -> bool:
    """Whether Bun only prints: with a command, it takes its version's long options for anything else, and refuses ``-v``."""
    return any(
        one.option.role == "exit" and not (name in _COMMANDS and one.name in ("--version", "--revision"))
        for one in given
    )


def _options(value: str) -> list[str]:
    """Split BUN_OPTIONS: what is glued to a long option stays as it is, other quotes and backslashes go."""
    value = _QUOTED.sub("--title=", value)
    return [
        match[0] if match[1] else _QUOTES.sub(lambda quoted: quoted[1] or quoted[2] or quoted[3] or "", match[0])
        for match in _WORD.finditer(value)
    ]


def _moved(reading: Reading, execution: Execution, by: int) -> Reading:
    """Move a reading that has the words of BUN_OPTIONS in front to the places in the real command line, or to the variable."""
    reading.execution, reading.command = execution, None
    reading.script = reading.script - by if reading.script is not None and reading.script > by else None
    reading.loads = [
        replace(load, argv_index=load.argv_index - by)
        if load.argv_index is not None and load.argv_index > by
        else replace(load, argv_index=None, variable=load.variable or "BUN_OPTIONS")
        for load in reading.loads
    ]
    reading.snippets = [_moved_snippet(snippet, by) for snippet in reading.snippets]
    return reading


def _moved_snippet(snippet: Snippet, by: int) -> Snippet:
    """Move one snippet to its place without the words of BUN_OPTIONS."""
    at = snippet.argv_index
    if at is None or at > by:
        return snippet if at is None else replace(snippet, argv_index=at - by)
    return replace(snippet, vector="environment", argv_index=None, offset=0, variable="BUN_OPTIONS")
