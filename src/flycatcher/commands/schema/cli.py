"""``flycatcher schema``: the JSON Schema of what goes in and what comes out."""

from __future__ import annotations

import sys
from typing import Any

import click
import msgspec

from flycatcher.front import Command


@click.command(
    cls=Command, name="schema", short_help="Print the JSON Schema of a detection, a summary, an input row or an answer."
)
@click.argument("which", type=click.Choice(("detection", "summary", "input", "answer")), default="detection")
def command(which: str) -> None:
    """Print the JSON Schema (2020-12) of a record.

    A detection and the summary that ends a report (its last line in JSON Lines), or an input row of ``check --jsonl`` and
    its answer.
    """
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"flycatcher {which}"}
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(head | _schema(which)), indent=2).decode() + "\n")


def _schema(which: str) -> dict[str, Any]:
    """Return one record's schema."""
    if which == "summary":
        from flycatcher.sinks.summary import schema  # noqa: PLC0415 - only this one needs it

        return schema()
    from flycatcher.core.answer import Answer, Row  # noqa: PLC0415 - as above
    from flycatcher.core.detection import Detection  # noqa: PLC0415

    return msgspec.json.schema({"detection": Detection, "input": Row, "answer": Answer}[which])
