"""Senders' clocks prove nothing: a promise is judged as if they were right, whatever they say."""

from typing import Any, Final

import pytest

from streams.partition.judging import SCANS, SHIPMENTS
from streams.partition.lanes import TimeSource
from streams.partition.ports import SourceBatch
from streams.partition.record import Record
from streams.sla.instants import DAY_MS, rfc3339
from streams.sla.policy import parse_policy
from tests.property.engine import Player, arrival, bodies

BEGIN: Final = 1_774_569_600_000
POLICY = parse_policy("""
policy: test
version: "1"
shipment: {settle: P3D, retention: P10D, expire: P30D}
clocks: [{name: promise, from: registered, until: delivered, due: promised}]
""")
CLOCKS = {
    "never set": 0,
    "without a timestamp": -1,
    "since its start": 86_400,
    "a month slow": BEGIN - 31 * DAY_MS,
    "a year fast": BEGIN + 365 * DAY_MS,
    "in microseconds": BEGIN * 1000,
    "as far as it goes": 2**63 - 1,
    "as far back as it goes": -(2**63),
}


def told(stamp: int | None, *, seen_before: bool) -> list[dict[str, Any]]:
    """What is said of a parcel that comes two days late, by a sender whose records have this timestamp."""
    player = Player(POLICY, TimeSource.CREATE)
    player.wall = BEGIN
    if seen_before:
        player.finish()
    promised = {"customer_id": "c", "registered_at": rfc3339(BEGIN), "promised_at": rfc3339(BEGIN + DAY_MS)}
    delivered = {"scan_id": "1", "code": "delivered", "occurred_at": rfc3339(BEGIN + 3 * DAY_MS)}
    own = {"shipment_id": "S1"}
    player.append([arrival(SHIPMENTS, player.wall if stamp is None else stamp, promised | own)])
    player.finish()
    for _ in range(30):
        player.wall += DAY_MS // 10
        player.finish()
    player.append([arrival(SCANS, player.wall if stamp is None else stamp, delivered | own)])
    player.finish()
    player.wall += 100 * DAY_MS
    player.finish()
    assert player.core.gauges()["shipments"] == {}
    return [
        {key: body.get(key) for key in ("kind", "due", "stopped_at", "verdict", "phase")}
        for body in bodies(output for output in player.outputs if output.value)
    ]


CASES = [
    (clock, seen_before)
    for clock in CLOCKS
    for seen_before in (False, True)
    if seen_before or clock != "a month slow"  # nothing tells a worker that has just come that it was written now
]


@pytest.mark.parametrize(("clock", "seen_before"), CASES)
def test_a_sender_with_a_wrong_clock_is_heard_like_one_with_the_right_time(clock: str, seen_before: bool) -> None:  # noqa: FBT001 - a parameter
    right = told(None, seen_before=seen_before)
    assert [body["kind"] for body in right if body["kind"]] == ["opened", "resolved", "missed"]
    assert told(CLOCKS[clock], seen_before=seen_before) == right


def test_what_waited_counts_at_the_time_that_its_sender_gave_it() -> None:
    player = Player(POLICY, TimeSource.CREATE)
    player.wall = BEGIN + 5 * DAY_MS
    promised = {"customer_id": "c", "registered_at": rfc3339(BEGIN), "promised_at": rfc3339(BEGIN + DAY_MS)}
    delivered = {"scan_id": "1", "code": "delivered", "occurred_at": rfc3339(BEGIN + DAY_MS)}
    own = {"shipment_id": "S1"}
    player.append([arrival(SHIPMENTS, BEGIN + 5, promised | own), arrival(SCANS, BEGIN + 2 * DAY_MS, delivered | own)])
    player.finish()
    (outcome,) = bodies(player.outputs, "sla-outcomes")
    assert (outcome["kind"], outcome["life"]) == ("met", rfc3339(BEGIN + 5))
    assert outcome["decided_at"] == rfc3339(BEGIN + 2 * DAY_MS)


def test_a_sender_with_a_fast_clock_holds_nobody_up_that_comes_after_it() -> None:
    player = Player(POLICY, TimeSource.CREATE)
    player.wall = BEGIN
    body = {"customer_id": "c", "registered_at": rfc3339(BEGIN)}
    player.append([arrival(SHIPMENTS, BEGIN + 365 * DAY_MS, body | {"shipment_id": "S1"})])
    player.finish()
    later = player.wall + 1_000
    scan = {"scan_id": "1", "shipment_id": "S2", "code": "picked_up", "occurred_at": rfc3339(later)}
    player.append([arrival(SHIPMENTS, later, body | {"shipment_id": "S2"}), arrival(SCANS, later + 1, scan)])
    player.wall = later + 1_000
    for topic in (SHIPMENTS, SCANS):
        player.fetch(topic, 1)
    player.work(1)
    assert player.core.gauges()["shipments"] == {"open": 2}


def test_a_worker_whose_clock_is_slow_refuses_no_scan_for_it() -> None:
    """It was away for days and comes back on a machine whose clock stands at its last snapshot."""
    player = Player(POLICY, TimeSource.CREATE)
    player.wall = BEGIN
    player.finish()
    now = BEGIN + 5 * DAY_MS
    own = {"shipment_id": "S1"}
    promised = {"customer_id": "c", "registered_at": rfc3339(now), "promised_at": rfc3339(now + DAY_MS)}
    delivered = {"scan_id": "1", "code": "delivered", "occurred_at": rfc3339(now + 1_000)}
    for offset, (topic, body) in enumerate([(SHIPMENTS, promised), (SCANS, delivered)]):
        record = arrival(topic, now + offset, own | body)
        player.core.offer(
            SourceBatch(topic, [Record(0, record.timestamp, record.key, record.value)], BEGIN + DAY_MS),
            ahead=4 * DAY_MS,
        )
    player.work(10)
    player.commit()
    assert [body["kind"] for body in bodies(player.outputs, "sla-outcomes")] == ["met"]


def test_what_is_replaced_is_told_as_decided_when_it_was_though_time_stood_still_then() -> None:
    player = Player(POLICY, TimeSource.CREATE)
    player.wall = BEGIN + 9 * DAY_MS
    registration = {"customer_id": "c", "registered_at": rfc3339(BEGIN), "promised_at": rfc3339(BEGIN + DAY_MS)}
    player.append([arrival(SHIPMENTS, BEGIN, registration | {"shipment_id": "S1"})])
    for days in (3, 2):
        scan = {"scan_id": f"{days}", "code": "delivered", "occurred_at": rfc3339(BEGIN + days * DAY_MS)}
        player.append([arrival(SCANS, BEGIN + (7 - days) * DAY_MS, scan | {"shipment_id": "S1"})])
    first, second = bodies(player.finish(), "sla-outcomes")
    assert first["decided_at"] == rfc3339(BEGIN + 4 * DAY_MS)
    assert second["replaces"] == first
