"""Nim: its compiler evaluates text too.

Source: compiler/commands.nim (processSwitch); checked with marker code against Nim 1.6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flycatcher.interpreters.base import Interpreter, Reading
from flycatcher.interpreters.markers import Markers

if TYPE_CHECKING:
    from flycatcher.execution import Execution


class Nim(Interpreter):
    """nim: ``--eval:TEXT``, and what ``nim secret`` and ``nim r -`` read from stdin."""

    id = "nim"
    language = "nim"
    names = (r"nim",)
    install = "apt: nim"
    markers = (Markers(strings=(b"Nim Compiler Version $1 [$2: $3]", b"nimbase.h")),)
    verified = ("1.6.10",)

    def read(self, execution: Execution) -> Reading:
        """Read the words; a colon or an equals sign comes before an option's value."""
        reading = Reading(self, execution)
        words = execution.argv
        operands = [index for index in range(1, len(words)) if not words[index].startswith("-") or words[index] == "-"]
        command_at, project = (*operands, len(words), len(words))[:2]
        texts = [at for at, word in enumerate(words[:project]) if word[:6] == "--eval" and word[6:7] in (":", "=")]
        before = [at for at in texts if at < command_at]
        for index in before[-1:] or texts[:1]:  # the last one before the command, unless a file came before it
            reading.add("argument", words[index][7:], index=index, offset=7, option="--eval")
        command = words[operands[0]] if operands else ""
        runs = command in ("r", "run", "e") or any(word in ("-r", "--run") for word in words)
        if command == "secret":
            reading.stdin(explicit=False)
        elif runs and any(words[index] == "-" for index in operands):
            reading.stdin(explicit=True)
        return reading.end("script")
