"""gnuplot: a language of its own with ``system``, backticks and ``!``.

Source: src/plot.c (gnu_main) of gnuplot; checked with marker code against gnuplot 5.4.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, Option, Options, each


class Gnuplot(Interpreter):
    """Texts of -e and files run in their order; ``-`` is stdin, which is read where there is neither."""

    id = "gnuplot"
    language = "gnuplot"
    names = (r"gnuplot(?:-(?:nox|qt|x11))?(?:-?\d[\d.]*)?",)
    install = "apt: gnuplot-nox"
    verified = ("5.4",)

    options = Options(
        parser="own",
        long={
            "-e": Option("optional", "code"),
            "-c": Option("optional", "file", last=True),
            **each(("-V", "--version", "-h", "--help"), EXIT),
        },
        equals=False,
        double_dash=False,
        permute=True,
        posixly=False,
        unknown="skip",  # it is left to the terminal's driver
    )
    in_order = True
    beside = True
    operand = "all"
