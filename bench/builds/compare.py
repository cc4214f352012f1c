"""Whether a build did the same under Flycatcher as bare: exit code and files."""

from __future__ import annotations

import re
import statistics
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from bench.builds.workshop import Run

SHOWN = 5
"""Files named in one complaint."""


class Bare(Struct, frozen=True, kw_only=True):
    """What the bare build does."""

    code: int
    wall: float
    cpu: float
    files: dict[str, str]
    """SHA-256 of each file by path, empty where two bare runs do not agree about it."""
    missing: tuple[str, ...] = ()

    @classmethod
    def of(cls, runs: Sequence[Run]) -> Bare:
        """Return what two or more runs have in common."""
        first, second = runs[0], runs[1]
        ours, theirs = general(first.files), general(second.files)
        return cls(
            code=first.code,
            wall=statistics.median(run.wall for run in runs),
            cpu=statistics.median(run.cpu for run in runs),
            files={path: ours[path] if ours[path] == theirs[path] else "" for path in ours.keys() & theirs.keys()},
            missing=first.missing,
        )

    @classmethod
    def load(cls, store: Path) -> Bare:
        """Read the last bare run."""
        return msgspec.json.decode(store.read_bytes(), type=cls)

    def save(self, store: Path) -> None:
        """Keep it for runs that are compared with it later."""
        store.write_bytes(msgspec.json.encode(self))


_PASSING = re.compile(
    r"(?<=[^a-zA-Z])[0-9a-f]{16,}|(?<=[/._-])(?=[a-z_]*[0-9A-Z])[A-Za-z0-9_]{8}(?=\.|$|/)|\d{5,}|(?<=tmp)\w{8}"
)
"""Parts of names that are new in each run: hashes, process numbers, what mkstemp makes up."""


def general(files: dict[str, str]) -> dict[str, str]:
    """Return the files by names without what is new in each run; of several with one name, their contents together."""
    found: dict[str, str] = {}
    for path, digest in sorted(files.items()):
        name = path if not _PASSING.search(path) else _PASSING.sub("*", path)
        found[name] = f"{found[name]}{digest}" if name in found else digest
    return found


def different(bare: Bare, run: Run) -> list[str]:
    """Say where a watched build did not do what the bare one did."""
    found = []
    if run.code != bare.code:
        found.append(f"ended with {run.code}, bare with {bare.code}")
    files = general(run.files)
    found += _files("does not make", bare.files.keys() - files.keys())
    found += _files(
        "makes with other content",
        (path for path, digest in bare.files.items() if digest and files.get(path, digest) != digest),
    )
    return found


def unseen(run: Run) -> list[str]:
    """Say what of a watched build was not seen. ``watch`` counts what it loses on the whole host."""
    found = [f"{run.lost} executions lost"] if run.lost else []
    return found if run.executions else [*found, "saw no execution"]


def _files(what: str, paths: Iterable[str]) -> list[str]:
    """Return one sentence about some files; none where there are none."""
    named = sorted(paths)
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return [f"{what} {', '.join(named[:SHOWN])}{more}"] if named else []
