"""One command in a sandbox, under ``flycatcher run``, and the report on what it did."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from flycatcher.commands.try_.findings import Findings, findings
from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation import changes, decoys
from flycatcher.isolation.sandbox import Sandbox, check_folder, environment, refusal
from flycatcher.layout import say
from flycatcher.saved import records
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NOT_STARTED = {127: "command not found", 126: "permission denied"}
_SHOWN = 20
"""Lines of one kind that the report has at most."""
_RUN = "import sys; sys.path[:] = {path!r}; from flycatcher.commands import main; main()"
"""Starts ``flycatcher run`` from where this program was loaded; ``python -m`` would look in the working folder first."""


def trial(words: tuple[str, ...], *, network: bool, options: list[str]) -> int:
    """Run the command and report; return the exit code of ``flycatcher run``. Raises FlycatcherError."""
    project, home = Path.cwd().resolve(), Path.home().resolve()
    check_folder(project, home)
    if reason := refusal():
        raise FlycatcherError(
            f"bubblewrap cannot make a sandbox here: {reason}",
            hint="allow user namespaces, or run it in a virtual machine",
        )
    with TemporaryDirectory(prefix="flycatcher-try-", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve()
        sandbox = Sandbox(
            project=project, home=home, project_copy=place / "project", home_copy=place / "home", network=network
        )
        for line in _listed("not copied, since it cannot be read:", sandbox.prepare()):
            say(line)
        return _tried(sandbox, words, place, options)


def _tried(sandbox: Sandbox, words: tuple[str, ...], place: Path, options: list[str]) -> int:
    """Plant the decoys, run the command between two readings of the folders, and report."""
    planted = decoys.made()
    env = environment(os.environ, sandbox.home, planted.tokens)
    if code := sandbox.missing(words, env):
        say(f"{visible(words[0])}: {_NOT_STARTED[code]}")
        return code
    planted.plant(sandbox.home_copy)
    shown = decoys.readings_show(sandbox.home_copy)
    folders = (sandbox.project_copy, sandbox.home_copy)
    before = [changes.tree(folder) for folder in folders]
    report = place / "records.jsonl"
    code = _run(sandbox.command(words), ["--report", str(report), *options], env)
    opened = planted.opened(sandbox.home_copy) if shown else None
    changed = [changes.changes(old, changes.tree(folder)) for old, folder in zip(before, folders, strict=True)]
    ran = records(report) if report.exists() else []
    for line in _lines(findings(sandbox, planted, ran, changed, opened)):
        say(line)
    return code


def _run(command: list[str], options: list[str], env: Mapping[str, str]) -> int:
    """Run the sandbox's command under ``flycatcher run``, and return its exit code."""
    path = [os.path.abspath(folder) for folder in sys.path if folder]  # noqa: PTH100 - as they were given
    arguments = ["run", "--no-redact", "--wait-all", *options, "--", *command]
    started = subprocess.Popen([sys.executable, "-I", "-c", _RUN.format(path=path), *arguments], env=dict(env))
    while True:
        with suppress(KeyboardInterrupt):  # the run gets it too, and ends the sandbox
            code = started.wait()
            return code if code >= 0 else 128 - code


def _lines(found: Findings) -> Iterator[str]:
    """Yield the lines of the report."""
    yield "try: the sandbox is gone; the working folder was a copy, and nothing of it was kept"
    if found.opened is None:
        yield "try: whether decoys were opened cannot be seen: this file system keeps no access times (noatime)"
    else:
        yield f"try: decoy files opened: {', '.join(found.opened) or 'none'}; of variables, reading cannot be seen"
    yield from _listed("decoy value found in", found.canaries)
    yield from _listed("persistence place touched", found.persistence)
    for what, changed in (("project", found.project), ("home", found.home)):
        for kind in ("added", "changed", "removed"):
            yield from _listed(f"{what}: {kind}", getattr(changed, kind))
    if not (found.canaries or found.persistence):
        yield "try: no decoy value turned up, no persistence place was touched"


def _listed(label: str, values: list[str]) -> Iterator[str]:
    """Yield one line for each value, up to the bound."""
    yield from (f"try: {label} {visible(value)}" for value in values[:_SHOWN])
    if len(values) > _SHOWN:
        yield f"try: {label}: {len(values) - _SHOWN} more"
