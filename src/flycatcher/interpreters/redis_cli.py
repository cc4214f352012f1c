"""redis-cli: ``EVAL`` runs Lua in the server.

Source: src/redis-cli.c (parseOptions). Unverified: what runs, runs in the server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.markers import Markers
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each, parse

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class RedisCli(Host):
    """redis-cli: ``EVAL`` runs Lua in the server, --eval a file of it."""

    id = "redis_cli"
    language = "lua"
    names = (r"redis-cli|valkey-cli|keydb-cli",)
    install = "apt: redis-tools"
    markers = (Markers(strings=(b"\0REDISCLI_AUTH\0", b"\0REDISCLI_HISTFILE\0")),)
    hint = re.compile(r"\n(?:eval|--eval|script)", re.IGNORECASE)
    options = Options(
        long={
            "--eval": Option("value", "file", last=True),
            **each(("-h", "-p", "-s", "-a", "-u", "-r", "-i", "-n", "-d", "-D", "-t", "-X", "-B", "-c"), VALUE),
            **each(("--user", "--pass", "--cacert", "--cert", "--key", "--sni", "--rdb", "--pattern"), VALUE),
            **each(("--help", "--version", "-v"), EXIT),
        },
        equals=False,
        unknown="skip",
    )

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; -c (cluster mode) takes no value."""
        options = Options(long={**self.options.long, "-c": FLAG, "-x": FLAG}, equals=False, unknown="skip")
        return parse(options, execution.argv)

    def read(self, execution: Execution) -> Reading:
        """Read the command's words."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        words = execution.argv
        file = command.first("file")
        if file is not None:
            reading.program(file.at, option=file.name, dash=False)
        elif command.operands:
            first = command.operands[0]
            name = words[first].lower()
            at = first + 1 + (name == "script")
            if at < len(words) and (
                name in ("eval", "eval_ro") or (name == "script" and words[first + 1].lower() == "load")
            ):
                reading.add("argument", words[at], index=at, option=words[first])
        return reading.end("nothing")
