"""What the runners of JavaScript on top of Node.js share: node reads NODE_OPTIONS before any of them reads its words."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from msgspec.structs import replace

from flycatcher.core.interpreters import read_as
from flycatcher.core.interpreters.engine.interpreter import Interpreter
from flycatcher.core.interpreters.engine.reading import Reading
from flycatcher.core.interpreters.javascript.node import Node
from flycatcher.core.interpreters.javascript.real_path import loadable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters.engine.options import Given
    from flycatcher.core.snippet import Vector


class Word(NamedTuple):
    """A word of the command line that a runner starts node with, and where its text stands in the runner's own."""

    text: str
    at: int | None = None
    """Index into the real argv; None where the runner itself puts the word there."""
    offset: int = 0


class OnNode(Interpreter):
    """A runner. ``read_words`` reads its own command line; the environment has no NODE_OPTIONS any more there."""

    variables: ClassVar[tuple[str, ...]] = Node.variables

    language = "javascript"
    technique = "T1059.007"
    runs_on = ("node",)

    def read(self, execution: Execution) -> Reading:
        """Read NODE_OPTIONS as node does, then the words."""
        if not execution.env.get("NODE_OPTIONS", "").strip(" "):
            return self.read_words(execution)
        node = Node().read(replace(execution, argv=("node", "./runner"), interpreter=None))
        if node.outcome == "refuses":
            return Reading(self, execution).refuse(node.error)
        env = {name: value for name, value in execution.env.items() if name != "NODE_OPTIONS"}
        return self.read_words(replace(execution, env=env)).prepend(node)

    def read_words(self, execution: Execution) -> Reading:
        """Read the command line: the plain way, by the table's roles."""
        return super().read(execution)


def read_module(reading: Reading, given: Given, variable: str | None = None) -> None:
    """Read the file that ``require()`` loads before the program; a name without a path is a package, and left out."""
    value = given.value or ""
    if value.startswith(("./", "../", "/")) and loadable(reading, value, set()):
        index = given.at if variable is None else None
        vector: Vector = "argument" if variable is None else "environment"
        reading.load(value, vector=vector, index=index, option=given.name, variable=variable)


def read_main(reading: Reading, index: int) -> None:
    """Read the operand that node itself loads as its main module: no pipe, as node looks for the real path."""
    if loadable(reading, reading.execution.argv[index], set(), main=True):
        reading.program(index, dash=False)
    else:
        reading.refuse("node cannot load a pipe by its path")


def read_node(interpreter: Interpreter, execution: Execution, words: Sequence[Word]) -> Reading:
    """Read what node makes of the words that a runner starts it with; places are those of the real command line."""
    made = replace(execution, argv=("node", *(word.text for word in words)), exe="", interpreter="node")
    found = read_as(Node(), made)
    reading = Reading(interpreter, execution)
    reading.outcome, reading.error = found.outcome, found.error
    reading.script = None if found.script is None else words[found.script - 1].at
    for snippet in found.snippets:
        at = snippet.argv_index
        word = Word("") if at is None else words[at - 1]
        reading.snippets.append(
            replace(snippet, interpreter=interpreter.id, argv_index=word.at, offset=snippet.offset + word.offset)
        )
    for load in found.loads:
        at = load.argv_index
        reading.loads.append(replace(load, argv_index=None if at is None else words[at - 1].at))
    return reading
