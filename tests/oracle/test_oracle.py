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
"""How many cases may hold a false alarm, as a part of all."""
LEAST = 0.3
"""A grammar with a smaller share starts too slowly for the tests (each line starts a JVM): `make oracle-all` runs it."""
GRAMMARS = [
    g for g in all_grammars() if g.share >= LEAST and g.programs() and not g.__class__.__module__.endswith("embedded")
]


def share(grammar: Grammar) -> int:
    """Return how many cases a grammar gets."""
    return max(1, round(CASES * grammar.share / sum(g.share for g in GRAMMARS)))


@pytest.mark.parametrize("grammar", GRAMMARS, ids=lambda grammar: grammar.id)
def test_the_core_names_all_text_that_the_real_interpreter_runs(
    grammar: Grammar, record_property: Callable[[str, object], None]
) -> None:
    found = list(outcomes(grammar, share(grammar), SEED))
    missed = [outcome for outcome in found if outcome.missed]
    false = [outcome for outcome in found if outcome.false]
    inline = sum(bool(outcome.ran - outcome.scripts) for outcome in found)
    refused, hung = sum(outcome.refused for outcome in found), sum(outcome.hung for outcome in found)
    record_property(
        "oracle", (grammar.id, len(grammar.programs()), len(found), inline, refused, hung, len(missed), len(false))
    )
    if missed:
        pytest.fail(f"{len(missed)} of {len(found)} cases missed\n" + "\n".join(map(str, missed)), pytrace=False)
    if len(false) > max(1, FALSE_ALARMS * len(found)):
        pytest.fail(f"{len(false)} of {len(found)} cases alarm falsely\n" + "\n".join(map(str, false)), pytrace=False)
    assert inline or len(found) < 20, "no case ran inline text: the grammar proves nothing"


def test_the_five_languages_and_the_shells_are_compared_here() -> None:
    compared = {grammar.id for grammar in GRAMMARS}
    assert {"python", "perl", "ruby", "node", "php", "sh", "bash"} <= compared
