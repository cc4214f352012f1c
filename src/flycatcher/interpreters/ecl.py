"""ECL, Embeddable Common Lisp.

Source: src/lsp/cmdline.lsp (command-line options); checked with marker code against ecl 21.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse_some

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_LOAD = Option("value", "load")
_SCRIPT = Option("value", "file", last=True)
_PERHAPS = ("-h", "-c", "-o", "-data")


class Ecl(Interpreter):
    """ECL: --eval texts and --load files run in their order; --shell names a script; else a session on stdin."""

    id = "ecl"
    language = "lisp"
    names = (r"ecl",)
    install = "apt: ecl"
    verified = ("21.2",)
    options = Options(
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
            **each(("-?", "--help", "--version", "-v"), EXIT),
        },
        equals=False,
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words without the values of those options that may have one: any word that is no option of ECL's."""
        words = execution.argv
        values = {
            at + 1
            for at in range(1, len(words) - 1)
            if words[at] in _PERHAPS and words[at + 1] not in self.options.long
        }
        return parse_some(self.options, words, [index for index in range(len(words)) if index not in values])

    def read(self, execution: Execution) -> Reading:
        """Read the texts, then the session."""
        reading = super().read(execution)
        command = reading.command
        if command is not None and not command.error and reading.outcome == "script" and not command.first("file"):
            reading.stdin(explicit=False)  # ecl loads no operand
        if command is not None and reading.outcome == "inline" and not command.first("file"):
            texts = " ".join(given.value or "" for given in command.given if given.option.role == "code")
            if not any(word in texts for word in ("(quit", "(exit", "ext:quit", "si:quit")):
                reading.stdin(explicit=False)
        return reading
