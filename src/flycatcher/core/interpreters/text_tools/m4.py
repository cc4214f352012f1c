"""m4: a macro processor whose ``syscmd`` and ``esyscmd`` start commands.

Source: src/m4.c (main, getopt_long) and src/builtin.c of GNU M4; checked with marker code against m4 1.4.19.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.options import EXIT, FLAG, VALUE, Option, Options, each
from flycatcher.core.interpreters.engine.paths import descriptor_of, may_start_unseen
from flycatcher.core.interpreters.hosts.host import Host
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.interpreters.engine.options import CommandLine, Given
    from flycatcher.core.interpreters.engine.reading import Reading

_CALLS = r"(?:e?syscmd|builtin|indir)\b"
"""``builtin`` and ``indir`` call what their argument names, which may be put together."""
_ARGUMENTS = re.compile(r"\$[\d@*]")
_DEFINE = Option("value", "code")


class M4(Host):
    """m4: macro text on stdin and in -D that starts a command."""

    id = "m4"
    language = "m4"
    names = (r"g?m4",)
    install = "apt: m4"
    markers = (Markers(strings=(b"\0M4PATH\0", b"esyscmd\0")),)
    verified = ("1.4.19",)
    hint = re.compile(r"syscmd|builtin|indir|^[^\n]*$|\n-|/stdin(?:\n|$)|/fd/0", re.DOTALL)
    options = Options(
        short={
            "D": _DEFINE,
            **each("BHILNRSTUlto", VALUE),
            "F": VALUE,
            **each("EeGgiPQsW", FLAG),
            "d": Option("attached"),
        },
        long={
            "--define": _DEFINE,
            **each(("--include", "--undefine", "--freeze-state", "--reload-state", "--trace", "--debugfile"), VALUE),
            **each(("--arglength", "--nesting-limit", "--hashsize"), VALUE),
            "--warn-macro-sequence": Option("attached"),
            **each(("--gnu", "--traditional", "--prefix-builtins", "--synclines", "--fatal-warnings", "--quiet"), FLAG),
            **each(("--silent", "--interactive"), FLAG),
            **each(("--help", "--version"), EXIT),
        },
        permute=True,
        parser="getopt_long",
    )

    def accepted(self, reading: Reading, command: CommandLine) -> Reading:
        """Read definitions, then stdin where no file is given; only text that starts a command counts."""
        execution = reading.execution
        calls = re.compile(
            rf"(?<!\w){'m4_' if command.has('-P', '--prefix-builtins') else ''}"
            + (r"syscmd\b" if command.has("-G", "--traditional") else _CALLS)
        )
        passes = False
        for given in self._definitions(command):
            text = (given.value or "").partition("=")[2]
            if calls.search(text):
                reading.code(given)
                passes = passes or _ARGUMENTS.search(text) is not None
        words = [execution.argv[index] for index in command.operands]
        reads = not words or any(word == "-" or descriptor_of(word, execution) == 0 for word in words)
        if reads and (text := reading.stdin_text()) and (passes or calls.search(text)):
            reading.stdin(explicit=False)
        for index in command.operands:
            if may_start_unseen(execution.argv[index], execution, calls.search):
                reading.descriptor(execution.argv[index], index=index)
        return reading.finish("script")

    @staticmethod
    def _definitions(command: CommandLine) -> Iterable[Given]:
        """Return the last definition of each name, of those that stand in front of the last file."""
        last = command.operands[-1] if command.operands else None
        found: dict[str, Given] = {}
        for given in command.given:
            name = (given.value or "").partition("=")[0]
            if last is not None and given.index > last:
                break
            if given.option.role == "code":
                found[name] = given
            elif given.name in ("-U", "--undefine"):
                found.pop(name, None)
        return found.values()
