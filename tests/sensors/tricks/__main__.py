"""Plays every trick and writes what became of it: ``python -m tests.sensors.tricks > docs/reference/tricks.md`` (root, ten minutes)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.sensors.tricks.play import TRICKS
from tests.sensors.tricks.stage import Played, play, watch

if TYPE_CHECKING:
    from collections.abc import Callable

TITLES = {
    "supervisor": "Reaching the supervisor",
    "takeover": "Taking it over",
    "path": "Paths that mean another file to the caller",
    "namespace": "Namespaces and other roots",
    "unread": "What cannot be read",
    "start": "Ways to start a program",
    "file": "Files that change",
    "text": "Text that is not seen whole",
}
ALONE = {"supervisor", "takeover", "start"}
COLUMNS = (
    ("run", play, "nobody", ()),
    ("run --deny, unprivileged", play, "nobody", ("--deny",)),
    ("run --deny, as root", play, "root", ("--deny",)),
    ("watch", watch, "nobody", ()),
    ("watch --kill", watch, "nobody", ("--kill", "all", "--enforce")),
)
INTRODUCTION = """# Tricks against a supervised build

Written by `python -m tests.sensors.tricks`, which plays each of them with a harmless marker: does an interpreter that was given text make a file?
`tests/sensors/test_tricks.py` repeats it. Each cell says whether the marker ran, what the record of it says (`observed`, `denied`,
`killed`, and how long after its start), or, without a record, whether the run says that something was not as it should be (`said`: on stderr, in a
notice, in the summary's `lost` and `refused_unread`, or by its exit code), and the exit code where the trick had a run of its own. `watch` runs as root
beside a build of another user, and its exit code is 0 throughout; with `--kill all --enforce` a marker may be made before its program is killed, which
then lingers. Times are those of two cores that were busy otherwise.
`sudo flycatcher run --deny` is played in the tests: the build's user then reaches nothing of root's.
What these tables mean for whom is in [SECURITY.md](../../SECURITY.md).
"""


def main() -> None:
    """Write the document."""
    out = sys.stdout
    out.write(INTRODUCTION)
    for place, title in TITLES.items():
        names = [name for name, (of, *_) in TRICKS.items() if of == place]
        out.write(f"\n## {title}\n\n| trick | {' | '.join(f'`{column}`' for column, *_ in COLUMNS)} |\n")
        out.write("|---" * (len(COLUMNS) + 1) + "|\n")
        columns = [
            outcomes(names, how, user, options, alone=place in ALONE and how is play)
            for _, how, user, options in COLUMNS
        ]
        for name in names:
            cells = " | ".join(column[name] for column in columns)
            out.write(f"| {TRICKS[name][1].replace('|', chr(92) + '|')} | {cells} |\n")
        out.flush()


def outcomes(
    names: list[str], how: Callable[..., Played], user: str, options: tuple[str, ...], *, alone: bool
) -> dict[str, str]:
    """Play tricks in runs of their own or in one, and say what became of each."""
    if alone:
        return {name: how([name], user, *options).outcome(name, alone=True) for name in names}
    played = how(names, user, *options)
    return {name: played.outcome(name, alone=False) for name in names}


if __name__ == "__main__":
    main()
