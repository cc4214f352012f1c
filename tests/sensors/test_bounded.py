"""Calls with a limit: what waits is left behind, what works is waited for."""

import os
import threading
from itertools import count

import pytest

from flycatcher.sources.sensors import bounded as module
from flycatcher.sources.sensors.bounded import LOOKS, Bounded


@pytest.fixture(name="over")
def _over():
    over = threading.Event()
    yield over
    over.set()


def test_a_call_that_uses_the_processor_is_waited_for_beyond_one_limit(monkeypatch, over):
    looks = count()

    def clock(_clock):
        look = next(looks)
        if look == LOOKS // 2:
            over.set()
        return float(look)

    monkeypatch.setattr(module.time, "clock_gettime", clock)
    bounded = Bounded(seconds=0.02)
    assert bounded.call(over.wait, default=False)
    assert bounded.unanswered == 0


def test_a_call_that_works_without_end_is_left_behind(monkeypatch, over):
    looks = count()
    monkeypatch.setattr(module.time, "clock_gettime", lambda _clock: float(next(looks)))
    bounded = Bounded(seconds=0.01)
    assert not bounded.call(over.wait, default=False)
    assert (bounded.unanswered, next(looks)) == (1, LOOKS + 1)


def test_a_call_that_waits_is_left_behind_and_the_next_one_is_made():
    bounded = Bounded(seconds=0.3)
    reader, writer = os.pipe()
    try:
        assert bounded.call(os.read, reader, 1, default=b"late") == b"late"
        assert bounded.unanswered == 1
        assert bounded.call(len, "abc", default=0) == 3
    finally:
        os.write(writer, b"x")
        os.close(writer)
