"""``flycatcher doctor``: what this machine can do, and how to get the rest."""

from __future__ import annotations

import json
import os
import platform
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from flycatcher.core.interpreters import by_name, registry
from flycatcher.front import Command
from flycatcher.layout import echo
from flycatcher.sources.sensors.probe import Probe, probes
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


LIMITS_PAGE = "SECURITY.md#what-it-cannot-see"
"""The section that says what each sensor guarantees, and what it cannot see."""


_FOLDER = click.Path(path_type=Path, exists=True, file_okay=False)


class Found(msgspec.Struct, frozen=True):
    """An interpreter that is installed: its id, its files, and the versions its table was checked against."""

    interpreter: str
    files: tuple[str, ...]
    verified: tuple[str, ...]


class Report(msgspec.Struct, frozen=True):
    """All that doctor says."""

    kernel: str
    machine: str
    python: str
    uid: int
    sensors: tuple[Probe, ...]
    interpreters: tuple[Found, ...]


@click.command(cls=Command, name="doctor", short_help="Show what works on this machine, and how to get the rest.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
@click.option(
    "--audit", "is_audit", is_flag=True, help="Look for settings that make code on the fly easier; changes nothing."
)
@click.option("--sarif", "as_sarif", is_flag=True, help="With --audit: write SARIF.")
@click.option("--root", type=_FOLDER, metavar="DIR", help="With --audit: look at the machine, or image, below DIR.")
@click.option("--repository", type=_FOLDER, metavar="DIR", help="With --audit: look at this repository instead.")
def command(*, as_json: bool, is_audit: bool, as_sarif: bool, root: Path | None, repository: Path | None) -> None:
    """Show which sensors work here and why others do not, and which installed interpreters are known."""
    needs = {"--sarif": as_sarif, "--root": root, "--repository": repository}
    if not is_audit and any(needs.values()):
        raise click.UsageError(f"{next(name for name, given in needs.items() if given)} needs --audit")
    if root is not None and repository is not None:
        raise click.UsageError("--root or --repository, not both")
    if is_audit:
        _audit(root, repository, as_json=as_json, as_sarif=as_sarif)
        return
    kernel = platform.uname()
    report = Report(
        kernel=f"{kernel.system} {kernel.release}",
        machine=kernel.machine,
        python=platform.python_version(),
        uid=os.geteuid(),
        sensors=tuple(probes()),
        interpreters=tuple(_installed()),
    )
    if as_json:
        sys.stdout.write(json.dumps(msgspec.to_builtins(report), indent=2) + "\n")
        return
    _print(report)


def _audit(root: Path | None, repository: Path | None, *, as_json: bool, as_sarif: bool) -> None:
    """Check this machine, another root, or a repository, and print what was found."""
    from flycatcher.commands.doctor.audit import audit, checks, modules, shown  # noqa: PLC0415 - only --audit needs them
    from flycatcher.commands.doctor.audit import repository as of_repositories  # noqa: PLC0415

    place = repository or root or Path("/")
    problems = list(audit(place, is_repository=repository is not None))
    if as_json or as_sarif:
        checked = [each.ID for each in modules(checks if repository is None else of_repositories)]
        sys.stdout.write((shown.as_sarif(problems) if as_sarif else shown.as_json(problems, checked)) + "\n")
        return
    shown.print_text(problems)


def _installed() -> Iterator[Found]:
    """Yield the interpreters on PATH, by name, without running any."""
    files: dict[str, list[str]] = {}
    for folder in dict.fromkeys(os.environ.get("PATH", "").split(":")):
        for entry in _programs(folder):
            interpreter = by_name(entry.name)
            if interpreter is not None:
                files.setdefault(interpreter.id, []).append(str(entry))
    for name, interpreter in registry().items():
        if name in files:
            yield Found(name, tuple(files[name]), interpreter.verified)


def _programs(folder: str) -> list[Path]:
    """Return the executable files of one folder of PATH."""
    try:
        return sorted(p for p in Path(folder or ".").iterdir() if p.is_file() and p.stat().st_mode & stat.S_IXUSR)
    except OSError:
        return []


def _print(report: Report) -> None:
    """Print the report for a person."""
    echo(
        f"{report.kernel} on {report.machine}, Python {report.python}, {'root' if report.uid == 0 else f'uid {report.uid}'}"
    )
    echo("\nsensors")
    for probe in report.sensors:
        mark = click.style("works", fg="green") if probe.works else click.style("does not work", fg="red")
        echo(f"  {probe.sensor} ({probe.command}): {mark}: {visible(probe.why)}")
        if probe.hint:
            echo(f"    to get {'more' if probe.works else 'it'}: {visible(probe.hint)}")
        for limit in probe.limits:
            echo(f"    may miss: {limit}")
    echo(f"  guarantees and known limits of each: {LIMITS_PAGE}")
    echo("\ninterpreters on PATH")
    for found in report.interpreters:
        verified = (
            f"verified against {', '.join(found.verified)}"
            if found.verified
            else "unverified: its table was not compared with a release"
        )
        echo(
            f"  {found.interpreter}: {visible(', '.join(found.files[:3]))}{' ...' if len(found.files) > 3 else ''} ({verified})"
        )
