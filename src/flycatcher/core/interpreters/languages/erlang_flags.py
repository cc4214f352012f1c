"""The flags of the Erlang emulator that carry text, on a command line or in a variable.

Source: erlexec.c and init.erl (parse_boot_args); checked with marker code against Erlang/OTP 25.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import Given, Option

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flycatcher.core.interpreters.engine.reading import Reading
    from flycatcher.core.snippet import Vector

_EVAL = Option("value", "code")
_RUN = Option("value", "command")
_WORD = re.compile(r'(?:[^\s"\'\\]++|\\.|"(?:[^"\\]++|\\.)*"|\'[^\']*+\')+', re.DOTALL)
_QUOTED = re.compile(r"'([^']*+)'|\"((?:[^\"\\]++|\\.)*)\"|\\(.)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


_IN_FRONT = r"ERL_AFLAGS|ERL_OTP\d+_FLAGS"
_FRONT = re.compile(_IN_FRONT)
BEHIND = ("ERL_FLAGS", "ERL_ZFLAGS")
"""Variables whose flags stand behind those of the line."""
VARIABLES = (*BEHIND, _IN_FRONT)
"""All of them, as regular expressions."""


def front(env: Mapping[str, str]) -> list[str]:
    """Return the variables there are whose flags stand in front of those of the line: one is for one version alone."""
    return [name for name in env if _FRONT.fullmatch(name)]


def words(value: str) -> list[str]:
    """Split a variable's value as erlexec does."""
    return [_unquoted(word) for word in _WORD.findall(value)]


def _unquoted(word: str) -> str:
    """Take the quotes off a word of a variable; a backslash keeps what follows, but not between single quotes."""
    return _QUOTED.sub(lambda match: match[1] or _ESCAPE.sub(r"\1", match[2] or "") or match[3] or "", word)


def flags(words: tuple[str, ...]) -> list[Given]:
    """Return the flags; the value is the words up to the next flag, joined with blanks as init.erl does."""
    found: list[Given] = []
    at = 1
    while at < len(words) and words[at] != "-extra":
        index = at
        at += 1
        name = words[index]
        if not name.startswith("-") or name == "--":
            continue
        while at < len(words) and not words[at].startswith(("-", "+")):
            at += 1
        values = words[index + 1 : at]
        if name in ("-run", "-s") and values[:2] == ("os", "cmd"):  # os:cmd takes its list of words as one string
            found.append(Given(_RUN, name, "".join(values[2:]), index, min(index + 3, at - 1), 0))
            continue
        option = _EVAL if name == "-eval" else Option()
        found.append(Given(option, name, " ".join(values) if values else None, index, min(index + 1, at - 1), 0))
    return found


def record(reading: Reading, flag: Given, variable: str | None) -> None:
    """Record ``-eval TEXT``, and ``-run os cmd COMMAND``, which is a command for the shell."""
    if not flag.value or flag.option not in (_EVAL, _RUN):
        return
    index = None if variable else flag.at
    shell = flag.option is _RUN
    vector: Vector = "environment" if variable else "runner" if shell else "argument"
    language = "shell" if shell else ""
    reading.add(vector, flag.value, index=index, option=flag.name, variable=variable, language=language)
