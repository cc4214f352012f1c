"""The configuration as it is committed: what one step of a build writes into the work tree does not steer the next step's ``run``.

A configuration accepts detections and says what is refused. Whoever may change the work tree (an install hook, a generator) could
accept its own payload with it. A commit has been reviewed, so its content is what counts; a difference is reported.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from flycatcher.config.search import candidates, content, nearest, repositories, repository, speaks
from flycatcher.core.errors import FlycatcherError
from flycatcher.git import blobs, entries

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flycatcher.git import Blob

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SUBMODULE, _LINK = "160000", "120000"
"""Modes of entries in git's trees."""
_ADVICE = "commit it, or name it with --config"


class Found(NamedTuple):
    """A configuration's file (None: there is none), its content, and what the user should know about where it is from."""

    path: Path | None
    data: bytes = b""
    remarks: tuple[str, ...] = ()


def committed(start: Path, commit: str = "") -> Found:
    """Return the configuration that applies in a folder, from ``commit`` if a repository around it has it, else from HEAD.

    ``commit`` is the one that the CI system says it builds. A step can put a repository of its own into a folder, or take ``.git``
    away: what the job builds is then looked for in the repositories further up, and where there is none, nothing applies.
    Without a repository or a commit, and outside of a CI job, the file is taken as it is. Raises FlycatcherError where there is a
    repository that cannot be read: its configuration could be the one that refuses.
    """
    root, file = repository(start), nearest(start)
    wanted = commit if _HASH.fullmatch(commit) else ""
    if root is None:
        return _as_it_is(file, "is in no git repository", wanted)
    for place, revision in _revisions(start, root, wanted):
        paths = list(candidates(start, place))
        names = [path.relative_to(place).as_posix() for path in paths]
        found = blobs(str(place), [f"{revision}^{{commit}}", *(f"{revision}:{name}" for name in names)])
        if found is None or (found[0] is not None and not _is_whole(place, revision, names, found[1:])):
            raise FlycatcherError(
                f"{place}: git cannot read this repository, whose configuration is to apply",
                hint="see what `git status` and `git fsck` say there, or name a configuration with --config",
            )
        if found[0] is not None:
            applies = _of_commit(found[0].name[:12], zip(paths, found[1:], strict=True), file)
            return applies if revision != "HEAD" or not wanted else _not_wanted(applies, root, wanted)
    return _as_it_is(file, "belongs to a repository without a commit", wanted)


def _revisions(start: Path, root: Path, wanted: str) -> Iterator[tuple[Path, str]]:
    """Yield where the configuration may be read from: repositories, and a commit of each."""
    for place in repositories(start) if wanted else ():
        if place != root:
            below = root.relative_to(place).as_posix()
            submodule = (entries(str(place), wanted, [below]) or {}).get(below)
            if submodule is not None and submodule.mode == _SUBMODULE:
                yield root, submodule.name
        yield place, wanted
    yield root, "HEAD"


def _is_whole(place: Path, revision: str, names: list[str], found: list[Blob | None]) -> bool:
    """Whether what was not found is not in the commit: an object may have been taken away, and the file is then no file less."""
    missing = [name for name, blob in zip(names, found, strict=True) if blob is None]
    held = entries(str(place), revision, missing) if missing else {}
    return held is not None and all(entry.mode == _LINK for entry in held.values())


def _not_wanted(applies: Found, root: Path, wanted: str) -> Found:
    """Add that the commit that the job builds is nowhere."""
    if applies.path is None and not applies.remarks:
        return applies
    said = f"commit {wanted[:12]}, which this job builds, is in no repository here: the configuration of HEAD in {root} applies"
    return applies._replace(remarks=(*applies.remarks, said))


def _as_it_is(file: tuple[Path, bytes] | None, why: str, wanted: str) -> Found:
    """Return a file of the work tree. Raises FlycatcherError where a job builds a commit, and the file's repository is gone."""
    if file is not None and wanted:
        raise FlycatcherError(
            f"{file[0]} {why}, although this job builds commit {wanted[:12]}: a step of the job may have written it",
            hint="name it with --config if it is to apply",
        )
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


def committed_file(path: Path, commit: str = "") -> tuple[bytes | None, tuple[str, ...]]:
    """Return the content that one file has where :func:`committed` looks, None for none, and remarks.

    Raises FlycatcherError where there is a repository that cannot be read.
    """
    root = repository(path.parent)
    wanted = commit if _HASH.fullmatch(commit) else ""
    for place, revision in _revisions(path.parent, root, wanted) if root is not None else ():
        name = (path.parent.resolve() / path.name).relative_to(place).as_posix()
        held = blobs(str(place), [f"{revision}^{{commit}}", f"{revision}:{name}"])
        if held is None or (held[0] is not None and not _is_whole(place, revision, [name], held[1:])):
            raise FlycatcherError(f"{place}: git cannot read this repository", hint="see what `git status` says there")
        if held[0] is not None:
            return _file_of_commit(path, held[0].name[:12], held[1])
    file = (path, content(path)) if path.is_file() else None
    found = _as_it_is(file, "is in no git repository" if root is None else "is in no commit", wanted)
    return (None if found.path is None else found.data), found.remarks


def _file_of_commit(path: Path, commit: str, ours: Blob | None) -> tuple[bytes | None, tuple[str, ...]]:
    """Return what a commit holds of a file, and how the work tree differs."""
    if ours is None:
        return None, (f"{path} is not in commit {commit}, so it does not apply: commit it",)
    if path.is_file() and content(path) == ours.content:
        return ours.content, ()
    return ours.content, (f"{path} differs from commit {commit}, whose content applies",)
