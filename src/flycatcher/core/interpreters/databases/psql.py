r"""psql: the meta-command ``\!``, backquotes, and the commands that write to or read from a program.

Source: src/bin/psql/startup.c, command.c, psqlscanslash.l and copy.c; checked with marker code against psql 15 and a server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.interpreters.engine.options import Given
    from flycatcher.core.interpreters.engine.reading import Reading

_CODE = Option("value", "code")
_TOKEN = re.compile(
    r"'(?:[^']++|'')*(?:'|\Z)|\"[^\"]*+(?:\"|\Z)|\$(\w*)\$.*?(?:\$\1\$|\Z)|--[^\n]*|/\*.*?(?:\*/|\Z)|(\\!(?!\S)[^\n]*)|(\\[a-zA-Z_?;+]+[^\n]*)",
    re.DOTALL,
)
"""Nothing inside quotes or comments is a command; a command goes to the end of its line."""
_PIPED = re.compile(r"\\(?:o|out|g|gx|w|write)\s*(?:\([^)\n]*\)\s*)?\|\s*(?=\S)")
_COPIED = re.compile(r"\\copy\b.*?\bprogram\s+'", re.IGNORECASE)
_WORDS = re.compile(r"'(?:[^'\\]++|\\.|'')*'?|\"[^\"]*+\"?|`([^`]*)`?")
_NEXT = re.compile(r"(?<=\S)\s*\\(?=[a-zA-Z!\\])")
_TO_THE_END = re.compile(r"\\(?:!|copy\b)|" + _PIPED.pattern, re.IGNORECASE)
_SERVER = re.compile(r"(?<![\\\w])copy\b.*\bprogram\s+'", re.IGNORECASE | re.DOTALL)


def commands(script: str) -> Iterator[tuple[str, str, int]]:
    """Yield the language, the text and the place of everything in a script that starts a program."""
    at = 0
    while match := _TOKEN.search(script, at):
        at = match.end()
        if match[2]:
            text = match[2][2:]
            if text.strip():
                yield "shell", text.strip(), match.start() + 2 + len(text) - len(text.lstrip())
        elif match[3]:
            piped = _PIPED.match(script, match.start(), match.end())
            if piped:
                yield "shell", script[piped.end() : match.end()], piped.end()
                continue
            following = _NEXT.search(script, match.start() + 2, match.end())
            at = match.end() if following is None else following.end() - 1
            yield from _arguments(script, match.start(), at)


def _arguments(script: str, start: int, end: int) -> Iterator[tuple[str, str, int]]:
    """Yield the commands in the arguments of a meta-command."""
    if copied := _COPIED.match(script, start, end):
        yield "shell", script[copied.end() : end], copied.end()
        return
    for word in _WORDS.finditer(script, start, end):
        if word[1]:
            yield "shell", word[1], word.start(1)


class Psql(Host):
    """The PostgreSQL shell."""

    id = "psql"
    language = "sql"
    names = (r"psql(?:-?\d+)?",)
    variables = ("PSQLRC",)
    install = "apt: postgresql-client"
    verified = ("15",)
    options = Options(
        short={
            "c": _CODE, "f": Option("value", "load"), "o": Option("value", detail="output"), **each("dUhpvPFRTL", VALUE),
            **each("abeEnNqsSwWxXzAtH10", FLAG), "l": Option(detail="list"), **each("V?", EXIT),
        },
        long={
            "--command": _CODE, "--file": Option("value", "load"), "--output": Option("value", detail="output"),
            **each(("--dbname", "--username", "--host", "--port", "--variable", "--set", "--pset", "--log-file"), VALUE),
            **each(("--field-separator", "--record-separator", "--table-attr"), VALUE),
            **each(("--echo-all", "--no-align", "--echo-queries", "--echo-errors", "--echo-hidden", "--html"), FLAG),
            **each(("--field-separator-zero", "--record-separator-zero", "--single-transaction", "--quiet"), FLAG),
            **each(("--single-step", "--single-line", "--tuples-only", "--no-password", "--password", "--expanded"), FLAG),
            **each(("--no-readline", "--csv", "--no-psqlrc"), FLAG),
            "--help": Option("attached", "exit"), "--version": EXIT, "--list": Option(detail="list"),
        },
        permute=True,
        parser="getopt_long",
    )  # fmt: skip

    def prefilter(self) -> None:  # type: ignore[override]
        """Look at every line: what starts a program may stand on stdin alone."""

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read each program behind -o: it is started when the option is read, whatever stands behind it."""
        for given in command.given:
            if given.option.role == "exit":
                break
            if given.option.detail == "output" and (given.value or "").startswith("|"):
                text = (given.value or "")[1:]
                reading.add(
                    "argument", text, index=given.at, offset=given.offset + 1, option=given.name, language="shell"
                )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the start-up file, then each -c and -f, or else stdin."""
        execution = reading.execution
        start = execution.env.get("PSQLRC", "")
        if start and not command.has("-X", "--no-psqlrc"):
            self._file(reading, start, variable="PSQLRC")
        if command.has("-l", "--list"):
            return reading.finish("prints")
        actions = [given for given in command.given if given.option.role in ("code", "load")]
        for given in actions:
            self._action(reading, given)
        if not actions:
            self._script(reading)
        return reading.finish("nothing")

    def _action(self, reading: Reading, given: Given) -> None:
        """Read one -c, which is a meta-command or goes to the server as it is, or one -f."""
        text = given.value or ""
        if given.option.role == "load":
            if text:
                self._file(reading, text, given)
        elif text.startswith("\\"):
            following = None if _TO_THE_END.match(text) else _NEXT.search(text, 2)
            first = text.partition("\n")[0] if following is None else text[: following.start()]
            for language, code, at in commands(first):
                reading.add(
                    "argument", code, index=given.at, offset=given.offset + at, option=given.name, language=language
                )
        elif _SERVER.search(text):
            reading.code(given)

    def _file(self, reading: Reading, path: str, given: Given | None = None, *, variable: str | None = None) -> None:
        """Read a file of commands."""
        if (path == "-" and variable is None) or descriptor_of(path, reading.execution) == 0:
            self._script(reading)
        elif given is not None:
            reading.load(path, vector="argument", index=given.at, option=given.name)
        else:
            reading.load(path, variable=variable)

    @staticmethod
    def _script(reading: Reading) -> None:
        """Read the commands on stdin that start a program."""
        text = reading.stdin_text()
        for language, code, _ in commands(text):
            reading.add("stdin", code, language=language)
        if _SERVER.search(text):
            reading.stdin(explicit=False)
