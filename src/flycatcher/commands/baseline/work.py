"""The work of ``flycatcher baseline``."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from flycatcher.baselines import default_path, read, write
from flycatcher.core.baseline.compare import changes
from flycatcher.core.baseline.document import rendered
from flycatcher.core.baseline.entry import MIN_REASON, Baseline, Entry, merged
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.git import blobs
from flycatcher.terminal import one_line, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from flycatcher.core.baseline.entry import State

_WIDTH = 100
_COMMITTED = re.compile(rb"^committer [^\n]*> (\d+) ", re.MULTILINE)
_PRUNED: dict[str, State] = {"candidates": "candidate", "unstable": "unstable", "pending": "pending"}
"""The states that options of ``prune`` name."""


def merge(files: Iterable[Path], output: Path | None) -> None:
    """Join files; write the result, or print it."""
    baselines = [read(file) for file in files]
    found = merged(baselines, _ages({entry.first for each in baselines for entry in each.entries if entry.first}))
    if output is None:
        sys.stdout.buffer.write(rendered(found).encode())
    else:
        write(output, found)


def _ages(commits: set[str]) -> Callable[[str], tuple[int, str]]:
    """Return what sorts commits by their time; those that the repository here does not hold, as a shallow clone, come first."""
    names = sorted(commits)
    held = blobs(str(Path.cwd()), [f"{name}^{{commit}}" for name in names]) if len(names) > 1 else None
    times = {
        name: int(match[1])
        for name, blob in zip(names, held or (), strict=held is not None)
        if blob is not None and (match := _COMMITTED.search(blob.content))
    }
    return lambda commit: (times.get(commit, 0), commit)


def status(file: Path | None) -> None:
    """Print the figures of a baseline."""
    path, baseline = _of(file)
    states: Counter[str] = Counter(entry.state for entry in baseline.entries)
    click.echo(f"{visible(str(path))}: {counted(len(baseline.entries), 'entry', 'entries')}")
    for state, said in (
        ("stable", "known: seen in two runs or more, or accepted"),
        ("unstable", "known: seen in some runs and not in others"),
        ("candidate", "known, seen in one run so far"),
        ("pending", "not known: of a high or critical level, and accepted by nobody"),
    ):
        click.echo(f"  {states[state]:5} {state:9} {said}")
    for entry in baseline.entries:
        if entry.state == "pending":
            click.echo(f"{_line(entry)}\n    flycatcher baseline accept {entry.id} 'REASON' --owner NAME")


def diff(old: Path, new: Path) -> int:
    """Print how two baselines differ; return the exit code of something new, 0 where there is nothing."""
    found = changes(read(old), read(new))
    click.echo(f"{len(found.new)} new, {len(found.gone)} gone, {found.same} known")
    for entry, difference in found.new:
        click.echo(f"+ {_line(entry)}\n    {one_line(str(difference), 4 * _WIDTH)}")
    for entry in found.gone:
        click.echo(f"- {_line(entry)}")
    return DETECTED if found.new else 0


def explain(wanted: str, file: Path | None) -> None:
    """Print all of an entry."""
    _, baseline = _of(file)
    entry = _one(baseline, wanted)
    click.echo("\n".join(_told(entry)))


def _told(entry: Entry) -> Iterator[str]:
    """Yield the lines that tell of an entry."""
    states = {
        "stable": "known: accepted" if entry.accept else "known: seen in two runs or more",
        "unstable": "known: seen in some runs and not in others",
        "candidate": f"known, seen in one run so far ({entry.run})",
        "pending": f"not known: {entry.level}, and accepted by nobody",
    }
    rows = {
        "state": f"{entry.state}: {states[entry.state]}",
        "runs": f"{entry.interpreter}, {entry.vector}: {entry.text}",
        "started by": str(entry.started_by),
        "written in": entry.written,
        "first": f"learnt at commit {entry.first}" if entry.first else "",
        "level": entry.level,
        "does": ", ".join(entry.capabilities) or "nothing that has a name here",
        "accepted": entry.accept,
        "owner": entry.owner,
        "shape": f"{entry.shape} (the same as `shape` in a report's records)",
    }
    yield entry.id
    yield from (f"  {name:10} {one_line(value, 4 * _WIDTH)}" for name, value in rows.items() if value)
    yield from (f"  # {visible(line)}" for paragraph in entry.comment for line in paragraph.split("\n"))


def prune(seen: Iterable[Path], file: Path | None, *, dry_run: bool, **wanted: bool) -> None:
    """Take entries out; print them."""
    path, baseline = _of(file)
    lately = [read(each) for each in seen]
    present = {entry.id for each in lately for entry in each.entries}
    states = {_PRUNED[option] for option, given in wanted.items() if given}
    out = {e.id for e in baseline.entries if e.state in states or (lately and e.id not in present)}
    for entry in baseline.entries:
        if entry.id in out:
            click.echo(f"- {_line(entry)}")
    click.echo(f"{counted(len(out), 'entry', 'entries')} of {len(baseline.entries)} {'would be ' * dry_run}taken out")
    if not dry_run:
        write(path, structs.replace(baseline, entries=tuple(e for e in baseline.entries if e.id not in out)))


def accept(wanted: str, reason: str, owner: str, file: Path | None) -> None:
    """Accept an entry."""
    path, baseline = _of(file)
    entry = _one(baseline, wanted)
    reason, owner = " ".join(reason.split()), owner.strip() or entry.owner
    if len(reason) < MIN_REASON:
        raise FlycatcherError(
            f"the reason is shorter than {MIN_REASON} characters", hint="say why it is meant to run", code=2
        )
    done = structs.replace(entry, accept=reason, owner=owner)
    write(path, structs.replace(baseline, entries=tuple(done if e.id == entry.id else e for e in baseline.entries)))
    click.echo(f"accepted: {_line(done)}")


def _of(file: Path | None) -> tuple[Path, Baseline]:
    path = file or default_path(Path.cwd())
    return path, read(path)


def _one(baseline: Baseline, wanted: str) -> Entry:
    found = baseline.by_id(wanted)
    if found is None:
        raise FlycatcherError(
            f"{wanted}: no entry, or more than one, has this id", hint="flycatcher baseline status", code=3
        )
    return found


def _line(entry: Entry) -> str:
    """Return an entry in one line."""
    what = f"{entry.interpreter} {entry.vector}: {one_line(entry.text, _WIDTH)}"
    return f"{entry.id} [{entry.level}] {what}  (by {one_line(str(entry.started_by), _WIDTH)})"
