"""One command in a sandbox, under ``flycatcher run``, and what came of it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from flycatcher.commands.try_.findings import Findings, findings
from flycatcher.core.errors import FlycatcherError
from flycatcher.isolation import changes, decoys
from flycatcher.isolation.loopback import RESOLVER, Loopback
from flycatcher.isolation.sandbox import Network, Sandbox, check_folder, environment, refusal
from flycatcher.layout import say
from flycatcher.saved import records
from flycatcher.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flycatcher.isolation.recorder import Contact

_NOT_STARTED = {127: "command not found", 126: "permission denied"}
_SHOWN = 20
"""Lines of one kind that the report has at most."""
_RUN = "import sys; sys.path[:] = {path!r}; from flycatcher.commands import main; main()"
"""Starts ``flycatcher run`` from where this program was loaded; ``python -m`` would look in the working folder first."""


class Tried(Struct, frozen=True):
    """What came of a command."""

    code: int
    """That of ``flycatcher run``: the command's own; 127 and 126 where it could not be started."""
    ran: list[dict[str, Any]] = []
    """The records of what ran inline."""
    found: Findings | None = None
    """None where nothing was started."""


def trial(words: tuple[str, ...], *, network: Network, options: list[str]) -> int:
    """Run a command in a copy of the working folder, and report; return its exit code. Raises FlycatcherError."""
    with prepared(Path.cwd().resolve(), network) as sandbox:
        tried = run(sandbox, words, options)
    if tried.found is not None:
        for line in _lines(tried.found):
            say(line)
    return tried.code


@contextmanager
def prepared(project: Path, network: Network) -> Iterator[Sandbox]:
    """Give a sandbox with a copy of a folder; it is thrown away in the end. Raises FlycatcherError."""
    home = Path.home().resolve()
    check_folder(project, home)
    if reason := refusal():
        raise FlycatcherError(
            f"bubblewrap cannot make a sandbox here: {reason}",
            hint="allow user namespaces, or run it in a virtual machine",
        )
    with TemporaryDirectory(prefix="flycatcher-try-", ignore_cleanup_errors=True) as folder:
        place = Path(folder).resolve()
        resolver = place / "resolv.conf" if network == "loopback" else None
        if resolver is not None:
            resolver.write_text(RESOLVER, encoding="ascii")
        copies = {"project_copy": place / "project", "home_copy": place / "home"}
        sandbox = Sandbox(project=project, home=home, network=network, resolver=resolver, **copies)
        for line in _listed("not copied, since it cannot be read:", sandbox.prepare()):
            say(line)
        yield sandbox


def run(sandbox: Sandbox, words: tuple[str, ...], options: list[str]) -> Tried:
    """Plant the decoys, run the command between two readings of the folders, and look at what it left."""
    planted = decoys.made()
    env = environment(os.environ, sandbox.home, planted.tokens)
    if code := sandbox.missing(words, env):
        say(f"{visible(words[0])}: {_NOT_STARTED[code]}")
        return Tried(code)
    planted.plant(sandbox.home_copy)
    shown = decoys.readings_show(sandbox.home_copy)
    folders = (sandbox.project_copy, sandbox.home_copy)
    before = [changes.tree(folder) for folder in folders]
    report = sandbox.project_copy.parent / "records.jsonl"
    network = Loopback(planted, report.with_name("network.jsonl")) if sandbox.network == "loopback" else None
    code, contacts = _run(sandbox, words, ["--report", str(report), *options], env, network)
    opened = planted.opened(sandbox.home_copy) if shown else None
    changed = [changes.changes(old, changes.tree(folder)) for old, folder in zip(before, folders, strict=True)]
    ran = records(report) if report.exists() else []
    return Tried(code, ran, findings(sandbox, planted, ran, changed, opened, contacts))


def _run(
    sandbox: Sandbox, words: tuple[str, ...], options: list[str], env: Mapping[str, str], network: Loopback | None
) -> tuple[int, list[Contact]]:
    """Run the sandbox's command under ``flycatcher run``; return its exit code, and what its network was asked."""
    path = [os.path.abspath(folder) for folder in sys.path if folder]  # noqa: PTH100 - as they were given
    gate = network.gate if network is not None else ()
    arguments = ["run", "--no-redact", "--wait-all", *options, "--", *sandbox.command(words, gate)]
    started = subprocess.Popen(
        [sys.executable, "-I", "-c", _RUN.format(path=path), *arguments], env=dict(env), pass_fds=gate
    )
    try:
        if network is not None:
            network.open()
    finally:
        code = _ended(started)
    return code, network.contacts() if network is not None else []


def _ended(started: subprocess.Popen[bytes]) -> int:
    """Wait for the run; return its exit code, 128+n for a signal."""
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
    yield from _listed("", found.sent)
    yield from _listed("decoy value found in", found.canaries)
    yield from _listed("network:", found.network)
    yield from _listed("persistence place touched", found.persistence)
    for what, changed in (("project", found.project), ("home", found.home)):
        for kind in ("added", "changed", "removed"):
            yield from _listed(f"{what}: {kind}", getattr(changed, kind))
    if not (found.canaries or found.sent or found.persistence):
        yield "try: no decoy value turned up, no persistence place was touched"


def _listed(label: str, values: list[str]) -> Iterator[str]:
    """Yield one line for each value, up to the bound."""
    head = f"try: {label} " if label else "try: "
    yield from (f"{head}{visible(value)}" for value in values[:_SHOWN])
    if len(values) > _SHOWN:
        yield f"{head.rstrip(': ')}: {len(values) - _SHOWN} more"
