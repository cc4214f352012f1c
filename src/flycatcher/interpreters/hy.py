"""Hy, a Lisp on Python.

Source: hy/cmdline.py; tried by hand against hy 1.3.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each


class Hy(Interpreter):
    """Hy, a Lisp on Python: -c, -m, a file, or stdin."""

    id = "hy"
    language = "lisp"
    names = (r"hy(?:3[\d.]*)?",)
    runs_on = ("python",)
    install = "pip: hy"
    options = Options(
        short={"c": Option("value", "code", last=True), "m": Option("value", "module", last=True),
               "i": Option(role="interactive"), **each("EBIsuxOq", FLAG), **each("hv", EXIT)},
        long={"--spy": FLAG, "--repl-output-fn": VALUE, **each(("--help", "--version"), EXIT)},
    )  # fmt: skip
