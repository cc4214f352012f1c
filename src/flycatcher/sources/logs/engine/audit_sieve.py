"""Whole blocks of the audit log at once: which of their events can be of interest, without a look at each of the others.

A block is cut by one regular expression into columns, and each kind of event is asked about once: what is left to do for an event is done
within functions of C. The answer depends on the block's bytes alone, so that any process may give it.
"""

from __future__ import annotations

from itertools import compress, repeat
from typing import TYPE_CHECKING, Any, cast

from flycatcher.sources.logs.engine import audit_kinds as kinds
from flycatcher.sources.logs.engine.audit_event import Fields, decoded, process, spoken
from flycatcher.sources.logs.engine.audit_runs import RUN

if TYPE_CHECKING:
    import re
    from collections.abc import Hashable, Iterator

    from flycatcher.core.execution import Process
    from flycatcher.sources.logs.engine.interest import Interest

OTHER, START, FAILED, SPEAKS, LOOK = range(5)
"""What a row is: of no start; a start, or an attempt, that is of no interest; a start that may be of interest; one that must be looked at
record by record."""
_LIMIT = 1 << 15
"""Kinds of rows, and command lines, that are remembered."""
_STEP = RUN.groups + 1
_KIND = (9, 2, 8, 6)
"""Groups that say of what kind a row is: type, the call and its success, ``argv[0]``, fields from ``comm`` on."""


class Rows:
    """A block in columns: one row is an event, as far as its records stand together, or a record that stands alone."""

    __slots__ = (
        "_begins",
        "_data",
        "_is_start",
        "_starts",
        "gaps",
        "keys",
        "memos",
        "ppids",
        "tails",
        "verdicts",
        "words",
    )

    def __init__(self, data: bytes, cut: list[Any], verdicts: list[int]) -> None:
        """``cut``: what :data:`.audit_runs.RUN` has split the block into."""
        self._data = data
        self._begins: list[int] = []
        self.gaps: list[bytes] = cut[::_STEP]
        """What stands in front of each row, and behind the last, that is no whole record."""
        self.keys = [call or alone for call, alone in zip(cut[1::_STEP], cut[10::_STEP], strict=True)]
        self.ppids, self.tails, self.words = cut[3::_STEP], cut[6::_STEP], cut[7::_STEP]
        self.verdicts = verdicts
        self.memos: dict[int, bytes] = {}
        """Of the rows that may be of interest, :func:`.audit_event.memo`."""
        who = zip(self.ppids, cut[4::_STEP], cut[5::_STEP], self.tails, self.words, strict=True)
        self._starts = list(zip(zip(repeat(b""), cut[4::_STEP]), zip(repeat(described), who)))  # noqa: B905 - repeat() has no end
        self._is_start = list(map((False, True, False, True, False).__getitem__, verdicts))

    def __len__(self) -> int:
        return len(self.keys)

    def doubtful(self) -> list[int]:
        """Return the rows that must be looked at, or have something in front of them that must be."""
        gaps, verdicts = self.gaps, self.verdicts
        return [row for row, verdict in enumerate(verdicts) if verdict >= SPEAKS or gaps[row]]

    def parents(self, low: int, high: int) -> Iterator[tuple[Any, Any]]:
        """Return what the lineage is to know of some rows."""
        return compress(self._starts[low:high], self._is_start[low:high])

    def span(self, row: int, at: int, *, sure: bool) -> tuple[int, int]:
        """Return where a row begins and ends; it begins not before ``at``.

        ``sure``: no row from there on is of the same event, and nothing there is no row.
        """
        found = self._found(row, at) if sure else None
        if found is None:
            self._begins = self._begins or [each.start() for each in RUN.finditer(self._data)]
            found = RUN.match(self._data, self._begins[row])
        return found.span() if found is not None else (at, at)

    def _found(self, row: int, at: int) -> re.Match[bytes] | None:
        """Return the first row from a byte on that is of a row's event; None where that is not sure."""
        key = self.keys[row]
        low = self._data.find(b" msg=audit(%s)" % key, at)
        found = RUN.match(self._data, self._data.rfind(b"\n", at, low) + 1 or at)
        return found if found is not None and (found[1] or found[10]) == key else None


class Sieve:
    """Knows which kinds of rows cannot be of interest."""

    def __init__(self, interest: Interest) -> None:
        """Start with none."""
        self._interest = interest
        self._kinds: dict[tuple[Any, ...], int] = {}
        self._lines: dict[bytes, bool] = {}

    def rows(self, data: bytes) -> Rows | None:
        """Return a block's rows; None where its lines are not auditd's own."""
        cut = RUN.split(data)
        gaps = cut[::_STEP]
        if len(cut) == 1 or any(gap and gap[-1] != 10 for gap in gaps[:-1]):
            return None
        what = zip(*(cut[at::_STEP] for at in _KIND), strict=True)
        known = list(map(self._kinds.get, what))
        verdicts = self._asked(cut) if None in known else cast("list[int]", known)
        rows = Rows(data, cut, verdicts)
        for row, verdict in enumerate(verdicts):
            if verdict == SPEAKS and not self._speaks(rows, row):
                verdicts[row] = START
        return rows

    def _asked(self, cut: list[Any]) -> list[int]:
        """Return the verdicts on all rows; those on new kinds are remembered."""
        if len(self._kinds) > _LIMIT:
            self._kinds.clear()
        found = []
        for what in zip(*(cut[at::_STEP] for at in _KIND), strict=True):
            verdict = self._kinds.get(what)
            if verdict is None:
                verdict = self._kinds[what] = self._verdict(*what)
            found.append(verdict)
        return found

    def _verdict(self, alone: bytes | None, call: bytes, first: bytes | None, tail: bytes) -> int:
        """Return what rows of a kind are."""
        if alone is not None:
            return OTHER if kinds.kind(alone) == kinds.OTHER else LOOK
        if kinds.EXECUTES.match(b": %s %s" % (call, tail)) is None:
            return OTHER
        if first is None:
            return LOOK
        if call.endswith(b"no"):
            return FAILED
        return START if self._interest.of(Fields(tail).get("exe"), decoded(first)) is None else SPEAKS

    def _speaks(self, rows: Rows, row: int) -> bool:
        """Whether the words of a start may hold program text."""
        memo = rows.memos[row] = b" %s %s" % (rows.tails[row], rows.words[row])
        speaks = self._lines.get(memo)
        if speaks is None:
            words = spoken([rows.words[row]])
            speaks = not words.whole or self._interest.holds(Fields(rows.tails[row]).get("exe"), words.argv)
            if len(self._lines) < _LIMIT:
                self._lines[memo] = speaks
        return speaks


def described(start: tuple[bytes, bytes, bytes, bytes, bytes]) -> tuple[Process, Hashable]:
    """Return a row as somebody's ancestor, and the key of the process that started it."""
    ppid, pid, who, tail, words = start
    return process(Fields(b"pid=%s %s%s" % (pid, who, tail)), spoken([words]).argv), (b"", ppid)
