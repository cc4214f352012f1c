"""gosh, the interpreter of Gauche.

Source: gosh(1). Unverified: Debian 12 has no Gauche.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

_LOAD = Option("value", "load")


class Gosh(Interpreter):
    """gosh of Gauche: -e evaluates, a file runs, else a session on stdin. Unverified: Debian 12 has no Gauche."""

    id = "gosh"
    language = "scheme"
    names = (r"gosh",)
    install = "apt: gauche (not in Debian 12)"
    options = Options(
        parser="getopt",
        short={**each("eE", CODE), "l": _LOAD, **each("IAruFpfmL", VALUE), "i": Option(role="interactive"),
               **each("qb", FLAG), **each("Vh", EXIT)},
    )  # fmt: skip
