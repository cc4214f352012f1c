"""Tarantool: a Lua application server.

Source: src/main.cc (main) and src/lua/init.c (run_script_f) of Tarantool 2.6; checked with marker code against 2.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import CODE, EXIT, Option, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


class Tarantool(Interpreter):
    """tarantool: texts of -e in their order, then the script, without one stdin; with -i a session follows."""

    id = "tarantool"
    language = "lua"
    technique = "T1059.011"
    names = (r"tarantool(?:-?\d[\d.]*)?",)
    install = "apt: tarantool"
    verified = ("2.6",)
    options = Options(
        short={**each("hvV", EXIT), "e": CODE, "l": Option("value", "load"), "i": Option(role="interactive")},
        long={"--help": EXIT, "--version": EXIT},
        parser="getopt_long",
    )
    markers = (Markers(strings=(b"execute string 'EXPR'", b"Tarantool - a Lua application server")),)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read an execution as run_script_f does."""
        self.read_loads(reading, command)
        for given in command.every("code"):
            reading.code(given)
        if command.operands:
            self.read_file(reading, command.operands[0])
        else:
            reading.stdin(explicit=False)
        if command.first("interactive") is not None and not reading.uses_stdin():
            reading.stdin(explicit=False)
        return reading
