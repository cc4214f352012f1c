"""GNU sed: the ``e`` command and the ``e`` flag of ``s`` start a shell.

Source: sed/compile.c (read_pattern_space's grammar in compile_program) and sed/sed.c; checked with marker code against sed 4.9.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.interpreters.engine.options import Given
    from flycatcher.core.interpreters.engine.reading import Reading

_FILE = Option("value", "file")
_SKIPPED = re.compile(r"[\s;]+")
_ADDRESS = re.compile(r"\s*(?:\d+|\$|[~+,]\s*\d*|\s)", re.ASCII)
_CLASS = re.compile(r"\[\^?\]?(?:[^][\n]++|\[(?:(?![.:=])|([.:=])(?:(?!\1\])[^\n]){0,32}\1\]))*\]")
"""A bracket expression, in which the delimiter is a character like others; a class's name is the only bracket within."""
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_FLAGS = re.compile(r"[egpiImM\d\t ]*")
_WORD = re.compile(r"[^\S\n]*[^\s;}]*")
_END = re.compile(r"[ \t]*(?:[;}#\n]|\Z)")
_ENDS = frozenset("qQdDcb")
"""Commands behind which, without an address, nothing runs up to the next label."""
_ARGUED = frozenset("aic#rRwWbtT:vlLqQy")
_BARE = frozenset("=dDFgGhHnNpPxz")
"""Commands that take no argument."""
_CHANGES = frozenset("syz")


def _delimited(script: str, index: int, delimiter: str, *, classes: bool = True) -> int:
    """Return the index behind the next delimiter that is neither escaped nor in a bracket expression; else the end."""
    while index < len(script):
        char = script[index]
        if char == delimiter:
            return index + 1
        match = (_CLASS if char == "[" and classes else _ESCAPED).match(script, index)
        index = match.end() if match is not None else index + 1
    return len(script)


def _address(script: str, index: int) -> int:
    """Return the index behind the addresses at ``index``."""
    while index < len(script):
        match = _ADDRESS.match(script, index)
        if match is not None and match.end() > index:
            index = match.end()
        elif script[index] == "/":
            index = _flags(script, _delimited(script, index + 1, "/"))
        elif script[index] == "\\" and index + 1 < len(script):
            index = _flags(script, _delimited(script, index + 2, script[index + 1]))
        else:
            break
    return index


def _flags(script: str, index: int) -> int:
    """Return the index behind a regular expression's flags."""
    while script[index : index + 1] in ("I", "M"):
        index += 1
    return index


def _line(script: str, index: int, *, goes_on: bool) -> int:
    """Return the index behind the line, its continuations among it where it ``goes_on``."""
    while index < len(script):
        if script[index] == "\\" and goes_on:
            index += 1
        elif script[index] == "\n":
            return index + 1
        index += 1
    return index


def _substitute(script: str, index: int) -> tuple[int, bool]:
    """Read what follows ``s``; return the index behind it, -1 where sed refuses it, and whether the flag ``e`` is given."""
    delimiter = script[index : index + 1]
    index = _delimited(script, index + 1, delimiter)
    index = _delimited(script, index, delimiter, classes=False)
    flags = _FLAGS.match(script, index)
    if flags is None:
        return index, False
    if script[flags.end() : flags.end() + 1] == "w":
        return _line(script, index, goes_on=False), "e" in flags[0]
    return flags.end() if _END.match(script, flags.end()) else -1, "e" in flags[0]


def _behind(script: str, index: int, letter: str) -> int:
    """Return the index behind the argument of a command other than ``s`` and ``e``."""
    if letter == "y":
        delimiter = script[index : index + 1]
        index = _delimited(script, index + 1, delimiter, classes=False)
        return _delimited(script, index, delimiter, classes=False)
    if letter in "aic#rRwW":
        return _line(script, index, goes_on=letter in "aic")
    match = _WORD.match(script, index) if letter in "btT:vlLqQ" else None
    return match.end() if match is not None else index


