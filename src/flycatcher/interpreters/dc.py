"""dc: GNU's desk calculator, in which ``!`` hands the rest of a line to a shell; bc has nothing like it.

Source: dc/dc.c (main, getopt_long) and dc/eval.c; checked with marker code against dc 1.4 (bc 1.07.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.markers import Markers
from flycatcher.interpreters.options import CODE, EXIT, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_SKIPPED = re.compile(r"#[^\n]*")
_COMMAND = re.compile(r"!(?![<>=])[^\n]*[^\s]")


def starts_command(text: str) -> bool:
    """Tell whether a dc program holds a command: ``!`` that begins no comparison, in a string too (``x`` runs those)."""
    return _COMMAND.search(_SKIPPED.sub("", text)) is not None


class Dc(Host):
    """dc: texts of -e in their order with the files, then stdin where there was neither."""

    id = "dc"
    language = "dc"
    names = (r"dc",)
    install = "apt: dc"
    markers = (Markers(strings=(b"\0DC_LINE_LENGTH\0", b"bug-dc@gnu.org")),)
    verified = ("1.4",)
    options = Options(
        short={"e": CODE, "f": Option("value", "file"), **each("hV", EXIT)},
        long={"--expression": CODE, "--file": Option("value", "file"), **each(("--help", "--version"), EXIT)},
        permute=True,
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read the texts that start a command."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        stop = command.first("exit")
        sources = [given for given in command.given if given.option.role in ("code", "file")]
        if stop is not None:  # what stands before it has run by then
            sources = [given for given in sources if given.index < stop.index]
        for given in sources:
            if given.option.role == "code" and starts_command(given.value or ""):
                reading.code(given)
        if stop is not None or command.error:
            return reading.end("prints" if stop is not None else "refuses")
        words = [execution.argv[index] for index in command.operands]
        if ("-" in words or not (sources or words)) and starts_command(execution.stdin_text or ""):
            reading.stdin(explicit=False)
        return reading.end("script")
