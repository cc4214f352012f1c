"""What the shells share: the walk through their letters, and the order in which a shell decides what it runs.

POSIX XCU ``sh`` and ``set``: ``-c`` takes no value of its own, the command is the first operand after *all* options.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from msgspec import Struct

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, CommandLine, Given, Option
from flycatcher.core.interpreters.shells.evaluated import evaluated, is_part_of_a_word, sourced
from flycatcher.core.interpreters.shells.expansion import Dialect, Expansion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_SEVERAL = re.compile(r"[\n;&|]")
"""What stands between two commands."""
EVALUATED = "evaluated by the command"
"""The note on a text that a command brings in by a name."""
_COMMAND = Option(role="command")
_STDIN = Option(role="stdin")


class Letters(Struct, frozen=True, kw_only=True):
    """A shell's options as its own parser reads them."""

    flags: str
    """Letters that are known, besides ``c``, ``s`` and those that take a value."""
    named: str = "o"
    """Letters that take a name."""
    known: frozenset[str] = frozenset()
    """The names that are known; empty: any is taken to be."""
    attached: bool = False
    """A name may be glued to its letter (getopt); else the letters behind it are options, and the name is a later word."""
    optional: bool = False
    """A name that is missing lists the settings; nothing is refused."""
    shy: bool = False
    """A word that looks like options is not taken for the name, and a lone letter glued to it is not either (ksh93)."""
    plus: bool = True
    """``+x`` takes an option back."""
    plus_code: bool = True
    """``+c`` is as good as ``-c``; else it takes that back."""
    lone_plus: bool = True
    """A lone ``+`` is an empty cluster, else it ends the options as ``-`` does."""
    plus_stdin: bool = False
    """``+s`` is as good as ``-s``."""
    stop: str = ""
    """A letter whose cluster ends the options."""
    long: Mapping[str, Option] = {}
    """Long options, read among the letters."""
    dash: Mapping[str, Option] | None = None
    """A dash within a cluster takes the rest of the word for a long option's name; one that is not here is passed over."""
    dash_ends: bool = False
    """A dash at the end of a cluster ends the options."""
    settings: bool = False
    """Every other long option is a setting, and which there are depends on the version."""
    alone: frozenset[str] = frozenset()
    """Beginnings of long options that are a setting's where a value is attached (ksh93's ``--c``)."""


def walk(table: Letters, words: Sequence[str], start: int = 1, line: CommandLine | None = None) -> CommandLine:
    """Read a shell's command line. A lone ``-`` ends the options, as ``--`` does."""
    line = line or CommandLine([], [])
    index = start
    while index < len(words) and not line.error:
        word = words[index]
        if word in ("-", "--") or (word == "+" and table.plus and not table.lone_plus):
            line.given.append(Given(_STDIN if word == "-" else FLAG, word, None, index, index, 0))
            index += 1
            break
        if not word or word[0] not in ("-+" if table.plus else "-"):
            break
        read = _long if word.startswith("--") and table.dash is None else _letters
        index, stopped = read(table, words, index, line)
        if stopped:
            break
    line.operands = list(range(index, len(words)))
    return line


def _long(table: Letters, words: Sequence[str], index: int, line: CommandLine) -> tuple[int, bool]:
    """Read one ``--name``; return where to go on, and that the options do."""
    name, sign, value = words[index].partition("=")
    known = None if sign and name in table.alone else table.long.get(name)
    option = known or (FLAG if table.settings else None)
    if option is None:
        line.error = f"unknown option {name}"
        return index, False
    if option.takes != "value" or sign:
        line.given.append(Given(option, name, value if sign else None, index, index, len(name) + 1))
        return index + 1, False
    if index + 1 >= len(words):
        line.error = f"option {name} needs a value"
        return index, False
    line.given.append(Given(option, name, words[index + 1], index, index + 1, 0))
    return index + 2, False


def _letters(table: Letters, words: Sequence[str], index: int, line: CommandLine) -> tuple[int, bool]:
    """Read one cluster; return where to go on, and whether the options end."""
    stopped = table.dash_ends and len(words[index]) > 2 and words[index].endswith("-")
    word, after, position = words[index].removesuffix("-" * stopped), index + 1, 1
    before = len(line.given)
    while position < len(word):
        letter = word[position]
        name = word[0] + letter
        position += 1
        if letter == "-" and table.dash is not None:
            option = table.dash.get(word[position:], FLAG)
            line.given.append(Given(option, "--" + word[position:], None, index, index, 0))
            break
        if letter == "c":
            _command(line, name, index, asked=word[0] == "-" or table.plus_code)
        elif letter == "s":
            asked = word[0] == "-" or table.plus_stdin
            line.given.append(Given(_STDIN if asked else FLAG, "-s" if asked else name, None, index, index, 0))
        elif letter in table.named:
            if table.attached and position < len(word) - table.shy:
                line.given.append(Given(FLAG, name, word[position:], index, index, position))
                break
            if after < len(words) and not (table.shy and words[after][:1] in ("-", "+")):
                line.given.append(Given(FLAG, name, words[after], index, after, 0))
                after += 1
            elif not table.optional:
                line.error = f"option {name} needs a name"
                return index, False
        elif letter in table.flags:
            line.given.append(Given(FLAG, name, None, index, index, 0))
            stopped = stopped or letter == table.stop
        else:
            line.error = f"unknown option {name}"
            return index, False
    unknown = [g.value for g in line.given[before:] if g.value and table.known and g.value not in table.known]
    line.error = f"unknown name {unknown[0]}" if unknown else ""
    return after, stopped


