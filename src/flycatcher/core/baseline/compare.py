"""What a run does, held against a baseline: known, new with the nearest known entry and the difference, gone."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from msgspec import Struct

from flycatcher.core.baseline.entry import Entry
from flycatcher.core.levels import at_least

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flycatcher.core.baseline.entry import Baseline

UNSEEN = "its text was not seen, or not analysed, whole, so that it is never known"
_ALIKE = 0.5
"""How much of two texts must be the same for one to be the nearest of the other."""
_CANDIDATES = 400
"""Entries whose texts are compared."""
_SHOWN = 48


class Difference(Struct, frozen=True):
    """Why something is new."""

    what: str
    nearest: Entry | None = None

    def __str__(self) -> str:
        """Return it in words."""
        if self.nearest is None:
            return self.what
        return f"{self.what} (nearest: {self.nearest.id}, {self.nearest.text!r:.60} by {self.nearest.started_by})"


class Known:
    """A baseline that a run is held against, and which of its entries the run has seen."""

    def __init__(self, baseline: Baseline) -> None:
        """Index the entries by the shape of their texts."""
        self._baseline = baseline
        self._by_shape: dict[str, list[Entry]] = {}
        for entry in baseline.entries:
            self._by_shape.setdefault(entry.shape, []).append(entry)
        self._seen: set[str] = set()
        self._told: dict[str, Difference] = {}

    def __len__(self) -> int:
        """Return how many entries there are."""
        return len(self._baseline.entries)

    def covers(self, seen: Entry | None, *, whoever: bool = False) -> bool:
        """Whether something is known, with ``whoever`` by whomever it is started; what knows it has been seen."""
        if seen is None:
            return False
        found = [each for each in self._by_shape.get(seen.shape, ()) if each.covers(seen, whoever=whoever)]
        self._seen.update(each.id for each in found)
        return bool(found)

    def difference(self, seen: Entry | None) -> Difference:
        """Return why something is new."""
        if seen is None:
            return Difference(UNSEEN)
        if seen.id not in self._told:
            self._told[seen.id] = self._difference(seen)
        return self._told[seen.id]

    def _difference(self, seen: Entry) -> Difference:
        same = self._by_shape.get(seen.shape, [])
        here = [each for each in same if seen.started_by.fits(each.started_by)]
        for entry in here:
            if entry.id == seen.id and entry.state == "pending":
                return Difference("it waits to be accepted", entry)
        known = [each for each in here if each.state != "pending"]
        if known:
            nearest = min(known, key=lambda each: (len(set(seen.capabilities) - set(each.capabilities)), each.id))
            return Difference("; ".join(_more(seen, nearest)), nearest)
        for entry in same:
            if seen.started_by.matches(entry.started_by):
                return Difference("; ".join(seen.started_by.changed_hands(entry.started_by)), entry)
        if same:
            return Difference(f"the same text is known, started by {same[0].started_by}", same[0])
        return self._nearest_text(seen)

    def _nearest_text(self, seen: Entry) -> Difference:
        """Return the entry with the likest text, of one interpreter, the same starter first."""
        like = [each for each in self._baseline.entries if each.interpreter == seen.interpreter]
        like.sort(key=lambda each: not seen.started_by.fits(each.started_by))
        matcher = SequenceMatcher(None, autojunk=False)
        matcher.set_seq2(seen.text)
        best, share = None, _ALIKE
        for entry in like[:_CANDIDATES]:
            matcher.set_seq1(entry.text)
            if matcher.real_quick_ratio() > share and matcher.quick_ratio() > share and matcher.ratio() > share:
                best, share = entry, matcher.ratio()
        if best is None:
            return Difference(f"nothing like it is known, started by {seen.started_by}")
        return Difference(changed(best.text, seen.text), best)

    def gone(self) -> Iterator[Entry]:
        """Yield what the baseline holds for good and this run has not done."""
        return (each for each in self._baseline.entries if each.state == "stable" and each.id not in self._seen)


def _more(seen: Entry, known: Entry) -> Iterator[str]:
    """Yield in what way something is able to do more than an entry."""
    added = sorted(set(seen.capabilities) - set(known.capabilities))
    if added:
        yield f"the same text now also does {', '.join(added)}"
    if not at_least(known.level, seen.level):
        yield f"its level is {seen.level}, known as {known.level}"


def changed(old: str, new: str) -> str:
    """Return the first place at which two texts differ."""
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    first, last = steps[0], steps[-1]
    start = first[2] if first[0] == "equal" else 0
    end_old, end_new = (last[1], last[3]) if last[0] == "equal" else (len(old), len(new))
    before, after = old[start:end_old], new[start:end_new]
    if not before and not after:
        return "its text differs beyond what is shown"
    return f"{_cut(before)!r} is now {_cut(after)!r}"


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


class Changes(Struct, frozen=True):
    """How one baseline differs from another."""

    new: tuple[tuple[Entry, Difference], ...]
    gone: tuple[Entry, ...]
    same: int


def changes(old: Baseline, new: Baseline) -> Changes:
    """Compare two baselines by what is known in them."""
    known = Known(old)
    added = [entry for entry in new.entries if not known.covers(entry)]
    back, present = Known(new), {entry.id for entry in new.entries}
    gone = [e for e in old.entries if e.state != "pending" and e.id not in present and not back.covers(e)]
    return Changes(
        new=tuple((entry, known.difference(entry)) for entry in added),
        gone=tuple(gone),
        same=len(new.entries) - len(added),
    )
