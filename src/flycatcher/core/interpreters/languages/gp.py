"""gp of PARI.

Source: src/gp/gp.c (read_opt); checked with marker code against gp 2.15.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each


class Gp(Interpreter):
    """gp of PARI: files, then a session on stdin; ``system()`` and ``extern()`` start commands."""

    id = "gp"
    language = "gp"
    names = (r"gp(?:-?\d[\d.]*)?",)
    install = "apt: pari-gp"
    verified = ("2.15",)
    options = Options(
        parser="own",
        short={"s": VALUE, "p": VALUE, "D": VALUE, **each("fq", FLAG)},
        long={
            **each(("--stacksize", "--default", "--primelimit"), VALUE),
            **each(("--fast", "--quiet", "--emacs", "--test", "--texmacs"), FLAG),
            **each(("--help", "--version", "--version-short"), EXIT),
        },
        double_dash=False,
        dash="error",
    )

    console = "after files"
