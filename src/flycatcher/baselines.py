"""The baseline of a run: where its file is, what is committed of it, and what a live sensor learns or holds against it."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct, structs

from flycatcher.config.committed import committed_file
from flycatcher.config.search import repository
from flycatcher.core.baseline.compare import Known
from flycatcher.core.baseline.document import NAME, parsed, rendered
from flycatcher.core.baseline.entry import Baseline, Entry, merged
from flycatcher.core.baseline.observe import entry_of
from flycatcher.core.detection import Policy
from flycatcher.core.errors import FlycatcherError
from flycatcher.core.levels import ANY
from flycatcher.git import blobs
from flycatcher.sinks.transports.place import SHARED, as_user, replace_file
from flycatcher.sources.context.authors import last_author
from flycatcher.sources.context.lock_files import locked_versions, normal
from flycatcher.sources.context.redact import redact_text
from flycatcher.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from flycatcher.core.detection import Detection
    from flycatcher.sinks.transports.place import Owner

SIZE_LIMIT = 16 << 20
ENTRIES = 20_000
"""Distinct behaviours that one run learns; a text that never stays the same would fill the memory."""
_SHOWN = 10
_NOT_LOCKED = "not locked"
NEW = "new"
"""What an option that acts on detections takes beside a level: what the baseline does not know."""


KNOWN = "known by the baseline"
"""The reason of a detection that is accepted because it is."""


class Asked(NamedTuple):
    """What the options ask for; an empty path is the default's, None nothing."""

    learn: str | None = None
    compare: str | None = None
    committed: bool = False
    """The committed content counts, as a build may write into the work tree."""
    commit: str = ""
    """The one that the CI system builds."""
    owner: Owner = None
    anchor: Path | None = None
    """The folder that the name of a configuration is seen from."""
    ends: tuple[str, ...] = ()
    """``version`` and ``author``: with what of their starters entries end."""


class Limit(Struct, frozen=True):
    """From which level on something is done, and whether only about what is new."""

    level: str | None
    new: bool = False


def limit_of(given: str | None) -> Limit:
    """Return what ``high``, ``all``, ``new`` or ``new:medium`` ask for."""
    if given is None or not given.startswith(NEW):
        return Limit(None if given == "never" else given)
    return Limit(given.partition(":")[2] or ANY, new=True)


def default_path(start: Path) -> Path:
    """Return where the baseline is: at the root of the repository, else in the folder."""
    return (repository(start) or start) / NAME


def read(path: Path, owner: Owner = None) -> Baseline:
    """Return a file's baseline. Raises FlycatcherError."""
    try:
        with as_user(owner), path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise FlycatcherError(
            f"{path}: {error.strerror}", hint="flycatcher run --learn -- COMMAND writes a baseline"
        ) from error
    return _decoded(data, str(path))


def _decoded(data: bytes, name: str) -> Baseline:
    if len(data) > SIZE_LIMIT:
        raise FlycatcherError(
            f"{name}: more than {SIZE_LIMIT >> 20} MiB", hint="flycatcher baseline prune makes it smaller"
        )
    try:
        return parsed(data.decode(), name)
    except UnicodeDecodeError as error:
        raise FlycatcherError(f"{name}: byte {error.start} is not UTF-8", hint="TOML is written in UTF-8") from error


def write(path: Path, baseline: Baseline, owner: Owner = None) -> None:
    """Put a baseline into its file, whole or not at all; one that is the same is left alone. Raises FlycatcherError."""
    data = rendered(baseline).encode()
    try:
        if not path.is_file() or path.read_bytes() != data:
            replace_file(str(path), data, owner, mode=SHARED)
    except OSError as error:
        raise FlycatcherError(f"{path}: {error.strerror}", hint="the baseline was not written") from error


def run_token(context: Mapping[str, str]) -> str:
    """Return 8 hex digits for this run: the same in all jobs of a CI run, another one each time elsewhere."""
    told = [context.get(f"ci.{name}", "") for name in ("system", "repository", "run")]
    return hashlib.sha256("\0".join(told).encode()).hexdigest()[:8] if told[-1] else secrets.token_hex(4)


