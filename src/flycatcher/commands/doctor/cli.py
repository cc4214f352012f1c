"""``flycatcher doctor``: what this machine can do, and how to get the rest."""

from __future__ import annotations

import os
import platform
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from flycatcher.core.interpreters import by_name, registry
from flycatcher.sources.sensors.probe import Probe, probes
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator


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


@click.command(name="doctor", short_help="Show what works on this machine, and how to get the rest.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON document.")
def command(*, as_json: bool) -> None:
    """Show which sensors work here and why others do not, and which installed interpreters are known."""
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
        sys.stdout.write(msgspec.json.format(msgspec.json.encode(report), indent=2).decode() + "\n")
        return
    _print(report)


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
    click.echo(
        f"{report.kernel} on {report.machine}, Python {report.python}, {'root' if report.uid == 0 else f'uid {report.uid}'}"
    )
    click.echo("\nsensors")
    for probe in report.sensors:
        mark = click.style("works", fg="green") if probe.works else click.style("does not work", fg="red")
        click.echo(f"  {probe.sensor} ({probe.command}): {mark}: {visible(probe.why)}")
        if probe.hint:
            click.echo(f"    to get {'more' if probe.works else 'it'}: {visible(probe.hint)}")
        for limit in probe.limits:
            click.echo(f"    may miss: {limit}")
    click.echo("\ninterpreters on PATH")
    for found in report.interpreters:
        verified = (
            f"verified against {', '.join(found.verified)}"
            if found.verified
            else "unverified: its table was not compared with a release"
        )
        click.echo(
            f"  {found.interpreter}: {visible(', '.join(found.files[:3]))}{' ...' if len(found.files) > 3 else ''} ({verified})"
        )
