r"""mysql and mariadb: ``\!`` and ``system`` in a statement start a command.

Source: client/mysql.cc (com_shell). Unverified: it needs a server to talk to.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import CODE, EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_SHELL = re.compile(r"(?:^|[;\n])\s*(?:\\!|system\b|\\system\b)\s*|\\!\s*", re.IGNORECASE)


class Mysql(Host):
    r"""mysql and mariadb: a statement of -e, or of stdin, that is ``system`` or ``\\!``."""

    id = "mysql"
    language = "shell"
    names = (r"mysql|mariadb",)
    install = "apt: mariadb-client"
    hint = re.compile(r"\\!|\bsystem\b|--init-command|^[^\n]*$|\n-", re.IGNORECASE)
    options = Options(
        short={"e": CODE, **each("hPuDS", VALUE), "p": Option("attached"), **each("ABbCcEfGHiLNnoqrsTtUvWw", FLAG),
               **each("?IV", EXIT)},
        long={
            "--execute": CODE,
            **each(("--host", "--port", "--user", "--database", "--socket", "--delimiter", "--init-command"), VALUE),
            **each(("--password",), Option("attached")),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        posixly=False,
        unknown="skip",
    )  # fmt: skip

    def read(self, execution: Execution) -> Reading:
        """Read the statements that start a command."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        codes = [given for given in command.given if given.option.role == "code"]
        for given in codes:
            match = _SHELL.search(given.value or "")
            if match:
                reading.add("argument", (given.value or "")[match.end() :], index=given.at,
                            offset=given.offset + match.end(), option=given.name)  # fmt: skip
        if not codes and (match := _SHELL.search(execution.stdin_text or "")):
            reading.add("stdin", (execution.stdin_text or "")[match.end() :])
        return reading.end("nothing")
