"""Commands beside the text's own, on pipes that it writes to or reads from: coprocesses and process substitutions (bash manual, 3.2.6, 3.5.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flycatcher.core.shell.interp.state import Buffer, Stream
from flycatcher.core.shell.provenance import fetched, is_decoded, strip_all_marks
from flycatcher.core.shell.syntax.nodes import AndOr, Pipeline, Script
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from flycatcher.core.shell.interp.process import ShellProcess
    from flycatcher.core.shell.interp.state import State
    from flycatcher.core.shell.syntax.nodes import Proc, Simple

MOST = 10
"""Commands of one text that are fed."""
_INPUT = 60
"""The first descriptor that stands for the input of such a command: bash takes high numbers, too."""


class Fed(NamedTuple):
    """A command that reads what the text writes to it."""

    node: Simple | None
    """Where it is written."""
    script: Script
    state: State
    """The shell's state in which it begins."""
    buffer: Buffer
    """What is written to it."""
    origin: str
    seen: bool
    """It has been read without its input."""


def start_coprocess(machine: ShellProcess, pipeline: Pipeline) -> None:
    """Run commands in a shell of their own, on a pipe that this one writes to."""
    state = machine.fork()
    state.writes[1] = None
    number, buffer = _input_of(machine)
    machine.state.coprocess = number
    machine.state.assign(pipeline.coprocess, {"0": "63", "1": str(number)})
    alone = Pipeline(pipeline.commands, pipeline.negated)
    _remember(machine, Fed(machine.node, Script([AndOr([("", alone)])]), state, buffer, "coproc", seen=False))


def substitute_process(machine: ShellProcess, part: Proc) -> str:
    """Return the path of the descriptor that stands for ``<(...)`` or ``>(...)``; what is read there is known then, what is written later."""
    outer, machine.state = machine.state, machine.fork()
    before, buffer = machine.fork(), Buffer()
    if part.mode == "<":
        machine.state.writes[1] = buffer
    else:
        machine.state.reads[0] = Stream("pipe")
    machine.branches += 1
    machine.run(part.body)
    machine.branches -= 1
    machine.state = outer
    if part.mode == "<":
        number = 63
        while number in machine.state.reads and number > 10:
            number -= 1
        machine.state.reads[number] = known_stream(machine, buffer, part.raw.strip())
    else:
        number, buffer = _input_of(machine)
        machine.state.reads[number] = Stream("pipe")
        _remember(machine, Fed(machine.node, part.body, before, buffer, f">({part.raw.strip()})", seen=True))
    return f"/dev/fd/{number}"


def feed(machine: ShellProcess) -> None:
    """Run, with what was written to it by the end of the text, each command that reads it."""
    outer = machine.state
    for fed in machine.fed:
        if fed.seen and not fed.buffer.parts:
            continue
        machine.node, machine.state = fed.node, fed.state
        fed.state.reads[0] = known_stream(machine, fed.buffer, fed.origin) if fed.buffer.parts else Stream("pipe")
        machine.run(fed.script)
    machine.state = outer


def known_stream(machine: ShellProcess, buffer: Buffer, origin: str) -> Stream:
    """Return a pipe that holds what was written, text None where nothing of it is known."""
    written = buffer.text()
    text = strip_all_marks(written)
    stream = Stream("pipe", None if UNKNOWN in text and not text.strip(UNKNOWN + "\n") else text, origin)
    stream.fetched, stream.decoded = fetched(machine.collector.fetches, written), is_decoded(written)
    return stream


def _input_of(machine: ShellProcess) -> tuple[int, Buffer]:
    """Return a descriptor of the shell's that writes to a new command, and what it will have written."""
    number = next(each for each in range(_INPUT, 1 << 16) if each not in machine.state.writes)
    machine.state.writes[number] = buffer = Buffer()
    return number, buffer


def _remember(machine: ShellProcess, fed: Fed) -> None:
    if machine.collector.room(machine.fed, MOST, "commands that the text writes to"):
        machine.fed.append(fed)
