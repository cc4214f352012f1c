"""ed, the line editor: ``!`` starts a command, in its script and as a file's name.

Source: main.c, main_loop.c and io.c of GNU ed; checked with marker code against ed 1.19.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Options, each
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading


_ADDRESS = r"[ \t]*(?:[.$\d,;%+-]|'[a-z]|/(?:\\.|[^/\n])*/|\?(?:\\.|[^?\n])*\?|[ \t])*"
_COMMAND = re.compile(
    rf"[ \t]*!(?=.)|{_ADDRESS}(?:r|w|W|wq|e|E)[ \t]+!(?=.)|{_ADDRESS}[gGvV]/(?:\\.|[^/\n])*/[ \t]*(?:!|(?:r|w|W)[ \t]+!)(?=.)"
)
_INSERT = re.compile(r"[ \t]*[0.$]?[ \t]*[ai][ \t]*")
"""With another address, and for ``c``, it may fail; what follows are commands then."""


def commands(script: str) -> Iterator[str]:
    """Yield each command for the shell in a script; the text that a and i insert is not read as commands."""
    inserting = False
    for line in script.split("\n"):
        if inserting:
            inserting = line != "."
        elif match := _COMMAND.match(line):
            yield line[match.end() :]
        else:
            inserting = _INSERT.fullmatch(line) is not None


class Ed(Host):
    """ed and red; red starts no command."""

    id = "ed"
    language = "ed"
    names = (r"r?ed",)
    install = "apt: ed"
    verified = ("1.19",)
    markers = (Markers(strings=(b"\0Newline appended", b"\0Shell access restricted\0")),)
    options = Options(
        short={"p": VALUE, **each("EGlqrsv", FLAG), **each("hV", EXIT)},
        long={
            "--prompt": VALUE,
            **each(("--extended-regexp", "--traditional", "--loose-exit-status", "--quiet", "--silent"), FLAG),
            **each(("--restricted", "--script", "--strip-trailing-cr", "--verbose"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
        posixly=False,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the file that is a command, then the script on stdin."""
        execution = reading.execution
        name = execution.argv[0].rpartition("/")[2]
        if name == "red" or command.has("-r", "--restricted"):
            return reading.finish("script")
        files = (
            command.operands[1:]
            if command.operands and execution.argv[command.operands[0]] == "-"
            else command.operands
        )
        for index in files[:1]:
            word = execution.argv[index]
            if word.startswith("!") and len(word) > 1:
                reading.add("argument", word[1:], index=index, offset=1, language="shell")
        for text in commands(reading.stdin_text()):
            reading.add("stdin", text, language="shell")
        return reading.finish("script")
