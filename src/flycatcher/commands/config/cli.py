"""``flycatcher config``: check, show and describe the configuration."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click
import msgspec

from flycatcher.config import Config, load
from flycatcher.config.profiles import NAMES, text_of
from flycatcher.core.errors import FlycatcherError
from flycatcher.front import Group
from flycatcher.policies import Policies
from flycatcher.terminal import line_start, visible
from flycatcher.wording import counted


@click.group(cls=Group, name="config", short_help="Check, show or describe the configuration.")
def command() -> None:
    """Check, show or describe flycatcher.toml, .github/flycatcher.toml or [tool.flycatcher] in pyproject.toml."""


_file = click.argument("file", type=click.Path(path_type=Path), required=False)


@command.command()
@_file
def check(file: Path | None) -> None:
    """Check the configuration and its interpreters' examples; report file, line and field of each error."""
    from flycatcher.config.load import placed  # noqa: PLC0415 - only for what is wrong
    from flycatcher.config.tables import problems  # noqa: PLC0415 - loads every interpreter

    loaded = load(file)
    if loaded.path is None:
        click.echo("no configuration found: the defaults apply", err=True)
        return
    try:
        found = list(problems(loaded.config.interpreters))
    except FlycatcherError as error:
        raise FlycatcherError(placed(loaded.path, str(error)), hint=error.hint) from error
    today = dt.datetime.now(tz=dt.UTC).date()
    for suppression in loaded.config.suppress:
        if suppression.until < today:
            click.echo(
                f"{line_start(str(loaded.path))}: suppression {suppression.fingerprint} expired on {suppression.until}",
                err=True,
            )
    for remark in Policies((), loaded.config.rule).remarks():
        click.echo(f"{line_start(str(loaded.path))}: {visible(remark)}", err=True)
    for problem in found:
        click.echo(line_start(placed(loaded.path, problem)), err=True)
    if found:
        raise FlycatcherError(
            f"{loaded.path}: {counted(len(found), 'error')} in the tables", hint="correct the table or the example"
        )
    tables, accepted = len(loaded.config.interpreters), len(loaded.config.suppress)
    rules = f", {counted(len(loaded.config.rule), 'rule')}" if loaded.config.rule else ""
    click.echo(
        f"{line_start(str(loaded.path))}: valid ({counted(tables, 'interpreter')}, {counted(accepted, 'suppression')}{rules})"
    )


@command.command()
@click.option("--config", "file", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.argument("reports", nargs=-1, required=True, type=click.Path(path_type=Path))
def test(file: Path | None, reports: tuple[Path, ...]) -> None:
    """Apply the rules to saved reports, and print what would change; a rule that must not stand is an error."""
    from flycatcher.commands.config.tried import lines, tried, warnings  # noqa: PLC0415 - loads the core

    loaded = load(file)
    found = tried(loaded.config, reports)
    for line in lines(loaded.config, found):
        click.echo(line)
    for line in (*Policies(loaded.config.suppress, loaded.config.rule).remarks(), *warnings(found)):
        click.echo(visible(line), err=True)


@command.command()
@click.option("--profile", type=click.Choice(NAMES), required=True, help="What to begin with.")
@click.argument("file", type=click.Path(path_type=Path), default=Path("flycatcher.toml"))
def init(profile: str, file: Path) -> None:
    """Write a configuration to begin with; a file that is there stays as it is."""
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text_of(profile))
    except OSError as error:
        raise FlycatcherError(
            f"{file}: {error.strerror}", hint="give the name of a file that does not exist"
        ) from error
    click.echo(f"{line_start(str(file))}: written; flycatcher config test REPORT shows what its rules would change")


@command.command()
@_file
def show(file: Path | None) -> None:
    """Print the configuration in effect, defaults included, as JSON."""
    loaded = load(file)
    click.echo(f"from {visible(str(loaded.path)) if loaded.path else 'defaults only'}", err=True)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(loaded.config), indent=2).decode() + "\n")


@command.command()
def schema() -> None:
    """Print the configuration's JSON Schema (2020-12)."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "flycatcher.toml"}
    described = head | msgspec.json.schema(Config)
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(described), indent=2).decode() + "\n")
