"""``flycatcher attest``: show what ``run --attest`` has written, and decide whether the build passes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from flycatcher.front import Group
from flycatcher.level_option import FromLevel

_FILE = click.argument("file", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))


@click.group(cls=Group, name="attest", short_help="Show and judge what run --attest has written.")
def command() -> None:
    """Show and judge what run --attest has written: an in-toto attestation of what a build executed."""


@command.command()
@_FILE
@click.option("--statement", is_flag=True, help="Print the statement itself, as JSON.")
def show(file: Path, *, statement: bool) -> None:
    """Print what an attestation says. Checks no signature."""
    from flycatcher.commands.attest.work import show as work  # noqa: PLC0415

    work(file, statement=statement)


@command.command()
@_FILE
@click.option("--key", metavar="KEY", help="Who must have signed it: a verifier key, or a file that holds it, PEM too.")
@click.option("--unsigned", is_flag=True, help="Judge it although nobody is known to have signed it.")
@click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="What the build must be like (TOML); the options below add to it.",
)
@click.option("--subject", "subjects", multiple=True, metavar="FILE", help="It must be about this file. Repeatable.")
@click.option("--no-new", is_flag=True, help="Fail on a detection that the baseline does not know.")
@click.option("--no-loss", is_flag=True, help="Fail if something ran that could not be read.")
@click.option("--complete", is_flag=True, help="Fail if the list of executions is not complete.")
@click.option("--succeeded", is_flag=True, help="Fail if the command has failed.")
@click.option("--commit", default="", metavar="HASH", help="Fail if it was not built from this commit.")
@click.option("--fail-on", type=FromLevel(), help="Fail on a detection that is at or above this risk.")
def verify(file: Path, **options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Check who signed an attestation, and whether the build passes.

    Exit codes: 0 it passes, 10 a detection does not, 1 anything else does not, 3 it cannot be read.
    """
    from flycatcher.commands.attest.work import Wanted  # noqa: PLC0415
    from flycatcher.commands.attest.work import verify as work  # noqa: PLC0415

    work(file, Wanted(**options))
