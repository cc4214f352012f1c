"""Which sinks ``run`` and ``watch`` write to: the files of ``--report`` by their suffix, and the live lines."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flycatcher.core.errors import FlycatcherError
from flycatcher.layout import colours
from flycatcher.sinks.formats.document import Document
from flycatcher.sinks.formats.jsonl import JsonLines
from flycatcher.sinks.formats.live import Live
from flycatcher.sinks.formats.sarif import Sarif
from flycatcher.sinks.formats.text import TextReport
from flycatcher.sinks.transports.files import File

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flycatcher.sinks import Sink
    from flycatcher.sinks.transports.place import Owner


def reports(
    paths: Iterable[str], owner: Owner = None, *, append: bool = False, held: bool = False, compact: bool = False
) -> list[Sink]:
    """Return a sink for each path; ``append``: JSON Lines are appended to the last run's; ``held``: see :class:`File`.

    ``compact``: JSON Lines say once what their records have in common.
    """
    found: dict[str, Sink] = {}
    for path in paths:
        if path in found:
            raise FlycatcherError(
                f"{path}: two reports would go to one file", hint="give each --report its own name", code=2
            )
        found[path] = _report(path, partial(File, path, owner, private=True, held=held), append=append, compact=compact)
    return list(found.values())


def _report(path: str, file: Callable[..., File], *, append: bool, compact: bool) -> Sink:
    """Return the sink that a file's suffix asks for. Raises FlycatcherError."""
    match Path(path).suffix:
        case ".jsonl":
            return JsonLines(file(append=append), compact=compact)
        case ".json":
            return Document(file())
        case ".sarif":
            return Sarif(file())
        case ".txt":
            return TextReport(file())
    raise FlycatcherError(
        f"{path}: unknown report format", hint="end the name in .jsonl, .json, .sarif or .txt", code=2
    )


def live(depth: int) -> Live:
    """Return the lines on stderr, in colour at a terminal unless NO_COLOR is set."""
    return Live(sys.stderr, colour=colours(sys.stderr), depth=depth)


def opened(sinks: list[Sink]) -> list[Sink]:
    """Open all sinks, before anything starts that they have to record. Raises FlycatcherError."""
    for sink in sinks:
        try:
            sink.open()
        except OSError as error:
            raise FlycatcherError(f"{sink.path}: {error.strerror}", hint="check the path that was given") from error
    return sinks
