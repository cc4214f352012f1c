"""bpftrace: programs for the kernel's tracer, whose ``system()`` starts commands.

Source: src/main.cpp (parse_args, getopt_long) of bpftrace; checked with marker code against bpftrace 0.17.
"""

from __future__ import annotations

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.identity.markers import Markers

_LIST = Option(role="exit")


class Bpftrace(Interpreter):
    """bpftrace runs the text of -e, a file, or stdin for ``-``."""

    id = "bpftrace"
    language = "bpftrace"
    names = (r"bpftrace(?:-aotrt)?",)
    install = "apt: bpftrace"
    markers = (Markers(strings=(b"BPFTRACE_MAX_PROBES", b"BPFTRACE_LOG_SIZE")),)
    verified = ("0.17",)
    reads_stdin = False
    codes = "last"
    options = Options(
        short={"e": CODE, **each("BfoIpc", VALUE), **each("vqk", FLAG), "d": Option(role="check"), "l": _LIST,
               **each("hV", EXIT)},
        long={
            **each(("--include", "--emit-elf", "--emit-llvm", "--aot"), VALUE),
            **each(("--unsafe", "--usdt-file-activation", "--no-warnings", "--btf", "--no-feature"), FLAG),
            **each(("--help", "--version", "--info"), EXIT),
        },
        permute=True,
        parser="getopt_long",
    )  # fmt: skip