class Command(Struct, gc=False):
    """One command of a script."""

    letter: str
    start: int
    end: int
    runs: bool
    """It is ``e``, or ``s`` with the flag ``e``, and may be reached."""
    alone: bool
    """``e`` without an argument, while the line is as it was read: it runs that."""
    dead: bool
    """What stands behind it is reached by a jump only."""


def walk(script: str) -> Iterator[Command]:
    """Yield the commands of a script. Linear in its length."""
    index, depth, dead, line, hold = 0, 0, False, True, False
    while index < len(script):
        match = _SKIPPED.match(script, index)
        start = match.end() if match else index
        index = _address(script, start)
        negated = script[index : index + 1] == "!" and index == start
        while script[index : index + 1] in ("!", " ", "\t"):
            index += 1
        if index >= len(script):
            break
        letter, at, runs = script[index], index, False
        index += 1
        if letter in "{}":
            depth += 1 if letter == "{" else -1
        elif letter == "e":
            index, runs = _line(script, index, goes_on=True), True
        elif letter == "s":
            index, runs = _substitute(script, index)
            if index < 0:
                return
        elif letter in _ARGUED:
            index = _behind(script, index, letter)
        elif letter not in _BARE or _END.match(script, index) is None:
            return  # sed refuses the script
        lone = letter == "e" and line and not script[at + 1 : index].strip()
        runs = runs and not dead and not negated
        ends = (
            letter in _ENDS and start == at and depth <= 0 and (letter == "c" or _END.match(script, index) is not None)
        )
        dead = (dead and letter != ":") or ends
        line, hold = _spaces(letter, line=line, hold=hold)
        yield Command(letter, at, index, runs, lone, dead)


def _spaces(letter: str, *, line: bool, hold: bool) -> tuple[bool, bool]:
    """Return whether the pattern space and the hold space hold a line as it was read, behind a command."""
    if letter == "x":
        return hold, line
    if letter in "hH":
        return line, line or (letter == "H" and hold)
    if letter in "gG":
        return hold or (letter == "G" and line), hold
    return line and letter not in _CHANGES, hold


def over(script: str) -> bool:
    """Whether nothing behind a script is reached, and nothing in it jumps there."""
    dead = False
    for one in walk(script):
        if one.letter in "btT" and script[one.start + 1 : one.end].strip():
            return False
        dead = one.dead
    return dead


def starts_command(script: str) -> bool:
    """Whether a script starts a command."""
    return any(one.runs for one in walk(script))


_SUBSTITUTES = re.compile(
    r"(?<=\n)['\"]?s([/|,:@!%])(?:\\.|(?!\1)[^\n\\'\"]){0,400}\1(?:\\.|(?!\1)[^\n\\'\"]){0,400}\1[gpiImM\d]*['\"]?(?=[\n;&|]|\Z)"
)
"""A word that is one substitution, whose flags stand behind it and start nothing: most of what sed is given."""
_FILES = re.compile(r"(?<=\n)(?![esy])[A-Za-z_][\w-]*\.[\w.-]+(?=\n|\Z)")
"""A file's name with an ending: no command but these three may have a full stop behind it, or text that matters."""


class _Hint:
    """Finds what may start a command, in the words of a command line, one a line."""

    def __init__(self, expression: str, flags: int) -> None:
        """Keep what is looked for."""
        self._expression = re.compile(expression, flags)

    def search(self, text: str) -> re.Match[str] | None:
        """Return the first place outside of words that only substitute, or name a file."""
        return self._expression.search(_FILES.sub("", _SUBSTITUTES.sub("", text)))


