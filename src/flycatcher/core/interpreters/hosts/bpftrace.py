"""bpftrace: programs for the kernel's tracer, whose ``system()`` starts commands.

Source: src/main.cpp (parse_args, getopt_long) of bpftrace; checked with marker code against bpftrace 0.17.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution

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
    options = Options(
        short={"e": CODE, **each("BfoIpc", VALUE), **each("vqk", FLAG), "d": Option(role="check"), "l": _LIST,
               **each("hV", EXIT)},
        long={
            **each(("--include", "--emit-elf", "--emit-llvm", "--aot"), VALUE),
            **each(("--unsafe", "--usdt-file-activation", "--no-warnings", "--btf", "--no-feature"), FLAG),
            **each(("--help", "--version", "--info"), EXIT),
        },
        permute=True,
        abbreviations=True,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; of several -e the last one runs."""
        line = parse(self.options, execution.argv)
        codes = [given for given in line.given if given.option.role == "code"]
        line.given = [given for given in line.given if given.option.role != "code" or given is codes[-1]]
        return line
