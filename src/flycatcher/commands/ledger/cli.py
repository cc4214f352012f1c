"""``flycatcher ledger``: check and show what was logged with ``--ledger``."""

from __future__ import annotations

from pathlib import Path

import click

from flycatcher.front import Group

_FOLDER = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.group(cls=Group, name="ledger", short_help="Check and show what run and watch have logged with --ledger.")
def command() -> None:
    """Check and show a ledger: what run and watch have logged with --ledger DIR, in a Merkle log of plain files."""


@command.command()
@_FOLDER
@click.option(
    "--checkpoint",
    "kept",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Also check that the ledger continues this checkpoint, which was kept elsewhere.",
)
def verify(folder: Path, kept: Path | None) -> None:
    """Check all entries, from the files alone; exit with 1 if one was changed, removed or put in, and name the first.

    Whoever may write to DIR can make all of it anew: only a copy of DIR/checkpoint kept elsewhere shows that.
    """
    from flycatcher.commands.ledger.work import verify as work  # noqa: PLC0415

    work(folder, kept)


@command.command()
@_FOLDER
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(folder: Path, *, as_json: bool) -> None:
    """Print how many entries there are, of which kinds, from when to when, and the head of the tree. Checks nothing."""
    from flycatcher.commands.ledger.work import status as work  # noqa: PLC0415

    work(folder, as_json=as_json)


@command.command()
@_FOLDER
@click.argument("number", metavar="[N]", type=click.IntRange(0), required=False)
def show(folder: Path, number: int | None) -> None:
    """Print a line for each entry, or the record of entry N as JSON."""
    from flycatcher.commands.ledger.work import show as work  # noqa: PLC0415

    work(folder, number)
