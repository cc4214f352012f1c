"""redis-cli: ``EVAL`` runs Lua in the server.

Source: src/redis-cli.c (parseOptions, main, readLine); checked with marker code against redis-cli 7.0 and a server.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.interpreters.engine.reading import Reading


_EVALS = frozenset({"eval", "eval_ro"})
_FLAGS = (
    "-2", "-3", "-x", "-c", "-e", "--askpass", "--tls", "--insecure", "--raw", "--no-raw", "--quoted-input", "--csv",
    "--json", "--quoted-json", "--stat", "--latency", "--latency-history", "--latency-dist", "--replica", "--slave",
    "--pipe", "--bigkeys", "--memkeys", "--hotkeys", "--scan", "--ldb", "--ldb-sync-mode", "--verbose",
    "--no-auth-warning",
)  # fmt: skip
_VALUES = (
    "-h", "-p", "-s", "-a", "-u", "-r", "-i", "-n", "-d", "-D", "-t", "-X", "--user", "--pass", "--sni", "--cacert",
    "--cacertdir", "--cert", "--key", "--tls-ciphers", "--tls-ciphersuites", "--show-pushes", "--lru-test", "--rdb",
    "--pipe-timeout", "--memkeys-samples", "--pattern", "--quoted-pattern", "--intrinsic-latency",
)  # fmt: skip


class RedisCli(Host):
    """redis-cli: ``EVAL`` runs Lua in the server, --eval a file of it; without a command each line of stdin is one."""

    id = "redis_cli"
    language = "lua"
    names = (r"redis-cli|valkey-cli|keydb-cli",)
    install = "apt: redis-tools"
    markers = (Markers(strings=(b"\0REDISCLI_AUTH\0", b"\0REDISCLI_HISTFILE\0")),)
    verified = ("7.0",)
    options = Options(
        parser="own",
        long={
            "--eval": Option("value", "file", last=True),
            "--cluster": Option(last=True),
            **each(_FLAGS, FLAG),
            **each(_VALUES, VALUE),
            **each(("--help", "--version", "-v"), EXIT),
        },
        equals=False,
        unknown="skip",
    )

    def prefilter(self) -> None:  # type: ignore[override]
        """Look at every line: commands may stand on stdin alone."""

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the file of --eval, the command's words, or the commands on stdin."""
        words = reading.execution.argv
        file = command.first("file")
        if file is not None:
            reading.program(file.at, option=file.name, dash=False)
        elif command.operands:
            self._command(reading, [words[index] for index in command.operands])
        else:
            self._session(reading)
        return reading.finish("nothing")

    @staticmethod
    def _command(reading: Reading, operands: Sequence[str]) -> None:
        """Read a command's words; ``-X TAG`` puts stdin in the place of the tag, ``-x`` behind the last word."""
        command = reading.command or CommandLine([], [])
        name = operands[0].lower()
        at = 2 if name == "script" and operands[1:2] and operands[1].lower() == "load" else 1 if name in _EVALS else 0
        if not at:
            return
        index = command.operands[0] + at
        tag = next((given.value for given in command.given if given.name == "-X"), None)
        if tag is not None and tag not in operands:
            reading.refuse("the tag of -X stands nowhere")
        elif at < len(operands) and operands[at] != tag:
            reading.add("argument", operands[at], index=index, option=operands[0])
        elif at < len(operands) or command.has("-x"):
            reading.stdin(explicit=True, index=index if at < len(operands) else None)

    @staticmethod
    def _session(reading: Reading) -> None:
        """Read the commands on stdin; a number in front of one repeats it."""
        for line in reading.stdin_text().splitlines():
            try:
                words = shlex.split(re.sub(r"^\s*\d+\s+", "", line))
            except ValueError:
                continue
            if words and words[0].lower() in ("quit", "exit"):
                return
            if len(words) > 1 and words[0].lower() in _EVALS:
                reading.add("stdin", words[1])
