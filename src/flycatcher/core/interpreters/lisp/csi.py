"""csi, the interpreter of CHICKEN Scheme.

Source: csi.scm (run); checked with marker code against CHICKEN 5.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import (
    CODE,
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.engine.paths import descriptor_of, fact_of, is_special

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_CLUSTER = re.compile(r"-[ibqnw]{2,}")
_SCRIPT = Option("value", "file", last=True)
_VARIABLE = "CSI_OPTIONS"


class Csi(Interpreter):
    """csi of CHICKEN: texts of -e, -p and -P, files, and a session on stdin unless -b or a text is given."""

    id = "csi"
    language = "scheme"
    names = (r"(?:chicken-)?csi",)
    variables = ("CSI_OPTIONS",)
    install = "apt: chicken-bin"
    verified = ("5.3.0",)
    options = Options(
        parser="own",
        long={
            **each(("-e", "-eval", "-p", "-print", "-P", "-pretty-print"), CODE),
            **each(("-s", "-script", "-ss", "-sx"), _SCRIPT),
            **each(("-D", "-feature", "-no-feature", "-K", "-keyword-style", "-R", "-require-extension"), VALUE),
            **each(("-I", "-include-path"), VALUE),
            **each(("-i", "-case-insensitive", "-q", "-quiet", "-n", "-no-init", "-w", "-no-warnings"), FLAG),
            **each(("-no-parentheses-synonyms", "-no-symbol-escape", "-r5rs-syntax", "-setup-mode"), FLAG),
            **each(("---", "--"), Option(role="arguments", last=True)),
            **each(("-b", "-batch"), Option(detail="batch")),
            **each(("-h", "-help", "--help", "-version", "-release"), EXIT),
        },
        equals=False,
        permute=True,
        posixly=False,
        double_dash=False,
    )

    @staticmethod
    def plain(words: tuple[str, ...]) -> list[str]:
        """Return the words with clusters of flags put as one flag each would be: what they mean together is the batch mode."""
        return [words[0], *("-b" if _CLUSTER.fullmatch(word) and "b" in word else "-q" if _CLUSTER.fullmatch(word) else word
                for word in words[1:])]  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words of the variable, which are split at blanks alone, then those of the line."""
        extra = execution.env.get(_VARIABLE, "").split()
        line = parse(self.options, self.plain(execution.argv))
        if line.first("file"):  # a script on the line: the variable is left aside
            return line
        front = parse(self.options, self.plain((execution.argv[0], *extra)))
        line.given[:0] = [Given(one.option, one.name, one.value, -1, -1, 0, _VARIABLE) for one in front.given]
        line.error = line.error or front.error
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read texts, files, then the session."""
        execution = reading.execution
        file = next((given for given in command.given if given.option.role == "file" and given.index >= 0), None)
        for given in self.texts(command):
            reading.code(given)
        if file is not None:
            reading.program(file.at, option=file.name)
            return reading
        operands = command.free()
        for index in operands:
            if _is_left(execution.argv[index], execution):
                reading.program(index, dash=False)
        loaded = any(is_special(execution.argv[index], execution) for index in operands)
        if (
            not reading.snippets
            and (not loaded or execution.stdin == "file")
            and not any(given.option.detail for given in command.given)
        ):
            reading.stdin(explicit=False)
        return reading


def _is_left(path: str, execution: Execution) -> bool:
    """Whether there is text when a file is loaded, which csi has opened before: of a pipe on a descriptor nothing is left."""
    number = descriptor_of(path, execution)
    if number is None or execution.stdin == "file":
        return True
    found = fact_of(path, execution) if number else None
    return found is not None and found.kind in ("regular", "deleted", "memfd")
