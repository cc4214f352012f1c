"""MicroPython's Unix port.

Source: ports/unix/main.c (main_, pre_process_options) of MicroPython 1.22: whole words, nothing is glued to them.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers


class MicroPython(Interpreter):
    """micropython: the text of -c, a module, or the file; then stdin."""

    id = "micropython"
    language = "python"
    technique = "T1059.006"
    names = (r"micropython(?:-[\w.]+)?",)
    install = "github.com/micropython/micropython"
    stdin_names = ()
    console = "asked"
    options = Options(
        parser="own",
        long={
            "-c": Option("value", "code", last=True), "-m": Option("value", "module", last=True), "-X": VALUE,
            "-i": Option(role="interactive"), "-h": EXIT, "--version": EXIT,
            **each(("-v", "-O", "-O1", "-O2", "-O3", "-O4"), FLAG),
        },
        equals=False, double_dash=False,
    )  # fmt: skip
    markers = (Markers(strings=(b"MicroPython v", b"[-X <implopt>] [-c <command>")),)