class Hands:
    """In whose hands the packages and scripts of a checkout are, as they were when the run began."""

    def __init__(self, root: str, ends: Iterable[str], known: Iterable[Entry]) -> None:
        """Look up the scripts of ``known`` entries now, before a build could change them; ``ends``: what is asked for."""
        self._root, self._ends = root, frozenset(ends)
        self._versions = locked_versions(Path(root)) if "version" in self._ends else {}
        self._authors: dict[str, str] = {}
        for entry in known:
            self.of(entry)

    def of(self, entry: Entry) -> Entry:
        """Return an entry with the version of its package and the author of its script, where that is asked for."""
        who, name = entry.started_by, entry.started_by.script.partition(" ")[0] or entry.written
        version = (
            self._versions.get(normal(who.package), _NOT_LOCKED) if "version" in self._ends and who.package else ""
        )
        author = self._author(name) if "author" in self._ends and name else ""
        return structs.replace(entry, started_by=structs.replace(who, version=version, author=author))

    def _author(self, name: str) -> str:
        if name not in self._authors:
            self._authors[name] = last_author(self._root, name)
        return self._authors[name]


class BaselineRun:
    """One run's baseline: judges detections while it is compared with, collects them while it is learnt."""

    def __init__(
        self,
        known: Baseline | None,
        learnt: tuple[Path, Baseline] | None,
        root: str,
        run: str,
        ends: tuple[str, ...] = (),
    ) -> None:
        """``known``: what the run is compared with; ``learnt``: the file that is to be written, and what it holds."""
        self.remarks: list[str] = []
        self.known = self.new = 0
        self._known = Known(known) if known is not None else None
        self._learnt = learnt
        self._root, self._run = root, run
        before = [each for each in (known, learnt[1] if learnt else None) if each is not None]
        self._hands = Hands(root, ends, (entry for each in before for entry in each.entries)) if ends else None
        self._first = ""
        self._seen: dict[str, Entry] = {}
        self._unseen = self._more = 0
        self._owner: Owner = None

    @classmethod
    def of(cls, asked: Asked, context: Mapping[str, str]) -> BaselineRun | None:
        """Read what the options ask for, None where they ask for nothing. Raises FlycatcherError."""
        if asked.learn is None and asked.compare is None:
            return None
        here = Path.cwd()
        known, remarks = (None, ()) if asked.compare is None else _compared(asked, here)
        learnt = None
        if asked.learn is not None:
            path = Path(asked.learn).absolute() if asked.learn else default_path(here)
            learnt = path, read(path, asked.owner) if path.exists() else Baseline()
        root = str(repository(here) or here)
        found = cls(known, learnt, root, run_token(context), asked.ends)
        found.remarks, found._owner = list(remarks), asked.owner
        found._first = _commit(root) if learnt is not None else ""
        return found

    @property
    def compares(self) -> bool:
        """Whether it is known what is new."""
        return self._known is not None

    def is_known(self, detection: Detection) -> bool:
        """Whether the baseline knows a detection."""
        return self._known is not None and self._known.covers(self._entry(detection))

    def judged(self, detection: Detection) -> tuple[Policy, str]:
        """Return what is done about a detection, given what was done already, and ``known``, ``new`` or nothing."""
        policy = detection.policy
        if policy.action == "suppressed":
            return policy, ""
        entry = self._entry(detection)
        if policy.action not in {"denied", "killed"}:
            self._learn(entry)
        if self._known is None:
            return policy, ""
        if self._known.covers(entry):
            self.known += 1
            done = policy.action in {"denied", "killed"} or bool(policy.rule)
            return (policy if done else Policy("suppressed", KNOWN)), ("" if done else "known")
        self.new += 1
        said = f"{NEW}: {self._known.difference(entry)}"
        return structs.replace(policy, reason=f"{policy.reason}; {said}" if policy.reason else said), NEW

    def _entry(self, detection: Detection) -> Entry | None:
        found = entry_of(detection, root=self._root, run=self._run, hide=redact_text)
        return self._hands.of(found) if self._hands is not None and found is not None else found

    def _learn(self, entry: Entry | None) -> None:
        if self._learnt is None:
            return
        if entry is None:
            self._unseen += 1
        elif entry.id in self._seen or len(self._seen) < ENTRIES:
            self._seen[entry.id] = entry
        else:
            self._more += 1

    def figures(self) -> dict[str, int]:
        """Return what the summary says of it."""
        if self._known is None:
            return {}
        return {"known": self.known, "new": self.new, "gone": sum(1 for _ in self._known.gone())}

    def close(self, *, whole: bool = False) -> list[str]:
        """Write what was learnt; return the lines that tell of it. Raises FlycatcherError.

        ``whole``: the command has done all of its work and nothing was lost, so that what was not seen did not run.
        """
        return [*self._compared(), *(self._written(*self._learnt, whole=whole) if self._learnt is not None else ())]

    def _compared(self) -> Iterator[str]:
        if self._known is None:
            return
        gone = list(self._known.gone())
        yield f"baseline: {self.known} known, {self.new} new, {len(gone)} gone"
        for entry in gone[:_SHOWN]:
            yield f"gone: {entry.id} {entry.interpreter} {entry.vector}: {entry.text:.80}  (by {entry.started_by})"
        if len(gone) > _SHOWN:
            yield f"and {len(gone) - _SHOWN} more are gone; flycatcher baseline prune takes them out"

    def _written(self, path: Path, before: Baseline, *, whole: bool) -> Iterator[str]:
        held = {entry.id: entry for entry in _handed(before, self._seen.values())}
        seen = [
            structs.replace(entry, first=held[entry.id].first if entry.id in held else self._first)
            for entry in self._seen.values()
        ]
        missed = self._missed(held.values()) if whole and not self._unseen and not self._more else set()
        kept = [structs.replace(e, missed=True) if e.id in missed else e for e in held.values()]
        after = merged([structs.replace(before, entries=tuple(kept)), Baseline(entries=tuple(seen))])
        write(path, after, self._owner)
        added = [entry for entry in after.entries if entry.id not in held]
        yield f"learnt: {counted(len(self._seen), 'behaviour')} of this run, {len(added)} of them new, in {path}"
        if missed:
            yield f"unstable from now on: {counted(len(missed), 'entry', 'entries')} that this run has not seen"
        yield from _waiting([entry for entry in after.entries if entry.state == "pending" and entry.id in self._seen])
        if self._unseen:
            yield f"not learnt: {counted(self._unseen, 'text was', 'texts were')} not seen, or not analysed, whole"
        if self._more:
            yield f"not learnt: {self._more} beyond {ENTRIES} behaviours"

    def _missed(self, held: Iterable[Entry]) -> set[str]:
        """Return the ids of stable entries that this run should have seen: it has seen others of the program, in the same job."""
        known = Known(Baseline(entries=tuple(held)))
        for entry in self._seen.values():
            known.covers(entry)
        programs = {entry.started_by.program for entry in self._seen.values()}
        jobs = {entry.started_by.job for entry in self._seen.values()}
        return {
            entry.id
            for entry in known.gone()
            if entry.id not in self._seen  # able to do more than before: seen all the same
            and entry.started_by.program in programs
            and (not entry.started_by.job or jobs & {"", entry.started_by.job})
            and not entry.accept
            and not (self._hands and self._hands.of(entry).started_by.changed_hands(entry.started_by))
        }


