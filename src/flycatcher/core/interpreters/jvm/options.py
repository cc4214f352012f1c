"""What every Java virtual machine reads before its program: agents, and the commands that it starts when it fails.

Source: java(1) and HotSpot's arguments.cpp; checked with marker code against JDK 17.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters.hosts.host import shellish

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.core.interpreters.engine.reading import Reading
    from flycatcher.core.snippet import Vector

VARIABLES = ("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS")
"""Read by the machine itself, whatever starts it."""
LAUNCHER = "JDK_JAVA_OPTIONS"
"""Read by the launcher ``java`` alone."""
LAUNCHED = (*VARIABLES, LAUNCHER)
_COMMAND = re.compile(r"-XX:(OnError|OnOutOfMemoryError)=")
_AGENT = re.compile(r"-(?:javaagent|agentpath):([^=]+)")
_PIECE = re.compile(r"""'([^']*)'|"([^"]*)"|([^\s'"]+)""")


def words(value: str) -> list[str]:
    """Split a variable's value: at white space outside quotes, which have no escapes."""
    found: list[str] = []
    end = -1
    for piece in _PIECE.finditer(value):
        text = piece[1] or piece[2] or piece[3] or ""
        if piece.start() == end:
            found[-1] += text
        else:
            found.append(text)
        end = piece.end()
    return found


def read_option(reading: Reading, word: str, *, index: int | None = None, variable: str | None = None) -> None:
    """Record what one option of the machine loads or would start.

    ``kill -9 %p`` when memory runs out is what servers do all day: only what a shell has to read counts.
    """
    agent = _AGENT.match(word)
    if agent is not None:
        vector: Vector = "environment" if variable else "argument"
        reading.load(agent[1], vector=vector, index=index, option=word.partition(":")[0], variable=variable)
    command = _COMMAND.match(word)
    if command is not None and shellish(word[command.end() :]):
        reading.add(
            "environment" if variable else "argument",
            word[command.end() :],
            index=index,
            offset=0 if index is None else command.end(),
            option=f"-XX:{command[1]}",
            variable=variable,
            language="shell",
            note="runs when the machine fails or its memory is used up",
        )


def read_variables(reading: Reading, names: Iterable[str] = VARIABLES) -> None:
    """Record what the options in environment variables load or would start."""
    for name in names:
        for word in words(reading.execution.env.get(name, "")):
            read_option(reading, word, variable=name)
