"""GNU tar: options whose value is a command for a shell.

Source: src/tar.c (argp table), src/checkpoint.c, src/system.c; checked with marker code against tar 1.34.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

from msgspec import structs

from flycatcher.core.interpreters.engine.options import (
    EXIT,
    FLAG,
    VALUE,
    CommandLine,
    Given,
    Option,
    Options,
    each,
    parse,
)
from flycatcher.core.interpreters.hosts.host import Host, shellish

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.reading import Reading

_COMMAND = Option("value", "code")
_FILTER = Option("value", "code", detail="filter")
_ACTION = Option("value", "code", detail="action")
_VALUES = "bCfgHKLNTVX"
_TABLE = Options(
    short={
        **each("AcdrtuxzjJZaBeEGhiklmnMoOpPRsSUvwW0123456789", FLAG), **each(_VALUES, VALUE),
        "I": _FILTER, "F": _COMMAND, "?": EXIT,
    },
    long={
        **each(("--to-command", "--info-script", "--new-volume-script"), _COMMAND),
        **each(("--use-compress-program", "--rsh-command", "--rmt-command"), _FILTER),
        "--checkpoint-action": _ACTION,
        "--checkpoint": Option("attached"),
        **each(("--to-stdout", "--extract", "--get", "--create", "--list", "--append", "--update", "--info"), FLAG),
        **each(("--file", "--directory", "--files-from", "--exclude", "--exclude-from", "--transform", "--xform"), VALUE),
        **each(("--blocking-factor", "--label", "--tape-length", "--owner", "--group", "--mode", "--mtime", "--format"), VALUE),
        "--strip-components": VALUE,
        **each(("--help", "--version", "--usage"), EXIT),
    },
    permute=True,
    parser="getopt_long",
    unknown="skip",
)  # fmt: skip


_EXTRACTS = ("--to-command",)
"""Options that count where members are extracted."""


def _extracts(command: CommandLine, words: Sequence[str]) -> bool:
    """Whether members are extracted; a line without a mode that is known counts as one that does."""
    modes = {given.name.lstrip("-") for given in command.given}
    if len(words) > 1 and not words[1].startswith("-"):
        modes |= set(words[1])
    return bool(modes & {"x", "extract", "get"}) or not modes & {*"cdrtuA", "create", "list", "append", "update"}


class Tar(Host):
    """Tar: what a checkpoint executes, where members and volumes go, and a filter that is more than a compressor."""

    id = "tar"
    names = (r"g?tar",)
    install = "apt: tar"
    verified = ("1.34",)
    options = _TABLE
    hint = re.compile(r"\n(?:--(?:to|us|ch|in|ne|rs|rm)|-?\w*[IF])")
    variables = ("TAR_OPTIONS",)

    def parse(self, execution: Execution) -> CommandLine:
        """Read the words; a first one without a dash holds letters whose values follow in order."""
        words = execution.argv
        if len(words) < 2 or words[1].startswith("-"):
            return parse(_TABLE, words, env=execution.env)
        line = parse(_TABLE, words, 2)
        after = 2
        for letter in words[1]:
            if _TABLE.short.get(letter, FLAG).takes == "value" and after < len(words):
                line.given.append(Given(_TABLE.short[letter], letter, words[after], 1, after, 0))
                after += 1
        return line

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read TAR_OPTIONS, then the words."""
        execution = reading.execution
        value = execution.env.get("TAR_OPTIONS", "")
        try:
            before = parse(_TABLE, shlex.split(value), 0)
        except ValueError:
            before = parse(_TABLE, value.split(), 0)
        for given in before.given:
            if given.name not in _EXTRACTS or _extracts(command, execution.argv):
                self.command(reading, structs.replace(given, index=-1, at=-1, offset=0, variable="TAR_OPTIONS"))
        for given in command.given:
            if given.name not in _EXTRACTS or _extracts(command, execution.argv):
                self.command(reading, given)
        return reading.finish("nothing")

    def command(self, reading: Reading, given: Given) -> None:
        """Record an option's command."""
        text, skip = given.value or "", 0
        if given.option.role != "code" or not text:
            return
        if given.option.detail == "action":
            if not text.startswith("exec="):
                return
            skip = 5
        elif given.option.detail == "filter" and not shellish(text):
            return
        reading.code(structs.replace(given, value=text[skip:], offset=given.offset + skip * (given.variable is None)))