def _command(line: CommandLine, name: str, index: int, *, asked: bool) -> None:
    """Record a -c; a +c that is none takes an earlier -c back."""
    if not asked:
        line.given[:] = [given for given in line.given if given.option is not _COMMAND]
    line.given.append(Given(_COMMAND if asked else FLAG, name, None, index, index, 0))


class Settings:
    """Which settings are on once the options are read, by letter and by name."""

    def __init__(self, given: Sequence[Given], names: Mapping[str, str]) -> None:
        """Take what was given; ``names`` spells ``-o`` names as letters."""
        self.on: set[str] = set()
        self.names = names
        for one in given:
            self.take(one)

    def take(self, one: Given) -> None:
        """Take one option; the last word on a setting holds."""
        if one.value is not None and one.name[1:] == "o":
            self.set(one.value, on=one.name[0] == "-")
        elif len(one.name) == 2 and one.name[0] in "-+":
            (self.on.add if one.name[0] == "-" else self.on.discard)(one.name[1])

    def set(self, name: str, *, on: bool) -> None:
        """Switch a setting by its name; ``no`` before it inverts it."""
        plain = name.lower().replace("_", "").replace("-", "")
        if plain not in self.names and plain.startswith("no"):
            plain, on = plain[2:], not on
        elif plain not in self.names and f"no{plain}" in self.names:
            plain, on = f"no{plain}", not on
        letter = self.names.get(plain, plain)
        (self.on.add if on else self.on.discard)(letter)

    def __contains__(self, letter: str) -> bool:
        """Whether a setting is on."""
        return letter in self.on


NAMES = {
    "noexec": "n",
    "xtrace": "x",
    "stdin": "s",
    "interactive": "i",
    "privileged": "p",
    "posix": "posix",
    "login": "l",
}


def source_of(command: CommandLine, settings: Settings) -> Literal["text", "file", "stdin"]:
    """Return where a shell's commands come from once its options are read: ``-c``'s text, a script's file, or stdin."""
    if command.first("command") is not None:
        return "text"
    return "file" if command.operands and "s" not in settings else "stdin"


def is_login(reading: Reading, settings: Settings) -> bool:
    """Whether a shell is a login shell: by its letter, or by a dash in front of its name."""
    return "l" in settings or reading.execution.argv[0].startswith("-")


def at_home(reading: Reading, *names: str) -> None:
    """Read the first of the start-up files that lie in the user's folder."""
    if folder := reading.execution.env.get("HOME", "").rstrip("/"):
        any(reading.load_seen("HOME", f"{folder}/{name}") for name in names)


