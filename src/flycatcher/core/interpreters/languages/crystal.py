"""Crystal: ``crystal eval``.

Source: src/compiler/crystal/command/eval.cr; checked with marker code against Crystal 1.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Options, each
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.reading import Reading


class Crystal(Interpreter):
    """crystal eval: the words are the text, stdin without any; ``crystal run`` takes a file."""

    id = "crystal"
    language = "crystal"
    names = (r"crystal",)
    install = "apt: crystal"
    verified = ("1.6",)
    markers = (Markers(strings=(b"CRYSTAL_CACHE_DIR", b"Usage: crystal [command] [switches]")),)
    subcommands = ("eval", "run", "i", "interactive")
    options = Options(
        parser="own",
        short={"D": VALUE, **each("dspt", FLAG), "h": EXIT},
        long={
            **each(("--define", "--mcpu", "--mattr", "--mcmodel", "--warnings", "--exclude-warnings"), VALUE),
            **each(("--debug", "--no-debug", "--error-trace", "--release", "--stats", "--progress", "--time"), FLAG),
            **each(("--no-color", "--error-on-warnings"), FLAG),
            "--help": EXIT,
        },
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read ``crystal eval``, ``crystal i`` and ``crystal run``."""
        words = reading.execution.argv
        sub = words[1]
        if sub == "eval" and command.operands:
            first = command.operands[0]
            reading.add("argument", " ".join(words[index] for index in command.operands), index=first)
        elif sub == "run" or command.operands:
            reading.program(command.operands[0]) if command.operands else reading.finish("nothing")
        else:
            reading.stdin(explicit=False)
        return reading
