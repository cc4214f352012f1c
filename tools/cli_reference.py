"""Write docs/reference/cli.md: what every command says about itself.

python tools/cli_reference.py
"""

from __future__ import annotations

from pathlib import Path

import click

from flycatcher.commands import cli

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"
HEAD = """# Commands

Written by `python tools/cli_reference.py` from the output of `flycatcher COMMAND --help`; a test compares both. Exit codes are in [terms](terms.md#exit-codes). Which command to use:
[which command when](../which-command.md).
"""


def page() -> str:
    """Return the page's text."""
    return "\n".join([HEAD, *_sections(cli, ("flycatcher",))])


def _sections(command: click.Command, words: tuple[str, ...]) -> list[str]:
    """Return a section for a command, and those of the commands below it."""
    context = click.Context(
        command,
        info_name=" ".join(words),
        terminal_width=100,
        max_content_width=100,
        help_option_names=["-h", "--help"],
    )
    found = [f"{'#' * (len(words) + 1)} {' '.join(words)}\n\n```text\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                found += _sections(inner, (*words, name))
    return found


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
