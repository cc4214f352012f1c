"""Formats with the files that they go to (``--format``, ``-o``), and the sinks of the formats that take any record."""

from __future__ import annotations

import io
import os
from typing import IO, TYPE_CHECKING, cast

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.transports.files import File
from flycatcher.sinks.transports.place import open_for_writing
from flycatcher.sinks.transports.stream import Stdout

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flycatcher.sinks import Sink, Transport
    from flycatcher.sinks.transports.place import Owner

STDOUT = "-"
_SUFFIXES = {"md": "markdown", "txt": "text", "htm": "html"}


def paired(formats: Sequence[str], files: Sequence[str], known: Sequence[str]) -> list[tuple[str, str]]:
    """Pair formats with files, by position; ``-`` is stdout. Raises FlycatcherError where that leaves something open."""
    if len(formats) - len(files) > 1:
        raise FlycatcherError(
            f"{len(formats)} formats, {len(files)} outputs: only one can go to stdout",
            hint="give each format an -o",
            code=2,
        )
    pairs = []
    for number in range(max(len(formats), len(files), 1)):
        file = files[number] if number < len(files) else STDOUT
        kind = formats[number] if number < len(formats) else _by_suffix(file, known)
        pairs.append((kind, file))
    if sum(file == STDOUT for _, file in pairs) > 1:
        raise FlycatcherError("two formats would go to stdout", hint="give all but one an -o FILE", code=2)
    return pairs


def _by_suffix(file: str, known: Sequence[str]) -> str:
    """Return the format that a file's name asks for."""
    if file == STDOUT:
        return "text"
    suffix = file.rpartition(".")[2].lower()
    kind = _SUFFIXES.get(suffix, suffix)
    if kind not in known:
        raise FlycatcherError(f"{file}: no format has this suffix", hint=f"give --format: {', '.join(known)}", code=2)
    return kind


def opened(outputs: Sequence[tuple[str, str]], make: Callable[[str, str], Sink]) -> list[Sink]:
    """Return the open sinks for formats and their files. Raises FlycatcherError."""
    sinks = []
    for kind, file in outputs:
        try:
            sink = make(kind, file)
            sink.open()
        except OSError as error:
            raise FlycatcherError(f"{file}: {error.strerror}", hint="check the path given to -o") from error
        sinks.append(sink)
    return sinks


def transport(file: str) -> Transport:
    """Return where the bytes for a file go; ``-`` is stdout."""
    return Stdout() if file == STDOUT else File(file)


def record_sink(kind: str, file: str) -> Sink | None:
    """Return the sink for a format that takes any record; None where a command has its own."""
    if kind == "sarif":
        from flycatcher.sinks.formats.sarif import Sarif  # noqa: PLC0415 - one of the formats

        return Sarif(transport(file))
    if kind == "jsonl":
        from flycatcher.sinks.formats.jsonl import JsonLines  # noqa: PLC0415

        return JsonLines(transport(file))
    if kind == "json":
        from flycatcher.sinks.formats.document import Document  # noqa: PLC0415

        return Document(transport(file))
    if kind == "github":
        from flycatcher.sinks.formats.github import GitHub  # noqa: PLC0415

        return GitHub(text_stream(file))
    return None


def step_summary(owner: Owner = None) -> File | None:
    """Return the file of this step's summary on GitHub Actions, None where there is none. What other steps wrote stays."""
    path = os.environ.get("GITHUB_STEP_SUMMARY", "")
    return File(path, owner, append=True) if path else None


def text_stream(file: str) -> IO[str]:
    """Return a stream for text; what it cannot encode is escaped."""
    if file == STDOUT:
        return open(1, "w", encoding="utf-8", errors="backslashreplace", closefd=False)
    raw = open_for_writing(file)
    return io.TextIOWrapper(io.BufferedWriter(cast("io.RawIOBase", raw)), encoding="utf-8", errors="backslashreplace")
