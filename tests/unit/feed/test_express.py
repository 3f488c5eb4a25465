"""The fast generator of express parcels."""

import time
from collections import Counter, defaultdict
from itertools import islice

import pytest
from msgspec.json import decode

from schemas.records import ParcelScan, ShipmentRegistration
from streams.feed.express import START_MS, doubling, express, steady
from streams.feed.records import FeedRecord, milliseconds

WITHIN_A_CITY = ["order_placed", "picked_up", "accepted", "departed", "arrived", "sorted", "out_for_delivery"]
OVER_LAND = [*WITHIN_A_CITY[:-1], *2 * ["departed", "arrived", "sorted"], "out_for_delivery"]


@pytest.fixture(scope="module")
def records() -> list[FeedRecord]:
    """Long enough for the first shipments to be delivered."""
    return list(islice(express(seed=5, begun=steady(8)), 200_000))


def test_the_same_seed_gives_the_same_records(records: list[FeedRecord]) -> None:
    assert list(islice(express(seed=5, begun=steady(8)), 5_000)) == records[:5_000]
    assert list(islice(express(seed=6, begun=steady(8)), 5_000)) != records[:5_000]


def test_records_are_in_order_of_append_time(records: list[FeedRecord]) -> None:
    times = [record.timestamp for record in records]
    assert times == sorted(times)
    assert times[0] >= START_MS


def test_every_record_is_what_the_contract_says(records: list[FeedRecord]) -> None:
    for record in records:
        assert record.key is not None
        assert record.value is not None
        if record.topic == "shipments":
            registration = decode(record.value, type=ShipmentRegistration)
            assert registration.shipment_id.encode() == record.key
            assert milliseconds(registration.registered_at) == record.timestamp
            assert registration.promised_at is not None
        else:
            scan = decode(record.value, type=ParcelScan)
            assert scan.shipment_id.encode() == record.key
            assert len(scan.shipment_id) == 15
            assert 12 <= len(scan.scan_id) <= 16
            assert scan.recorded_at is not None
            assert milliseconds(scan.recorded_at) == record.timestamp
            assert scan.occurred_at <= scan.recorded_at


def test_scan_ids_are_unique(records: list[FeedRecord]) -> None:
    ids = Counter(decode(r.value or b"", type=ParcelScan).scan_id for r in records if r.topic == "parcel-scans")
    assert ids.most_common(1)[0][1] == 1


def test_a_shipment_is_registered_and_then_scanned_along_its_way(records: list[FeedRecord]) -> None:
    registered: set[bytes | None] = set()
    scans: dict[bytes | None, list[ParcelScan]] = defaultdict(list)
    for record in records:
        if record.topic == "shipments":
            assert record.key not in registered
            registered.add(record.key)
        else:
            assert record.key in registered
            scans[record.key].append(decode(record.value or b"", type=ParcelScan))
    lasts = Counter()  # type: Counter[str]
    for known in scans.values():
        instants = [scan.occurred_at for scan in known]
        assert instants == sorted(set(instants))
        *codes, last = (scan.code for scan in known)
        if last in {"delivered", "delivery_attempted"}:
            assert codes in (WITHIN_A_CITY, OVER_LAND)
            lasts[last] += 1
    assert lasts.total() > 1_000
    assert set(lasts) == {"delivered", "delivery_attempted"}


def test_shipments_begin_steadily() -> None:
    assert [steady(3)(minute) for minute in range(4)] == [0, 3, 6, 9]


def test_shipments_double_until_there_are_so_many() -> None:
    begun = doubling(60, 1_000, 600)
    assert (begun(0), begun(600)) == (0, 1_000)
    for minute in range(120, 600):
        assert begun(minute) <= begun(minute + 1)
        assert begun(minute) - begun(minute - 60) == pytest.approx(
            2 * (begun(minute - 60) - begun(minute - 120)), abs=3
        )


def test_many_shipments_are_under_way_at_once() -> None:
    begun = Counter(record.topic for record in islice(express(seed=5, begun=steady(240)), 500_000))
    assert begun["shipments"] > 100_000


def test_it_is_fast_enough_for_a_load_test() -> None:
    wanted = 300_000
    best = 0.0
    for _ in range(3):
        begin = time.process_time()
        for _record in islice(express(seed=5, begun=steady(240)), wanted):
            pass
        best = max(best, wanted / (time.process_time() - begin))
    assert best > 150_000