def _handed(before: Baseline, seen: Iterable[Entry]) -> Iterator[Entry]:
    """Yield what was known before; what says nothing yet of the hands that it is in takes that from what was seen."""
    now = {structs.replace(each.started_by, version="", author=""): each.started_by for each in seen}
    for entry in before.entries:
        who = entry.started_by
        hands = now.get(structs.replace(who, version="", author=""))
        if hands is not None and not (who.version or who.author):
            yield structs.replace(entry, started_by=hands)
        else:
            yield entry


def _commit(root: str) -> str:
    """Return HEAD's commit, 12 hex digits; empty where there is none."""
    found = blobs(root, ["HEAD^{commit}"])
    return found[0].name[:12] if found and found[0] is not None else ""


def _waiting(pending: list[Entry]) -> Iterator[str]:
    """Yield how to accept what nobody has accepted yet."""
    for entry in pending[:_SHOWN]:
        yield f"not learnt [{entry.level}]: {entry.interpreter} {entry.vector}: {entry.text:.80}  (by {entry.started_by})"
        yield f"    if this is meant to run: flycatcher baseline accept {entry.id} 'REASON' --owner NAME"
    if len(pending) > _SHOWN:
        yield f"and {len(pending) - _SHOWN} more wait to be accepted: flycatcher baseline status"


def _compared(asked: Asked, here: Path) -> tuple[Baseline, tuple[str, ...]]:
    """Return the baseline that a run is compared with, and what the user should know about where it is from."""
    path = (asked.anchor or here) / asked.compare if asked.compare else default_path(here)
    if asked.committed:
        data, remarks = committed_file(path, asked.commit)
        return (Baseline() if data is None else _decoded(data, str(path))), remarks
    if not path.exists() and not asked.compare:
        return Baseline(), (f"{path} does not exist: everything is new",)
    return read(path, asked.owner), ()
