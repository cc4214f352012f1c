"""The sqlite3 shell: dot commands that start commands, and edit().

Source: src/shell.c.in (main, do_meta_command); checked with marker code against sqlite3 3.40.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, is_special
from flycatcher.core.interpreters.hosts.host import Host

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import CommandLine
    from flycatcher.core.interpreters.engine.reading import Reading

_DOT = re.compile(r"\.\s*(?:sh(?:e(?:ll?)?)?|sy(?:s(?:t(?:em?)?)?)?)\s+(?=\S)")
_PIPE = re.compile(r"\.\s*(?:i(?:m\w*)?|o|ou\w*|on\w*|rea\w*)\s+(?:-\S+\s+)*['\"]?\|\s*(?=\S)")
_LIBRARY = re.compile(r"\.\s*loa?d?\s+(?=\S)")
"""``.load FILE`` runs the entry point of a native library; the shell takes any beginning of its name that is its own."""
_CALL = re.compile(r"\b(?:edit|load_extension)\s*\(", re.IGNORECASE)
_ENDS = re.compile(r"\.\s*(?:q|qui?t?|ex|exit?)\b")
_READ = re.compile(r"\.\s*re(?:ad?)?\s+[\"']?([^\"'|\s][^\"']*?)[\"']?\s*")
"""``.read FILE``."""
_COMMENT = re.compile(r"--.*|/\*.*?\*/")
_OPENED = re.compile(r"\s*/\*")
"""A comment in front of any SQL: behind its end commands are read again."""
_WHOLE = re.compile(r";\s*(?:--.*)?$|^\s*(?:/|go)\s*$", re.IGNORECASE)


def classify(text: str) -> tuple[str, int] | None:
    """Return the language of the command that a text starts, and where it begins."""
    match = _DOT.match(text) or _PIPE.match(text)
    if match is not None:
        return "shell", match.end()
    return ("sql", 0) if _CALL.search(text) or _LIBRARY.match(text) else None


def commands(script: str) -> Iterator[str]:
    """Yield each dot command and each line of SQL in a script; inside a statement or comment a line with a dot is not a command."""
    pending = comment = False
    for text in script.split("\n"):
        line = text
        if comment:
            _, closed, rest = text.partition("*/")
            if not closed:
                continue
            comment, line = False, f" {rest}"
        if not pending and _OPENED.match(_COMMENT.sub("", line)):
            comment = True
        elif not pending and line[:1] in (".", "#"):
            if _ENDS.match(line):
                return
            if line[0] == ".":
                yield line
        elif pending or _COMMENT.sub("", line).strip():
            pending = _WHOLE.search(line) is None
            if not line.lstrip().startswith("."):
                yield line


class Sqlite3(Host):
    """The sqlite3 command."""

    id = "sqlite3"
    language = "sql"
    names = (r"sqlite3?",)
    install = "apt: sqlite3"
    verified = ("3.40",)
    options = Options(
        long={
            "--cmd": Option("value", "code"),
            "--init": Option("value", "load"),
            "--safe": Option(detail="safe"),
            **each(
                ("--separator", "--nullvalue", "--newline", "--mmap", "--maxsize", "--vfs", "--nonce", "--heap"), VALUE
            ),
            **each(("--lookaside", "--pagecache"), Option("value", detail="two")),
            **each(("--help", "--version"), EXIT),
            "--A": Option(detail="archive", last=True),
        },
        parser="own_names",
        equals=False,
    )

    def prefilter(self) -> None:  # type: ignore[override]
        """Look at every line: what starts a command may stand on stdin alone."""

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; ``-lookaside SIZE N`` and ``-pagecache SIZE N`` take two, whatever they look like."""
        line = super().parse(execution)
        second = {given.at + 1 for given in line.given if given.option.detail == "two"}
        taken = [given for given in line.given if given.at - 1 in second]  # its name was the second value
        line.given = [given for given in line.given if given not in taken]
        line.operands = sorted({*line.operands, *(given.at for given in taken)} - second)
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read -init, each -cmd in front of -safe, then the words behind the database's name, or else stdin."""
        execution = reading.execution
        self._first(reading, command)
        for given in command.given:
            if given.option.detail in ("safe", "archive"):
                return reading.finish("nothing")
            if given.option.role == "code":
                self._command(reading, given.value or "", given.at, given.offset, given.name)
        for index in command.operands[1:]:
            if _ENDS.match(execution.argv[index]):
                break
            self._command(reading, execution.argv[index], index)
        if len(command.operands) < 2:
            self._script(reading)
        return reading.finish("nothing")

    def _first(self, reading: Reading, command: CommandLine) -> None:
        """Read the file of -init."""
        for given in command.given:
            if given.option.role != "load" or not given.value:
                continue
            if descriptor_of(given.value, reading.execution) == 0:
                self._script(reading)
            else:
                reading.load_given(given)

    def _command(self, reading: Reading, text: str, index: int, offset: int = 0, option: str = "") -> None:
        """Record a command that starts something, or reads commands from what is no file."""
        found, read = classify(text), _READ.fullmatch(text)
        if read is not None and is_special(read[1], reading.execution):
            if descriptor_of(read[1], reading.execution) == 0:
                self._script(reading)
            else:
                reading.descriptor(read[1], index=index, offset=offset + read.start(1), option=option)
            return
        if found is not None:
            language, at = found
            reading.add("argument", text[at:], index=index, offset=offset + at, option=option, language=language)

    @staticmethod
    def _script(reading: Reading) -> None:
        """Record the commands on stdin that start something."""
        for line in commands(reading.stdin_text()):
            found = classify(line)
            if found is not None:
                reading.add("stdin", line[found[1] :], language=found[0])
