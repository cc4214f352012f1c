"""ksh93 (AT&T, 93u+m).

Source: src/cmd/ksh93/sh/args.c (sh_argopts, with AST's optget) and init.c; checked with marker code against 93u+m/1.0.4.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import descriptor_of
from flycatcher.interpreters.options import EXIT, CommandLine, Given, each
from flycatcher.interpreters.shells import Letters, Settings, Shell

if TYPE_CHECKING:
    from flycatcher.interpreters.base import Reading

_NO_FILE = re.compile(r"[\s;|&<>()$`\"']")
_PRINTS = (
    "--help",
    "--man",
    "--version",
    "--usage",
    "--api",
    "--html",
    "--nroff",
    "--keys",
    "--long",
    "--short",
    "--default",
)


class Ksh(Shell):
    """The Korn shell."""

    id = "ksh"
    names = (r"r?ksh(?:93u?m?|20\d\d)?(?:-static)?",)
    letters = Letters(
        flags="ilrDEabefhkmnptuvxBCGH",
        attached=True,
        optional=True,
        shy=True,
        plus_code=False,
        lone_plus=False,
        long=each(_PRINTS, EXIT),
        settings=True,
    )
    install = "apt: ksh"
    verified = ("93u+m/1.0.4",)

    def script(self, reading: Reading, index: int) -> None:
        """Read the operand that names the script: where there is no such file, ksh93 runs the operand as a command."""
        word = reading.execution.argv[index]
        if _NO_FILE.search(word) and not word.startswith(("/dev/", "/proc/")):
            reading.add("argument", word, index=index, note="no file of this name: ksh93 runs it as a command")
        else:
            super().script(reading, index)

    def command(self, reading: Reading, index: int, given: Given) -> None:
        """Record the command; one that is a descriptor's path is read as a script, which needs no permission to execute."""
        super().command(reading, index, given)
        word = reading.execution.argv[index].strip()
        if descriptor_of(word, reading.execution.cwd) is not None:
            reading.descriptor(word, index=index, option=given.name)

    def settings(self, reading: Reading, command: CommandLine) -> Settings:
        """-D prints translatable strings and runs nothing."""
        settings = super().settings(reading, command)
        for given in command.given:
            if given.name.startswith("--") and given.name != "--":
                settings.set(given.name[2:], on=True)
        if "D" in settings:
            settings.set("noexec", on=True)
        return settings
