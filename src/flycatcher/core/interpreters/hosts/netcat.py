"""netcat: the command that ncat and the traditional nc start for a connection.

Source: ncat/ncat_main.c (-c, --sh-exec) and netcat.c of netcat-traditional; checked with marker code against ncat 7.93 and 1.10. To
OpenBSD's nc, -c says that TLS is wanted: of a plain ``nc`` only a text with signs that a shell reads counts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_SHELL = Option("value", "code")


class Netcat(Host):
    """nc.traditional, and a plain ``nc`` that may be the same program."""

    id = "netcat"
    names = (r"nc|netcat|nc\.traditional",)
    install = "apt: netcat-traditional"
    verified = ("1.10",)
    hint = re.compile(r"\n-\w*c")
    options = Options(
        parser="getopt",
        short={"c": _SHELL, **each("eGgioPpqswTxXIOVMm", VALUE), **each("abCdDhklnrtuvzUNFSZ46", FLAG)},
        unknown="skip",
        permute=True,
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last -c."""
        codes = [given for given in command.given if given.option.role == "code" or given.name == "-e"]
        if len(command.operands) < 2 and not command.has("-l"):
            return reading.refuse("a host and a port are needed")
        plain = not reading.execution.argv[0].endswith("traditional")
        if (
            codes
            and codes[-1].name == "-c"
            and not command.has("-h")
            and (not plain or shellish(codes[-1].value or ""))
        ):
            reading.code(codes[-1])
        return reading.finish("nothing")


class Ncat(Host):
    """ncat: ``-c`` and ``--sh-exec``."""

    id = "ncat"
    names = (r"ncat",)
    install = "apt: ncat"
    verified = ("7.93",)
    hint = re.compile(r"\n(?:-\w*c|--?sh)")
    options = Options(
        short={"c": _SHELL, **each("eGgimopswxd", VALUE), **each("4CklnrtuvzU", FLAG), "h": EXIT, "6": FLAG},
        long={
            "--sh-exec": _SHELL,
            **each(
                (
                    "--exec", "--lua-exec", "--max-conns", "--delay", "--output", "--hex-dump", "--idle-timeout", "--source-port",
                    "--source", "--wait", "--allow", "--allowfile", "--deny", "--denyfile", "--proxy",
                    "--proxy-type", "--proxy-auth",
                    "--ssl-cert", "--ssl-key", "--ssl-trustfile", "--ssl-ciphers", "--ssl-servername", "--ssl-alpn",
                ),
                VALUE,
            ),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
        unknown="skip",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the command; ncat takes one only, and needs to know where to connect or that it listens."""
        codes = command.every("code")
        if len(codes) > 1 or (codes and command.has("-e", "--exec", "--lua-exec")):
            return reading.refuse("only one command can be given")
        if not command.operands and not command.has("-l", "--listen"):
            return reading.refuse("a host is needed")
        for given in codes:
            reading.code(given)
        return reading.finish("nothing")
