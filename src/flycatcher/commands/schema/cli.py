"""``flycatcher schema``: the JSON Schema of what goes in and what comes out."""

from __future__ import annotations

import sys

import click
import msgspec


@click.command(name="schema", short_help="Print the JSON Schema of an input row, an answer or a detection.")
@click.argument("which", type=click.Choice(("detection", "input", "answer")), default="detection")
def command(which: str) -> None:
    """Print the JSON Schema (2020-12) of a detection record, an input row of ``check --jsonl``, or its answer."""
    from flycatcher.core.answer import Answer, Row  # noqa: PLC0415
    from flycatcher.core.detection import Detection  # noqa: PLC0415 - only this command needs it

    described = {"detection": Detection, "input": Row, "answer": Answer}[which]
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"flycatcher {which}"}
    schema = head | msgspec.json.schema(described)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n")
