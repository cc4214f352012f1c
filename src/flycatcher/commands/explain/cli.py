"""``flycatcher explain``: a saved record, read again and shown whole."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.core.errors import FlycatcherError
from flycatcher.front import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

LIMIT = 256 * 1024 * 1024
"""Bytes of a report that are read."""
MISSHAPEN = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What the formats raise over a record in which something has another type than in those that the product writes."""
BRIEF = 400
"""Characters of a SARIF message that --brief shows."""


@click.command(cls=Command, name="explain")
@click.argument("file", metavar="FILE")
@click.option("--id", "identity", metavar="HEX", help="Only the record with this id (its first digits are enough).")
@click.option("--again", is_flag=True, help="Analyse the texts again with this version's rules.")
@click.option(
    "-v", "--verbose", "depth", count=True, help="-vv: also inodes, namespaces and other numbers for machines."
)
@click.option("--brief", is_flag=True, help="One line per record.")
def command(file: str, identity: str | None, *, again: bool, depth: int, brief: bool) -> None:
    """Show all that is known of saved detections: verdict, reasons with their evidence, decoded layers.

    FILE is a report of run, watch or scan (.json, .jsonl, .sarif), the answers of check --jsonl, or - for stdin.

    \b
    flycatcher explain detections.jsonl
    flycatcher explain --id 3c40365a report.json
    flycatcher check --jsonl rows.jsonl | flycatcher explain -
    """  # noqa: D301 - click's own mark for lines to be kept
    from flycatcher.commands.explain.records import again as analysed  # noqa: PLC0415
    from flycatcher.commands.explain.records import records  # noqa: PLC0415
    from flycatcher.layout import echo  # noqa: PLC0415
    from flycatcher.terminal import diagnostics  # noqa: PLC0415

    name, shown, misshapen = file if file != "-" else "stdin", 0, 0
    for number, record in enumerate(records(_contents(file), name), 1):
        if identity and not str(record.get("id", "")).startswith(identity.lower()):
            continue
        shown += 1
        try:
            lines = list(_brief(record) if brief else _whole(analysed(record) if again else record, raw=depth > 1))
        except MISSHAPEN as error:
            misshapen += 1
            sys.stderr.write(diagnostics(f"{name}: record {number} is not shaped like a detection: {error}"))
            continue
        for line in lines:
            echo(line)
    if misshapen:
        sys.exit(1)
    if not shown:
        raise FlycatcherError(f"{file}: no record with the id {identity}", hint="explain --brief lists them", code=3)


def _contents(file: str) -> bytes:
    """Return a file's bytes."""
    try:
        if file == "-":
            data = sys.stdin.buffer.read(LIMIT + 1)
        else:
            with Path(file).open("rb") as handle:
                data = handle.read(LIMIT + 1)
    except OSError as error:
        raise FlycatcherError(f"{file}: {error.strerror}", hint="give a report, or - for stdin") from error
    if len(data) > LIMIT:
        raise FlycatcherError(f"{file}: larger than {LIMIT >> 20} MiB", hint="split it, or pick records with --id")
    return data


def _brief(record: dict[str, Any]) -> Iterator[str]:
    """Yield one line."""
    from flycatcher.sinks.formats.line import how, what  # noqa: PLC0415
    from flycatcher.sinks.formats.paint import coloured  # noqa: PLC0415
    from flycatcher.sinks.formats.tree import verdict  # noqa: PLC0415
    from flycatcher.terminal import line_start  # noqa: PLC0415

    if "sarif" in record:
        yield line_start(str(record["sarif"].get("message", {}).get("text", ""))[:BRIEF])
        return
    title = coloured("title", line_start(f"{record.get('id', '-')} {how(record)}:"))
    yield f"{title} {what(record)} -- {verdict(record, coloured)}"


def _whole(record: dict[str, Any], *, raw: bool) -> Iterator[str]:
    """Yield everything: the record's paragraph, the verdict, the evidence, the layers."""
    from flycatcher.core.recipe.risk import VERSION  # noqa: PLC0415
    from flycatcher.sinks.formats.paint import coloured  # noqa: PLC0415
    from flycatcher.sinks.formats.text import paragraph  # noqa: PLC0415
    from flycatcher.sinks.formats.tree import layers  # noqa: PLC0415
    from flycatcher.terminal import visible  # noqa: PLC0415

    if "sarif" in record:
        yield from _sarif(record["sarif"])
        return
    yield from paragraph(record, coloured, texts=False, raw=raw)
    for line in layers(record, coloured):
        yield f"  {line}"
    saved = (record.get("risk") or {}).get("version", VERSION)
    if saved != VERSION:
        yield f"  rated by version {visible(str(saved))} of the rules; this is version {VERSION}: --again rates again"
    if record.get("guidance"):
        yield f"  next: {coloured('command', visible(str(record['guidance'])))}"
    yield ""


def _sarif(result: dict[str, Any]) -> Iterator[str]:
    """Yield a SARIF result: its message, its place, and its layers."""
    from flycatcher.sinks.formats.paint import coloured  # noqa: PLC0415 - as above
    from flycatcher.terminal import line_start, visible  # noqa: PLC0415

    yield coloured("title", line_start(f"{result.get('ruleId', '')} [{result.get('level', '')}]"))
    yield line_start(f"  {result.get('message', {}).get('text', '')}")
    for location in result.get("locations") or ():
        physical = location.get("physicalLocation") or {}
        place = physical.get("region") or {}
        where = (physical.get("artifactLocation") or {}).get("uri", "")
        if where:
            yield visible(f"  at: {where}:{place.get('startLine', 1)}:{place.get('startColumn', 1)}")
    for flow in result.get("codeFlows") or ():
        for thread in flow.get("threadFlows") or ():
            for step in thread.get("locations") or ():
                yield line_start(f"  {((step.get('location') or {}).get('message') or {}).get('text', '')}")
    yield ""
