"""GNU sed: the ``e`` command and the ``e`` flag of ``s`` start a shell.

Source: sed/compile.c (read_pattern_space's grammar in compile_program) and sed/sed.c; checked with marker code against sed 4.9.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_FILE = Option("value", "file")
_SKIPPED = re.compile(r"[\s;{}!]+")
_ADDRESS = re.compile(r"\s*(?:\d+|\$|[~+,]\s*\d*|\s)", re.ASCII)


def _delimited(script: str, index: int, delimiter: str) -> int:
    """Return the index behind the next delimiter that is neither escaped nor in brackets; the end where there is none."""
    bracket = False
    while index < len(script):
        char = script[index]
        if char == "\\":
            index += 1
        elif char == "[" and not bracket:
            bracket = True
            index += script[index + 1 : index + 2] == "]" or 2 * (script[index + 1 : index + 3] == "^]")
        elif char == "]":
            bracket = False
        elif char == delimiter and not bracket:
            return index + 1
        index += 1
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


def _line(script: str, index: int) -> int:
    """Return the index behind the line, its continuations among it."""
    while index < len(script):
        if script[index] == "\\":
            index += 1
        elif script[index] == "\n":
            return index + 1
        index += 1
    return index


def starts_command(script: str) -> bool:
    """Tell whether a script holds the command ``e``, or ``s`` with the flag ``e``. Linear in its length."""
    index = 0
    while index < len(script):
        match = _SKIPPED.match(script, index)
        start = index = _address(script, match.end() if match else index)
        match = _SKIPPED.match(script, index)
        index = match.end() if match else index
        if index >= len(script):
            break
        letter = script[index]
        index += 1
        if letter == "e":
            return True
        if letter in "sy":
            delimiter = script[index : index + 1]
            index = _replacement(script, _delimited(script, index + 1, delimiter), delimiter)
            flags = re.compile(r"[gpiImM\d]*(e)?").match(script, index)
            if letter == "s" and flags is not None and flags[1]:
                return True
            if flags is not None and script[flags.end() : flags.end() + 1] == "w":
                index = _line(script, index)
        elif letter in "aic#rRwW":
            index = _line(script, index)
        elif letter in "btT:vlLqQ":
            index = min((end for end in (script.find(stop, index) for stop in ";\n}") if end >= 0), default=len(script))
        index = max(index, start + 1)
    return False


def _replacement(script: str, index: int, delimiter: str) -> int:
    """Return the index behind a replacement, in which brackets mean nothing."""
    while index < len(script) and script[index] != delimiter:
        index += 2 if script[index] == "\\" else 1
    return index + 1


class Sed(Host):
    """Sed, where its script starts a command."""

    id = "sed"
    language = "sed"
    names = (r"g?sed",)
    install = "apt: sed"
    verified = ("4.9",)
    # each way begins with a character of its own, so that the search skips to these: three times as fast in a build's many seds
    hint = re.compile(
        r"e[gpmMiI0-9;}#\s](?<=[\WgpmMiI0-9]e.)(?<!\n-e\n)|e\Z(?<=[\WgpmMiI0-9]e)|-(?<=\n-)(?:\w*(?:f|e\S)|-f)",
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
        abbreviations=True,
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the scripts: every ``-e``, else the first operand; with ``--posix`` and ``--sandbox`` none starts a command."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit", "check"):
            return reading.end("nothing")
        for given in command.given:
            if given.option.role == "code" and starts_command(given.value or ""):
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, offset=given.offset)
        if command.operands and not command.first("code", "file"):
            index = command.operands[0]
            if starts_command(execution.argv[index]):
                reading.add("argument", execution.argv[index], index=index)
        return reading.end("nothing")
