"""``flycatcher scan``: review build scripts before they run."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from flycatcher.commands.scan.outputs import FORMATS
from flycatcher.core.errors import FlycatcherError
from flycatcher.front import ONLY_THESE, Command, sink_options
from flycatcher.level_option import FromLevel
from flycatcher.sinks.outputs import paired

LEVEL = FromLevel()


@click.command(cls=Command, name="scan", short_help="Find build files that make an interpreter run inline text.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    type=click.Choice(FORMATS),
    help="Format of stdout, or of the next -o. Repeatable.",
)
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    metavar="FILE",
    help="File for the --format at the same position; without one, its suffix decides.",
)
@click.option("--fail-on", type=LEVEL, help="Exit with 10 if a finding is at or above this risk.")
@click.option("--allow-empty", is_flag=True, help="Exit with 0, not with 3, if there is no build file to read.")
@click.option("--since", metavar="REV", help="Report only what changes since REV add or touch.")
@click.option("--new-within", metavar="AGE", help="Report only lines that changed within this time: 30d, 12h, 2w.")
@click.option("--no-history", is_flag=True, help="Do not ask git who changed the lines.")
@click.option(
    "--baseline",
    metavar="FILE",
    help="Leave out findings of an earlier report (json, jsonl, sarif), or what a baseline (toml) knows.",
)
@click.option("--no-ignores", is_flag=True, help="Also report what comments, configuration and baseline accept.")
@click.option("--no-gitignore", is_flag=True, help="Also scan files that .gitignore excludes.")
@click.option("--docs", is_flag=True, help="Also read the commands in Markdown, reStructuredText and AsciiDoc.")
@click.option("--cache", metavar="PATH", help="File or folder that keeps results: unchanged files are not read again.")
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option(
    "--allow-unread", is_flag=True, help="Do not exit with 3 for files that name an interpreter and were not read."
)
@click.option("--no-redact", is_flag=True, help="Do not redact secrets.")
@click.option(
    "--stdin-name",
    default="stdin.sh",
    metavar="NAME",
    help="File name for the text on stdin (-), which decides its type.",
)
@click.option(
    "--workers", type=click.IntRange(0, 256), default=0, metavar="N", help="Number of processes; 0 is one per core."
)
@partial(sink_options, said=ONLY_THESE)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option("--quiet", "-q", is_flag=True, help="No progress, and no list of files that were not read.")
@click.argument("paths", nargs=-1, metavar="PATH...")
def command(paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Find program text that build files pass to interpreters inline.

    PATH is a file, a folder, or - for a text on stdin.

    \b
    flycatcher scan .
    flycatcher scan --since origin/main --fail-on high .
    flycatcher scan --format text --format sarif -o - -o report.sarif .
    """  # noqa: D301 - click's own mark for lines to be kept
    if not paths:
        raise FlycatcherError("nothing to scan", hint="name a file or a folder: flycatcher scan .", code=3)
    from flycatcher.commands.scan.scan_run import run  # noqa: PLC0415 - loads what only a scan needs
    from flycatcher.commands.scan.settings import ScanSettings  # noqa: PLC0415

    outputs = paired(options.pop("formats"), options.pop("outputs"), FORMATS)
    sys.exit(run(ScanSettings(paths=paths, outputs=tuple(outputs), **options)))
