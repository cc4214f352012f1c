"""``flycatcher report``: tell a pull request about a report, and an auditor about a time."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import click

from flycatcher.core.levels import ANY
from flycatcher.front import Group
from flycatcher.level_option import FromLevel
from flycatcher.wording import counted

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group(cls=Group, name="report", short_help="Write a pull request's comment, or an audit report.")
def command() -> None:
    """Tell others about reports that run, watch or scan have written, and about what a store or a ledger holds."""


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
@click.option(
    "--status",
    type=FromLevel(),
    metavar="LEVEL",
    help="Set the commit's status, too: failed where something new has this risk or more.",
)
@click.option("--commit", default="", metavar="SHA", help="Of the status; without it, what the CI variables say.")
@click.option("--forge", type=click.Choice(["github", "gitlab"]), help="Where; without it, what the CI variables say.")
@click.option(
    "--number", type=click.IntRange(1), help="The pull or merge request; without it, what the CI variables say."
)
@click.option(
    "--token-env", default="", metavar="NAME", help="The variable with the token: GITHUB_TOKEN or GITLAB_TOKEN."
)
def pr(reports: tuple[Path, ...], bases: tuple[Path, ...], baseline: Path | None, **where: Any) -> None:  # noqa: ANN401 - click's options
    """Compare reports with those, or the baseline, of the target branch, and make one comment of it, in Markdown.

    \b
    flycatcher report pr run.jsonl --base main.jsonl          # prints it
    flycatcher report pr run.jsonl --base main.jsonl --post   # in a CI job
    """  # noqa: D301 - click\'s own mark for lines to be kept
    from flycatcher.commands.report.comment import comment  # noqa: PLC0415 - after the words are read
    from flycatcher.commands.report.compare import Compared  # noqa: PLC0415

    found = Compared.of(reports, bases, baseline)
    text = comment(found, compared=bool(bases or baseline))
    post, level, commit = where.pop("post"), where.pop("status"), where.pop("commit")
    if not post:
        if level:
            raise click.UsageError("--status needs --post")
        sys.stdout.buffer.write(text.encode())
        return
    from flycatcher.commands.report.forges import commit_of, forge_of  # noqa: PLC0415 - only where something is sent

    forge = forge_of(os.environ, **where)
    click.echo(forge.put(text))
    if level:
        number = found.new_from(level)
        which = "" if level == ANY else f" of risk {level} or more"
        said = f"{counted(number, 'new detection') if number else 'nothing new'}{which}"
        click.echo(forge.set_status(commit or commit_of(os.environ), said, failed=bool(number)))


@command.command()
@click.option("--from", "first", required=True, metavar="DATE", help="The first day, or a time: 2026-11-01, 30d.")
@click.option(
    "--to", "last", required=True, metavar="DATE", help="The last day, or a time up to which: 2026-11-30, now."
)
@click.option(
    "--store",
    envvar="FLYCATCHER_STORE",
    default="",
    metavar="ADDRESS",
    help="store:///FILE or postgresql://USER@HOST/NAME; without it, the user's own.",
)
@click.option("--ledger", type=click.Path(path_type=Path), metavar="DIR", help="A ledger instead of a store.")
@click.option("--key", default="", metavar="VKEY", help="Who must have signed the ledger: a verifier key, or its file.")
@click.option("--config", type=_FILE, metavar="FILE", help="The configuration, for suppressions and rules.")
@click.option("--simulation", type=_FILE, metavar="FILE", help="What simulate run --format json printed.")
@click.option("--doctor", type=_FILE, metavar="FILE", help="What doctor --audit --json printed.")
@click.option("--baseline", type=_FILE, metavar="FILE", help="The baseline of what normally runs.")
@click.option("--base", default="", metavar="REF", help="With --baseline: the commit that it is compared with.")
@click.option("--format", "form", type=click.Choice(["html", "markdown"]), default="markdown", show_default=True)
@click.option("--output", "-o", default="-", metavar="FILE", help="Write to a file instead of stdout.")
def audit(*, form: str, output: str, **asked: Any) -> None:  # noqa: ANN401 - click's options, typed in Asked
    """Write what was watched and found in a time, and what became of it; each figure with its query.

    What is not given is said to be missing. Exit code 1: the ledger does not hold together.

    \b
    flycatcher report audit --from 2026-11-01 --to 2026-11-30 -o november.md
    flycatcher report audit --from 30d --to 2026-11-30 --ledger DIR --config flycatcher.toml --format html -o audit.html
    """  # noqa: D301 - click's own mark for lines to be kept
    given = click.get_current_context().get_parameter_source("store")
    if asked["ledger"] is not None and given is click.core.ParameterSource.COMMANDLINE:
        raise click.UsageError("--store and --ledger: a report is about one of them")
    if asked["key"] and asked["ledger"] is None:
        raise click.UsageError("--key needs --ledger")
    if asked["base"] and asked["baseline"] is None:
        raise click.UsageError("--base needs --baseline")
    from flycatcher.commands.report.audit.work import Asked, write  # noqa: PLC0415 - after the words are read

    if not write(Asked(**asked), form, output):
        sys.exit(1)
