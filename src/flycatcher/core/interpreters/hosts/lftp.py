"""lftp: its commands, among them ``!`` and pipes.

Source: src/lftp.cc, src/CmdExec.cc and commands.cc of lftp; checked with marker code against 4.9.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_STARTS = re.compile(
    r"(?:^|[;&({\n|])\s*(?:!\s*\S|shell\s+\S)|(?<!\|)\|(?!\|)|connect-program|source\s+-e"
    r"|\b(?:alias|command|repeat|at|queue)\b.*(?:!|\bshell\b)"
)


class Lftp(Host):
    """lftp: ``-c`` and ``-e``, where they start a command; a script or commands on stdin."""

    id = "lftp"
    language = "lftp"
    names = (r"lftp",)
    install = "apt: lftp"
    verified = ("4.9",)
    options = Options(
        parser="getopt_long",
        short={"c": Option("value", "code", last=True),
            "e": Option("value", "code"), "f": Option("value", "file"), **each("up", VALUE),
            "d": FLAG, **each("vh", EXIT)},
        long={"--user": VALUE, "--password": VALUE, "--port": VALUE, "--norc": FLAG,
            "--rcfile": Option("value", "load"), "--help": EXIT, "--version": EXIT,
            "--env-password": FLAG},
        unknown="skip",
        permute=True,
    )  # fmt: skip

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a command of -c comes before help."""
        line = super().parse(execution)
        if line.has("-c"):
            line.given = [given for given in line.given if given.option.role != "exit"]
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the commands, the file of commands, or stdin."""
        alone = command.has("-c")
        codes = command.every("code")
        if (alone and len(codes) > 1) or (command.has("-e") and command.has("-f")):
            return reading.finish("nothing")
        # beside -f, -e does nothing, nor -c beside -e; of several -e, the last one counts
        for given in [given for given in command.given if given not in codes[:-1]]:
            if given.option.role == "code" and _STARTS.search(given.value or ""):
                reading.code(given)
            elif given.option.role == "file":
                reading.program(given.at, dash=False, option=given.name, offset=given.offset)
            elif given.option.role == "load":
                reading.load_given(given)
        if not command.has("-c", "-f"):
            reading.stdin(explicit=False)
        return reading.finish("nothing")
