"""``flycatcher lsp``: findings in the editor."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flycatcher.front import Command


@click.command(cls=Command, name="lsp", short_help="Show findings in an editor: a language server on stdin and stdout.")
@click.option(
    "--delay",
    type=click.IntRange(0, 60_000),
    default=300,
    show_default=True,
    metavar="MS",
    help="Milliseconds without a change before a document is scanned.",
)
@click.option("--docs", is_flag=True, help="Also read the commands in Markdown, reStructuredText and AsciiDoc.")
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option("--no-ignores", is_flag=True, help="Also show what comments and configuration accept.")
@click.option("--no-redact", is_flag=True, help="Do not redact secrets.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
def command(**options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Serve the Language Server Protocol on stdin and stdout: an editor starts this.

    Open documents are scanned as `flycatcher scan` reads files. Nothing of the workspace is run.

    \b
    flycatcher lsp
    """  # noqa: D301 - click's own mark for lines to be kept
    from flycatcher.commands.lsp.settings import LspSettings  # noqa: PLC0415 - only when an editor asks
    from flycatcher.extras import needed  # noqa: PLC0415

    with needed("pygls", "lsp"):
        from flycatcher.commands.lsp.server import serve  # noqa: PLC0415 - needs pygls

    sys.exit(serve(LspSettings(**options)))
