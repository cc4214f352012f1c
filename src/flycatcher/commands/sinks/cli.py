"""``flycatcher sinks``: look after what is to be delivered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from flycatcher.front import Group, sink_options

if TYPE_CHECKING:
    from collections.abc import Callable

    from flycatcher.commands.sinks.care import Care


@click.group(cls=Group, name="sinks", short_help="Show, retry, drop or test what is delivered to sinks.")
def command() -> None:
    """Look after the sinks: what waits for them, what they refused, and whether they can be reached."""


def _care(sinks: tuple[str, ...], spool: str, config_path: Path | None) -> Care:
    from flycatcher.commands.sinks.care import Care  # noqa: PLC0415

    return Care.of(sinks, spool, config_path)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    config = click.option(
        "--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file."
    )
    return sink_options(config(command))


@command.command()
@_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--dead", is_flag=True, help="Also print each dead letter with its reason.")
def status(*, sinks: tuple[str, ...], spool: str, config_path: Path | None, as_json: bool, dead: bool) -> None:
    """Show what waits for each sink, what was delivered and refused, and the last error."""
    _care(sinks, spool, config_path).show(as_json=as_json, dead=dead)


@command.command()
@_options
@click.argument("name", default="")
def retry(*, sinks: tuple[str, ...], spool: str, config_path: Path | None, name: str) -> None:
    """Put dead letters into the queue again, those of sink NAME or all, and deliver what waits now.

    Exit with 1 if something still waits afterwards.
    """
    _care(sinks, spool, config_path).retry(name)


@command.command()
@_options
@click.option("--waiting", is_flag=True, help="Drop what waits for the sink, not its dead letters.")
@click.argument("name")
def drop(*, sinks: tuple[str, ...], spool: str, config_path: Path | None, name: str, waiting: bool) -> None:
    """Delete the dead letters of sink NAME for good."""
    _care(sinks, spool, config_path).drop(name, waiting=waiting)


@command.command()
@_options
@click.option("--show", is_flag=True, help="Print the message, and send nothing.")
def test(*, sinks: tuple[str, ...], spool: str, config_path: Path | None, show: bool) -> None:
    """Send each sink one detection of a harmless one-liner, past the spool, and say what came of it.

    Exit with 1 if a sink did not take it.
    """
    _care(sinks, spool, config_path).test(show=show)
