r"""psql: the meta-command ``\!`` and those that write to or read from a command.

Source: src/bin/psql/startup.c and command.c. It needs a server before it reads any text, so it could not be checked here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import EXIT, FLAG, VALUE, Option, Options, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution

_CODE = Option("value", "code")
_STARTS = re.compile(
    r"\\!\s*\S|\\(?:o|out|g|gx|w|write)\s*\|\s*\S|\bprogram\s+'|\\(?:setenv\s+PAGER|e\b|ef\b|ev\b)|`", re.IGNORECASE
)


class Psql(Host):
    """The PostgreSQL shell."""

    id = "psql"
    language = "sql"
    names = (r"psql(?:-?\d+)?",)
    install = "apt: postgresql-client"
    hint = re.compile(r"\\|[pP][rR][oO][gG][rR][aA][mM]|`")
    options = Options(
        short={
            "c": _CODE,
            "f": Option("value", "load"),
            **each("dUhpvPFRTLo", VALUE),
            **each("abeEnNqsSwWxXzltAH1", FLAG),
            "V": EXIT,
        },
        long={
            "--command": _CODE,
            "--file": Option("value", "load"),
            **each(
                (
                    "--dbname",
                    "--username",
                    "--host",
                    "--port",
                    "--variable",
                    "--set",
                    "--pset",
                    "--output",
                    "--log-file",
                ),
                VALUE,
            ),
            **each(("--field-separator", "--record-separator", "--table-attr"), VALUE),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        abbreviations=True,
        unknown="skip",
    )

    def read(self, execution: Execution) -> Reading:
        """Read every ``-c`` that starts a command, and the text on stdin where it is known."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        for given in command.given:
            if given.option.role == "code" and _STARTS.search(given.value or ""):
                text = given.value or ""
                start = len(text) - len(text.lstrip())
                bang = re.match(r"\s*\\!\s*", text)
                start = bang.end() if bang else start
                reading.add(
                    "argument", text[start:], index=given.at, offset=given.offset + start, option=given.name,
                    language="shell" if bang else "sql",
                )  # fmt: skip
            elif given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        if execution.stdin_text is not None and _STARTS.search(execution.stdin_text):
            reading.stdin(explicit=False)
        return reading.end("nothing")
