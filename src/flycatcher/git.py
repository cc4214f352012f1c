"""git, asked without letting the repository's own configuration run anything.

A repository under review is hostile: its configuration may name programs (core.fsmonitor, diff.external, textconv filters,
hooks) that git would start.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TIMEOUT = 60
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""Where root installs programs."""
OUTPUT_LIMIT = 256 << 20
_QUIET = (
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.quotePath=false", "-c", "core.pager=cat",
    "-c", "diff.external=", "-c", "log.showSignature=false", "-c", "protocol.allow=never", "-c", "blame.ignoreRevsFile=",
    "-c", "core.attributesFile=/dev/null",
)  # fmt: skip


class Blob(NamedTuple):
    """An object of a repository."""

    name: str
    """Its hash."""
    content: bytes


def git(folder: str, *words: str, timeout: float = TIMEOUT) -> bytes | None:
    """Return what git prints, None where it fails, is missing, or takes too long."""
    return _run(folder, (*_without_filters(os.path.realpath(folder)), *words), timeout)


def of_commits(folder: str, *words: str) -> bytes | None:
    """Return what git prints about commits that ``words`` name, None as with :func:`git`; a git that PATH names is not asked.

    Nothing is compared with the work tree, so no filter runs.
    """
    program = shutil.which("git", path=SYSTEM_PATH)
    return None if program is None else _run(folder, words, TIMEOUT, program=program)


def blobs(folder: str, names: Sequence[str]) -> list[Blob | None] | None:
    """Return the objects of these names (``HEAD:path``, ``HEAD^{commit}``), None for those that do not exist.

    None instead of a list: git fails, or is not where the system keeps its programs; one that PATH names could be the build's own.
    Nothing is compared with the work tree, so no filter runs. Source: git-cat-file(1), BATCH OUTPUT.
    """
    program = shutil.which("git", path=SYSTEM_PATH)
    if program is None or any("\n" in name for name in names):
        return None
    asked = "".join(f"{name}\n" for name in names).encode("utf-8", "surrogateescape")
    said = _run(folder, ("cat-file", "--batch", "--follow-symlinks"), TIMEOUT, program=program, stdin=asked)
    return None if said is None else list(_batch(said, len(names)))


class Entry(NamedTuple):
    """What a commit's tree holds at a path."""

    mode: str
    """``160000`` for a submodule, ``120000`` for a symbolic link."""
    name: str
    """The object's hash."""


def entries(folder: str, commit: str, names: Sequence[str]) -> dict[str, Entry] | None:
    """Return what a commit holds at these paths, as far as it does; None where git fails, as where one of its trees is missing."""
    program = shutil.which("git", path=SYSTEM_PATH)
    said = program and _run(
        folder, ("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", *names), TIMEOUT, program=program
    )
    if not isinstance(said, bytes):
        return None
    rows = (row.partition("\t") for row in os.fsdecode(said).split("\0") if row)
    return {path: Entry(about.split()[0], about.split()[2]) for about, _, path in rows}


def _batch(said: bytes, count: int) -> Iterator[Blob | None]:
    """Read what ``cat-file --batch`` printed."""
    at = 0
    for _ in range(count):
        end = said.find(b"\n", at)
        words = said[at:end].split(b" ")
        at = end + 1
        if not words[-1].isdigit():  # NAME missing
            yield None
            continue
        content = said[at : at + int(words[-1])]
        at += len(content) + 1
        # two words: a link that leads out of the tree, with its target
        yield Blob(words[0].decode("ascii", "replace"), content) if len(words) == 3 else None


def _run(
    folder: str, words: tuple[str, ...], timeout: float, *, program: str = "git", stdin: bytes = b""
) -> bytes | None:
    """Start git."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_NO_REPLACE_OBJECTS": "1"}
    # an object that is missing is not fetched: the repository's own configuration says by which program
    environment |= {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none"}
    try:
        done = subprocess.run(
            [program, *_QUIET, *words],
            cwd=folder,
            input=stdin,
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
