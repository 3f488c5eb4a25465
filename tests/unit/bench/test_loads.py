"""What the bench expects of its loads, held against the records themselves."""

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime

import pytest
from msgspec.json import decode

from bench.demo_load import DemoLoad, written
from bench.express_load import SCANS_PER_SHIPMENT, ExpressLoad
from bench.express_promises import verdicts
from bench.load import Load
from bench.options import SCANS as SCANS_OF_A_MEASUREMENT
from schemas.records import ParcelScan, ShipmentRegistration
from streams.feed.records import FeedRecord, instant, milliseconds

SCANS = 12_000
LOADS: dict[str, Callable[[int], Load]] = {"express": ExpressLoad, "demo": DemoLoad}


@pytest.fixture(params=LOADS)
def load(request: pytest.FixtureRequest) -> Load:
    return LOADS[request.param](SCANS)


def scans_by_shipment(records: list[FeedRecord]) -> dict[bytes | None, list[ParcelScan]]:
    scans: dict[bytes | None, list[ParcelScan]] = defaultdict(list)
    for record in records:
        if record.topic == "parcel-scans":
            scans[record.key].append(decode(record.value or b"", type=ParcelScan))
    return scans


def test_a_load_has_about_the_scans_asked_for_in_order_of_time(load: Load) -> None:
    records = list(load.records())
    assert SCANS * 0.98 <= sum(record.topic == "parcel-scans" for record in records) <= SCANS * 1.02
    assert [record.timestamp for record in records] == sorted(record.timestamp for record in records)


def test_every_shipment_is_registered_once_before_its_first_scan(load: Load) -> None:
    registered: set[bytes | None] = set()
    for record in load.records():
        if record.topic == "shipments":
            assert record.key not in registered
            assert decode(record.value or b"", type=ShipmentRegistration).shipment_id.encode() == record.key
            registered.add(record.key)
        else:
            assert record.key in registered


def test_the_shipments_that_were_not_delivered_are_open(load: Load) -> None:
    records = list(load.records())
    delivered = {key for key, scans in scans_by_shipment(records).items() if scans[-1].code == "delivered"}
    registered = {record.key for record in records if record.topic == "shipments"}
    assert load.expected().open == len(registered - delivered)
    assert load.expected().open > 0.8 * len(registered)


def test_scan_ids_are_unique(load: Load) -> None:
    ids = Counter(scan.scan_id for scans in scans_by_shipment(list(load.records())).values() for scan in scans)
    assert ids.most_common(1)[0][1] == 1


def test_every_demo_scan_but_the_order_itself_ends_a_milestone() -> None:
    load = DemoLoad(SCANS)
    codes = Counter(scan.code for scans in scans_by_shipment(list(load.records())).values() for scan in scans)
    outcomes = load.expected().outcomes
    assert outcomes["milestone", "met"] + outcomes["milestone", "missed"] == codes.total() - codes["order_placed"]
    assert outcomes["leg", "met"] + outcomes["leg", "missed"] == codes["handed_over"] + codes["delivered"]
    assert outcomes["end-to-end", "met"] + outcomes["end-to-end", "missed"] == codes["delivered"]
    assert all(outcomes[clock, "missed"] for clock in ("milestone", "leg", "end-to-end"))


def test_demo_records_carry_the_instants_of_their_shipment() -> None:
    for record in DemoLoad(1_000).records():
        if record.topic == "parcel-scans":
            assert milliseconds(decode(record.value or b"", type=ParcelScan).occurred_at) == record.timestamp
        else:
            registration = decode(record.value or b"", type=ShipmentRegistration)
            assert milliseconds(registration.registered_at) == record.timestamp
            assert registration.promised_at is not None


def test_instants_are_written_to_the_millisecond() -> None:
    assert written(1_704_672_061_007) == b"2024-01-08T00:01:01.007Z"


def test_express_expects_verdicts_of_a_sample_only() -> None:
    load = ExpressLoad(SCANS)
    shipments = {record.key for record in load.records() if record.topic == "shipments"}
    expected = load.expected()
    assert 0 < len(expected.sampled_shipments) < len(shipments) / 8
    assert {"met", "missed"} >= set(expected.sampled.values())


def test_express_is_the_same_mix_from_beginning_to_end() -> None:
    load = ExpressLoad(100_000)
    records = list(load.records())
    quarter = len(records) // 4
    for code in (b"shipment", b"picked_up", b"departed", b"arrived", b"sorted", b"out_for_delivery", b"delivered"):
        mark = b'"registered_at"' if code == b"shipment" else b'"code":"%b"' % code
        first, *_, last = (
            sum(mark in (record.value or b"") for record in records[begin : begin + quarter])
            for begin in range(0, 4 * quarter, quarter)
        )
        assert 100 < first == pytest.approx(last, rel=0.15)


def test_express_has_seven_scans_a_shipment_and_half_a_million_are_open_at_the_end_of_a_measurement() -> None:
    load = ExpressLoad(100_000)
    registered = sum(record.topic == "shipments" for record in load.records())
    assert 100_000 / registered == pytest.approx(SCANS_PER_SHIPMENT, rel=0.01)
    assert pytest.approx(7, rel=0.01) == SCANS_PER_SHIPMENT
    assert load.expected().open / registered * SCANS_OF_A_MEASUREMENT / SCANS_PER_SHIPMENT > 500_000


@pytest.mark.parametrize(("minutes", "verdict"), [(120, "met"), (121, "missed")])
def test_a_promise_is_missed_when_the_scan_is_strictly_later(minutes: int, verdict: str) -> None:
    start = 1_788_220_800_000
    registration = ShipmentRegistration(shipment_id="S", customer_id="C", registered_at=instant(start))
    scans = [
        ParcelScan(scan_id="1", shipment_id="S", code="order_placed", occurred_at=instant(start)),
        ParcelScan(scan_id="2", shipment_id="S", code="picked_up", occurred_at=instant(start + minutes * 60_000)),
    ]
    assert verdicts(registration, scans) == {"pickup": verdict}


def journey(*steps: tuple[str, float, float]) -> dict[str, str]:
    """Verdicts of scans with these codes, so many hours after the registration, uploaded so many hours after it."""

    def after(hours: float) -> datetime:
        return instant(1_788_220_800_000 + round(hours * 3_600_000))

    registration = ShipmentRegistration(shipment_id="S", customer_id="C", registered_at=after(0))
    scans = [
        ParcelScan(
            scan_id=f"{number}",
            shipment_id="S",
            code=code,
            occurred_at=after(occurred),
            recorded_at=after(uploaded),
        )
        for number, (code, occurred, uploaded) in enumerate(steps)
    ]
    return verdicts(registration, scans)


def test_the_last_mile_starts_at_the_last_hub() -> None:
    hubs = (("arrived", 0, 0), ("departed", 2, 2), ("arrived", 10, 10))
    assert journey(*hubs) == {}
    assert journey(*hubs, ("out_for_delivery", 24, 24)) == {"last-mile": "met"}
    assert journey(*hubs, ("out_for_delivery", 24.1, 24.1)) == {"last-mile": "missed"}


def test_a_gap_counts_when_it_was_too_long_or_seemed_so() -> None:
    assert journey(("departed", 1, 1), ("sorted", 49, 49)) == {}
    assert journey(("departed", 1, 1), ("sorted", 49.1, 49.1)) == {"stalled 0": "missed"}
    assert journey(("departed", 1, 1), ("sorted", 49, 49.1)) == {"stalled 0": "met"}
