"""``flycatcher try``: run a command that nobody trusts, and say what it did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flycatcher.front import Command


@click.command(
    cls=Command, name="try", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False}
)
@click.option(
    "--network",
    type=click.Choice(["none", "host"]),
    default="none",
    show_default=True,
    help="host: share the host's network, its loopback included.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FILE",
    help="Write a report of what ran: .jsonl, .json, .sarif or .txt; nothing in it is redacted. Repeatable.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(words: tuple[str, ...], network: str, reports: tuple[str, ...], config_path: Path | None) -> None:
    """Run a command that nobody trusts in a sandbox that is thrown away, and report what it ran, read and changed.

    The sandbox (bubblewrap) has a copy of the working folder, a home with decoy credentials, no network and nothing of
    the host that can be written. The exit code is that of run: the command's own (128+n for a signal).
    """
    if not words:
        raise click.UsageError("no command given: flycatcher try [OPTIONS] -- COMMAND...")
    from flycatcher.commands.try_.trial import trial  # noqa: PLC0415 - needs the sandbox

    options = [word for path in reports for word in ("--report", path)]
    if config_path is not None:
        options += ["--config", str(config_path)]
    sys.exit(trial(words, network=network == "host", options=options))
