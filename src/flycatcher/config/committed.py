"""The configuration as it is committed: what one step of a build writes into the work tree does not steer the next step's ``run``.

A configuration accepts detections and says what is refused. Whoever may change the work tree (an install hook, a generator) could
accept its own payload with it. A commit has been reviewed, so its content is what counts; a difference is reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.config.search import candidates, nearest, repository, speaks
from flycatcher.core.errors import FlycatcherError
from flycatcher.git import blobs

if TYPE_CHECKING:
    from pathlib import Path

    from flycatcher.git import Blob

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ADVICE = "commit it, or name it with --config"


class Found(NamedTuple):
    """A configuration's file (None: there is none), its content, and what the user should know about where it is from."""

    path: Path | None
    data: bytes = b""
    remarks: tuple[str, ...] = ()


def committed(start: Path, commit: str = "") -> Found:
    """Return the configuration that applies in a folder, from ``commit`` if the repository has it, else from HEAD.

    Without a repository, or before its first commit, the file is taken as it is. Raises FlycatcherError where there is a repository
    that cannot be read: its configuration could be the one that refuses.
    """
    root, file = repository(start), nearest(start)
    if root is None:
        return _as_it_is(file, "is in no git repository")
    paths = list(candidates(start))
    names = [path.relative_to(root).as_posix() for path in paths]
    for revision in (commit, "HEAD") if _HASH.fullmatch(commit) else ("HEAD",):
        found = blobs(str(root), [f"{revision}^{{commit}}", *(f"{revision}:{name}" for name in names)])
        if found is None:
            raise FlycatcherError(
                f"{root}: git cannot read this repository, whose configuration is to apply",
                hint="see what `git status` says there, or name a configuration with --config",
            )
        if found[0] is not None:
            return _of_commit(found[0].name[:12], zip(paths, found[1:], strict=True), file)
    return _as_it_is(file, "belongs to a repository without a commit")


def _as_it_is(file: tuple[Path, bytes] | None, why: str) -> Found:
    """Return a file of the work tree."""
    return Found(None) if file is None else Found(*file, (f"{file[0]} {why}: it applies as it is",))


def _of_commit(commit: str, found: zip[tuple[Path, Blob | None]], file: tuple[Path, bytes] | None) -> Found:
    """Return the nearest file that a commit holds, and how the work tree differs."""
    ours = next(((path, blob.content) for path, blob in found if blob is not None and speaks(path, blob.content)), None)
    if ours is None:
        if file is None:
            return Found(None)
        return Found(None, remarks=(f"{file[0]} is not in commit {commit}, so it does not apply: {_ADVICE}",))
    path, data = ours
    if file == ours:
        return Found(path, data)
    if file is None:
        said = f"{path} is missing; it applies as it is in commit {commit}"
    elif file[0] != path:
        said = f"{file[0]} is not in commit {commit}, so {path} applies: {_ADVICE}"
    else:
        said = f"{path} differs from commit {commit}, whose content applies: {_ADVICE}"
    return Found(path, data, (said,))
