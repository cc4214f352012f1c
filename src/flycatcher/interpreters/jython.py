"""Jython, Python 2.7 on the JVM.

Source: org/python/util/jython.java (CommandLineOptions); checked with marker code against Jython 2.7.3.
"""

from __future__ import annotations

from flycatcher.interpreters.base import Interpreter
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

_GLUED = Option("attached")


class Jython(Interpreter):
    """Jython: Python 2.7's command line in short. Unverified: the one of Debian 12 does not start on its Java."""

    id = "jython"
    language = "python"
    technique = "T1059.006"
    names = (r"jython(?:-?\d[\d.]*)?",)
    runs_on = ("sh", "bash", "python")
    main_classes = ("org.python.util.jython",)
    install = "apt: jython"
    options = Options(
        short={"c": Option("value", "code", last=True), "m": Option("value", "module", last=True), **each("QW", VALUE),
               "D": _GLUED, "J": _GLUED, **each("BEisSuv3", FLAG), **each("hV", EXIT)},
        long={**each(("--help", "--version"), EXIT), "-jar": Option("value", "module", last=True)},
    )  # fmt: skip
