"""What ``flycatcher`` alone shows: three commands that are worth trying in this folder, on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING

import click

from flycatcher import __version__
from flycatcher.layout import cells, columns, wrapped
from flycatcher.sources.buildfiles import named
from flycatcher.sources.sensors.probe import probes
from flycatcher.terminal import visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHOWN = 3
FILES_LIMIT = 2000
"""Names of a folder that are looked at."""
_BUILDS = (
    ("package.json", "npm", "npm install"),
    ("Makefile", "make", "make"),
    ("makefile", "make", "make"),
    ("GNUmakefile", "make", "make"),
    ("Cargo.toml", "cargo", "cargo build"),
    ("pyproject.toml", "pip", "pip install ."),
)
"""A file, the program that reads it, and the command that builds by it; npm's scripts are where packages run code."""


def page(stream_width: int) -> Iterator[str]:
    """Yield the page's lines, none of them wider than ``stream_width`` (0: any)."""
    lines = [
        f"flycatcher {__version__} catches code on the fly: program text that an interpreter runs without a script file.",
        "",
        "Try here:",
    ]
    commands = list(_worth_trying(os.listdir()))[:SHOWN]  # noqa: PTH208 - names, not paths
    widest = max(cells(command) for command, _ in commands)
    for command, why in commands:
        if stream_width and 2 + widest + 2 + cells(why) > stream_width:
            lines += [f"  {click.style(visible(command), fg='cyan')}", f"      {why}"]
        else:
            lines.append(f"  {click.style(visible(command), fg='cyan')}{' ' * (widest - cells(command))}  {why}")
    lines += ["", "All commands: flycatcher help. What this machine can do: flycatcher doctor."]
    for line in lines:
        yield from wrapped(line, stream_width)


def _worth_trying(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield commands with what each would show, those that say most here first; at least three."""
    works = {probe.command for probe in probes() if probe.works}
    if "flycatcher watch" in works:
        yield "flycatcher watch --for 60", "what starts on this whole host, for a minute"
    found = sum(bool(named(name)) for name in list(names)[:FILES_LIMIT])
    if found:
        yield "flycatcher scan .", f"{counted(found, 'build file')} here, and those in the folders below"
    if "flycatcher run" in works:
        for file, program, build in _BUILDS:
            if file in names and shutil.which(program):
                yield f"flycatcher run -- {build}", f"what this build ({file}) starts, as it runs"
                break
    yield "flycatcher check -- python3 -c 'print(1)'", "what one command line would run, word by word"
    if "flycatcher run" in works:
        yield "flycatcher run -- sh -c 'echo \"print(1)\" | python3'", "what a command starts, as it runs"
    yield "flycatcher guide", "what is at stake, and what to do next"
    yield "flycatcher doctor", "what this machine can do, and how to get the rest"


def show() -> None:
    """Print the page."""
    for line in page(columns(sys.stdout)):
        click.echo(line)
