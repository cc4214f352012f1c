"""A run's lines on stderr: what matters at once, the rest at the end, each once."""

from __future__ import annotations

import io

from flycatcher.sinks.formats.digest import Digest
from flycatcher.sinks.formats.live import Live


def record(number, level, text="print 1"):
    return {
        "id": f"{number:016x}",
        "risk": {"level": level},
        "snippets": [{"interpreter": "perl", "vector": "argument", "option": "-e", "text": text}],
    }


def lines(records):
    stream = io.StringIO()
    digest = Digest(Live(stream, colour=False))
    for each in records:
        digest.write(each)
    during = stream.getvalue().splitlines()
    digest.close({})
    return during, stream.getvalue().splitlines()[len(during) :]


def test_what_matters_is_shown_at_once_and_the_rest_at_the_end_the_worst_first():
    during, after = lines(
        [record(1, "none", "a"), record(2, "low", "b"), record(3, "high", "c"), record(4, "low", "d")]
    )
    assert during == ["flycatcher: [high] perl argument -e: c  (by '')"]
    assert after == [
        "flycatcher: [low] perl argument -e: b  (by '')",
        "flycatcher: [low] perl argument -e: d  (by '')",
        "flycatcher: [none] perl argument -e: a  (by '')",
    ]


def test_hundreds_of_one_kind_are_one_line_with_a_count():
    during, after = lines([record(1, "low")] * 380 + [record(2, "medium")] * 3)
    assert during == ["flycatcher: [medium] perl argument -e: print 1  (by '')"]
    assert after == [
        "flycatcher: [medium] 3 times perl argument -e: print 1  (by '')",
        "flycatcher: [low] 380 times perl argument -e: print 1  (by '')",
    ]


def test_the_end_fits_on_a_screen_and_says_what_it_leaves_out():
    _during, after = lines([record(number, "low") for number in range(50)])
    assert len(after) == 21
    assert after[-1] == "flycatcher: 30 further detections are not shown (-v shows all)"


def test_what_is_suppressed_is_not_shown():
    assert lines([record(1, "high") | {"policy": {"action": "suppressed"}}]) == ([], [])
