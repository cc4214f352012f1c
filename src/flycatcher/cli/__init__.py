"""The command line: one file per command, loaded when it is called."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys

import click

from flycatcher import __version__
from flycatcher.errors import FlycatcherError

_MODULES = {module.name.removesuffix("_"): module.name for module in pkgutil.iter_modules(__path__)}


class Commands(click.Group):
    """Finds a command by its file's name, so that none is imported before it is wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        del ctx
        return sorted(name for name in _MODULES if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command's file."""
        del ctx
        if cmd_name not in _MODULES or cmd_name.startswith("_"):
            return None
        command = importlib.import_module(f"{__name__}.{_MODULES[cmd_name]}").command
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Catch code on the fly: program text that an interpreter runs without a script file."""


def main() -> None:
    """Run the command line; turn an error that the user can mend into a sentence and an exit code."""
    try:
        cli(prog_name="flycatcher")
    except FlycatcherError as error:
        sys.stderr.write(f"flycatcher: {error.diagnostics()}\n")
        sys.exit(error.code)
    except BrokenPipeError:
        # the reader of stdout has gone; nothing more can be said to it
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        # a full disk behind stdout, most of all; nothing is left in its buffer for the interpreter to fail at once more
        sys.stderr.write(f"flycatcher: {error.filename or 'output'}: {error.strerror or error}\n")
        sys.stderr.flush()
        os._exit(1)
