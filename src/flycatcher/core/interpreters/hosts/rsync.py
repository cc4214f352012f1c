"""rsync: the command that connects it, where that is a shell with a text of its own.

Source: options.c, main.c (do_cmd), socket.c (RSYNC_CONNECT_PROG) of rsync; checked with marker code against 3.5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_TEXT = re.compile(
    r"(?:^|[/\s])(?:\w*sh|python[\d.]*|perl[\d.]*|ruby[\d.]*|node|nodejs|php[\d.]*|lua[\d.]*)(?:\s+-\S+)*?\s+-\w*[ceEr]\b"
    r"|(?i:proxycommand|localcommand)"
)
"""rsync splits the words itself and needs no shell: code is there only where they start something that takes code."""
_SHELL_REMOTE = re.compile(r"(?!rsync://)[^/:]+:(?!:)|(?:[^/:]+)?::|rsync://")
_DAEMON = re.compile(r"rsync://|[^/:]*::")


class Rsync(Host):
    """rsync: ``-e``, RSYNC_RSH and RSYNC_CONNECT_PROG."""

    id = "rsync"
    names = (r"rsync",)
    install = "apt: rsync"
    verified = ("3.5",)
    hint = re.compile(r"\n(?:-\w*e|--rsh)")
    wakes = (("host:x", "y"), ("rsync://host/x", "y"))
    variables = ("RSYNC_RSH", "RSYNC_CONNECT_PROG")
    options = Options(
        parser="popt",
        short={"e": Option("value", "code"), **each("fTBM@", VALUE), "V": EXIT, "h": FLAG},
        long={
            "--rsh": Option("value", "code"),
            **each(
                (
                    "--rsync-path", "--filter", "--exclude", "--include", "--exclude-from", "--include-from",
                    "--files-from", "--temp-dir", "--block-size", "--suffix", "--backup-dir", "--compare-dest",
                    "--copy-dest", "--link-dest", "--chmod", "--chown", "--port", "--bwlimit", "--timeout",
                    "--contimeout", "--log-file", "--password-file", "--partial-dir", "--max-size", "--min-size",
                    "--out-format", "--log-file-format", "--remote-option", "--sockopts", "--address", "--info",
                    "--debug", "--iconv", "--usermap", "--groupmap",
                ),
                VALUE,
            ),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        unknown="skip",
    )  # fmt: skip

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the last command, where one of the places is on another machine."""
        execution = reading.execution
        places = [execution.argv[index] for index in command.operands]
        far = [place for place in places if _SHELL_REMOTE.match(place)]
        codes = command.every("code")
        if not far:
            return reading.finish("nothing")
        if codes:
            if _TEXT.search(codes[-1].value or ""):
                reading.code(codes[-1])
            return reading.finish("nothing")
        daemon = any(_DAEMON.match(place) for place in far)
        shell, program = execution.env.get("RSYNC_RSH", ""), execution.env.get("RSYNC_CONNECT_PROG", "")
        if daemon and program:
            reading.add("environment", program, variable="RSYNC_CONNECT_PROG")
        elif not daemon and _TEXT.search(shell):
            reading.add("environment", shell, variable="RSYNC_RSH")
        return reading.finish("nothing")
