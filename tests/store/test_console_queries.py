"""What the console asks the store, in SQLite and in PostgreSQL alike: groups, facets, figures, places, arrivals, words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from flycatcher.core.errors import FlycatcherError
from flycatcher.sinks.store import arrivals, facets, figures, groups, places, wanted, words
from flycatcher.sinks.store.database import reading
from flycatcher.sinks.store.ingest import ingest
from tests.console.stories import NOW, story
from tests.store.test_store import LOUD

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def test_groups_facets_figures_places_arrivals_and_words_are_the_same_everywhere(store: Engine) -> None:
    assert figures.bounds(store) == (0, 0)
    ingest(store, story())
    _groups(store)
    _facets(store)
    _figures(store)
    _places(store)
    _words(store)


def _groups(store: Engine) -> None:
    for sort in groups.SORTS:
        first = groups.groups(store, sort=sort, limit=40)
        rest = groups.groups(store, sort=sort, limit=40, after=first.after)
        assert (len(first.rows), len(rest.rows), rest.after) == (40, 24, "")
        assert len({row["fingerprint"] for row in first.rows + rest.rows}) == 64
    loud = groups.groups(store, "text~curl interpreter:perl level>=medium host:ci-*").rows[0]
    assert (loud["text"], loud["count"], loud["host"], loud["state"], loud["vector"]) == (
        LOUD,
        2,
        "ci-1",
        "new",
        "argument",
    )
    assert loud["capabilities"] == sorted(loud["capabilities"]) != []
    assert groups.group(store, loud["fingerprint"]) == loud
    assert groups.group(store, "0" * 16) is None
    for query, count in (
        ("", 64),
        ("technique:T1059.007", 60),
        ("-capability:*", 62),
        ("capability:network.*", 2),
        ("capability:network.*zz", 0),
        ("-capability:network.*zz", 64),
        ("text~curl", 2),
        ("-text~curl", 62),
        ("-state:accepted since:2026-11-28 host:*", 59),
        ("state:new", 64),
        ("until:2026-11-28", 5),
        ("level<low", 61),
    ):
        assert (query, groups.total(store, query)) == (query, count)
    for wrong in ("x", "1,2", "a,b,c"):
        with pytest.raises(FlycatcherError, match="no key of a page"):
            groups.groups(store, after=wrong)


def _facets(store: Engine) -> None:
    spread = facets.spread(store, "host:ci-*")
    found = {facet.field: dict(facet.values) for facet in spread.facets}
    assert (spread.counted, spread.all) == (62, True)
    assert (found["host"], found["interpreter"], found["repository"]) == (
        {"ci-1": 61, "ci-2": 1},
        {"node": 60, "perl": 2},
        {"acme/shop": 62},
    )
    assert found["level"] == {"high": 2, "none": 60}
    assert found["technique"]["T1059.007"] == 60
    assert found["capability"]["network.fetch"] == 2


def _figures(store: Engine) -> None:
    assert [sum(span["levels"].values()) for span in figures.trend(store, NOW - 86_400 * 2, 86_400, 2)] == [25, 23]
    assert figures.headline(store, NOW - 7 * 86_400) == {"new": 64, "detections": 64, "hosts": 4}
    assert [(row["host"], row["kind"], row["count"], row["notices"]) for row in figures.losses(store, 0)] == [
        ("ci-1", "loss", 3, 1)
    ]
    assert [(row["host"], row["state"]) for row in figures.sensors(store, NOW)] == [("web-9", "silent")]
    assert figures.bounds(store)[1] == NOW - 3600


def _places(store: Engine) -> None:
    rows, after = places.hosts(store, limit=2)
    assert ([row["host"] for row in rows], after) == (["ci-1", "ci-2"], "ci-2")
    rows, after = places.hosts(store, limit=9, after=after)
    assert ([row["host"] for row in rows], after) == (["web-1", "web-2", "web-9"], "")
    rows, _ = places.jobs(store, like="SHOP")
    assert [(row["repository"], row["sightings"], row["level"], row["runs"]) for row in rows] == [
        ("acme/shop", 62, "high", 1)
    ]
    with pytest.raises(FlycatcherError):
        places.jobs(store, after="x")
    number = arrivals.last_number(store)
    assert len(arrivals.arrived(store, number - 3, "host:ci-*")) == 3


def _words(store: Engine) -> None:
    name = groups.groups(store, "interpreter:ruby").rows[0]["fingerprint"]
    with store.begin() as connection:
        words.judge(connection, name, "accepted", "the agent", "ada")
        words.note(connection, name, "see the ticket", "bob")
    with reading(store) as connection:
        assert words.states(connection, [name]) == {name: "accepted"}
        assert [(row["who"], row["state"], row["text"]) for row in words.history(connection, name)] == [
            ("bob", "", "see the ticket"), ("ada", "accepted", "the agent"),
        ]  # fmt: skip
    assert (groups.total(store, words.OPEN), groups.total(store, "state:accepted")) == (63, 1)
    with pytest.raises(FlycatcherError, match="no such detection"), store.begin() as connection:
        words.note(connection, "0" * 16, "x", "ada")


QUERIES = (
    "host:ci-*", "-host:ci-*", "repository:acme/shop", "since:2026-11-28", "until:2026-11-28", "since:2026-11-28 until:2026-11-29",
    "-since:2026-11-28", "capability:network.*", "-capability:*", "command~curl", "vector:argument capability:*", "text~curl host:ci-1",
)  # fmt: skip


def test_few_and_many_are_found_alike(store: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few detections are listed, many are asked one after the other: the answer is the same."""
    ingest(store, story())

    def answers() -> list[tuple[str, list[str], int, int]]:
        return [
            (query, [row["fingerprint"] for row in groups.groups(store, query).rows], groups.total(store, query), facets.spread(store, query).counted)
            for query in QUERIES
        ]  # fmt: skip

    listed = answers()
    monkeypatch.setattr(wanted, "FEW", 0)
    assert answers() == listed
    assert [found[2] for found in listed][:2] == [61, 3]
