"""expect, and expectk.

Source: exp_main_sub.c (exp_parse_argv) and expect(1); checked with marker code against expect 5.45.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter, StartFile
from flycatcher.core.interpreters.engine.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.languages.tcl import TCL_LIBRARY, read_packages

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading


class Expect(Interpreter):
    """-c runs while the options are still being read, and the script runs after it; without either, stdin is read."""

    id = "expect"
    language = "tcl"
    names = (r"expect(?:k|_[a-z0-9]+)?(?:5[\d.]*)?",)
    variables = ("TCL_LIBRARY", "TCLLIBPATH", "DOTDIR", "HOME")
    verified = ("5.45.4",)
    install = "apt: expect"
    eager = True
    exit_first = True
    start_files = (TCL_LIBRARY, StartFile("DOTDIR", "{}/.expect.rc", unless=("-n",)),
                   StartFile("HOME", "{}/.expect.rc", unless=("-n",), seen=True))  # fmt: skip
    options = Options(
        parser="getopt",
        short={
            "c": CODE,
            **each("bf", Option("value", "file")),
            **each("dnN", FLAG),
            "D": VALUE,
            "i": Option(role="interactive"),
            "v": EXIT,
            "-": Option(last=True),
        },
    )

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Run each -c while the options are read, behind the start-up files."""
        self.read_loads(reading, command)
        read_packages(reading)
        super().early(reading, command)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read -f or -b, the operand, or stdin."""
        file = command.every("file")
        interactive = command.first("interactive") is not None
        if file:
            reading.program(file[-1].at, option=file[-1].name, offset=file[-1].offset)
        elif command.operands and not interactive:
            reading.program(command.operands[0])
        elif not reading.snippets and not interactive:
            reading.stdin(explicit=False)
        if interactive and not reading.uses_stdin():
            reading.stdin(explicit=False, option="-i")
        return reading
