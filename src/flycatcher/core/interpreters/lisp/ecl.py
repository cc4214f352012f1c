"""ECL, Embeddable Common Lisp.

Source: src/lsp/cmdline.lsp (command-line options); checked with marker code against ecl 21.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    FLAG,
    VALUE,
    CommandLine,
    Option,
    Options,
    each,
)
from flycatcher.core.interpreters.engine.parsers import parse_some

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_LOAD = Option("value", "load")
_SCRIPT = Option("value", "file", last=True)
_PERHAPS = ("-h", "-c", "-o", "-data")
_HELP = ("-?", "--help")
"""They end it at once; ``--version`` ends it where the words end."""


class Ecl(Interpreter):
    """ECL: --eval texts and --load files run in their order; --shell names a script; else a session on stdin."""

    id = "ecl"
    language = "lisp"
    names = (r"ecl",)
    install = "apt: ecl"
    verified = ("21.2",)
    options = Options(
        parser="own",
        long={
            **each(("--eval", "-eval"), CODE),
            **each(("--load", "-load"), _LOAD),
            **each(("--shell", "-shell"), _SCRIPT),
            **each(("--dir", "--c-stack", "--lisp-stack", "--heap-size", "--frame-stack"), VALUE),
            **each(("--input-encoding", "--output-encoding", "--error-encoding", "--encoding"), VALUE),
            "--compile": Option("value", "check"),
            **each(
                ("--rc", "-rc", "--norc", "-norc", "-q", "-s", *_PERHAPS, "--nodebug", "--trap-fpe", "--no-trap-fpe"),
                FLAG,
            ),
            **each((*_HELP, "--version", "-v"), Option(detail="quits")),
        },
        equals=False,
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words without the values of options that may have one: any word that is not an option itself."""
        words = execution.argv
        values = {
            at + 1
            for at in range(1, len(words) - 1)
            if words[at] in _PERHAPS and words[at + 1] not in self.options.long
        }
        line = parse_some(self.options, words, [index for index in range(len(words)) if index not in values])
        end = next((at for at, given in enumerate(line.given) if given.name in _HELP), len(line.given))
        line.given, line.error = line.given[: end + 1], line.error if end == len(line.given) else ""
        return line

    def read_operand(self, reading: Reading, operands: Sequence[int]) -> None:
        """Leave operands aside: none is loaded."""
        del operands
        reading.finish("nothing")

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the texts, then the session."""
        reading = super().accepted(reading, command)
        if command.first("file", "check"):
            return reading
        texts = " ".join(given.value or "" for given in command.given if given.option.role == "code")
        quits = any(given.option.detail for given in command.given)
        if not quits and not any(word in texts for word in ("(quit", "(exit", "ext:quit", "si:quit")):
            reading.stdin(explicit=False)  # ecl loads no operand
        return reading
