"""From an execution to a detection: the composition, short enough to read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher import interpreters

if TYPE_CHECKING:
    from flycatcher.execution import Execution
    from flycatcher.interpreters.base import Reading
    from flycatcher.snippet import Load, Snippet


class Detection(Struct, frozen=True, omit_defaults=True, kw_only=True):
    """Code on the fly in one execution, and all that is known of it."""

    execution: Execution
    snippets: tuple[Snippet, ...]
    observations: tuple[Load, ...] = ()


def read(execution: Execution) -> Reading | None:
    """Say what an interpreter makes of the execution; None where it starts none."""
    return interpreters.read(execution)


def counts(reading: Reading, *, shells: bool = False) -> bool:
    """Tell whether a reading is code on the fly.

    A shell's own text counts where ``shells`` asks for it; what its text starts is seen as executions of their own.
    """
    if shells:
        return bool(reading.snippets)
    return bool(reading.snippets) and reading.interpreter.kind != "shell"


def detect(execution: Execution, *, shells: bool = False) -> Detection | None:
    """Return the detection in an execution, None where there is no code on the fly."""
    reading = read(execution)
    if reading is None or not counts(reading, shells=shells):
        return None
    return Detection(execution=execution, snippets=tuple(reading.snippets), observations=tuple(reading.loads))
