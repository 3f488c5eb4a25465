"""Outcomes go to the partition of their customer, where that is asked for."""

import msgspec

from streams.partition.core import Core
from streams.partition.job import CoreSettings
from streams.partition.judging import judging
from streams.partition.lanes import TimeSource
from streams.partition.output import Output
from streams.partition.outputs import BY_CUSTOMER
from streams.partition.partitioners import murmur2
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import Record
from streams.sla.policy import parse_policy
from tests.property.engine import arrival, tick
from tests.unit.partition.town import BEGIN, HOUR, PAGE


def _shipment(partitions: int) -> str:
    return next(name for name in map("S{}".format, range(1_000)) if murmur2(name.encode(), partitions) == 0)


def _said(*, copies: bool) -> list[Output]:
    partitions = 7
    name = _shipment(partitions)
    core = Core(judging(parse_policy(PAGE), copies=copies), CoreSettings("ns", 0, partitions, TimeSource.REPLAY))
    core.restored(0)
    records = [
        arrival("shipments", BEGIN, {"shipment_id": name, "customer_id": "C-7", "registered_at": _at(0)}),
        arrival("parcel-scans", BEGIN + 1, _scan(name, "a", "picked_up", 1)),
        arrival("parcel-scans", BEGIN + 2, _scan(name, "b", "delivered", 2)),
        tick(BEGIN + HOUR),
    ]
    for offset, record in enumerate(records):
        core.offer(SourceBatch(record.topic, [Record(offset, record.timestamp, record.key, record.value)], 1))
    for topic in ("shipments", "parcel-scans", "care-events", "control"):
        core.caught_up(CaughtUp(topic, 0, 2))
    while core.work(100):
        pass
    return list(core.take().outputs)


def _at(minutes: int) -> str:
    return f"2026-11-02T00:{minutes:02d}:00Z"


def _scan(shipment: str, scan: str, code: str, minutes: int) -> dict[str, str]:
    return {"scan_id": scan, "shipment_id": shipment, "code": code, "occurred_at": _at(minutes)}


def test_a_copy_has_the_body_of_its_outcome_and_lies_where_its_customer_does() -> None:
    said = _said(copies=True)
    (outcome,) = [one for one in said if one.topic == "sla-outcomes"]
    (copy,) = [one for one in said if one.topic == BY_CUSTOMER]
    assert copy.value == outcome.value
    assert copy.key == b"C-7"
    assert copy.partition == murmur2(b"C-7", 7)
    assert outcome.partition is None
    assert msgspec.json.decode(copy.value or b"")["day"] == "2026-11-02"


def test_without_the_setting_nothing_is_copied() -> None:
    assert [one.topic for one in _said(copies=False) if one.topic == BY_CUSTOMER] == []
