"""xargs(1): the command with the words of standard input, as far as they are known."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.shell.escapes import dollar_quote
from flycatcher.shell.marks import HOLE, plain
from flycatcher.shell.state import Stream
from flycatcher.shell.step import MAX_STEPS, Step

if TYPE_CHECKING:
    from collections.abc import Mapping


_LONG = {
    "--arg-file": "a", "--delimiter": "d", "--eof": "e", "--replace": "i", "--max-lines": "l", "--max-args": "n",
    "--max-procs": "P", "--max-chars": "s", "--null": "0", "--no-run-if-empty": "r", "--verbose": "t",
}  # fmt: skip
_VALUES = "adEILnPs"
"""Letters whose value may be the next word; that of e, i and l is attached or left out."""
_ATTACHED = {"e": ("E", ""), "i": ("I", "{}"), "l": ("L", "1")}


def xargs(fields: list[str], env: Mapping[str, str], stdin: Stream) -> list[Step] | None:
    """Return the commands that xargs starts; None where its input is known to be empty and -r is given."""
    options, at = _options([plain(field) for field in fields])
    known = stdin.text if "a" not in options else None
    null = Stream("null", "")
    words = _commands(fields[at:] or ["echo"], options, known)
    return [Step(each, env, stdin=null) for each in words] or None


def _options(words: list[str]) -> tuple[dict[str, str], int]:
    """Read the options; return them by letter, and where the command begins."""
    options: dict[str, str] = {}
    at = 1
    while at < len(words) and words[at].startswith("-"):
        word = words[at]
        at += 1
        if word == "--":
            break
        letters, value = word[1:], ""
        if word.startswith("--"):
            name, _, value = word.partition("=")
            letters = _LONG.get(name, "")
        for index, letter in enumerate(letters, 1):
            rest = value or letters[index:]
            if letter in _ATTACHED:
                options[_ATTACHED[letter][0]] = rest or _ATTACHED[letter][1]
                break
            if letter in _VALUES:
                if not rest and at < len(words):
                    rest = words[at]
                    at += 1
                options[letter] = rest
                break
            options[letter] = ""
    return options, at


def _commands(command: list[str], options: dict[str, str], text: str | None) -> list[list[str]]:
    replace = options.get("I")
    if text is None:
        if replace:
            return [[word.replace(replace, HOLE) for word in command]]
        return [[*command, HOLE]]
    if "0" in options or "d" in options:
        mark = "\0" if "0" in options else dollar_quote(options["d"])[:1] or "\n"
        items = text.split(mark)
        items = items[:-1] if items[-1] == "" else items
    elif replace:
        items = [_line(line.lstrip(" \t")) for line in text.split("\n") if line.strip()]
    elif "L" in options:
        return [[*command, *_split(line)] for line in text.split("\n") if line.strip()][:MAX_STEPS]
    else:
        items = _split(text)
    if replace:
        return [[word.replace(replace, item) for word in command] for item in items][:MAX_STEPS]
    count = options.get("n", "")
    size = max(int(count), 1) if count.isascii() and count.isdigit() and len(count) < 9 else 0
    if not items:
        return [] if "r" in options else [command]
    if not size:
        return [[*command, *items]]
    return [[*command, *items[low : low + size]] for low in range(0, len(items), size)][:MAX_STEPS]


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
