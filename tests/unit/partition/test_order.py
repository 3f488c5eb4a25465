"""Records and deadlines of one instant, or of one hour, in their order."""

from typing import Any

import msgspec

from streams.partition.job import CONTROL
from streams.partition.judging import SCANS, SHIPMENTS
from streams.sla.instants import rfc3339
from streams.sla.policy import parse_policy
from tests.property.engine import Arrival, Player, arrival, bodies, tick
from tests.unit.partition.publishing import suspension

BEGIN = 1_793_577_600_000
HOUR = 3_600_000
POLICY = parse_policy(
    "policy: test\nversion: '1'\nclocks:\n  - {name: c, from: registered, until: delivered, within: PT10H}\n"
)


def registration(name: str, stamp: int, **more: Any) -> Arrival:
    body = {"shipment_id": name, "customer_id": "c", "registered_at": rfc3339(stamp), **more}
    return arrival(SHIPMENTS, stamp, body)


def test_at_the_same_instant_control_comes_first_also_where_scans_run_up_to_it() -> None:
    """A batch of scans ends where another topic has something to say, or outcomes would be told and taken back."""
    player = Player(POLICY)
    late = BEGIN + 11 * HOUR
    scans = [
        {"scan_id": code, "shipment_id": "S1", "code": code, "occurred_at": rfc3339(at)}
        for code, at in (("arrived", late - 1), ("delivered", late))
    ]
    player.append([registration("S1", BEGIN, origin={"region": "north"})])
    player.append([arrival(SCANS, late - 1, scans[0]), arrival(SCANS, late, scans[1])])
    player.append([suspension(late, BEGIN, BEGIN + 2 * HOUR, regions=["north"]), tick(late + 1)])
    assert [body["kind"] for body in bodies(player.finish(), "sla-outcomes")] == ["met"]


def test_a_tick_that_lies_ahead_of_its_record_moves_time_no_further_than_that() -> None:
    player = Player(POLICY)
    ahead = {"type": "tick", "at": rfc3339(BEGIN + 11 * HOUR)}
    player.append([registration("S1", BEGIN), Arrival(CONTROL, BEGIN + HOUR, b"tick", msgspec.json.encode(ahead))])
    assert bodies(player.finish()) == []
    assert player.core.time == BEGIN + HOUR


def test_a_deadline_at_the_very_instant_has_not_passed_where_an_earlier_one_has() -> None:
    player = Player(POLICY)
    player.append([registration("S1", BEGIN + 4), registration("S2", BEGIN + 5), tick(BEGIN + 10 * HOUR + 5)])
    assert [body["shipment_id"] for body in bodies(player.finish(), "breach-alerts")] == ["S1"]


def test_a_promise_that_is_put_off_while_others_of_its_hour_are_due_is_not_lost() -> None:
    player = Player(POLICY)
    minute = HOUR // 60
    player.append([registration("S1", BEGIN + minute), registration("S2", BEGIN + 30 * minute)])
    later = registration("S2", BEGIN + 2 * HOUR, revision=1)
    player.append([tick(BEGIN + 10 * HOUR + 2 * minute), later._replace(timestamp=BEGIN + 10 * HOUR + 3 * minute)])
    player.append([tick(BEGIN + 12 * HOUR)])
    assert [alert["shipment_id"] for alert in bodies(player.finish(), "breach-alerts")] == ["S1"]
    player.append([tick(BEGIN + 12 * HOUR + 1)])
    assert [alert["shipment_id"] for alert in bodies(player.finish(), "breach-alerts")] == ["S1", "S2"]
