"""rc of Plan 9, as Byron Rakitzis wrote it for Unix.

Source: main.c; checked with marker code against rc 1.7.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import FLAG, Option, Options, each


class Rc(Interpreter):
    """Byron Rakitzis' rc: -c, a script, or stdin."""

    id = "rc"
    language = "rc"
    kind = "shell"
    technique = "T1059.004"
    names = (r"rc",)
    install = "apt: rc"
    verified = ("1.7",)
    options = Options(
        parser="getopt",
        short={"c": Option("value", "code", last=True), "s": Option(role="stdin"), "i": Option(role="interactive"),
               "n": Option(role="check"), **each("deIlopvx", FLAG)},
    )  # fmt: skip
