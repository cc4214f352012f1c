"""``flycatcher baseline``: look after the file of what a build normally runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flycatcher.front import Group

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(
    cls=Group, name="baseline", short_help="Merge, compare, explain, prune and accept what a build normally runs."
)
def command() -> None:
    """Look after flycatcher.baseline.toml, which `flycatcher run --learn` writes: what this build normally runs."""


def _file(command: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "-f", "--file", type=FILE, help="The baseline; without it, the one at the root of the repository."
    )(command)


@command.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@click.option("-o", "--output", type=FILE, help="Write it here, not to stdout.")
def merge(files: tuple[Path, ...], output: Path | None) -> None:
    """Join the baselines of several jobs, machines or runs: in any order, the same file."""
    from flycatcher.commands.baseline.work import merge as work  # noqa: PLC0415 - after the words are read

    work(files, output)


@command.command()
@_file
def status(file: Path | None) -> None:
    """Say how many entries there are, of which state, and which wait to be accepted."""
    from flycatcher.commands.baseline.work import status as work  # noqa: PLC0415

    work(file)


@command.command()
@click.argument("old", type=FILE)
@click.argument("new", type=FILE)
@click.option("--exit-code", is_flag=True, help="Exit with 10 if something is new.")
def diff(old: Path, new: Path, *, exit_code: bool) -> None:
    """Say what NEW knows that OLD does not, with the nearest entry and the difference, and what is gone."""
    from flycatcher.commands.baseline.work import diff as work  # noqa: PLC0415

    sys.exit(work(old, new) if exit_code else work(old, new) and 0)


@command.command()
@click.argument("entry")
@_file
def explain(entry: str, file: Path | None) -> None:
    """Tell all that is known of an ENTRY, by its id or the beginning of it."""
    from flycatcher.commands.baseline.work import explain as work  # noqa: PLC0415

    work(entry, file)


@command.command()
@click.argument("seen", nargs=-1, type=FILE, metavar="[SEEN...]")
@click.option("--candidates", is_flag=True, help="Take out what only one run has seen.")
@click.option("--unstable", is_flag=True, help="Take out what some runs have seen and others have not.")
@click.option("--pending", is_flag=True, help="Take out what waits to be accepted.")
@click.option("--dry-run", is_flag=True, help="Only print what would be taken out.")
@_file
def prune(seen: tuple[Path, ...], file: Path | None, **which: bool) -> None:
    """Take out what is gone: what none of the baselines SEEN, learnt lately, knows."""
    if not seen and not any(given for name, given in which.items() if name != "dry_run"):
        raise click.UsageError("name baselines that were learnt lately, or give --candidates, --unstable or --pending")
    from flycatcher.commands.baseline.work import prune as work  # noqa: PLC0415

    work(seen, file, **which)


@command.command()
@click.argument("entry")
@click.argument("reason")
@click.option("--owner", default="", metavar="NAME", help="Who answers for it.")
@_file
def accept(entry: str, reason: str, owner: str, file: Path | None) -> None:
    """Accept an ENTRY of a high or critical level, with a REASON of ten characters or more."""
    from flycatcher.commands.baseline.work import accept as work  # noqa: PLC0415

    work(entry, reason, owner, file)
