"""The door: shell text in, executions out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.execution import Execution, Place
from flycatcher.core.interpreters.names import bourne_grammar_of
from flycatcher.core.shell.interp.collector import Collector, Frame, Limits, SyntaxProblem
from flycatcher.core.shell.interp.launch import start_executables
from flycatcher.core.shell.interp.machine import Machine
from flycatcher.core.shell.interp.plant import planted_executions
from flycatcher.core.shell.interp.state import State
from flycatcher.core.shell.syntax.nodes import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Limits", "ReadResult", "SyntaxProblem", "read_shell"]


class ReadResult(Struct, frozen=True, kw_only=True):
    """What shell text starts, in order; what did not parse; what was left unread, and why (empty: nothing)."""

    executions: tuple[Execution, ...]
    errors: tuple[SyntaxProblem, ...] = ()
    truncated: tuple[str, ...] = ()
    stopped: tuple[int, int] | None = None
    """Line and column from which on something was left unread; None where the text was read to its end."""


def read_shell(
    text: str,
    *,
    dialect: str = "bash",
    env: Mapping[str, str] | None = None,
    args: Sequence[str] | None = None,
    place: Place | None = None,
    limits: Limits | None = None,
) -> ReadResult:
    """Read shell text into the program starts that it leads to. Never raises, starts nothing, opens nothing.

    ``dialect`` is bash, sh (dash's rules), zsh or ksh. ``env`` is the environment it runs in: None means not known, so
    that a variable the text does not set is a hole; a mapping is all there is. ``args`` are the positional parameters,
    None where not known. ``place`` is where the text's first character stands.
    """
    limits = limits or Limits()
    collector = Collector(limits)
    truncated = len(text) > limits.text
    if truncated:
        collector.truncate("text longer than what is read")
        text = text[: limits.text]
        collector.stop(text.count("\n") + 1, len(text) - text.rfind("\n"))
    line, column = (place.line or 1, place.column or 1) if place else (1, 1)
    if place is not None:
        collector.path, collector.symbol = place.path, place.symbol
    known = bourne_grammar_of(dialect) or "bash"
    positional = list(args) if args is not None else (None if env is None else [])
    state = State(dialect=known, env=env, name=dialect, args=positional, collector=collector)
    frame = Frame(via=(), depth=0, parent=None, span=(line, column, line, column))
    machine = Machine(state, collector, frame)
    try:
        machine.run_top(machine.read(Source(text, line=line, column=column)))
        start_executables(machine)
    except RecursionError:
        collector.truncate("nested too deep")
    return ReadResult(
        executions=(*collector.executions, *planted_executions(collector)),
        errors=tuple(collector.problems),
        truncated=tuple(collector.truncated),
        stopped=collector.stopped,
    )
