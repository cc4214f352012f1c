"""Erlang: erl, erlexec and beam.smp; and escript.

Source: erl(1), escript(1), erlexec.c and init.erl (parse_boot_args); checked with marker code against Erlang/OTP 25.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CommandLine, Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.languages import erlang_flags as erl_flags
from flycatcher.core.interpreters.languages.elixir import Elixir

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

_QUIET = frozenset({"-noshell", "-noinput", "-detached"})
_PRINTS = frozenset({"-version", "+V", "-emu_args_exit"})


class Erl(Interpreter):
    """The emulator: ``-eval`` joins its words with blanks, a flag of a variable reads as on the line, and the shell reads stdin."""

    id = "erl"
    language = "erlang"
    names = (r"erl|erlexec|beam(?:\.smp)?|(?:cerl|werl)",)
    variables = (*erl_flags.VARIABLES, "HOME")
    verified = ("25",)
    install = "apt: erlang-base"
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read an execution: flags of the line and of the variables, then the shell."""
        words = execution.argv
        given = erl_flags.flags(words)
        reading = Reading(self, execution, CommandLine(given, []))
        if _PRINTS & set(words[1:]):
            return reading.finish("prints")
        quiet = bool(_QUIET & {flag.name for flag in given})
        if "no_dot_erlang" not in words and execution.env.get("HOME"):
            reading.load_seen("HOME", execution.env["HOME"].rstrip("/") + "/.erlang")
        for flag in given:
            erl_flags.record(reading, flag, None)
        for variable in (*erl_flags.front(execution.env), *erl_flags.BEHIND):
            value = execution.env.get(variable, "")
            for flag in erl_flags.flags(("", *erl_flags.words(value))) if value else ():
                erl_flags.record(reading, flag, variable)
                quiet = quiet or flag.name in _QUIET
        if "-extra" in words and "elixir" in words:
            Elixir().read_after(reading, words.index("-extra"))
        elif not quiet:
            reading.stdin(explicit=False)
        else:
            reading.finish("module")
        return reading


class Escript(Interpreter):
    """escript: flags, then a file; nothing is read from stdin."""

    id = "escript"
    language = "erlang"
    names = (r"escript",)
    reads_stdin = False
    verified = ("25",)
    install = "apt: erlang-base"
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the first word without a dash."""
        words = execution.argv
        at = next((i for i in range(1, len(words)) if not words[i].startswith("-")), 0)
        reading = Reading(self, execution, CommandLine([], list(range(at, len(words))) if at else []))
        if at and "-s" not in words[1:at]:
            reading.program(at, dash=False)
        return reading
