"""The levels of risk and their order."""

import itertools

import pytest

from flycatcher.core.levels import ANY, LEVELS, at_least, level_of

ORDER = ("none", "low", "medium", "high", "critical")


def test_the_levels_stand_in_their_order():
    assert tuple(LEVELS) == ORDER


@pytest.mark.parametrize(("level", "wanted"), [*itertools.product(ORDER, ORDER)])
def test_a_level_is_at_least_itself_and_all_below_it(level, wanted):
    assert at_least(level, wanted) is (ORDER.index(level) >= ORDER.index(wanted))


def test_all_is_every_level():
    assert [at_least(level, ANY) for level in ORDER] == [True] * 5


@pytest.mark.parametrize(
    ("score", "level"),
    [(0, "none"), (1, "low"), (24, "low"), (25, "medium"), (49, "medium"), (50, "high"), (79, "high"), (80, "critical"), (100, "critical")],
)  # fmt: skip
def test_a_level_begins_at_its_score(score, level):
    assert level_of(score) == level
