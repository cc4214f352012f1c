"""csi, the interpreter of CHICKEN Scheme.

Source: csi.scm (run); checked with marker code against CHICKEN 5.3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_SCRIPT = Option("value", "file", last=True)


class Csi(Interpreter):
    """csi of CHICKEN: texts of -e, -p and -P, files, and a session on stdin unless -b or a text is given."""

    id = "csi"
    language = "scheme"
    names = (r"(?:chicken-)?csi",)
    install = "apt: chicken-bin"
    options = Options(
        long={
            **each(("-e", "-eval", "-p", "-print", "-P", "-pretty-print"), CODE),
            **each(("-s", "-script", "-ss", "-sx"), _SCRIPT),
            **each(("-D", "-feature", "-no-feature", "-K", "-keyword-style", "-R", "-require-extension"), VALUE),
            **each(("-I", "-include-path"), VALUE),
            **each(("-i", "-case-insensitive", "-q", "-quiet", "-n", "-no-init", "-w", "-no-warnings"), FLAG),
            **each(("-no-parentheses-synonyms", "-no-symbol-escape", "-r5rs-syntax", "-setup-mode"), FLAG),
            **each(("-b", "-batch"), Option(detail="batch")),
            **each(("-h", "-help", "--help", "-version", "-release"), EXIT),
        },
        equals=False,
        permute=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read texts, files, then the session."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        file = command.first("file")
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
        if file is not None:
            reading.program(file.at, option=file.name)
            return reading
        for index in command.operands:
            reading.program(index)
        if not reading.snippets and not any(given.option.detail for given in command.given):
            reading.stdin(explicit=False)
        return reading
