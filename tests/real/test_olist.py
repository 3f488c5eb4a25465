"""Promised dates of 19,999 real orders (Olist), judged by the core of a partition.

The counts come from an independent script.
"""

import csv
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from streams.partition.judging import SCANS, SHIPMENTS
from streams.sla.instants import from_datetime, rfc3339
from streams.sla.policy import parse_policy
from tests.property.engine import Arrival, arrival, bodies, newest, replay, tick

ZONE = ZoneInfo("America/Sao_Paulo")
END = datetime(2018, 10, 17, 13, 22, tzinfo=ZONE)
POLICY = """
policy: marketplace
version: "1"
time_zone: America/Sao_Paulo
shipment: {expire: P3650D}
clocks: [{name: promised, from: registered, until: delivered, due: promised}]
"""


@cache
def orders() -> tuple[dict[str, str], ...]:
    with (Path(os.environ["SHIPCLOCK_DATA"]) / "olist_orders.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))


def local(text: str) -> datetime | None:
    return datetime.strptime(text, "%d-%m-%Y %H:%M").replace(tzinfo=ZONE) if text else None


def records(order: dict[str, str], *, by_date: bool) -> Iterator[Arrival]:
    promised = local(order["order_estimated_delivery_date"])
    assert promised is not None
    delivered = local(order["order_delivered_customer_date"])
    registered = min(filter(None, (local(order["order_approved_at"]), delivered, promised)))
    body: dict[str, Any] = {
        "shipment_id": order["order_id"],
        "customer_id": order["customer_id"],
        "registered_at": registered.isoformat(),
        "destination": {"time_zone": ZONE.key},
    }
    body |= {"promised_date": promised.date().isoformat()} if by_date else {"promised_at": promised.isoformat()}
    yield arrival(SHIPMENTS, from_datetime(registered), body)
    if delivered is not None:
        scan = {"shipment_id": order["order_id"], "scan_id": "d", "code": "delivered"}
        yield arrival(SCANS, from_datetime(delivered), scan | {"occurred_at": rfc3339(from_datetime(delivered))})


@pytest.mark.parametrize(("by_date", "late"), [(False, 1_587), (True, 1_334)])
def test_late_orders_are_those_of_the_oracle(by_date: bool, late: int) -> None:  # noqa: FBT001
    end = from_datetime(END + timedelta(days=1))
    log = sorted(
        (r for order in orders() for r in records(order, by_date=by_date)), key=lambda r: (r.timestamp, r.topic)
    )
    outputs = replay(parse_policy(POLICY), [*log, tick(end)])
    kinds = [outcome["kind"] for outcome in newest(outputs).values()]
    assert (kinds.count("met"), kinds.count("missed"), len(kinds)) == (19_430 - late, late, 19_430)
    # What was never delivered is past its promise when the data ends, and its alert stands.
    standing: set[str] = set()
    for alert in bodies(outputs, "breach-alerts"):
        standing ^= {alert["shipment_id"]}
    assert len(standing) == 569
