"""``flycatcher respond``: a playbook for a detection, and an archive of what a process leaves when it ends."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flycatcher.front import Group
from flycatcher.layout import echo


@click.group(cls=Group, name="respond", short_help="Show what to do about a detection, and keep its evidence.")
def command() -> None:
    """Show what to do about a detection, and keep the evidence of a running process tree."""


@command.command()
@click.argument("pid", type=click.IntRange(1))
@click.option(
    "-o", "--output", default="", metavar="FILE", help="A new file; without it, capture-PID-TIME.tar.gz here."
)
@click.option(
    "--freeze/--no-freeze", default=True, help="Stop the tree while it is read (SIGSTOP), or do not touch it."
)
@click.option("--keep-frozen", is_flag=True, help="Leave it stopped afterwards.")
@click.option(
    "--max-bytes",
    type=click.IntRange(1),
    default=1 << 30,
    show_default=True,
    help="What the members may have together.",
)
@click.option("--max-file", type=click.IntRange(1), default=64 << 20, show_default=True, help="What one may have.")
@click.option(
    "--seconds", type=click.FloatRange(0.1), default=30.0, show_default=True, help="Take no more after so long."
)
def capture(pid: int, **wishes: Any) -> None:  # noqa: ANN401 - click's options, typed in Wishes
    """Freeze a process and its descendants, and write what is lost when they end to an archive.

    Taken are command lines, environments, memory maps, sockets, open files, memfds, deleted programs and files, text on
    stdin, namespaces, cgroups, working folders, and who is logged in. The archive holds secrets as they are.

    \b
    sudo flycatcher respond capture 4711 -o evidence.tar.gz
    flycatcher respond inspect evidence.tar.gz
    """  # noqa: D301 - click's own mark for lines to be kept
    from flycatcher.commands.respond.capture import Wishes  # noqa: PLC0415 - only this command needs it
    from flycatcher.commands.respond.capture import capture as captured  # noqa: PLC0415
    from flycatcher.terminal import line_start  # noqa: PLC0415

    for line in captured(pid, Wishes(**wishes)):
        echo(line_start(line))


@command.command()
@click.argument("file", metavar="FILE")
def inspect(file: str) -> None:
    """Check every digest of an archive, and show what is in it; nothing is unpacked. Exit code 1: it was changed."""
    from flycatcher.commands.respond.inspect import Checked  # noqa: PLC0415 - only this command needs it

    checked = Checked(file)
    for line in checked.lines():
        echo(line)
    if checked.faults:
        sys.exit(1)


@command.command()
@click.argument("identity", metavar="ID")
@click.argument("report", type=click.Path(path_type=Path), metavar="REPORT")
def show(identity: str, report: Path) -> None:
    """Print the playbook for a saved detection as Markdown: what to do, in order, with the commands.

    ID is the record's id (its first digits are enough), REPORT a .jsonl or .json file of run, watch or hunt.
    """
    from flycatcher.commands.respond.playbook import playbook  # noqa: PLC0415 - only this command needs it

    for line in playbook(identity, report):
        click.echo(line)
