"""A detection's id: a hash over everything that says what would run, and how it got there.

Somebody accepts an id, so no other program may have it. Text that was seen stands for itself. Where it was not seen (a pipe that
nobody captured, a URL, a hole in written text), its source takes its place: the path, the URL, what a descriptor was opened on, the
command that fetches it. Every field is hashed with its length before it, so that no two lists of fields give the same bytes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flycatcher.core.regex import lazy
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
_SHAPE_LIMIT = 1 << 16
"""Characters of a text that its shape is made of."""
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
        fields = [_field(field) for field in group]
        digest.update(b"%d(" % len(fields) + b"".join(fields))
    return digest.hexdigest()[:16]


def _field(value: str | None) -> bytes:
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
    descriptor = None if snippet.descriptor is None else str(snippet.descriptor)
    return (*own, descriptor, *(context.get(place(snippet) + end) for end in _SOURCES))


_PASSING = (
    (lazy(r"(?:/private)?/(?:var/)?tmp/[^/\s'\"]+|/dev/shm/[^/\s'\"]+|/run/user/\d+/[^/\s'\"]+"), "<temporary>"),
    (
        lazy(r"\btmp[\w]{6,}|\bansible-tmp-[\d.-]+|\d{8}-\d+-[0-9a-z]{5,}"),
        "<temporary>",
    ),  # the last one: Ruby's Tempfile
    (lazy(r"(?<=[\w\]]):\d{2,5}\b"), ":<port>"),
    (lazy(r"(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[a-f]*\d)[0-9a-f]{12,}\b"), "<hash>"),
    (lazy(r"\b\d{3,}\b"), "<number>"),
)
"""What differs from one run of the same thing to the next, and what stands for it."""


def shape(interpreter: str, snippets: Iterable[Snippet], *, cwd: str = "", whole: bool = True) -> str:
    """Return 16 hex digits that stay the same where only temporary paths, the checkout's folder, ports and numbers differ.

    For grouping only: many programs have one shape, so nothing is accepted by it. Without ``whole``, what came by standard input is
    left out, as another part of it is seen each time.
    """
    import hashlib  # noqa: PLC0415 - a single command line is explained without it

    digest = hashlib.sha256(b"flycatcher.shape/1")
    groups: list[tuple[str | None, ...]] = [(interpreter,)]
    for each in snippets:
        seen = whole or each.vector != "stdin"
        groups.append(
            (each.interpreter, each.vector, each.option, each.variable, _general(each, cwd) if seen else None)
        )
    for group in groups:
        digest.update(b"%d(" % len(group) + b"".join(map(_field, group)))
    return digest.hexdigest()[:16]


def _general(snippet: Snippet, cwd: str) -> str | None:
    """Return a snippet's text, or where that lies, without what differs from one run to the next."""
    text = snippet.text if snippet.text is not None else snippet.path or snippet.url
    if text is None:
        return None
    text = text[:_SHAPE_LIMIT]
    if len(cwd) > 1:
        text = text.replace(cwd, "<folder>")
    for pattern, name in _PASSING:
        text = pattern.sub(name, text)
    return text


def is_seen(snippet: Snippet) -> bool:
    """Whether the whole text of a snippet is known."""
    return snippet.text is not None and UNKNOWN not in snippet.text


def of_reading(reading: Reading, capabilities: Iterable[str]) -> str:
    """Return the id of what a reading found, given what its texts are able to do.

    Operands are data, and differ from one run to the next, unless the program was not seen or runs what it computes.
    """
    snippets = reading.snippets
    evaluates = any(name.startswith(_EVALUATES) for name in capabilities)
    context = reading.execution.context
    groups = [
        ("words", *_words(reading, whole=evaluates or not all(map(is_seen, snippets)))),
        *((key, context[key]) for key in sorted(context) if evaluates and key.endswith(_SOURCES)),
        *(("load", load.interpreter, load.path, load.variable, load.option) for load in reading.loads),
    ]
    return fingerprint(reading.interpreter.id, snippets, context=context, groups=groups)


def _words(reading: Reading, *, whole: bool) -> Iterator[str]:
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
