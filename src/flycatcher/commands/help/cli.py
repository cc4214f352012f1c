"""``flycatcher help``: another way to ask a command for its ``--help``."""

from __future__ import annotations

import click

from flycatcher.front import Command, Group


@click.command(cls=Command, name="help", short_help="Show the help of a command.")
@click.argument("words", nargs=-1, metavar="[COMMAND]...")
@click.pass_context
def command(ctx: click.Context, words: tuple[str, ...]) -> None:
    """Show the help of a command, or the list of commands.

    \b
    flycatcher help scan
    flycatcher help config check
    """  # noqa: D301 - click's own mark for lines to be kept
    found = ctx.find_root()
    for word in words:
        group = found.command
        if not isinstance(group, Group):
            raise click.UsageError(f"{found.command_path} has no commands of its own.", found)
        _name, inner, _rest = group.resolve_command(found, [word])
        if inner is None:
            raise click.UsageError(f"No such command {word!r}.", found)
        found = inner.context_class(inner, info_name=word, parent=found, **inner.context_settings)
    click.echo(found.command.get_help(found), color=ctx.color)
