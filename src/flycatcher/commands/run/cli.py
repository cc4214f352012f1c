"""``flycatcher run``: see code on the fly in everything that a command starts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from flycatcher.front import Command, ledger_options, sink_options
from flycatcher.level_option import FromLevel, with_bare_option, with_bare_path
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from flycatcher.commands.run.observed_run import ObservedRun

LEVEL = FromLevel(new=True)


class _Command(Command):
    """Lets ``--deny`` stand alone: only ``--deny=LEVEL`` takes a value, so that ``run --deny make`` runs make.

    So it is with ``--learn`` and ``--baseline``, and their files.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Complete what stands alone among our own options."""
        for option in ("--learn", "--baseline"):
            args = with_bare_path(option, args)
        return super().parse_args(ctx, with_bare_option("--deny", args))


@click.command(
    cls=_Command, name="run", context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False}
)
@click.option(
    "--sensor",
    type=click.Choice(["seccomp", "ebpf", "auto"]),
    default="seccomp",
    show_default=True,
    help="ebpf: watch from the kernel, where root may load BPF programs: nothing waits, and nothing can be refused.",
)
@click.option(
    "--deny",
    type=LEVEL,
    metavar="[=LEVEL]",
    help="Refuse detections with EPERM: all, or those at or above LEVEL.",
)
@click.option("--fail-on", type=LEVEL, help="Exit with 10 if a detection is at or above this risk.")
@click.option(
    "--learn",
    metavar="[=FILE]",
    help="Write what runs into flycatcher.baseline.toml, or FILE, beside what it knows already.",
)
@click.option(
    "--baseline",
    metavar="[=FILE]",
    help="Count what this file knows, and print what is new first.",
)
@click.option("--no-ignores", is_flag=True, help="Also report what the configuration accepts.")
@click.option("--fail-on-loss", is_flag=True, help="Exit with 1 if an execution ran that could not be read.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FILE",
    help="Write a report: .jsonl, .json, .sarif or .txt. Repeatable.",
)
@ledger_options
@click.option(
    "--attest",
    default="",
    metavar="FILE",
    help="Write what was executed to this file, as an in-toto attestation (flycatcher attest verify).",
)
@click.option(
    "--subject",
    "subjects",
    multiple=True,
    metavar="FILE",
    help="What the attestation is about: a file that the command makes. Repeatable; the commit, if not given.",
)
@click.option("--attest-key", default="", metavar="FILE", help="Sign the attestation with this private key (Ed25519).")
@click.option(
    "--compact",
    is_flag=True,
    help="Write what the records of a .jsonl report have in common once; explain puts it back.",
)
@sink_options
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option("--no-redact", is_flag=True, help="Do not redact secrets: reports then hold tokens and passwords.")
@click.option(
    "--stdin-wait",
    type=click.IntRange(0, 10_000),
    default=200,
    show_default=True,
    metavar="MS",
    help="How long to wait for the text on a program's stdin.",
)
@click.option("--wait-all", is_flag=True, help="Wait for background processes too, as strace -f does.")
@click.option(
    "--environment",
    type=click.Choice(["ci", "staging", "production"]),
    help="Where this runs, if the CI variables do not tell.",
)
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Use this configuration file.")
@click.option(
    "--quiet",
    "-q",
    is_flag=True,
    help="Print nothing to stderr while it runs, and the summary only if something was found.",
)
@click.option(
    "-v",
    "--verbose",
    "depth",
    count=True,
    help="-v: every detection as it happens, and its evidence; -vv: also the decoded layers.",
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED, metavar="-- COMMAND...")
def command(words: tuple[str, ...], **options: Any) -> None:  # noqa: ANN401 - click's options, typed below
    """Run a command and report program text that an interpreter in it is made to run without a script file.

    The command behaves as it does without flycatcher, and its exit code is returned (128+n for a signal).
    """
    if not words:
        raise click.UsageError("no command given: flycatcher run [OPTIONS] -- COMMAND...")
    from flycatcher.sources.sensors.seccomp.front import run  # noqa: PLC0415

    def prepare() -> ObservedRun:
        """Load what the supervisor needs, in its own process only."""
        from flycatcher.commands.run.observed_run import ObservedRun  # noqa: PLC0415
        from flycatcher.commands.run.settings import RunSettings  # noqa: PLC0415

        return ObservedRun(RunSettings(**options))

    sys.exit(run(words, prepare, _detach))


def _detach(build_uid: int) -> None:
    """Let go of the files that this process is mapped from, where the build could write to them."""
    from flycatcher.isolation.detached import detach  # noqa: PLC0415 - only where the run enforces

    left = detach(build_uid)
    if left:
        places = ", ".join(map(visible, left[:3])) + (f" and {len(left) - 3} more" if len(left) > 3 else "")
        click.echo(
            f"flycatcher: warning: who may write to {places} can change this run: this system allows no copy", err=True
        )
