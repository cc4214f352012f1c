"""The output formats of a scan by name."""

from __future__ import annotations

import io
import os
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from flycatcher.sinks import Sink


def make(kind: str, file: str) -> Sink:
    """Return the sink for a format; ``file`` is ``-`` for stdout."""
    path = "stdout" if file == "-" else file
    handle: IO[bytes] | None = os.fdopen(os.dup(sys.stdout.fileno()), "wb", buffering=0) if file == "-" else None
    if kind == "sarif":
        from flycatcher.sinks.formats.sarif import Sarif  # noqa: PLC0415 - one of the formats

        return Sarif(path, handle=handle)
    if kind == "markdown":
        from flycatcher.sinks.formats.markdown import Markdown  # noqa: PLC0415

        return Markdown(path, handle=handle)
    if kind == "jsonl":
        from flycatcher.sinks.formats.jsonl import JsonLines  # noqa: PLC0415

        return JsonLines("/dev/stdout" if handle else path, append=handle is not None)
    if kind == "json":
        from flycatcher.sinks.formats.document import Document  # noqa: PLC0415

        return Document(path, handle=handle)
    stream = _text(handle, path)
    if kind == "github":
        from flycatcher.sinks.formats.github import GitHub  # noqa: PLC0415

        return GitHub(stream)
    from flycatcher.sinks.formats.frame import Frames  # noqa: PLC0415

    return Frames(stream, colour=file == "-" and sys.stdout.isatty() and "NO_COLOR" not in os.environ, path=path)


def _text(handle: IO[bytes] | None, path: str) -> IO[str]:
    """Return a stream for text; what it cannot encode is escaped."""
    if handle is None:
        return open(path, "w", encoding="utf-8", errors="backslashreplace")
    return io.TextIOWrapper(io.BufferedWriter(handle), encoding="utf-8", errors="backslashreplace")
