"""``flycatcher try``: run a command that nobody trusts, and say what it did."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from flycatcher.front import Command
from flycatcher.isolation.sandbox import Network  # noqa: TC001 - click reads it


@click.command(
    cls=Command, name="try", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False}
)
@click.option(
    "--network",
    type=click.Choice(["none", "loopback", "host"]),
    default="none",
    show_default=True,
    help="loopback: names resolve and requests are recorded, nothing leaves; host: share the host's, its loopback included.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FILE",
    help="Write a report of what ran: .jsonl, .json, .sarif or .txt; nothing in it is redacted. Repeatable.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option(
    "--compare",
    "sides",
    nargs=2,
    metavar="A B",
    help="Try two of npm:NAME@VERSION, pip:NAME==VERSION, a package's file or folder, a command; say what B does and A does not.",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(
    words: tuple[str, ...],
    network: Network,
    reports: tuple[str, ...],
    config_path: Path | None,
    sides: tuple[str, str] | None,
) -> None:
    """Run a command that nobody trusts in a sandbox that is thrown away, and report what it ran, read and changed.

    The sandbox (bubblewrap) has a copy of the working folder, a home with decoy credentials, no network and nothing of
    the host that can be written. The exit code is that of run: the command's own (128+n for a signal); with --compare 10
    if something is new, else 0.
    """
    options = [] if config_path is None else ["--config", str(config_path)]
    if sides:
        if words or reports:
            raise click.UsageError("--compare takes two sides, and neither a command nor --report")
        from flycatcher.commands.try_.compare import compare  # noqa: PLC0415 - needs the sandbox

        sys.exit(compare(*sides, network=network, options=options))
    if not words:
        raise click.UsageError("no command given: flycatcher try [OPTIONS] -- COMMAND...")
    from flycatcher.commands.try_.trial import trial  # noqa: PLC0415 - needs the sandbox

    options += [word for path in reports for word in ("--report", path)]
    sys.exit(trial(words, network=network, options=options))
