"""mruby and mirb.

Source: mrbgems/mruby-bin-mruby/tools/mruby/mruby.c (parse_args) of mruby 3.1; checked with marker code against 3.1.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers


class Mruby(Interpreter):
    """mruby: texts of -e, else the file, else stdin."""

    id = "mruby"
    language = "ruby"
    names = (r"mruby(?:-?\d[\d.]*)?",)
    install = "apt: mruby"
    verified = ("3.1",)
    options = Options(
        parser="own",
        short={**each("bdv", FLAG), "c": Option(role="check"), "e": CODE, "r": Option("value", "load"), "h": EXIT},
        long={"--version": EXIT, "--copyright": EXIT, "--verbose": FLAG},
        equals=False,
        dash="operand",
    )  # fmt: skip
    markers = (Markers(strings=(b"Failed mruby core initialization", b"one line of script")),)
