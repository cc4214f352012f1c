"""The output formats of a scan by name."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from flycatcher.layout import colours, columns
from flycatcher.sinks.formats.place import root_of
from flycatcher.sinks.outputs import STDOUT, record_sink, step_summary, text_stream, transport

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.sinks import Sink, Transport
    from flycatcher.sinks.formats.place import Root

FORMATS = (
    "text", "json", "jsonl", "sarif", "github", "markdown", "gitlab", "gitlab-sast", "junit", "checkstyle",
)  # fmt: skip


SUMMARY = "step summary"
"""A table in Markdown, behind what other steps wrote."""


def make(kind: str, file: str) -> Sink:
    """Return the sink for a format; ``file`` is ``-`` for stdout."""
    if (placed := _placed(kind)) is not None:
        return placed(transport(file), root_of("."))
    sink = record_sink(kind, file)
    if sink is not None:
        return sink
    if kind in ("markdown", SUMMARY):
        from flycatcher.sinks.formats.markdown import Markdown  # noqa: PLC0415 - one of the formats

        return Markdown((step_summary() if kind == SUMMARY else None) or transport(file))
    from flycatcher.sinks.formats.frame import Frames  # noqa: PLC0415

    to_stdout = file == STDOUT
    return Frames(
        text_stream(file),
        colour=to_stdout and colours(sys.stdout),
        width=columns(sys.stdout) if to_stdout else 0,
        path=transport(file).path,
    )


def summaries() -> list[tuple[str, str]]:
    """Return the format and the name of the report that a scan writes unasked: on GitHub Actions, the summary of its step."""
    from flycatcher.sinks.formats.github import wanted  # noqa: PLC0415 - one of the formats

    return [(SUMMARY, "GITHUB_STEP_SUMMARY")] if wanted() and step_summary() is not None else []


def _placed(kind: str) -> Callable[[Transport, Root], Sink] | None:
    """Return what makes the sink of a format whose paths begin at the repository's root, None for another format."""
    if kind == "sarif":
        from flycatcher.sinks.formats.sarif import Sarif  # noqa: PLC0415 - one of the formats

        return Sarif
    if kind in ("gitlab", "gitlab-sast"):
        from flycatcher.sinks.formats.gitlab import CodeQuality, Sast  # noqa: PLC0415

        return Sast if kind == "gitlab-sast" else CodeQuality
    if kind in ("junit", "checkstyle"):
        from flycatcher.sinks.formats.checks import Checkstyle, JUnit  # noqa: PLC0415

        return JUnit if kind == "junit" else Checkstyle
    return None
