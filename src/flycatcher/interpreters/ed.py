"""ed, the line editor: ``!`` starts a command, in its script and as a file's name.

Source: main.c, main_loop.c and io.c of GNU ed; tried by hand against ed 1.19, not compared in bulk.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.markers import Markers
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_ADDRESS = r"[ \t]*(?:[.$\d,;%+-]|'[a-z]|/(?:\\.|[^/\n])*/|\?(?:\\.|[^?\n])*\?|[ \t])*"
_COMMAND = re.compile(_ADDRESS + r"(?:(?:r|w|W|wq|e|E)[ \t]*)?!")
_GLOBAL = re.compile(_ADDRESS + r"[gGvV]/.*!")
_INSERT = re.compile(_ADDRESS + r"[aic]")


def starts_command(script: str) -> bool:
    """Tell whether a script starts a command; the text that a, i and c insert is no script."""
    inserting = False
    for line in script.split("\n"):
        if inserting:
            inserting = line != "."
        elif _COMMAND.match(line) or _GLOBAL.match(line):
            return True
        else:
            inserting = _INSERT.fullmatch(line.rstrip()) is not None
    return False


class Ed(Host):
    """ed and red; red starts no command."""

    id = "ed"
    language = "ed"
    names = (r"r?ed",)
    install = "apt: ed"
    markers = (Markers(strings=(b"\0Newline appended", b"\0Shell access restricted\0")),)
    options = Options(
        short={"p": VALUE, **each("Eglrsv", FLAG), **each("hV", EXIT)},
        long={
            "--prompt": VALUE,
            **each(("--extended-regexp", "--traditional", "--loose-exit-status", "--quiet", "--silent"), FLAG),
            **each(("--restricted", "--script", "--strip-trailing-cr", "--verbose"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        posixly=False,
        abbreviations=True,
    )

    def read(self, execution: Execution) -> Reading:
        """Read the file that is a command, then the script on stdin."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        name = execution.argv[0].rpartition("/")[2]
        if name == "red" or command.has("-r", "--restricted"):
            return reading.end("script")
        for index in command.operands[:1]:
            word = execution.argv[index]
            if word.startswith("!") and len(word) > 1:
                reading.add("argument", word[1:], index=index, offset=1, language="shell")
        if starts_command(execution.stdin_text or ""):
            reading.stdin(explicit=False)
        return reading.end("script")
