"""``flycatcher report``: tell a pull request about a report."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from flycatcher.front import Group


@click.group(cls=Group, name="report", short_help="Write a pull request's comment from reports.")
def command() -> None:
    """Tell others about reports that run, watch or scan have written."""


@command.command()
@click.argument("reports", nargs=-1, required=True, metavar="REPORT...", type=click.Path(path_type=Path))
@click.option(
    "--base",
    "bases",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="REPORT",
    help="A report of the target branch: what is in it is known. Repeatable.",
)
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What the target branch normally runs (flycatcher.baseline.toml): what it knows is known.",
)
@click.option(
    "--post", is_flag=True, help="Write the comment, or change the one of an earlier run, instead of printing it."
)
@click.option("--forge", type=click.Choice(["github", "gitlab"]), help="Where; without it, what the CI variables say.")
@click.option(
    "--number", type=click.IntRange(1), help="The pull or merge request; without it, what the CI variables say."
)
@click.option(
    "--token-env", default="", metavar="NAME", help="The variable with the token: GITHUB_TOKEN or GITLAB_TOKEN."
)
def pr(reports: tuple[Path, ...], bases: tuple[Path, ...], baseline: Path | None, **where: object) -> None:
    """Compare reports with those, or the baseline, of the target branch, and make one comment of it, in Markdown.

    \b
    flycatcher report pr run.jsonl --base main.jsonl          # prints it
    flycatcher report pr run.jsonl --base main.jsonl --post   # in a CI job
    """  # noqa: D301 - click\'s own mark for lines to be kept
    from flycatcher.commands.report.comment import comment  # noqa: PLC0415 - after the words are read
    from flycatcher.commands.report.compare import Compared  # noqa: PLC0415

    text = comment(Compared.of(reports, bases, baseline), compared=bool(bases or baseline))
    if not where.pop("post"):
        sys.stdout.buffer.write(text.encode())
        return
    from flycatcher.commands.report.forges import forge_of  # noqa: PLC0415 - only where something is sent

    click.echo(forge_of(os.environ, **where).put(text))  # type: ignore[arg-type]
