"""A detection's id: a hash over everything that says what would run, and how it got there.

Somebody accepts an id, so no other program may have it. Text that was seen stands for itself. Where it was not seen (a pipe that
nobody captured, a URL, a hole in written text), its source takes its place: the path, the URL, what a descriptor was opened on, the
command that fetches it. Every field is hashed with its length before it, so that no two lists of fields give the same bytes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flycatcher.core.snippet import place
from flycatcher.core.unknown import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.core.execution import Execution
    from flycatcher.core.interpreters import Reading
    from flycatcher.core.snippet import Snippet

_FORM = "flycatcher.id/2"
"""Hashed first: ids of another form never meet these."""
_EVALUATES = ("eval.", "process.dynamic-command")
"""Capabilities of a program that runs what it computes: its operands and its input may be program text."""
_SOURCES = (".fetched", ".from")
"""Ends of the context's keys that say where the text of a place comes from (``stdin.fetched``, ``descriptor.63.from``)."""


def fingerprint(
    interpreter: str,
    snippets: Iterable[Snippet],
    *,
    context: Mapping[str, str] | None = None,
    groups: Iterable[Iterable[str | None]] = (),
) -> str:
    """Return 16 hex digits that stand for what was run and how it got there.

    ``context``: the execution's, for the sources of text that was not seen; ``groups``: further fields.
    """
    import hashlib  # noqa: PLC0415 - a single command line is explained without it

    context = context or {}
    digest = hashlib.sha256()
    for group in ((_FORM, interpreter), *(_snippet(snippet, context) for snippet in snippets), *groups):
        fields = [framed(each) for each in group]
        digest.update(b"%d(" % len(fields) + b"".join(fields))
    return digest.hexdigest()[:16]


def framed(value: str | None) -> bytes:
    """Return a field with its length before it; no value at all differs from an empty one."""
    if value is None:
        return b"-;"
    data = os.fsencode(value) if value.isascii() else value.encode("utf-8", "surrogatepass")
    return b"%d:%s;" % (len(data), data)


def _snippet(snippet: Snippet, context: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the fields of one snippet."""
    own = (
        snippet.interpreter, snippet.language, snippet.vector, snippet.option, snippet.variable, snippet.path, snippet.url,
        snippet.text,
    )  # fmt: skip
    if is_seen(snippet):
        return own
    return (*own, *sources(snippet, context))


def sources(snippet: Snippet, context: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return the descriptor of a text that was not seen, and what the context says of where it comes from."""
    descriptor = None if snippet.descriptor is None else str(snippet.descriptor)
    return (descriptor, *(context.get(place(snippet) + end) for end in _SOURCES))


def is_evaluating(capabilities: Iterable[str]) -> bool:
    """Whether a program runs what it computes."""
    return any(name.startswith(_EVALUATES) for name in capabilities)


def is_seen(snippet: Snippet) -> bool:
    """Whether the whole text of a snippet is known."""
    return snippet.text is not None and UNKNOWN not in snippet.text


def of_reading(reading: Reading, capabilities: Iterable[str]) -> str:
    """Return the id of what a reading found, given what its texts are able to do.

    Operands are data, and differ from one run to the next, unless the program was not seen or runs what it computes.
    """
    snippets = reading.snippets
    evaluates = is_evaluating(capabilities)
    context = reading.execution.context
    groups = [
        ("words", *words(reading, whole=evaluates or not all(map(is_seen, snippets)))),
        *((key, context[key]) for key in sorted(context) if evaluates and key.endswith(_SOURCES)),
        *(("load", load.interpreter, load.path, load.variable, load.option) for load in reading.loads),
    ]
    return fingerprint(reading.interpreter.id, snippets, context=context, groups=groups)


def words(reading: Reading, *, whole: bool) -> Iterator[str]:
    """Yield the words that say how the interpreter runs: its options and, where ``whole``, its operands."""
    argv, command = reading.execution.argv, reading.command
    operands = frozenset() if whole or command is None else frozenset(command.operands)
    told = {snippet.argv_index for snippet in reading.snippets if snippet.text is not None and not snippet.offset}
    for index, word in enumerate(argv[1:], 1):
        if index not in operands and index not in told:
            yield word


def stands_for_one(execution: Execution, snippets: Iterable[Snippet]) -> bool:
    """Whether the id belongs to one program only: each text was seen whole, or where it comes from is known.

    Text on a pipe of which nothing, or only the beginning, was captured could be anybody's.
    """
    fidelity = execution.fidelity
    if fidelity is not None and fidelity.stdin == "partial":
        return False
    return all(
        snippet.text is not None
        or bool(snippet.path or snippet.url)
        or any(place(snippet) + end in execution.context for end in _SOURCES)
        for snippet in snippets
    )
