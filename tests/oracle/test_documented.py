"""Options that the programs themselves document: each is no reason to lose what stands behind it."""

from __future__ import annotations

import random

import pytest

from tests.oracle.documented import documented_cases
from tests.oracle.harness import compared
from tests.oracle.test_oracle import INSTALLED

TRIED = 12
"""Lines of each grammar; ``python -m tests.oracle.documented`` tries all."""
QUICK = 0.7
"""The share of a grammar whose program starts quickly enough."""


@pytest.mark.parametrize("grammar", [g for g in INSTALLED if g.share >= QUICK], ids=lambda grammar: grammar.id)
def test_no_documented_option_hides_what_runs(grammar):
    all_of_them = list(documented_cases(grammar))
    drawn = random.Random(grammar.id).sample(all_of_them, min(TRIED, len(all_of_them)))
    assert [str(outcome) for outcome in compared(grammar, drawn) if outcome.missed] == []
