"""xargs(1): the command with the words of standard input, as far as they are known."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.launchers.command import MAX_COMMANDS, ArgumentFile, LaunchedCommand, Stdin
from flycatcher.core.launchers.getopt import Line, getopt
from flycatcher.core.launchers.parallel import OPTIONS as PARALLEL
from flycatcher.core.regex import lazy
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping


_TABLE = getopt(
    "0a:d:E:e::i::I:l::L:n:opP:rs:tx",
    "null arg-file: delimiter: eof:: replace:: max-lines:: max-args: open-tty interactive max-procs: process-slot-var: no-run-if-empty "
    "max-chars: show-limits verbose exit",
)
_SHORT = {
    "--arg-file": "a", "--delimiter": "d", "--eof": "E", "-e": "E", "--replace": "I", "-i": "I", "--max-lines": "L", "-l": "L",
    "--max-args": "n", "--max-procs": "P", "--max-chars": "s", "--null": "0", "--no-run-if-empty": "r", "--verbose": "t",
}  # fmt: skip
_LEFT_OUT = {"I": "{}", "L": "1"}
"""The value where it may be left out, and is."""
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_ESCAPED = lazy(r"\\(?:([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|([abfnrtv\\]))")


def xargs(fields: list[str], env: Mapping[str, str], stdin: Stdin) -> list[LaunchedCommand] | None:
    """Return the commands that xargs starts; None where its input is known to be empty and -r is given."""
    line = Line(_TABLE, fields)
    if line.stops:
        return None
    options = {}
    for given in line.command.given:
        letter = _SHORT.get(given.name, given.name.removeprefix("-"))
        options[letter] = given.value or _LEFT_OUT.get(letter, "")
    known = stdin.text if ("a" in options) == isinstance(stdin, ArgumentFile) else None
    null = None if "a" in options else Stdin("null", "")
    words = _commands(line.rest() or ["echo"], options, known)
    return [LaunchedCommand(each, env, stdin=null) for each in words] or None


def argument_file(name: str, fields: list[str]) -> str:
    """Return the file that xargs or GNU parallel is told to take its input from (``-a FILE``), empty where it is stdin."""
    tables = {"xargs": _TABLE, "gxargs": _TABLE, "parallel": PARALLEL}
    if name not in tables or len(fields) < 3:
        return ""
    return Line(tables[name], fields).value("-a", "--arg-file", "--argfile") or ""


def _commands(command: list[str], options: dict[str, str], text: str | None) -> list[list[str]]:
    replace = options.get("I")
    if text is None:
        if replace:
            return [[word.replace(replace, UNKNOWN) for word in command]]
        return [[*command, UNKNOWN]]
    if "0" in options or "d" in options:
        mark = "\0" if "0" in options else _delimiter(options["d"])
        items = text.split(mark)
        items = items[:-1] if items[-1] == "" else items
    elif replace:
        items = [_line(line.lstrip(" \t")) for line in text.split("\n") if line.strip()]
    elif "L" in options:
        lines = [line for line in text.split("\n") if line.strip()] or ([] if "r" in options else [""])
        return [[*command, *_split(line)] for line in lines][:MAX_COMMANDS]
    else:
        items = _split(text)
    if replace:
        return [[word.replace(replace, item) for word in command] for item in items][:MAX_COMMANDS]
    count = options.get("n", "")
    size = max(int(count), 1) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    if not items:
        return [] if "r" in options else [command]
    if not size:
        return [[*command, *items]]
    return [[*command, *items[low : low + size]] for low in range(0, len(items), size)][:MAX_COMMANDS]


def _delimiter(text: str) -> str:
    r"""Return the character that ``-d`` means: itself, ``\n`` and its like, an octal or a hexadecimal number."""
    match = _ESCAPED.fullmatch(text)
    if match is None:
        return text[:1] or "\n"
    number = int(match[1], 8) if match[1] else int(match[2], 16) if match[2] else None
    return _LETTERS[match[3]] if number is None else chr(number & 0xFF)


def _split(text: str) -> list[str]:
    """Split as xargs does: blanks and newlines, quotes of both kinds, backslash."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars="")
    lexer.whitespace, lexer.whitespace_split, lexer.commenters, lexer.escapedquotes = " \t\n", True, "", ""
    try:
        return list(lexer)
    except ValueError:
        return text.split()


def _line(line: str) -> str:
    return re.sub(r"\"([^\"]*)\"|'([^']*)'|\\(.)", lambda found: found[1] or found[2] or found[3] or "", line)
