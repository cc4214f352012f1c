"""One behaviour of a baseline: a text by its shape, who starts it, what it is able to do, and what is known of the entry."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, structs

from flycatcher.core.fingerprint import framed
from flycatcher.core.levels import LEVELS, Level, at_least

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Age = Callable[[str], Any]
    """Gives what commits are sorted by, the oldest first: a total order."""

GRAVE: Level = "high"
"""From this level on nothing is known by having been seen: somebody accepts it, with a reason."""
MIN_REASON = 10

State = Literal["candidate", "stable", "unstable", "pending"]
"""``candidate``: seen in one run; ``stable``: in two or more, or accepted; ``unstable``: missed by a run once it was stable;
``pending``: waits for somebody to accept it."""
_HANDS = ("version", "author")


class StartedBy(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Who starts a text, as far as the records know, without a path of the machine."""

    program: str = ""
    """The nearest package manager, build tool, scheduler, ...: ``make``."""
    package: str = ""
    hook: str = ""
    """``postinstall``."""
    script: str = ""
    """The script file that starts it, seen from the checkout."""
    job: str = ""
    step: str = ""
    version: str = ""
    """The package's version by the lock file; given where an entry is to end with it."""
    author: str = ""
    """Who changed the script last, in the same way."""

    def fits(self, known: StartedBy) -> bool:
        """Whether an entry with ``known`` speaks of this too; all from the job on counts only where both are known."""
        return self.matches(known) and not self.changed_hands(known)

    def matches(self, known: StartedBy) -> bool:
        """Whether it is the same starter, in whoever's hands it is now."""
        same = (self.program, self.package, self.hook, self.script) == (
            known.program, known.package, known.hook, known.script,
        )  # fmt: skip
        return same and all(
            not ours or not theirs or ours == theirs
            for ours, theirs in ((self.job, known.job), (self.step, known.step))
        )

    def changed_hands(self, known: StartedBy) -> tuple[str, ...]:
        """Return in words in which way the package or the script has changed hands since ``known``; empty for in none."""
        pairs = ((name, getattr(known, name), getattr(self, name)) for name in _HANDS)
        return tuple(f"the {name} was {old} and is now {new}" for name, old, new in pairs if old and new and old != new)

    @property
    def identity(self) -> tuple[str, ...]:
        """What an entry's id holds of it."""
        *fields, version, author = structs.astuple(self)
        return (*fields, *(f"{name} {value}" for name, value in zip(_HANDS, (version, author), strict=True) if value))

    def __str__(self) -> str:
        """Return it in words."""
        told = {name: value for name, value in structs.asdict(self).items() if value}
        return (
            ", ".join(value if name == "program" else f"{name} {value}" for name, value in told.items())
            or "somebody unknown"
        )


class Entry(Struct, frozen=True, kw_only=True):
    """One behaviour."""

    interpreter: str
    vector: str
    text: str
    """The beginning of the text, its secrets taken out and its holes named."""
    shape: str
    started_by: StartedBy = StartedBy()
    written: str = ""
    """The file in which the text stands, seen from the checkout."""
    capabilities: tuple[str, ...] = ()
    level: Level = "none"
    run: str = ""
    """The one run that has seen it; empty once there were two."""
    missed: bool = False
    """Whether a run has missed it once it was stable."""
    first: str = ""
    """The commit of the run that has learnt it first, 12 hex digits; empty: unknown."""
    accept: str = ""
    """Why somebody accepts it."""
    owner: str = ""
    comment: tuple[str, ...] = ()
    """Paragraphs of lines that stand above the entry in the file."""

    @property
    def is_grave(self) -> bool:
        """Whether somebody has to accept it."""
        return at_least(self.level, GRAVE)

    @property
    def state(self) -> State:
        """What the entry is good for."""
        if len(self.accept) >= MIN_REASON:
            return "stable"
        if self.is_grave:
            return "pending"
        if self.run:
            return "candidate"
        return "unstable" if self.missed else "stable"

    @property
    def id(self) -> str:
        """12 hex digits: what is seen. Of a grave one, also what it is able to do, as that is what somebody accepts."""
        fields: list[str] = [self.interpreter, self.vector, self.shape, *self.started_by.identity]
        if self.is_grave:
            fields += [self.level, *sorted(self.capabilities)]
        return hashlib.sha256(b"".join(map(framed, fields))).hexdigest()[:12]

    def covers(self, seen: Entry, *, whoever: bool = False) -> bool:
        """Whether what was seen is known by this entry: the same text from the same starter, able to do no more."""
        return (
            self.state != "pending"
            and self.shape == seen.shape
            and self.interpreter == seen.interpreter
            and (whoever or seen.started_by.fits(self.started_by))
            and at_least(self.level, seen.level)
            and set(self.capabilities).issuperset(seen.capabilities)
        )


def joined(one: Entry, other: Entry, age: Age = str) -> Entry:
    """Return two entries with one id as one: in any order, and however often, the same. ``age``: what commits are sorted by."""
    return structs.replace(
        one,
        text=min(one.text, other.text),
        written=min(filter(None, (one.written, other.written)), default=""),
        capabilities=tuple(sorted({*one.capabilities, *other.capabilities})),
        level=max(one.level, other.level, key=LEVELS.index),
        run=one.run if one.run == other.run else "",
        missed=one.missed or other.missed,
        first=min(filter(None, (one.first, other.first)), key=age, default=""),
        accept=max(one.accept, other.accept),
        owner=max(one.owner, other.owner),
        comment=tuple(sorted({*one.comment, *other.comment})),
    )


class Baseline(Struct, frozen=True, kw_only=True):
    """All that a build normally runs, one entry for each behaviour, in the order in which they are read."""

    entries: tuple[Entry, ...] = ()
    header: tuple[str, ...] = ()
    """Paragraphs of lines at the top of the file, but for the product's own."""

    def by_id(self, wanted: str) -> Entry | None:
        """Return the entry of an id, or of the beginning of one that only one entry has."""
        found = [entry for entry in self.entries if wanted and entry.id.startswith(wanted)]
        return found[0] if len(found) == 1 else None


def merged(baselines: Sequence[Baseline], age: Age = str) -> Baseline:
    """Return several baselines as one. Commutative, associative, idempotent, for one ``age`` of commits."""
    found: dict[str, Entry] = {}
    for baseline in baselines:
        for entry in baseline.entries:
            found[entry.id] = joined(found[entry.id], entry, age) if entry.id in found else canonical(entry)
    header = {paragraph for baseline in baselines for paragraph in baseline.header}
    return Baseline(entries=tuple(sorted(found.values(), key=_place)), header=tuple(sorted(header)))


def canonical(entry: Entry) -> Entry:
    """Return an entry with its lists in order."""
    return joined(entry, entry)


def _place(entry: Entry) -> tuple[str, ...]:
    """Return what entries are sorted by: who starts it, then what it is."""
    return (*structs.astuple(entry.started_by), entry.interpreter, entry.vector, entry.text, entry.id)
