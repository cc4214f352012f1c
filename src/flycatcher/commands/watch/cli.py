"""``flycatcher watch``: see code on the fly on the whole host."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from flycatcher.commands.watch.responder import on_options
from flycatcher.front import Command, ledger_options, sink_options
from flycatcher.level_option import FromLevel

LEVEL = FromLevel()
FAIL_ON = FromLevel(new=True)


@click.command(cls=Command, name="watch")
@click.option(
    "--sensor",
    type=click.Choice(["ebpf", "audit"]),
    default="ebpf",
    show_default=True,
    help="The kernel interface to use; audit needs no BPF.",
)
@click.option("--audit-rule", is_flag=True, help="With --sensor audit: add audit rules, and remove them at the end.")
@click.option("--jsonl", is_flag=True, help="Write records as JSON Lines to stdout.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FILE",
    help="Append to a report (.jsonl), or write one (.json, .sarif, .txt). Repeatable.",
)
@ledger_options
@sink_options
@click.option(
    "--compact",
    is_flag=True,
    help="Write what the records of a .jsonl report have in common once; explain puts it back.",
)
@click.option(
    "--capture-stdin",
    is_flag=False,
    flag_value=65536,
    default=0,
    type=click.IntRange(0, 1 << 20),
    metavar="[=BYTES]",
    help="Capture the program text that interpreters read from stdin (65536 bytes of it).",
)
@click.option(
    "--kill",
    type=LEVEL,
    metavar="LEVEL|all",
    help="Report which processes at or above this risk would be killed; see --enforce.",
)
@click.option("--enforce", is_flag=True, help="With --kill: kill them.")
@click.option(
    "--kill-scope",
    "scopes",
    multiple=True,
    metavar="KIND:NAME",
    help="With --kill: kill every scripting interpreter that starts in user:NAME, cgroup:PATH or tree:PID. Repeatable.",
)
@on_options
@click.option("--fail-on", type=FAIL_ON, help="Exit with 10 if a detection is at or above this risk.")
@click.option(
    "--learn",
    is_flag=False,
    flag_value="",
    metavar="[=FILE]",
    help="Write what runs into flycatcher.baseline.toml, or FILE, beside what it knows already.",
)
@click.option(
    "--baseline",
    is_flag=False,
    flag_value="",
    metavar="[=FILE]",
    help="Count what this file knows, and report what is new.",
)
@click.option("--no-ignores", is_flag=True, help="Also report what the configuration accepts.")
@click.option("--fail-on-loss", is_flag=True, help="Exit with 1 if anything was lost.")
@click.option("--tree", type=click.IntRange(1), default=None, metavar="PID", help="Report only what descends from PID.")
@click.option(
    "--ring",
    type=click.Choice(["1", "2", "4", "8", "16", "32", "64", "128", "256"]),
    default="8",
    show_default=True,
    metavar="MIB",
    help="Size of the buffer between kernel and reader.",
)
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option("--no-redact", is_flag=True, help="Do not redact secrets.")
@click.option("--keep-privileges", is_flag=True, help="Keep all capabilities after loading.")
@click.option(
    "--environment",
    type=click.Choice(["ci", "staging", "production"]),
    help="The environment of this host, if it cannot be detected.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Record here how long the host was watched, so that the next run can report the gap.",
)
@click.option(
    "--metrics", metavar="ADDRESS", help="Serve /metrics, /healthz and /readyz here: HOST:PORT, or :PORT on loopback."
)
@click.option("--for", "seconds", type=click.FloatRange(0.1), metavar="SECONDS", help="Stop after this time.")
@click.option("--quiet", "-q", is_flag=True, help="Print no line per detection to stderr.")
@click.option(
    "-v", "--verbose", "depth", count=True, help="-v: the evidence below each line; -vv: also the decoded layers."
)
def command(**options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Watch the whole host, as root, and report program text that interpreters are made to run without a script file.

    SIGINT and SIGTERM end it, after everything that was seen is written. SIGHUP reads the configuration again and
    reopens the reports.
    """
    from flycatcher.commands.watch.settings import WatchSettings  # noqa: PLC0415
    from flycatcher.commands.watch.watch_run import WatchRun  # noqa: PLC0415

    settings = WatchSettings(**options)
    if (settings.captures is not None) and not settings.on:
        raise click.UsageError("--captures needs --on")
    if settings.scopes and not settings.kill:
        raise click.UsageError("--kill-scope needs --kill LEVEL")
    if settings.audit_rule and settings.sensor != "audit":
        raise click.UsageError("--audit-rule needs --sensor audit")
    sys.exit(WatchRun(settings).run())
