"""Options that a program's own help and manual page name, each put in front of a line that is known to run inline text.

Most grammars take their options from the product's tables, and never try one that a table lacks; these do not.
``python -m tests.oracle.documented [INTERPRETER...]`` tries all of them; exit code 1 when a case was missed.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle.grammars import all_grammars
from tests.oracle.harness import FOLDER, cases, compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.oracle.harness import Case, Grammar, Outcome

_LINE = re.compile(r"\s{0,14}((?:--?[A-Za-z0-9][\w-]*(?:[ =:\[<{][^ ,|]*)?(?:, ?| \| ?|/| or )?)+)")
"""How a help text or a manual page begins the line of an option, with its other names behind it."""
_NAME = re.compile(r"(?<![\w-])--?[A-Za-z0-9][\w-]*")
_SHORT = 2
"""Characters of a short option."""
_DRAWN = 80
"""Lines of a program from which one is taken."""


def documented(program: str) -> list[str]:
    """Return the options that ``--help``, ``-h`` and the manual page of a program name, sorted."""
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        name = Path(program).name
        texts = [
            _printed([program, "--help"], folder),
            _printed([program, "-h"], folder),
            _printed(["man", "-P", "cat", name], folder),
        ]
    lines = (line for text in texts for line in re.sub(".\b", "", text).splitlines())
    begun = (match[1] for line in lines if (match := _LINE.match(line)) is not None)
    return sorted({name for names in begun for name in _NAME.findall(names)})


def _printed(command: list[str], folder: str) -> str:
    """Return what a command prints, nothing where it is not there or waits for something."""
    env = {"PATH": os.environ["PATH"], "HOME": folder, "LC_ALL": "C", "MANWIDTH": "200", "TERM": "dumb"}
    try:
        done = subprocess.run(
            command, env=env, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (done.stdout + b"\n" + done.stderr).decode(errors="replace")


def lines(grammar: Grammar) -> Iterator[tuple[Case, str]]:
    """Yield the shortest line found of a grammar that runs inline text, for each of its programs."""
    programs = grammar.programs()
    drawn = [pair for pair in cases(grammar, _DRAWN * len(programs), 1) if _plain(pair[0])]
    for program in programs:
        mine = sorted(
            (pair for pair in drawn if pair[1] == program), key=lambda pair: len(pair[0].argv) + len(pair[0].env)
        )
        for at in range(0, len(mine), grammar.jobs):
            right = [outcome for outcome in compared(grammar, mine[at : at + grammar.jobs]) if _right(outcome)]
            if right:
                yield right[0].case, program
                break


def _plain(case: Case) -> bool:
    """Whether nothing of a line but its words, variables and input matters."""
    return not (case.links or case.fifos or case.renamed or case.descriptor_text)


def _right(outcome: Outcome) -> bool:
    """Whether inline text ran and was told, and nothing else."""
    return bool(outcome.ran - outcome.scripts) and not outcome.missed and outcome.accepted and not outcome.false


def spelt(case: Case, option: str) -> Iterable[Case]:
    """Yield the line with an option in front: alone, with a value of its own, and with one that is attached."""
    glued = option + ("1" if len(option) == _SHORT else "=1")
    for words in ([option], [option, "1"], [glued]):
        yield replace(case, argv=[case.argv[0], *words, *case.argv[1:]])


def documented_cases(grammar: Grammar) -> Iterator[tuple[Case, str]]:
    """Yield every line of a grammar with every option that its program documents."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for case, program in lines(grammar):
        for option in documented(program):
            for changed in spelt(case, option):
                yield changed, program


def main() -> int:
    """Try all options of all grammars, or of those that are named."""
    wanted, missed = set(sys.argv[1:]), 0
    if unknown := wanted - {grammar.id for grammar in all_grammars()}:
        sys.exit(f"no grammar is called {', '.join(sorted(unknown))}")
    for grammar in all_grammars():
        if wanted and grammar.id not in wanted:
            continue
        counts: Counter[str] = Counter()
        for outcome in compared(grammar, documented_cases(grammar)):
            counts["lines"] += 1
            counts["ran"] += bool(outcome.ran - outcome.scripts)
            counts["missed"] += bool(outcome.missed)
            counts["false"] += bool(outcome.false)
            if outcome.missed or outcome.false:
                print(f"{'MISSED' if outcome.missed else 'FALSE'} {outcome}", flush=True)
        print(
            f"| {grammar.id} | " + " | ".join(str(counts[name]) for name in ("lines", "ran", "missed", "false")) + " |",
            flush=True,
        )
        missed += counts["missed"]
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
