"""Nim: its compiler evaluates text too.

Source: compiler/commands.nim (processSwitch); checked with marker code against Nim 1.6.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.options import Options
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.identity.markers import Markers

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution


_TEXT = re.compile(r"--[Ee]_?[Vv]_?[Aa]_?[Ll]_?[:=]")
"""Case and underscores are nothing in the name of an option."""


def _head(word: str) -> str:
    """Return an option with the sign behind it."""
    match = _TEXT.match(word)
    return match[0] if match is not None else ""


class Nim(Interpreter):
    """nim: ``--eval:TEXT``, and what ``nim secret`` and ``nim r -`` read from stdin."""

    id = "nim"
    language = "nim"
    names = (r"nim",)
    install = "apt: nim"
    markers = (Markers(strings=(b"Nim Compiler Version $1 [$2: $3]", b"nimbase.h")),)
    verified = ("1.6.10",)
    options = Options(parser="own")

    def read(self, execution: Execution) -> Reading:
        """Read the words; a colon or an equals sign comes before an option's value."""
        reading = Reading(self, execution)
        words = execution.argv
        operands = [index for index in range(1, len(words)) if not words[index].startswith("-") or words[index] == "-"]
        command_at, project = (*operands, len(words), len(words))[:2]
        texts = [at for at, word in enumerate(words[:project]) if _TEXT.match(word)]
        before = [at for at in texts if at < command_at]
        command = words[operands[0]] if operands else ""
        if command == "secret" and texts and not before:
            texts.clear()  # the session is all that runs
        for index in before[-1:] or texts[:1]:  # the last one before the command, unless a file came before it
            offset = len(_head(words[index]))
            reading.add("argument", words[index][offset:], index=index, offset=offset, option="--eval")
        runs = command in ("r", "run", "e") or any(word in ("-r", "--run") for word in words)
        if command == "secret" and not before:
            reading.stdin(explicit=False)
        elif runs and not before and any(words[index] == "-" for index in operands):
            reading.stdin(explicit=True)
        return reading.finish("script")
