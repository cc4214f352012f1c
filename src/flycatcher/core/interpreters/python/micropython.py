"""MicroPython's Unix port.

Source: ports/unix/main.c (main_, pre_process_options) of MicroPython 1.29: whole words, nothing is glued to them; checked with
marker code against 1.29, built from its sources.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, Option, Options, each
from flycatcher.core.interpreters.engine.parsers import parse_line
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class MicroPython(Interpreter):
    """micropython: the text of -c, a module, or the file; then stdin."""

    id = "micropython"
    language = "python"
    technique = "T1059.006"
    names = (r"micropython(?:-[\w.]+)?",)
    install = "github.com/micropython/micropython, ports/unix"
    verified = ("1.29",)
    variables = ("MICROPYINSPECT",)
    stdin_names = ()
    console = "asked"
    options = Options(
        parser="own",
        long={
            "-c": Option("value", "code", last=True), "-m": Option("value", "module", last=True),
            "-X": Option("value", pattern=r"compile-only|emit=(?:bytecode|native|viper)|heapsize=.*"),
            "-i": Option(role="interactive"), **each(("-h", "--version"), EXIT), **each(("-v", "-O"), FLAG),
        },
        equals=False, double_dash=False, dash="error",
    )  # fmt: skip
    markers = (Markers(strings=(b"MicroPython v", b"[-X <implopt>] [-c <command>")),)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; whatever begins with ``-O`` is that option."""
        words = list(execution.argv)
        end = min(words.index(name) if name in words else len(words) for name in ("-c", "-m"))
        return parse_line(
            self.options, [*("-O" if word.startswith("-O") else word for word in words[:end]), *words[end:]]
        )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read what runs; MICROPYINSPECT asks for a session behind it, as -i does."""
        if any(given.value == "compile-only" for given in command.given):
            return reading.finish("checks")
        super().accepted(reading, command)
        asked = reading.execution.env.get("MICROPYINSPECT") or command.has("-i")
        if asked and reading.outcome != "refuses" and not reading.uses_stdin():
            reading.stdin(explicit=False)
        return reading

    def read_file(self, reading: Reading, index: int, *, option: str = "", offset: int = 0) -> None:
        """Read a file, of which the real path is looked for: a pipe has none."""
        word = reading.execution.argv[index]
        if descriptor_of(word, reading.execution) is not None and reading.execution.stdin in ("pipe", "socket"):
            reading.refuse("a pipe has no path")
        else:
            super().read_file(reading, index, option=option, offset=offset)