class Shell(Interpreter):
    """A shell of the Bourne family: letters, then the command of ``-c``, a script file, or stdin."""

    variables: ClassVar[tuple[str, ...]] = ("ENV", "PS1", "PS2", "PS4", "HOME")

    language = "shell"
    kind = "shell"
    technique = "T1059.004"
    letters: ClassVar[Letters]
    names_of: ClassVar[Mapping[str, str]] = NAMES
    stdin_after_command: ClassVar[bool] = False
    """``-cs`` goes on with stdin after the command."""
    expands: ClassVar[bool] = True
    """The value of ENV is expanded, commands in it included, before it is taken for a path."""
    dialect: ClassVar[Dialect] = Dialect()
    prompts: ClassVar[tuple[str, ...]] = ("PS1", "PS2")
    """Variables whose value is expanded, commands in it included, before a line is read in a session."""
    prompts_in_files: ClassVar[bool] = False
    """``-i`` prompts while a script's file is read, too."""
    trace: ClassVar[tuple[str, ...]] = ("PS4",)
    """Variables that are expanded so before each command under ``-x``."""
    traces_last: ClassVar[bool] = True
    """The trace's variable is expanded before the last line of a text too (dash's parser has met the end by then)."""

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words by this shell's letters."""
        return walk(self.letters, execution.argv)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution: options, what runs first, then the command, the script or stdin."""
        execution = reading.execution
        settings = self.settings(reading, command)
        code = command.first("command")
        if code is not None and not command.operands:
            return reading.refuse(f"{code.name} needs a command")
        session = "i" in settings or self.at_terminal(reading, command, settings)
        self.before(reading, settings, session=session)
        if "n" in settings:
            reading.snippets.clear()
        if "n" in settings or "prints" in settings:
            return reading.finish("checks")
        source = source_of(command, settings)
        if code is not None:
            self.command(reading, command.operands[0], code)
        elif source == "file":
            self.script(reading, command.operands[0])
        from_stdin = source == "stdin"
        if code is not None:
            from_stdin = "s" in settings and self.goes_on(execution.argv[command.operands[0]])
        if from_stdin:
            asked = command.first("stdin")
            reading.stdin(
                explicit=asked is not None, index=asked.index if asked else None, option=asked.name if asked else ""
            )
        prompted = from_stdin or (self.prompts_in_files and code is None)
        self.read_variables(reading, settings, session=session and prompted)
        return reading

    def goes_on(self, text: str) -> bool:
        """Whether ``-cs`` reads stdin after this command."""
        del text
        return self.stdin_after_command

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """Return which settings the command line switches on."""
        del reading
        return Settings(command.given, self.names_of)

    def at_terminal(self, reading: Reading, command: CommandLine, settings: Settings) -> bool:
        """Whether the shell holds a session without being asked to."""
        script = command.operands and "s" not in settings
        return reading.execution.stdin == "tty" and not script and command.first("command") is None

    def before(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read ``ENV``, which sessions load first (POSIX); its value is expanded before it is taken for a path."""
        if session and "p" not in settings:
            self.startup(reading, "ENV")
        if is_login(reading, settings):
            at_home(reading, ".profile")

    def startup(self, reading: Reading, variable: str) -> None:
        """Read a variable that names a file to run first."""
        value = reading.execution.env.get(variable, "")
        path = self.expanded(reading, variable) if self.expands else value
        if path:
            reading.load(path, variable=variable)

    def expanded(self, reading: Reading, variable: str) -> str:
        """Record the commands that a variable's expansion runs, in its value or in others'; return the text that it makes."""
        value = reading.execution.env.get(variable, "")
        expansion = Expansion(self.prompt(variable, value), reading.execution.env, self.dialect)
        if expansion.runs:
            reading.add("environment", value, variable=variable)
        for name in expansion.names:
            text = reading.execution.env[name]
            reading.add("environment", text, variable=name, note=f"evaluated in the value of {variable}")
        return expansion.text

    def read_variables(self, reading: Reading, settings: Settings, *, session: bool) -> None:
        """Read the prompts, whose values the shell expands, in a session; and those of the trace."""
        texts = [snippet.text or "" for snippet in reading.snippets if snippet.vector == "argument"]
        login = "l" in settings or reading.execution.argv[0].startswith("-")  # traces the profile
        traced = "x" in settings and (login or reading.outcome != "nothing")
        if texts and not (self.traces_last or login or self.stdin_in(reading, settings)):
            traced = traced and _SEVERAL.search(texts[0]) is not None
        empty = (
            reading.execution.stdin == "null"
            and reading.outcome != "script"
            and not any(snippet.vector == "descriptor" for snippet in reading.snippets)
        )
        prompts = self.prompts[:1] if empty else self.prompts
        for name in (prompts if session else ()) + (self.trace if traced else ()):
            self.expanded(reading, name)

    def prompt(self, variable: str, value: str) -> str:
        """Return the text that is expanded: a prompt may have escapes of its own."""
        del variable
        return value

    def stdin_in(self, reading: Reading, settings: Settings) -> bool:
        """Whether stdin is read as well, even as a session at a terminal."""
        session = self.stdin_after_command and "s" in settings and reading.execution.stdin == "tty"
        return session or any(snippet.vector == "stdin" for snippet in reading.snippets)

    def script(self, reading: Reading, index: int) -> None:
        """Read the operand that names the script."""
        reading.program(index, dash=False)

    def command(self, reading: Reading, index: int, given: Given) -> None:
        """Record the command of ``-c``, and the text that it brings in."""
        reading.add("argument", reading.execution.argv[index], index=index, option=given.name)
        self.brought_in(reading, index, index + 2, given.name)

    def brought_in(self, reading: Reading, index: int, first: int, option: str = "") -> None:
        """Record what the text in a word sources or evaluates by a name; ``first``: the word that is its ``$1``."""
        execution = reading.execution
        text = execution.argv[index]
        for path in sourced(text):
            reading.descriptor(path, index=index, option=option)
        for name in evaluated(text):
            if name == "-":
                reading.stdin(explicit=True, index=index, note=EVALUATED)
            elif name in ("@", "*") or name.isdigit():
                places = range(first, len(execution.argv)) if name in ("@", "*") else (first - 1 + int(name),)
                for at in places:
                    if at < len(execution.argv) and execution.argv[at]:
                        reading.add("argument", execution.argv[at], index=at, note=EVALUATED)
            elif (value := execution.env.get(name)) and not is_part_of_a_word(text, name, value):
                reading.add("environment", value, variable=name, note=EVALUATED)
