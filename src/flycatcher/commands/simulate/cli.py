"""``flycatcher simulate``: run harmless techniques, and learn who sees them here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.front import Group
from flycatcher.layout import echo

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.simulate.catalogue import Technique

FOLDER = click.Path(path_type=Path, file_okay=False)


@click.group(cls=Group, name="simulate", short_help="Run harmless techniques, and see who notices them.")
def command() -> None:
    """Run harmless techniques in a temporary folder, and see which sensor notices them."""


def _folders(command: Callable[..., None]) -> Callable[..., None]:
    option = click.option(
        "--catalogue", "folders", type=FOLDER, multiple=True, help="Also the techniques of this folder. Repeatable."
    )
    return option(command)


@command.command(name="list")
@_folders
def list_(folders: tuple[Path, ...]) -> None:
    """List the techniques: id, ATT&CK ids, and what is missing here."""
    from flycatcher.commands.simulate.catalogue import catalogue, missing  # noqa: PLC0415 - after the words are read

    for each in catalogue(folders).values():
        lacks = f"  (not installed: {', '.join(missing(each))})" if missing(each) else ""
        echo(f"{each.id}  {', '.join(each.attack)}{lacks}")


@command.command()
@click.argument("technique")
@_folders
def show(technique: str, folders: tuple[Path, ...]) -> None:
    """Print a TECHNIQUE as its catalogue would hold it."""
    import msgspec  # noqa: PLC0415

    click.echo(msgspec.json.format(msgspec.json.encode(_chosen(folders, (technique,))[0]), indent=2).decode())


@command.command()
@click.option("--only", multiple=True, metavar="ID", help="Only these techniques; * stands for anything. Repeatable.")
@click.option("--all", "everything", is_flag=True, help="All techniques, as without --only.")
@click.option(
    "--expect",
    multiple=True,
    metavar="SENSOR",
    default=("run",),
    show_default=True,
    help="Who should see it: run, watch, audit, hunt (the kernel's audit log of this run), hunt:LOG, falco:LOG, tetragon:LOG, "
    "jsonl:FILE or http:ADDRESS. Repeatable.",
)
@click.option("--audit-rule", is_flag=True, help="With audit and hunt: add audit rules, and remove them at the end.")
@click.option("--allow-remote", is_flag=True, help="With http:ADDRESS: it may be an address that other machines reach.")
@click.option(
    "--wait",
    type=click.FloatRange(0, 3600),
    default=10,
    show_default=True,
    metavar="SECONDS",
    help="With http:ADDRESS: how long a detection may take to arrive after the last technique.",
)
@click.option(
    "--format", "form", type=click.Choice(("markdown", "json", "junit")), default="markdown", help="How to print it."
)
@_folders
def run(only: tuple[str, ...], form: str, folders: tuple[Path, ...], *, everything: bool, **asked: Any) -> None:  # noqa: ANN401 - options
    """Run techniques, and exit with 10 if one of them was missed."""
    from flycatcher.commands.simulate import outcome  # noqa: PLC0415
    from flycatcher.commands.simulate.work import Asked, simulate  # noqa: PLC0415

    if everything and only:
        raise click.UsageError("--all and --only exclude each other")
    if asked["audit_rule"] and not {"audit", "hunt"} & set(asked["expect"]):
        raise click.UsageError("--audit-rule needs --expect audit or --expect hunt")
    outcomes = simulate(_chosen(folders, only), Asked(**asked))
    shown = {"markdown": outcome.as_markdown, "json": outcome.as_json, "junit": outcome.as_junit}[form]
    click.echo(shown(outcomes))
    sys.exit(10 if any(each.status == "missed" for each in outcomes) else 0)


def _chosen(folders: tuple[Path, ...], only: tuple[str, ...]) -> list[Technique]:
    from fnmatch import fnmatchcase  # noqa: PLC0415

    from flycatcher.commands.simulate.catalogue import catalogue  # noqa: PLC0415
    from flycatcher.core.errors import FlycatcherError  # noqa: PLC0415

    known = catalogue(folders)
    for pattern in only:
        if not any(fnmatchcase(name, pattern) for name in known):
            raise FlycatcherError(f"{pattern}: no such technique", hint="flycatcher simulate list", code=2)
    return [each for name, each in known.items() if not only or any(fnmatchcase(name, one) for one in only)]
