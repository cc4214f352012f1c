"""``try --compare``: two packages or two commands, one after the other, and what the second does that the first does not."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import msgspec

from flycatcher.commands.try_.packages import Subject, lay_out, subject
from flycatcher.commands.try_.trial import Tried, prepared, run
from flycatcher.core.baseline.compare import Known
from flycatcher.core.baseline.entry import Baseline, Entry, merged
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import Detection
from flycatcher.core.errors import DETECTED, FlycatcherError
from flycatcher.layout import say
from flycatcher.terminal import one_line, visible
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.isolation.sandbox import Network, Sandbox

_WIDTH = 100
_SHOWN = 50
_OF_THE_RUN = re.compile(r" \([0-9a-f]{16}\)(?=:|\Z)|: [\d,]+ bytes?\Z")
"""What stands in a line and is another one in each run, or with each text: an id, a size."""
_ACCEPTED = "ran in the first one of two that are compared"


def compare(first: str, second: str, *, network: Network, options: list[str]) -> int:
    """Try both, and say what is new; return the exit code of something new, 0 for nothing. Raises FlycatcherError."""
    sides = [subject(given, network) for given in (first, second)]
    with _folder(sides) as folder:
        tried = [_tried(side, folder, network, options) for side in sides]
    for side, each in zip(sides, tried, strict=True):
        say(f"compare: {visible(side.shown)} ended with {each.code}")
        if each.found is None:
            raise FlycatcherError(
                f"{side.shown} was not tried", hint="its program is not in the sandbox", code=each.code
            )
    lines = list(_new(tried[0], tried[1], str(folder)))
    _say("new", lines)
    _say("gone", list(_new(tried[1], tried[0], str(folder))))
    if not lines:
        say(f"compare: {visible(second)} does nothing that {visible(first)} does not")
    return DETECTED if lines else 0


def _say(what: str, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        say(f"compare: {what}: {line}")
    if len(lines) > _SHOWN:
        say(f"compare: {what}: {len(lines) - _SHOWN} more")


@contextmanager
def _folder(sides: list[Subject]) -> Iterator[Path]:
    """Give the working folder that both see at one path: this one for commands, an empty one for packages."""
    if not all(side.is_alone for side in sides):
        yield Path.cwd().resolve()
        return
    with TemporaryDirectory(prefix="flycatcher-compare-") as place:
        folder = Path(place).resolve() / "project"
        folder.mkdir()
        yield folder


def _tried(side: Subject, folder: Path, network: Network, options: list[str]) -> Tried:
    """Try one side."""
    say(f"compare: trying {visible(side.shown)}")
    with prepared(folder, network) as sandbox:
        _lay_out(side, sandbox)
        return run(sandbox, side.words, options)


def _lay_out(side: Subject, sandbox: Sandbox) -> None:
    if side.package is None:
        return
    try:
        lay_out(side.package, sandbox.project_copy)
    except OSError as error:
        raise FlycatcherError(f"{side.shown}: {error.strerror}", hint="the package cannot be read") from error


def _new(old: Tried, new: Tried, root: str) -> Iterator[str]:
    """Yield what one does that the other does not: what it runs, then what it reads, sends, touches and leaves."""
    known = Known(merged([Baseline(entries=tuple(_entries(old, root)))]))
    told = set()
    for entry in _entries(new, root):
        if not known.covers(entry) and entry.id not in told:
            told.add(entry.id)
            difference = one_line(str(known.difference(entry)), 4 * _WIDTH)
            what = f"{entry.interpreter} {entry.vector}: {one_line(entry.text, _WIDTH)}"
            yield f"[{entry.level}] {what}  (by {entry.started_by}): {difference}"
    if unseen := sum(1 for record in new.ran if "snippets" in record) - sum(1 for _ in _entries(new, root)):
        yield f"{counted(unseen, 'text')} that {'was' if unseen == 1 else 'were'} not seen whole: nobody knows what they do"
    before = {_steady(line) for line in _traces(old)}
    yield from (visible(line) for line in _traces(new) if _steady(line) not in before)


def _entries(tried: Tried, root: str) -> Iterator[Entry]:
    """Yield what ran as entries of a baseline, in which everything is accepted; a text that was not seen whole is left out."""
    for record in tried.ran:
        if "snippets" in record:
            found = entry_of(msgspec.convert(record, Detection, strict=False), root=root)
            if found is not None:
                yield msgspec.structs.replace(found, accept=_ACCEPTED)


def _traces(tried: Tried) -> Iterator[str]:
    """Yield what was seen besides what ran inline."""
    found = tried.found
    if found is None:
        return
    yield from (f"decoy file opened: {name}" for name in found.opened or ())
    yield from found.sent
    yield from (f"decoy value found in {line}" for line in found.canaries)
    yield from (f"network: {line}" for line in found.network)
    yield from (f"persistence place touched {line}" for line in found.persistence)
    for what, changed in (("project", found.project), ("home", found.home)):
        for kind in ("added", "changed", "removed"):
            yield from (f"{what}: {kind} {name}" for name in getattr(changed, kind) if not _is_noise(name))


def _is_noise(name: str) -> bool:
    """Whether a file tells nothing: what the package manager installs, and its caches and logs."""
    return name.startswith((".npm/", ".cache/", "node_modules/", "installed/")) or name.endswith(".pyc")


def _steady(line: str) -> str:
    """Return a line without what is another one in each run."""
    return _OF_THE_RUN.sub("", line)
