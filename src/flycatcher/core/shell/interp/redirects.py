"""Redirections (POSIX XCU 2.7; bash manual 3.6): which text a command reads on which descriptor, where it writes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flycatcher.core.planting import is_place
from flycatcher.core.shell.interp import evaluated
from flycatcher.core.shell.interp.links import followed, is_fifo
from flycatcher.core.shell.interp.plant import plant
from flycatcher.core.shell.interp.reading import put
from flycatcher.core.shell.interp.state import Buffer, Stream
from flycatcher.core.shell.provenance import fetched, is_decoded, strip_all_marks
from flycatcher.core.shell.syntax.nodes import Redirect, Script, Simple
from flycatcher.core.shell.syntax.simple import DOCUMENTS
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.shell.interp.process import ShellProcess

_NULL = "/dev/null"
_DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")
_FIRST_FREE = 10
"""The lowest descriptor that ``{NAME}<FILE`` takes (bash manual, 3.6)."""


@contextmanager
def redirected(machine: ShellProcess, redirects: list[Redirect], *, keep: bool = False) -> Iterator[None]:
    """Apply redirections for one command; ``keep`` them after ``exec`` without a command."""
    state = machine.state
    reads, writes = dict(state.reads), dict(state.writes)
    for redirect in redirects:
        apply(machine, redirect)
    yield
    if not keep:
        state.reads, state.writes = reads, writes
    elif state is not machine.state:
        machine.state.reads, machine.state.writes = state.reads, state.writes


def apply(machine: ShellProcess, redirect: Redirect) -> None:
    """Apply one redirection to the state."""
    state, raw = machine.state, machine.expander.text(redirect.target)
    if "[" in redirect.variable:
        evaluated.expression(machine, redirect.variable)
    text = strip_all_marks(raw)
    operator = redirect.op
    number = redirect.fd if redirect.fd is not None else (0 if operator[0] == "<" else 1)
    if redirect.variable and text != "-":
        number = next(
            each for each in range(_FIRST_FREE, 1 << 16) if each not in state.reads and each not in state.writes
        )
        put(machine, redirect.variable, str(number))
    if operator in DOCUMENTS:
        state.reads[number] = Stream("file", text, "here-document")
    elif operator == "<<<":
        state.reads[number] = stream = Stream("file", text + "\n", "here-string")
        stream.fetched, stream.decoded = fetched(machine.collector.fetches, raw), is_decoded(raw)
    elif operator in ("<&", ">&"):
        _duplicate(machine, operator, number, text, explicit=redirect.fd is not None)
    elif operator == "<" or (operator == "<>" and number == 0):
        state.reads[number] = _open(machine, text)
    elif operator == "<>":
        state.reads[number] = _open(machine, text)
        state.writes[number] = _create(machine, text, append=True)
    else:
        buffer = _create(machine, text, append=">>" in operator)
        state.writes[number] = buffer
        if operator[0] == "&":
            state.writes[2] = buffer


def _duplicate(machine: ShellProcess, operator: str, number: int, text: str, *, explicit: bool) -> None:
    state = machine.state
    source = text.removesuffix("-")
    if source.isascii() and source.isdigit() and len(source) < 6:
        if operator == "<&" or int(source) in state.reads:
            state.reads[number] = state.reads.get(int(source), Stream("unknown"))
        if operator == ">&":
            state.writes[number] = state.writes.get(int(source))
    elif text == "p" and state.coprocess in state.writes and operator == ">&":
        state.writes[number] = state.writes[state.coprocess]
    elif text == "-":
        if operator == "<&":
            state.reads[number] = Stream("null")
        else:
            state.writes[number] = None
    elif operator == ">&" and not explicit:
        state.writes[1] = state.writes[2] = _create(machine, text, append=False)
    elif operator == "<&":
        state.reads[number] = Stream("unknown")


def _open(machine: ShellProcess, path: str) -> Stream:
    """Return what reading a path gives."""
    state = machine.state
    path = followed(machine, path)
    if path == _NULL:
        return Stream("null", "")
    if path.startswith(("/dev/tcp/", "/dev/udp/")):
        return Stream("socket", None, path)
    if path == "/dev/stdin":
        return state.reads[0]
    if path.startswith(_DESCRIPTORS) and (number := descriptor_number(path)) >= 0:
        return state.reads.get(number, Stream("unknown"))
    written = machine.collector.files.get(state.located(path))
    return Stream("pipe" if is_fifo(machine, path) else "file", _known(written), path)


def descriptor_number(path: str) -> int:
    """Return the number of a descriptor's path, -1 for none."""
    number = path.rpartition("/")[2]
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1


def _known(buffer: Buffer | None) -> str | None:
    if buffer is None:
        return None
    text = strip_all_marks(buffer.text())
    return None if UNKNOWN in text and not text.strip(UNKNOWN + "\n") else text


def _create(machine: ShellProcess, path: str, *, append: bool) -> Buffer | None:
    """Return the buffer that stands for a file written by this text."""
    if path == "/dev/stdout":
        return machine.state.writes.get(1)
    if path.startswith(_DESCRIPTORS):
        return machine.state.writes.get(descriptor_number(path))
    if path.startswith("/dev/"):
        return None
    files, path = machine.collector.files, machine.state.located(path)
    if append and path in files:
        return files[path]
    buffer = Buffer()
    plant(machine, path, buffer)
    if UNKNOWN in path:
        return buffer if is_place(path) else None
    files[path] = buffer
    return buffer


def here_string(machine: ShellProcess, script: Script, buffer: Buffer) -> bool:
    """Do what ``$(< file)`` does; False where the substitution is something else."""
    if len(script.items) != 1 or len(script.items[0].items) != 1:
        return False
    commands = script.items[0].items[0][1].commands
    command = commands[0]
    if len(commands) != 1 or not isinstance(command, Simple) or command.words or command.assigns:
        return False
    if len(command.redirects) != 1 or command.redirects[0].op[0] != "<":
        return False
    with redirected(machine, command.redirects):
        text = machine.state.reads[0].text
        buffer.write(UNKNOWN if text is None else text)
    return True
