"""``flycatcher check``: explain one command line, or answer JSON Lines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from flycatcher.errors import FlycatcherError

if TYPE_CHECKING:
    from flycatcher.interpreters.base import Reading


@click.command(name="check", context_settings={"ignore_unknown_options": False})
@click.option(
    "--jsonl", metavar="FILE", help="Read one execution a line from FILE (- is stdin), write one answer a line."
)
@click.option("--stdin", "stdin", default="unknown", help="What stdin is: pipe, socket, tty, file, null or unknown.")
@click.option("--shells", is_flag=True, help="Count the text of sh -c and its like, too.")
@click.option("--no-risk", is_flag=True, help="Say what runs, without analysing what it would do.")
@click.argument("argv", nargs=-1, type=click.UNPROCESSED)
def command(jsonl: str | None, stdin: str, *, shells: bool, no_risk: bool, argv: tuple[str, ...]) -> None:
    """Say what of a command line an interpreter would run as program text."""
    del no_risk
    if jsonl is not None:
        sys.exit(_stream(jsonl, shells=shells))
    if not argv:
        raise FlycatcherError("nothing to check", hint="flycatcher check -- python3 -c 'print(1)'", code=3)
    _explain(argv, stdin, shells=shells)


def _stream(name: str, *, shells: bool) -> int:
    """Answer every line of a file or of stdin; return the exit code."""
    from flycatcher.stream import answers, chunks  # noqa: PLC0415

    try:
        descriptor = 0 if name == "-" else os.open(name, os.O_RDONLY)
    except OSError as error:
        raise FlycatcherError(f"{name}: {error.strerror}", hint="give a file of JSON Lines, or - for stdin") from error
    out = sys.stdout.buffer
    number, code = 1, 0
    for lines in chunks(lambda size: os.read(descriptor, size), 1 << 18):
        written = list(answers(iter(lines), shells=shells, first=number))
        code = code or any(answer.startswith(b'{"error"') for answer in written)
        number += len(lines)
        out.write(b"".join(written))
        out.flush()
    return int(code)


def _explain(argv: tuple[str, ...], stdin: str, *, shells: bool) -> None:
    """Explain one command line to a person."""
    from flycatcher.detection import counts, read  # noqa: PLC0415
    from flycatcher.execution import Execution  # noqa: PLC0415

    reading = read(Execution(argv=argv, stdin=stdin))  # type: ignore[arg-type]
    if reading is None:
        click.echo(f"{argv[0]}: not an interpreter that flycatcher knows")
        return
    verdict = "code on the fly" if counts(reading, shells=shells) else "no code on the fly"
    click.echo(f"{verdict} ({reading.interpreter.id}: {reading.outcome})")
    _show(reading)


def _show(reading: Reading) -> None:
    """Print the snippets."""
    for snippet in reading.snippets:
        click.echo(f"  {snippet.vector} {snippet.option} {snippet.text!r}")
