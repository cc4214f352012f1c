"""The sqlite3 shell: dot commands that start commands, and edit().

Source: src/shell.c.in (main, do_meta_command); checked with marker code against sqlite3 3.40.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Reading
from flycatcher.interpreters.embedded import Host
from flycatcher.interpreters.options import EXIT, VALUE, Option, each

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.interpreters.options import CommandLine

from flycatcher.interpreters.embedded import long_only

_TABLE: dict[str, Option] = {
    "cmd": Option("value", "code"),
    "init": Option("value", "load"),
    **each(("separator", "nullvalue", "newline", "mmap", "maxsize", "vfs", "nonce", "lookaside", "pagecache"), VALUE),
    **each(("help", "version"), EXIT),
    "A": Option(last=True),
}
_DOT = re.compile(r"\.(?:she?l?l?|sys?t?e?m?)\s+(?=\S)")
_PIPE = re.compile(r"\.(?:i\w*|o\w*|on\w*|re\w*|exc\w*)\b[^|\n]*\|\s*")
_LIBRARY = re.compile(r"\.loa?d?\s+(?=\S)")
"""``.load FILE`` runs the entry point of a native library; the shell takes any beginning of its name that is its own."""
_CALL = re.compile(r"\b(?:edit|load_extension)\s*\(", re.IGNORECASE)


def classify(text: str) -> tuple[str, int] | None:
    """Return the language of the command that a text starts, and where it begins."""
    match = _DOT.match(text) or _PIPE.match(text)
    if match is not None:
        return "shell", match.end()
    return ("sql", 0) if _CALL.search(text) or _LIBRARY.match(text) else None


class Sqlite3(Host):
    """The sqlite3 command."""

    id = "sqlite3"
    language = "sql"
    names = (r"sqlite3?",)
    install = "apt: sqlite3"
    verified = ("3.40",)
    hint = re.compile(r"\n\.|\|\s*\S|edit|load_ext|init|cmd")

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words."""
        return long_only(_TABLE, execution.argv)

    def read(self, execution: Execution) -> Reading:
        """Read ``-cmd``, then the words behind the database's name; in safe mode nothing is started."""
        command = self.parse(execution)
        reading = Reading(self, execution, command)
        if command.error:
            return reading.refuse()
        if command.first("exit"):
            return reading.end("prints")
        if command.has("--safe"):
            return reading.end("nothing")
        for given in command.given:
            found = classify(given.value or "") if given.option.role == "code" else None
            if found is not None:
                text = (given.value or "")[found[1] :]
                reading.add(
                    "argument",
                    text,
                    index=given.at,
                    offset=given.offset + found[1],
                    option=given.name,
                    language=found[0],
                )
            elif given.option.role == "load" and given.value:
                reading.load(given.value, vector="argument", index=given.at, option=given.name)
        for index in command.operands[1:]:
            found = classify(execution.argv[index])
            if found is not None:
                reading.add(
                    "argument", execution.argv[index][found[1] :], index=index, offset=found[1], language=found[0]
                )
        if execution.stdin_text is not None and any(classify(line) for line in execution.stdin_text.splitlines()):
            reading.stdin(explicit=False)
        return reading.end("nothing")
