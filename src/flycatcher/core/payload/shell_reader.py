"""Shell text in a layer, read a second time by the shell reader: what quoting, braces, filters and wrappers amount to.

The syntax tree shows commands as they are written; the reader shows the programs that they start. What only the reader
finds (``{echo,...}|{base64,-d}|{bash,-i}``, ``find -exec sh``, ``su -c``) is looked at as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flycatcher.core.interpreters import reads_variable
from flycatcher.core.interpreters.shells.respelled import DIALECT, LANGUAGES, respelled
from flycatcher.core.payload import ir
from flycatcher.core.payload.evaluator.values import NOT_CONSTANT, Value
from flycatcher.core.payload.taint_sources import of_command
from flycatcher.core.shell.interp.collector import Limits
from flycatcher.core.shell.reader import read_shell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.execution import Execution
    from flycatcher.core.payload.findings import Findings
    from flycatcher.core.payload.source import Source
    from flycatcher.core.snippet import Snippet

VARIABLES = 8
"""Variables of one text that are looked at."""
LONGEST = 32 * 1024
"""Characters of a text up to which it is read a second time."""
_OTHERWISE = re.compile(r"\\|alias")
"""What a text holds that dash reads otherwise than bash, and runs."""
LIMITS = Limits(depth=4, executions=200, text=LONGEST, steps=3000, parsing=12_000)


def started(source: Source, grammar: str = "bash") -> Iterator[tuple[Execution, ir.Node, Value]]:
    """Yield each program that the text starts, its place, and what is known of the text on its standard input.

    ``grammar``: of the shell that reads it. Where ``sh`` may be another shell than bash, it is read both ways.
    """
    text = source.head
    if len(text) > LONGEST:
        return
    lines = [0]
    for line in text.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))
    if grammar == "sh":
        dialects: tuple[str, ...] = ("sh", "bash") if _OTHERWISE.search(text) is not None else ("bash",)
    elif grammar in LANGUAGES:
        dialects, text = (DIALECT, "bash"), respelled(text, grammar)
    else:
        dialects = (grammar,)
    found = (each for dialect in dialects for each in read_shell(text, dialect=dialect, limits=LIMITS).executions)
    for execution in found:
        place = execution.place
        begin = end = 0
        if place is not None and 0 < place.line < len(lines):
            begin = min(lines[place.line - 1] + max(place.column - 1, 0), len(text))
            last = place.end_line if 0 < place.end_line < len(lines) else place.line
            end = min(lines[last - 1] + max(place.end_column - 1, 0), len(text))
        node = ir.Group(source.byte(begin), source.byte(max(begin, end)))
        data = NOT_CONSTANT if execution.stdin_text is None else execution.stdin_text
        origin = execution.context.get("stdin.from", "") if execution.stdin_text is None else ""
        yield execution, node, Value(data, taint=of_command(origin.split()))


def brought_in(execution: Execution, scan: Findings) -> Iterator[Snippet]:
    """Yield what a start runs that its words alone do not show, each once: text of variables, standard input, descriptors, files."""
    if scan.nested_of is None or not _gets_more(execution):
        return
    known = {_key(snippet) for snippet in scan.nested}
    variables = sum(snippet.variable is not None for snippet in scan.nested)
    for snippet in scan.nested_of(execution):
        if _key(snippet) in known or (snippet.variable is None and snippet.vector == "argument"):
            continue
        variables += snippet.variable is not None
        if snippet.variable is None or variables <= VARIABLES:
            known.add(_key(snippet))
            yield snippet


def _gets_more(execution: Execution) -> bool:
    """Whether a start gets more than its words: something to read, or variables that an interpreter reads or a word names."""
    if execution.stdin != "unknown" or execution.descriptors or execution.files:
        return True
    words = "\n".join(execution.argv[1:]) if execution.env else ""
    return any(reads_variable(name) or name in words for name in execution.env)


def _key(snippet: Snippet) -> tuple[str, str | None, str | None]:
    """Return what makes two snippets of one text the same."""
    return snippet.interpreter, snippet.variable, snippet.text
