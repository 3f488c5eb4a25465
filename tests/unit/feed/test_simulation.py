"""The simulated live feed."""

from collections import Counter, defaultdict
from itertools import islice

import pytest
from msgspec import DecodeError
from msgspec.json import decode

from schemas.records import ParcelScan, ShipmentRegistration
from streams.feed.profile import Profile
from streams.feed.records import FeedRecord, milliseconds
from streams.feed.simulation import simulate

START = 1_800_000_000_000
CLEAN = Profile(duplicates=0, missing=0, orphans=0, offline=0)


def sample(profile: Profile, count: int = 20_000, seed: int = 3) -> list[FeedRecord]:
    return list(islice(simulate(profile, seed, START), count))


def scans(records: list[FeedRecord]) -> list[ParcelScan]:
    return [decode(r.value or b"", type=ParcelScan) for r in records if r.topic == "parcel-scans"]


def test_the_same_seed_gives_the_same_feed() -> None:
    assert sample(Profile(), 2_000) == sample(Profile(), 2_000)
    assert sample(Profile(), 2_000) != sample(Profile(), 2_000, seed=4)


def test_a_feed_that_is_started_again_sends_other_parcels() -> None:
    lively = Profile(shipments_per_second=1_000)
    first, second = (
        {record.key for record in islice(simulate(lively, 3, start), 5_000)} for start in (START, START + 6_000)
    )
    assert len(first) > 100
    assert first.isdisjoint(second)


def test_records_are_sent_in_order_of_time() -> None:
    times = [record.timestamp for record in sample(Profile(bad=0.1))]
    assert times == sorted(times)
    assert times[0] >= START


def test_shipments_begin_at_the_rate_asked_for() -> None:
    records = sample(Profile(shipments_per_second=20, speed=3600))
    begun = sum(record.topic == "shipments" for record in records)
    seconds = (records[-1].timestamp - records[0].timestamp) / 1000
    assert begun / seconds == pytest.approx(20, rel=0.1)


def test_every_record_keeps_the_contract_unless_bad_ones_are_asked_for() -> None:
    for record in sample(Profile(), 5_000):
        kind: type[ShipmentRegistration | ParcelScan] = (
            ShipmentRegistration if record.topic == "shipments" else ParcelScan
        )
        said = decode(record.value or b"", type=kind)
        assert said.shipment_id.encode() == record.key


def test_a_clean_feed_registers_a_parcel_first_and_ends_with_its_delivery() -> None:
    by_parcel: dict[bytes | None, list[FeedRecord]] = defaultdict(list)
    for record in sample(CLEAN):
        by_parcel[record.key].append(record)
    delivered = 0
    for records in by_parcel.values():
        assert records[0].topic == "shipments"
        codes = [scan.code for scan in sorted(scans(records), key=lambda scan: scan.occurred_at)]
        assert codes[:1] in ([], ["order_placed"])
        if "delivered" in codes:
            delivered += 1
            assert codes[-1] == "delivered"
            plan = decode(records[0].value or b"", type=ShipmentRegistration).plan
            assert plan is not None
            planned = [milestone.code for milestone in plan.legs[0].milestones]
            assert [code for code in codes[1:] if code != "delivery_attempted"] == planned
    assert delivered > 100


def test_duplicates_repeat_a_record_byte_for_byte() -> None:
    sent = Counter(r.value for r in sample(Profile(duplicates=0.2)) if r.topic == "parcel-scans")
    assert 0.1 < sum(count > 1 for count in sent.values()) / len(sent) < 0.3
    once = Counter(r.value for r in sample(CLEAN) if r.topic == "parcel-scans")
    assert once.most_common(1)[0][1] == 1


def test_scans_uploaded_later_arrive_out_of_order() -> None:
    late = scans(sample(Profile(offline=0.3, missing=0, duplicates=0), 5_000))
    latest: dict[str, ParcelScan] = {}
    overtaken = 0
    for scan in late:
        known = latest.get(scan.shipment_id)
        overtaken += known is not None and known.occurred_at > scan.occurred_at
        latest[scan.shipment_id] = scan
    assert overtaken > 50


def test_orphans_are_scanned_before_they_are_registered() -> None:
    registered: set[bytes | None] = set()
    orphans = set()
    for record in sample(Profile(orphans=0.5, offline=0)):
        if record.topic == "shipments":
            registered.add(record.key)
        elif record.key not in registered:
            orphans.add(record.key)
    assert len(orphans) > 100


def test_missing_scans_are_never_sent() -> None:
    # As many parcels, so what is not sent shows in the number of records until a given time.
    whole, gaps = (
        sum(r.timestamp < START + 600_000 and r.topic == "parcel-scans" for r in sample(profile, 60_000))
        for profile in (CLEAN, Profile(missing=0.5, duplicates=0, orphans=0, offline=0))
    )
    assert gaps < 0.7 * whole


def test_bad_records_break_the_contract() -> None:
    broken = 0
    for record in sample(Profile(bad=0.2), 5_000):
        try:
            decode(record.value or b"", type=ShipmentRegistration if record.topic == "shipments" else ParcelScan)
        except (DecodeError, UnicodeDecodeError):
            broken += 1
    assert broken > 300


def test_scans_happen_in_the_time_zone_of_their_place() -> None:
    offsets = {str(scan.occurred_at.utcoffset()) for scan in scans(sample(Profile(), 5_000))}
    assert {"8:00:00", "9:00:00"} <= offsets


def test_a_scan_is_recorded_after_it_happened_and_when_it_is_sent() -> None:
    for record in sample(CLEAN, 2_000):
        if record.topic == "parcel-scans":
            scan = decode(record.value or b"", type=ParcelScan)
            assert scan.recorded_at is not None
            assert scan.occurred_at < scan.recorded_at
            assert milliseconds(scan.recorded_at) == record.timestamp


@pytest.mark.parametrize("wrong", [{"late": 1.5}, {"bad": -0.1}])
def test_a_share_outside_0_to_1_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must lie between 0 and 1"):
        Profile(**wrong)
