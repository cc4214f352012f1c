"""Erlang: erl, erlexec and beam.smp; and escript.

Source: erl(1), escript(1), erlexec.c and init.erl (parse_boot_args); checked with marker code against Erlang/OTP 25.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.elixir import Elixir
from flycatcher.interpreters.options import CommandLine, Given, Option

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.snippet import Vector

_EVAL = Option("value", "code")
_RUN = Option("value", "command")
_QUIET = frozenset({"-noshell", "-noinput", "-detached"})
_PRINTS = frozenset({"-version", "+V", "-emu_args_exit"})
_VARIABLES = ("ERL_AFLAGS", "ERL_FLAGS", "ERL_ZFLAGS")
_WORD = re.compile(r'(?:[^\s"\'\\]|\\.|"(?:[^"\\]|\\.)*+"|\'[^\']*+\')++', re.DOTALL)
_QUOTED = re.compile(r"'([^']*+)'|\"((?:[^\"\\]|\\.)*+)\"|\\(.)", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class Erl(Interpreter):
    """The emulator: ``-eval`` joins its words with blanks, a flag of a variable reads as on the line, and the shell reads stdin."""

    id = "erl"
    language = "erlang"
    names = (r"erl|erlexec|beam(?:\.smp)?|(?:cerl|werl)",)
    verified = ("25",)
    install = "apt: erlang-base"

    def read(self, execution: Execution) -> Reading:
        """Read an execution: flags of the line and of the variables, then the shell."""
        words = execution.argv
        given = _flags(words)
        reading = Reading(self, execution, CommandLine(given, []))
        if _PRINTS & set(words[1:]):
            return reading.end("prints")
        quiet = bool(_QUIET & {flag.name for flag in given})
        for flag in given:
            _record(reading, flag, None)
        for variable in _VARIABLES:
            value = execution.env.get(variable, "")
            for flag in _flags(("", *(_unquoted(word) for word in _WORD.findall(value)))) if value else ():
                _record(reading, flag, variable)
                quiet = quiet or flag.name in _QUIET
        if "-extra" in words and "elixir" in words:
            Elixir().behind(reading, words.index("-extra"))
        elif not quiet:
            reading.stdin(explicit=False)
        else:
            reading.end("module")
        return reading


def _unquoted(word: str) -> str:
    """Take the quotes off a word of a variable; a backslash keeps what follows, but not between single quotes."""
    return _QUOTED.sub(lambda match: match[1] or _ESCAPE.sub(r"\1", match[2] or "") or match[3] or "", word)


def _flags(words: tuple[str, ...]) -> list[Given]:
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


def _record(reading: Reading, flag: Given, variable: str | None) -> None:
    """Record ``-eval TEXT``, and ``-run os cmd COMMAND``, which is a command for the shell."""
    if not flag.value or flag.option not in (_EVAL, _RUN):
        return
    index = None if variable else flag.at
    shell = flag.option is _RUN
    vector: Vector = "environment" if variable else "runner" if shell else "argument"
    language = "shell" if shell else ""
    reading.add(vector, flag.value, index=index, option=flag.name, variable=variable, language=language)


class Escript(Interpreter):
    """escript: flags, then a file; nothing is read from stdin."""

    id = "escript"
    language = "erlang"
    names = (r"escript",)
    reads_stdin = False
    verified = ("25",)
    install = "apt: erlang-base"

    def read(self, execution: Execution) -> Reading:
        """Read the first word without a dash."""
        words = execution.argv
        at = next((i for i in range(1, len(words)) if not words[i].startswith("-")), 0)
        reading = Reading(self, execution, CommandLine([], list(range(at, len(words))) if at else []))
        if at and "-s" not in words[1:at]:
            reading.program(at, dash=False)
        return reading
