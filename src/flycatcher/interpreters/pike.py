"""Pike.

Source: lib/master.pike.in (_main); checked with marker code against Pike 8.0.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, VALUE, Option, Options, each

_CODE = Option("value", "code", last=True)
_GLUED = Option("attached")


class Pike(Interpreter):
    """pike: -e, a script, or a session on stdin."""

    id = "pike"
    language = "pike"
    names = (r"pike(?:-?\d[\d.]*)?",)
    install = "apt: pike8.0"
    verified = ("8.0",)
    options = Options(
        short={"e": _CODE, "x": Option("optional", "module", last=True), **each("MIPDm", VALUE), **each("dtarwq", _GLUED),
               **each("vh", EXIT)},
        long={
            "--execute": _CODE,
            **each(("--module-path", "--include-path", "--program-path", "--define", "--master"), VALUE),
            **each(("--help", "--version", "--dumpversion", "--features", "--info", "--show-paths"), EXIT),
        },
        unknown="skip",
    )  # fmt: skip
