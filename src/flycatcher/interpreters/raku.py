"""Raku on Rakudo (once perl6).

Source: src/main.nqp and HLL/Compiler.nqp; checked with marker code against Rakudo 2022.12.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

_GLUED = Option("attached")


class Raku(Interpreter):
    """raku (perl6): -e, a file, ``-`` or stdin."""

    id = "raku"
    language = "raku"
    names = (r"raku(?:do)?|perl6(?:-m)?",)
    runs_on = ("sh", "bash")
    install = "apt: rakudo"
    verified = ("2022.12",)
    options = Options(
        short={
            "e": Option("value", "code", last=True),
            "c": Option(role="check"),
            "M": VALUE,
            "I": VALUE,
            "o": VALUE,
            **each("np", FLAG),
            **each("hvV", EXIT),
        },
        long={
            **each(
                ("--target", "--optimize", "--rakudo-home", "--output", "--repl-mode", "--profile-filename"), _GLUED
            ),
            **each(("--stagestats", "--ll-exception", "--full-cleanup"), FLAG),
            **each(("--profile", "--doc"), _GLUED),
            **each(("--help", "--version"), EXIT),
        },
    )
