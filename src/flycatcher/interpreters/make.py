"""GNU make: makefile text on the command line and on stdin, and variables that call a shell.

Source: src/main.c (switches, decode_switches, decode_env_switches) and src/function.c; checked with marker code against
make 4.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_FILE = Option("value", "file")
_SHELL = re.compile(r"\$[({]\s*(?:shell|guile|eval|load)\b|^[^=]*!=")
_OPTIONAL = Option("attached", pattern=r"\d*")


class Make(Host):
    """Make: ``--eval``, ``-f -``, and ``$(shell ...)`` in a variable."""

    id = "make"
    language = "make"
    names = (r"g?make",)
    install = "apt: make"
    verified = ("4.3",)
    hint = re.compile(r"-(?<=\n-)(?:\w*[fE]|-(?:ev|fil|mak))|\$[({]|!=")
    variables = ("MAKEFLAGS", "GNUMAKEFLAGS", "MAKEFILES")
    options = Options(
        short={
            "E": CODE, "f": _FILE, **each("CIoW", VALUE), **each("jl", _OPTIONAL), "O": Option("attached"),
            **each("bBdeikLmnpqrRsSt", FLAG), "w": FLAG, **each("hv", EXIT),
        },
        long={
            "--eval": CODE,
            **each(("--file", "--makefile"), _FILE),
            **each(("--directory", "--include-dir", "--old-file", "--assume-old", "--what-if", "--new-file"), VALUE),
            "--assume-new": VALUE,
            **each(("--jobs", "--load-average", "--max-load", "--output-sync", "--debug"), Option("attached")),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        abbreviations=True,
        unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the environment's switches, then the words."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        self.environment(reading)
        for given in command.given:
            if given.option.role == "code":
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, option=given.name, offset=given.offset)
        for index in command.operands:
            word = execution.argv[index]
            if "=" in word and _SHELL.search(word):
                start = word.index("=") + 1
                reading.add("argument", word[start:], index=index, offset=start)
        return reading.end("script")

    def environment(self, reading: Reading) -> None:
        """Read switches and makefiles that the environment gives."""
        env = reading.execution.env
        for name in self.variables[:2]:
            value = env.get(name, "")
            if _SHELL.search(value) or re.search(r"(?:^|\s)(?:--ev\w*[=\s]|-\w*E)", value):
                reading.add("environment", value, variable=name)
        for path in env.get("MAKEFILES", "").split():
            reading.load(path, variable="MAKEFILES")
