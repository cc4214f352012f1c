"""git, asked without letting the repository's own configuration run anything.

A repository under review is hostile: its configuration may name programs (core.fsmonitor, diff.external, textconv filters,
hooks) that git would start.
"""

from __future__ import annotations

import os
import subprocess
from functools import cache

TIMEOUT = 60
OUTPUT_LIMIT = 256 << 20
_QUIET = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-c", "core.pager=cat",
    "-c", "diff.external=", "-c", "log.showSignature=false", "-c", "protocol.allow=never", "-c", "blame.ignoreRevsFile=",
    "-c", "core.attributesFile=/dev/null",
)  # fmt: skip


def git(folder: str, *words: str, timeout: float = TIMEOUT) -> bytes | None:
    """Return what git prints, None where it fails, is missing, or takes too long."""
    return _run(folder, (*_without_filters(os.path.realpath(folder)), *words), timeout)


def _run(folder: str, words: tuple[str, ...], timeout: float) -> bytes | None:
    """Start git."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}
    try:
        done = subprocess.run(
            ["git", *_QUIET, *words],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=timeout,
            env=environment,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout[:OUTPUT_LIMIT] if done.returncode == 0 else None


@cache
def _without_filters(folder: str) -> tuple[str, ...]:
    """Return the options that take every content filter's programs away: to compare a file, git would run them."""
    said = _run(folder, ("config", "-z", "--name-only", "--get-regexp", r"^filter\."), TIMEOUT) or b""
    drivers = {os.fsdecode(name).rpartition(".")[0] for name in said.split(b"\0") if name.count(b".") > 1}
    settings = [f"{driver}.{key}=" for driver in sorted(drivers) for key in ("clean", "smudge", "process")]
    settings += [f"{driver}.required=false" for driver in sorted(drivers)]
    return tuple(word for setting in settings for word in ("-c", setting))


def top(folder: str) -> str:
    """Return the working tree's root, empty where there is none; git is started only where a ``.git`` is found."""
    place = os.path.realpath(folder)
    while not os.path.lexists(os.path.join(place, ".git")):
        place, below = os.path.dirname(place), place
        if place == below:
            return ""
    said = git(folder, "rev-parse", "--show-toplevel")
    return os.fsdecode(said.rstrip(b"\n")) if said else ""
