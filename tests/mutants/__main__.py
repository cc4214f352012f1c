"""Change the source in one place, run the tests that enter that line, and see whether one fails.

    python -m tests.mutants [--rooms core/recipe,sinks] [--seconds 1800] [--seed 1] [--each 20] [--workers 2] [--skip 20] [--unmapped] [--tests tests/recipe]

Mutants are drawn by the seed, the same number from every room, until the time is up. The table says how many were noticed; the
survivors follow with their places, so that a test can be written or their equivalence be explained in ``equivalent.toml``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import tomllib
from bisect import bisect
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from tests.mutants.mapping import PACKAGE, Entered, Known, measured
from tests.mutants.operators import Mutant, mutants_of
from tests.mutants.trial import EVERY, Copy

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
AFFORDED = 20.0
"""Seconds of processor time, under coverage.py, that the tests asked of one mutant may have taken: the cheapest come first."""
NO_TEST, KILLED, SURVIVED, SAME = "no test enters it", "killed", "survived", "equivalent"


class Drawn(NamedTuple):
    """A mutant of a file."""

    path: str
    mutant: Mutant

    def __str__(self) -> str:
        """Return what is shown."""
        return f"{self.path}:{self.mutant.line}: {self.mutant.kind}"


def main() -> None:
    """Run the command."""
    options = _options()
    tests = [*filter(None, options.tests.split(","))] or ["tests"]
    known = None if options.unmapped else measured(tests, options.workers)
    drawn = _drawn(options)
    judges = [Judged(known, tests) for _ in range(options.workers)]
    until = time.monotonic() + options.seconds
    results: list[tuple[Drawn, str]] = []

    def tried(one: Drawn) -> None:
        if time.monotonic() > until:
            return
        judge = judges.pop()
        try:
            outcome, test = judge.outcome(one)
        finally:
            judges.append(judge)
        results.append((one, outcome))
        by = test.partition("[")[0]
        print(f"{outcome:18} {one}{by and f'   ({by})'}", flush=True)

    with ThreadPoolExecutor(options.workers) as pool:
        list(pool.map(tried, drawn))
    for judge in judges:
        judge.copy.remove()
    _table(results, options)
    sys.exit(any(outcome in {NO_TEST, SURVIVED} for _, outcome in results))


class Judged:
    """One judge with what is known of the tests."""

    def __init__(self, known: Known | None, tests: list[str]) -> None:
        """Start it; where nothing is known of the lines, all tests are asked."""
        self.copy, self._known = Copy(tests), known
        self._equivalent = _equivalent()
        self._passing: dict[str, bool] = {}

    def outcome(self, one: Drawn) -> tuple[str, str]:
        """Return what became of a mutant, and which test has noticed it."""
        line = (PACKAGE / one.path).read_text().splitlines()[one.mutant.line - 1].strip()
        if (one.path, f"{line} | {one.mutant.kind}") in self._equivalent:
            return SAME, ""
        tests, loading = self._asked(one)
        if not tests:
            return NO_TEST, ""
        without = [test for test, passes in self._passing.items() if not passes]
        while test := self.copy.noticed_by(one.path, one.mutant, tests, without, loading=loading):
            if self._fails_only_so(test):
                return KILLED, test
            without.append(test)
        return SURVIVED, ""

    def _asked(self, one: Drawn) -> tuple[list[str], bool]:
        """Return the tests to ask, and whether the mutant takes effect while its module loads."""
        if self._known is None:
            return [EVERY], False
        entered = self._known.files.get(one.path, Entered({}, set()))
        # what only runs while a module loads counts for no test by its line: those of the whole file are asked
        loading = one.mutant.line in entered.loading
        return self._few(self._known, entered.tests if loading else entered.by_line.get(one.mutant.line, [])), loading

    def _fails_only_so(self, test: str) -> bool:
        """Whether a test passes without a change; what is no test's name ended otherwise, and counts."""
        if "::" not in test:
            return True
        if test not in self._passing:
            self._passing[test] = bool(self.copy.passing([test]))
        return self._passing[test]

    @staticmethod
    def _few(known: Known, tests: list[str]) -> list[str]:
        """Return the cheapest tests, as many as AFFORDED seconds allow."""
        ordered = sorted(set(tests), key=lambda test: known.costs.get(test, 0.0))
        costs = list(accumulate(known.costs.get(test, 0.0) for test in ordered))
        return ordered[: max(1, bisect(costs, AFFORDED))]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="mutation tests")
    parser.add_argument("--rooms", default="", help="folders or files below the package, by commas")
    parser.add_argument("--seconds", type=float, default=1800.0, help="the time that the whole run may take")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--each", type=int, default=20, help="mutants a room")
    parser.add_argument("--tests", default="", help="the only tests to ask, by commas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--unmapped", action="store_true", help="ask every test of --tests, and run nothing under coverage"
    )
    parser.add_argument("--skip", type=int, default=0, help="mutants of each room that an earlier run has tried")
    return parser.parse_args()


def room_of(path: str) -> str:
    """Return the room of a path below the package: two folders in the core, the sources and the sinks, else one."""
    parts = path.split("/")
    deep = 2 if parts[0] in {"core", "sources", "sinks", "commands"} and len(parts) > 2 else 1
    return "/".join(parts[:deep]) if len(parts) > 1 else "."


def _drawn(options: argparse.Namespace) -> list[Drawn]:
    """Draw the mutants, room by room in turn, so that a run that is cut short has seen all of them."""
    wanted = tuple(filter(None, options.rooms.split(",")))
    by_room: dict[str, list[Drawn]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        if not wanted or any(name == room or name.startswith(room.rstrip("/") + "/") for room in wanted):
            by_room.setdefault(room_of(name), []).extend(Drawn(name, each_) for each_ in mutants_of(path.read_text()))
    chosen = []
    for room, found in by_room.items():
        chance = random.Random(f"{options.seed} {room}")
        chance.shuffle(found)
        chosen.append(found[options.skip : options.skip + options.each])
    turns = max(map(len, chosen), default=0)
    return [one[turn] for turn in range(turns) for one in chosen if turn < len(one)]


def _equivalent() -> dict[tuple[str, str], str]:
    """Return the reasons why mutants change nothing, by path and line of text with the change."""
    data = tomllib.loads(EQUIVALENT.read_text()) if EQUIVALENT.exists() else {}
    return {(path, change): reason for path, changes in data.items() for change, reason in changes.items()}


def _table(results: list[tuple[Drawn, str]], options: argparse.Namespace) -> None:
    rooms: dict[str, Counter[str]] = {}
    for one, outcome in results:
        rooms.setdefault(room_of(one.path), Counter())[outcome] += 1
    print(f"\nseed {options.seed}, {len(results)} mutants\n")
    print(
        "| room | mutants | killed | survived | no test | equivalent | killed of the rest |\n|---|---|---|---|---|---|---|"
    )
    for room, counts in sorted(
        [*rooms.items(), ("all", sum(rooms.values(), Counter()))], key=lambda item: (item[0] == "all", item[0])
    ):
        whole = counts.total()
        rest = whole - counts[SAME]
        share = f"{counts[KILLED] / rest:.0%}" if rest else "-"
        print(
            f"| {room} | {whole} | {counts[KILLED]} | {counts[SURVIVED]} | {counts[NO_TEST]} | {counts[SAME]} | {share} |"
        )


if __name__ == "__main__":
    main()
