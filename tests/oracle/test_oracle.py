"""The real interpreters against the core: a seeded share of cases for each grammar.

``FLYCATCHER_ORACLE_CASES`` sets how many cases there are in total (1500), ``FLYCATCHER_ORACLE_SEED`` the seed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.oracle.grammars import all_grammars
from tests.oracle.harness import Grammar, outcomes

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = int(os.environ.get("FLYCATCHER_ORACLE_CASES", "1500"))
SEED = int(os.environ.get("FLYCATCHER_ORACLE_SEED", "1"))
FALSE_ALARMS = 0.002
"""How many accepted lines may hold a false alarm, as a part of all of a grammar's: below 500 lines, none."""
NO_ALARM = {
    "php": "a file without <?php is a program that prints itself: it runs, and leaves no marker",
    "phpdbg": "what stands behind its prompt's end of input is read as the terminal lets it, and not always run",
}
"""Grammars of which one line may seem to alarm falsely, and why."""
INLINE = 0.1
"""How many accepted lines have to run inline text at least: a grammar whose lines do not proves nothing."""
LEAST = 0.3
"""A grammar with a smaller share starts too slowly for the tests (each line starts a JVM): `make oracle-all` runs it."""
GRAMMARS = [g for g in all_grammars() if g.share >= LEAST and not g.__class__.__module__.endswith("embedded")]
INSTALLED = [g for g in GRAMMARS if g.programs()]


def share(grammar: Grammar) -> int:
    """Return how many cases a grammar gets."""
    return max(1, round(CASES * grammar.share / sum(g.share for g in INSTALLED)))


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_the_core_names_all_text_that_the_real_interpreter_runs(
    grammar: Grammar, record_property: Callable[[str, object], None]
) -> None:
    if grammar not in INSTALLED:
        pytest.skip(f"{len(GRAMMARS) - len(INSTALLED)} of {len(GRAMMARS)} grammars have no program here")
    found = list(outcomes(grammar, share(grammar), SEED))
    missed = [outcome for outcome in found if outcome.missed]
    false = [outcome for outcome in found if outcome.false]
    inline = sum(bool(outcome.ran - outcome.scripts) for outcome in found)
    accepted, unsteady = sum(outcome.accepted for outcome in found), sum(not outcome.steady for outcome in found)
    broke_off = sum(outcome.broke_off for outcome in found)
    refused, hung = sum(outcome.refused for outcome in found), sum(outcome.hung for outcome in found)
    record_property(
        "oracle",
        (
            grammar.id,
            len(grammar.programs()),
            len(found),
            inline,
            refused,
            broke_off,
            hung,
            unsteady,
            len(missed),
            len(false),
        ),
    )
    if missed:
        pytest.fail(f"{len(missed)} of {len(found)} cases missed\n" + "\n".join(map(str, missed)), pytrace=False)
    if len(false) > max(FALSE_ALARMS * accepted, grammar.id in NO_ALARM):
        said = f"{len(false)} of {accepted} accepted lines alarm falsely\n"
        pytest.fail(said + "\n".join(map(str, false)), pytrace=False)
    assert inline >= INLINE * accepted, f"{inline} of {accepted} accepted lines ran inline text"


def test_the_five_languages_and_the_shells_are_compared_here() -> None:
    compared = {grammar.id for grammar in INSTALLED}
    assert {"python", "perl", "ruby", "node", "php", "sh", "bash"} <= compared
