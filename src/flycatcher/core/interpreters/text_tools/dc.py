"""dc: GNU's desk calculator, in which ``!`` passes the rest of a line to a shell; bc has nothing like it.

Source: dc/dc.c (main, getopt_long) and dc/eval.c; checked with marker code against dc 1.4 (bc 1.07.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import CODE, EXIT, CommandLine, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, may_start_unseen
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_TOKEN = re.compile(r"#[^\n]*+|[\[\]]|!(?![<>=])[^\n]*|!?[<>=].|[slSL:;].|[?q]", re.DOTALL)
"""Comments, strings, what may be a command, commands that a register's name follows, ``?`` and ``q``."""
_COMPARED = ("!<", "!>", "!=")
_COMMAND = re.compile(r"!(?![<>=])\s*\S")


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Yield what may matter, and how many strings it stands in: ``x`` runs those."""
    depth, at = 0, 0
    while match := _TOKEN.search(text, at):
        found, at = match[0], match.end()
        if found in "[]":
            depth = max(0, depth + (1 if found == "[" else -1))
            continue
        if depth:
            at = match.start() + 1  # a comment or a command may end with the string
        if found[0] != "#":
            yield found, depth


def starts_command(text: str) -> bool:
    """Whether a dc program holds a command: ``!`` that begins no comparison, in a string too."""
    return any(_COMMAND.match(found) for found, _ in _tokens(text))


def asked(texts: Iterable[str], stdin: str) -> str:
    """Return what of stdin dc programs read and run, a line for each ``?``; all where a loop may ask again."""
    found = [token for token, _ in _tokens("\n".join(texts))]
    times = found.count("?")
    if times and any(token[0] in "lL<>=" or token[:2] in _COMPARED for token in found):
        return stdin
    read = "\n".join(stdin.split("\n")[:times])
    if "?" in read:
        return stdin
    return read if read.count("[") <= read.count("]") else read.partition("[")[0]  # a string ends in its own line


def quits(text: str) -> bool:
    """Whether a dc program is over at its end: ``q`` outside of every string."""
    return any(found == "q" and not depth for found, depth in _tokens(text))


class Dc(Host):
    """dc: texts of -e in their order with the files, then stdin where there was neither."""

    id = "dc"
    language = "dc"
    names = (r"dc",)
    install = "apt: dc"
    markers = (Markers(strings=(b"\0DC_LINE_LENGTH\0", b"bug-dc@gnu.org")),)
    verified = ("1.4",)
    exit_first = True
    options = Options(
        short={"e": CODE, "f": Option("value", "file"), **each("hV", EXIT)},
        long={"--expression": CODE, "--file": Option("value", "file"), **each(("--help", "--version"), EXIT)},
        permute=True,
        parser="getopt_long",
    )

    def early(self, reading: Reading, command: CommandLine) -> None:
        """Read the texts that start a command, each when its option is met; a wrong option or ``-h`` comes too late for them."""
        execution = reading.execution
        stop = command.first("exit")
        reads = ends = False
        sources = [given for given in command.given if stop is None or given.index < stop.index]
        texts = []
        for given in sources:
            text = given.value or ""
            if given.option.role == "file":
                if _is_stdin(text, execution):
                    reads, ends = True, quits(reading.stdin_text())
                if ends:
                    break
                continue
            texts.append(text)
            if starts_command(text):
                reading.code(given)
            ends = quits(text)
            if ends:
                break
        if not (ends or stop or command.error):
            words = [execution.argv[index] for index in command.operands]
            reads = reads or not (sources or words) or any(_is_stdin(word, execution) for word in words)
        asks = reads or any(found == "?" for found, _ in _tokens("\n".join(texts)))
        stdin = reading.stdin_text() if asks else ""
        if starts_command(stdin if reads else asked(texts, stdin)):
            reading.stdin(explicit=False)

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read the files that are none; what else starts a command has been found."""
        words, execution = reading.execution.argv, reading.execution
        files = [*(given.at for given in command.every("file")), *command.operands]
        for index in files:
            if may_start_unseen(words[index], execution, starts_command):
                reading.descriptor(words[index], index=index)
        return reading.finish("script")


def _is_stdin(word: str, execution: Execution) -> bool:
    """Whether a file's name is standard input."""
    return word == "-" or descriptor_of(word, execution) == 0
