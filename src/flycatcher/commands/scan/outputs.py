"""The output formats of a scan by name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flycatcher.layout import colours, columns
from flycatcher.sinks.outputs import STDOUT, record_sink, text_stream, transport

if TYPE_CHECKING:
    from flycatcher.sinks import Sink

FORMATS = ("text", "json", "jsonl", "sarif", "github", "markdown")


def make(kind: str, file: str) -> Sink:
    """Return the sink for a format; ``file`` is ``-`` for stdout."""
    sink = record_sink(kind, file)
    if sink is not None:
        return sink
    if kind == "markdown":
        from flycatcher.sinks.formats.markdown import Markdown  # noqa: PLC0415 - one of the formats

        return Markdown(transport(file))
    from flycatcher.sinks.formats.frame import Frames  # noqa: PLC0415

    to_stdout = file == STDOUT
    return Frames(
        text_stream(file),
        colour=to_stdout and colours(sys.stdout),
        width=columns(sys.stdout) if to_stdout else 0,
        path=transport(file).path,
    )
