"""``flycatcher hunt``: find it in what was already logged."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from flycatcher.commands.hunt.outputs import FORMATS
from flycatcher.core.errors import FlycatcherError
from flycatcher.front import ONLY_THESE, Command, sink_options
from flycatcher.level_option import FromLevel
from flycatcher.sinks.outputs import paired


class LogFormat(click.ParamType[str]):
    """The name of a log format."""

    name = "format"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; others are refused with the list of those that there are."""
        from flycatcher.sources.logs import formats  # noqa: PLC0415 - only where a format is named

        if str(value) not in formats():
            self.fail(f"{value!r} is none of {', '.join(sorted(formats()))}", param, ctx)
        return str(value)

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:
        """Return what help shows."""
        del param, ctx
        return "FORMAT"


@click.command(cls=Command, name="hunt", short_help="Find code on the fly in what was already logged.")
@click.option(
    "--from", "form", type=LogFormat(), help="Format of the logs, where it is not recognised by their content."
)
@click.option(
    "--since", metavar="TIME", help="Only from this time on: a date, a date with a time (UTC), or an age (36h, 7d)."
)
@click.option("--until", metavar="TIME", help="Only up to this time.")
@click.option("--host", "hosts", multiple=True, metavar="NAME", help="Only this host. Repeatable.")
@click.option(
    "--user", "users", multiple=True, metavar="NAME", help="Only this user or login, by name or number. Repeatable."
)
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
@click.option("--fail-on", type=FromLevel(), help="Exit with 10 if a detection is at or above this risk.")
@click.option("--only-new", metavar="FILE", help="Leave out what an earlier report holds (json, jsonl).")
@click.option(
    "--checkpoint", metavar="FILE", help="Remember in FILE how far the logs were read, and go on there next time."
)
@click.option("--follow", is_flag=True, help="Go on reading as the logs grow, over rotations, until interrupted.")
@click.option(
    "--jobs", type=click.IntRange(0, 256), default=1, metavar="N", help="Number of processes; 0 is one per core."
)
@click.option(
    "--engine",
    type=click.Choice(("local", "spark")),
    default="local",
    help="Where the logs are read: here, or by the executors of Apache Spark, from any file system that it reads.",
)
@click.option("--master", metavar="URL", help="Spark's master: local[2], spark://HOST:7077, yarn, k8s://...")
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option("--no-ignores", is_flag=True, help="Also report what the configuration accepts.")
@click.option("--no-redact", is_flag=True, help="Do not redact secrets.")
@partial(sink_options, said=ONLY_THESE)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option("-v", "--verbose", "depth", count=True, help="-v: each text's reasons and places; -vv: also its layers.")
@click.option("--quiet", "-q", is_flag=True, help="No progress, and no word about what the logs have lost.")
@click.argument("paths", nargs=-1, metavar="PATH...")
def command(paths: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Find program text that interpreters ran without a script file, in logs that others have written.

    Sinks get what is found only where --sink names them: old events are no alarms.

    PATH is a log, a folder, a glob, or - for stdin; compressed files and archives too. Every format is recognised by its content.

    \b
    flycatcher hunt /var/log/audit
    flycatcher hunt --since 7d --format html -o timeline.html /var/log
    flycatcher hunt --from falco --fail-on high alerts.json
    """  # noqa: D301 - click's own mark for lines to be kept
    if not paths:
        raise FlycatcherError("nothing to hunt in", hint="name a log or a folder: flycatcher hunt /var/log", code=3)
    if options["master"] and options["engine"] != "spark":
        raise click.UsageError("--master: only with --engine spark")
    if options["follow"] and options["checkpoint"]:
        raise click.UsageError("--follow and --checkpoint: give one of them")
    from flycatcher.commands.hunt.hunt_run import run  # noqa: PLC0415 - loads what only a hunt needs
    from flycatcher.commands.hunt.settings import HuntSettings  # noqa: PLC0415

    outputs = paired(options.pop("formats"), options.pop("outputs"), FORMATS)
    sys.exit(run(HuntSettings(paths=paths, outputs=tuple(outputs), **options)))
