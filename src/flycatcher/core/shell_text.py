"""Written shell text, read to the end: the programs that it starts, as their interpreters would read them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec.structs import replace

from flycatcher.core import interpreters
from flycatcher.core.detection import whole_reading
from flycatcher.core.shell import UNKNOWN, Limits, ReadResult, read_shell
from flycatcher.core.shell.syntax.fragment import shell_text
from flycatcher.core.shell.syntax.transcript import added_lines, with_sessions
from flycatcher.core.told import Told

if TYPE_CHECKING:
    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading


def read_written(
    text: str, *, dialect: str = "bash", limits: Limits | None = None
) -> tuple[ReadResult, list[tuple[int, Reading]]]:
    """Read shell text, or a line cut out of a build file.

    Return what it starts, and the readings of those starts that are an interpreter's, each with the index of its execution.
    """
    whole = with_sessions(shell_text(text))
    result = _as_written(read_shell(whole, dialect=dialect, limits=limits), added_lines(whole))
    readings, told = [], Told()
    for index, execution in enumerate(result.executions):
        reading = whole_reading(read_with_holes(execution), execution, told=told)
        if reading is not None:
            readings.append((index, reading))
    return result, readings


def _as_written(result: ReadResult, added: list[int]) -> ReadResult:
    """Count lines as the text has them, without those that were added."""
    if not added:
        return result
    executions = tuple(
        replace(
            each,
            place=replace(
                each.place,
                line=each.place.line - bisect_left(added, each.place.line),
                end_line=each.place.end_line - bisect_left(added, each.place.end_line),
            ),
        )
        if each.place is not None
        else each
        for each in result.executions
    )
    errors = tuple(replace(each, line=each.line - bisect_left(added, each.line)) for each in result.errors)
    return replace(result, executions=executions, errors=errors)


def read_with_holes(execution: Execution) -> Reading | None:
    """Read an execution; where words are wholly unknown (``python3 $FLAGS -c ...``), also as if they were not there."""
    reading = interpreters.read(execution)
    if reading is None or reading.snippets or not execution.holes:
        return reading
    kept = [at for at, word in enumerate(execution.argv) if word != UNKNOWN or at == 0]
    if len(kept) == len(execution.argv):
        return reading
    shorter = interpreters.read(replace(execution, argv=tuple(execution.argv[at] for at in kept)))
    if shorter is None:
        return reading
    for snippet in shorter.snippets:
        if snippet.argv_index is not None:
            reading.snippets.append(replace(snippet, argv_index=kept[snippet.argv_index]))
    reading.outcome = shorter.outcome if reading.snippets else reading.outcome
    return reading
