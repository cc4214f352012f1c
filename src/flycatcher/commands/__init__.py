"""The command line: one package per command, which is imported when the command is called."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from flycatcher import __version__
from flycatcher.core.errors import FlycatcherError
from flycatcher.front import Group

if TYPE_CHECKING:
    from collections.abc import Iterator

_ERROR = "Error: "
"""What click puts before a message."""


class Commands(Group):
    """Finds a command by its room's name, so that none is imported before it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        import pkgutil  # noqa: PLC0415 - only help and errors list them

        del ctx
        return sorted(module.name.rstrip("_") for module in pkgutil.iter_modules(__path__) if module.ispkg)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command's front; the room of a command that is called like a keyword of Python ends in ``_``."""
        del ctx
        room = f"{cmd_name}_" if cmd_name == "try" else cmd_name
        if not (room.isidentifier() and os.path.isfile(f"{__path__[0]}/{room}/cli.py")):  # noqa: PTH113 - pathlib is slow to load
            return None
        command = importlib.import_module(f"{__name__}.{room}.cli").command
        return command if isinstance(command, click.Command) else None

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,  # noqa: ANN401 - click's own
    ) -> click.Context:
        """Read the words in front of the command."""
        with _shown_as_text():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        with _shown_as_text():
            return super().invoke(ctx)


@contextmanager
def _shown_as_text() -> Iterator[None]:
    """Escape what click says of words that it cannot use, and wrap it to the terminal."""
    try:
        yield
    except click.ClickException as error:
        from flycatcher.layout import columns, wrapped  # noqa: PLC0415 - only where something is wrong
        from flycatcher.terminal import visible  # noqa: PLC0415

        lines = wrapped(f"{_ERROR}{visible(error.format_message())}", columns(sys.stderr))
        shown = "\n".join(lines).removeprefix(_ERROR)
        error.format_message = lambda: shown  # type: ignore[method-assign]
        raise


@click.group(cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Catch code on the fly: program text that an interpreter runs without a script file.

    Without a command, show what is worth trying in this folder.
    """
    if ctx.invoked_subcommand is None:
        from flycatcher.commands.start_page import show  # noqa: PLC0415 - asks the sensors

        show()


def main() -> None:
    """Run the command line; turn an error that the user can correct into a message and an exit code."""
    try:
        # click.style's text is coloured at a terminal, unless https://no-color.org is asked for
        cli(prog_name="flycatcher", color=False if os.environ.get("NO_COLOR") else None)
    except FlycatcherError as error:
        _print_error(str(error), error.hint)
        sys.exit(error.code)
    except BrokenPipeError:
        # the reader of stdout is gone
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # above all a full disk behind stdout; leave without flushing, which would only fail again
        _print_error(f"{error.filename or 'output'}: {error.strerror or error}")
        sys.stderr.flush()
        os._exit(1)


def _print_error(message: str, hint: str = "") -> None:
    """Write an error to stderr, escaped, and wrapped to the terminal."""
    from flycatcher.layout import echo  # noqa: PLC0415 - only where something is wrong
    from flycatcher.terminal import diagnostics  # noqa: PLC0415

    for line in diagnostics(message, hint).splitlines():
        echo(line, err=True)