class Sed(Host):
    """Sed, where its script starts a command."""

    id = "sed"
    language = "sed"
    names = (r"g?sed",)
    install = "apt: sed"
    verified = ("4.9",)
    # each way begins with a character of its own, so that the search skips to these: three times as fast in a build's many seds
    hint = _Hint(
        r"e[gpmMiIw0-9;}#\s](?<=[\WgpmMiI0-9]e.)(?<!\n-e\n)|e\Z(?<=[\WgpmMiI0-9]e)|e\w(?<=[^A-HJ-LN-Za-z_-]e.)|-(?<=\n-)(?:\w*(?:f|e\S)|-f)"
        # s with a letter for its delimiter: nothing in front of the flag tells it from a letter of a word
        r"|s(?<![A-HJ-LN-Za-z]s)([A-Za-z0-9])(?:\\.|(?!\1)[^\n\\]){0,400}\1(?:\\.|(?!\1)[^\n\\]){0,400}\1[gpiImM\d\t ]*e",
        re.DOTALL,
    )
    options = Options(
        short={
            "e": CODE, "f": _FILE, "l": VALUE, **each("nrEsuzb", FLAG), "i": Option("attached"), "h": EXIT,
        },
        long={
            "--expression": CODE,
            "--file": _FILE,
            "--line-length": VALUE,
            **each(("--quiet", "--silent", "--debug", "--follow-symlinks", "--regexp-extended", "--separate"), FLAG),
            **each(("--unbuffered", "--null-data", "--zero-terminated", "--binary"), FLAG),
            **each(("--posix", "--sandbox"), Option(role="check")),
            "--in-place": Option("attached"),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the scripts: every ``-e`` and ``-f``, else the first operand.

        ``--posix`` and ``--sandbox`` know no such command, but a script is compiled where it stands: what stands in front
        of them runs.
        """
        execution = reading.execution
        locked = command.first("check")
        given = [one for one in command.given if locked is None or one.index < locked.index]
        codes = [one for one in given if one.option.role == "code"]
        for one in starting(codes):
            reading.code(one)
        before = ""
        for one in given:
            if one.option.role == "code":
                before += f"{one.value}\n"
            elif one.option.role == "file" and not over(before):
                reading.program(one.at, option=one.name, offset=one.offset)
        if command.operands and locked is None and not command.first("code", "file"):
            index = command.operands[0]
            if starts_command(execution.argv[index]):
                reading.add("argument", execution.argv[index], index=index)
        self._input(reading, codes)
        if execution.stdin == "null" and not command.operands[0 if command.first("code", "file") else 1 :]:
            reading.nothing_to_read()
        return reading.finish("nothing")

    @staticmethod
    def _input(reading: Reading, codes: list[Given]) -> None:
        """Record stdin where a lone ``e`` runs what is read from it."""
        words, command = reading.execution.argv, reading.command
        files = [words[index] for index in command.operands] if command is not None else []
        script = "\n".join(one.value or "" for one in codes)
        if not codes and files and reading.snippets:
            script = files.pop(0)
        if command is not None and command.has("-i", "--in-place"):
            return  # it edits files only
        taken = any(snippet.vector != "argument" for snippet in reading.snippets)
        if not taken and (not files or "-" in files) and any(one.runs and one.alone for one in walk(script)):
            reading.stdin(explicit=False)


def starting(parts: list[Given]) -> list[Given]:
    """Return those parts of one script, a line each, that hold a command, or a piece of one.

    A lone ``e`` and the flag ``e`` run what was read, and what earlier substitutions made of it.
    """
    at, ends = 0, []
    for part in parts:
        at += len(part.value or "") + 1
        ends.append(at)
    found: set[int] = set()
    written: set[int] = set()
    script = "\n".join(part.value or "" for part in parts)
    for one in walk(script):
        places = range(bisect_right(ends, one.start), bisect_left(ends, one.end) + 1)
        if one.letter in "sy":
            written.update(places)
        if one.runs:
            found.update(places)
            if one.letter == "s" or not script[one.start + 1 : one.end].strip():
                found |= written
    return [part for number, part in enumerate(parts) if number in found]
