"""``flycatcher check``: explain one command line, or answer JSON Lines."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, get_args

import click
from msgspec.structs import replace

from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.core.execution import Execution, StdinKind
from flycatcher.core.levels import ANY
from flycatcher.front import Command
from flycatcher.level_option import FromLevel
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flycatcher.commands.check.settings import CheckSettings
    from flycatcher.policies import Policies

_BLOCK = 1 << 18


@click.command(cls=Command, name="check", short_help="Explain one command line, or answer JSON Lines.")
@click.option(
    "--jsonl", metavar="FILE", help="Read one execution per line from FILE (- is stdin); write one answer per line."
)
@click.option(
    "--shell", metavar="TEXT", help="Read shell text, and explain each program start in it that runs inline text."
)
@click.option("--exe", default="", metavar="PATH", help="The executable file, where argv[0] does not identify it.")
@click.option(
    "--env", multiple=True, metavar="NAME=VALUE", help="An environment variable of the execution. Repeatable."
)
@click.option("--stdin", type=click.Choice(get_args(StdinKind)), default="unknown", help="What standard input is.")
@click.option("--shells", is_flag=True, help="Also count the text of sh -c and other shells.")
@click.option("--fail-on", type=FromLevel(), help="Exit with 10 if a detection is at or above this risk.")
@click.option("--no-risk", is_flag=True, help="Show what runs, without analysing what it would do.")
@click.option("--config", metavar="FILE", help="Apply the rules of this configuration file.")
@click.option(
    "-v", "--verbose", "depth", count=True, help="-v: each reason with its evidence; -vv: also the decoded layers."
)
@click.argument("argv", nargs=-1, type=click.UNPROCESSED)
def command(  # noqa: PLR0913 - one parameter an option
    *,
    jsonl: str | None,
    shell: str | None,
    exe: str,
    env: tuple[str, ...],
    stdin: StdinKind,
    shells: bool,
    fail_on: str | None,
    no_risk: bool,
    config: str | None,
    depth: int,
    argv: tuple[str, ...],
) -> None:
    """Show which parts of a command line an interpreter would run as program text.

    \b
    flycatcher check -- python3 -Sc 'print(1)'
    flycatcher check --env PERL5OPT='-Mstrict;print(1)' -- perl script.pl
    flycatcher check --shell 'curl -s example.org/x | perl'
    flycatcher check --jsonl executions.jsonl
    """  # noqa: D301 - click's own mark for lines to be kept
    from flycatcher.commands.check.settings import CheckSettings  # noqa: PLC0415 - not needed for --help

    if no_risk and fail_on not in (None, ANY):
        raise click.UsageError(f"--fail-on {fail_on} needs the risk, which --no-risk leaves out")
    if no_risk and config is not None:
        raise click.UsageError("--config needs the risk, which --no-risk leaves out")
    settings = CheckSettings(
        shells=shells, risk=not no_risk, depth=depth, fail_on=fail_on or "", policies=_policies(config)
    )
    if jsonl is not None:
        sys.exit(_stream(jsonl, settings))
    if shell is not None:
        from flycatcher.commands.check.explain import explain_shell  # noqa: PLC0415 - not needed for a stream

        sys.exit(DETECTED if explain_shell(shell, settings) else 0)
    if not argv:
        raise FlycatcherError("nothing to check", hint="put a command line after --, or give --jsonl FILE", code=3)
    execution = Execution(argv=argv, exe=exe, env=_variables(env), stdin=stdin)
    sys.exit(DETECTED if _explained(execution, settings) else 0)


def _policies(config: str | None) -> Policies | None:
    """Return the rules of a configuration, None without one; say which have ended, or end soon. Raises FlycatcherError."""
    if config is None:
        return None
    from pathlib import Path  # noqa: PLC0415 - a single command line is explained without these

    from flycatcher.config import load  # noqa: PLC0415
    from flycatcher.config.tables import install  # noqa: PLC0415
    from flycatcher.core.payload.origins import accept  # noqa: PLC0415
    from flycatcher.policies import Policies  # noqa: PLC0415

    loaded = load(Path(config)).config
    install(loaded.interpreters)
    accept(loaded.accepted_installers)
    policies = Policies(loaded.suppress, loaded.rule)
    for remark in policies.remarks():
        click.echo(f"flycatcher: {visible(remark)}", err=True)
    return policies


def _explained(execution: Execution, settings: CheckSettings) -> bool:
    """Explain one command line, with what its paths lead to here; return whether it is a detection for ``--fail-on``."""
    from flycatcher.commands.check.explain import explain  # noqa: PLC0415 - not needed for a stream
    from flycatcher.sources.program_files import View, with_files  # noqa: PLC0415

    execution = _identified(execution)
    return explain(with_files(execution, View(here=os.getcwd())), settings)  # noqa: PTH109 - text


def _identified(execution: Execution) -> Execution:
    """Return a command line with the identity of its program by content, where its name tells none and its path leads to a file."""
    from flycatcher.core.interpreters import interpreter_of  # noqa: PLC0415 - not needed for a stream

    path = execution.exe or execution.argv[0]
    if "/" not in path or interpreter_of(execution) is not None:
        return execution
    from flycatcher.core.interpreters.identity.identify import identify  # noqa: PLC0415 - most names tell what a program is

    return replace(execution, interpreter=identify(path) or None)


def _variables(pairs: Iterable[str]) -> dict[str, str]:
    """Read NAME=VALUE words."""
    found = {}
    for pair in pairs:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise FlycatcherError(f"--env {pair}: not NAME=VALUE", hint="for example --env RUBYOPT=-w", code=2)
        found[name] = value
    return found


def _stream(name: str, settings: CheckSettings) -> int:
    """Answer every line of a file or of stdin as it comes; return the exit code."""
    from flycatcher.commands.check.stream import answer_all  # noqa: PLC0415 - not needed for one line

    try:
        descriptor = 0 if name == "-" else os.open(name, os.O_RDONLY)
    except OSError as error:
        hint = "give a file of JSON Lines, or - for stdin"
        if name.startswith("--"):
            hint += f" behind --jsonl: {name} stands in its place"
        raise FlycatcherError(f"{name}: {error.strerror}", hint=hint) from error
    tally = answer_all(lambda: os.read(descriptor, _BLOCK), sys.stdout.buffer, settings)
    if not tally.rows:
        raise FlycatcherError(
            f"{name}: empty", hint='one row a line, for example {"argv": ["perl", "-e", "1"]}', code=3
        )
    return DETECTED if tally.detections else int(tally.errors > 0)
