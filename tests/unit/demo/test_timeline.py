"""The order in which the demo feeds its records."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import decode

from schemas.records import ParcelScan, ShipmentRegistration
from streams.demo.dataset import BUNDLED, load
from streams.demo.journeys import journeys
from streams.demo.timeline import SCANS, SHIPMENTS, Timeline, chunks, timeline
from streams.feed.records import milliseconds

SAMPLE: Timeline = timeline(journeys(load(BUNDLED)[:200], 1))


def test_records_are_in_order_of_time() -> None:
    times = [record.timestamp for record in SAMPLE.records]
    assert times == sorted(times)


def test_every_registration_comes_before_the_shipments_scans() -> None:
    registered: set[bytes | None] = set()
    for record in SAMPLE.records:
        if record.topic == SHIPMENTS:
            registered.add(record.key)
        assert record.key in registered


def test_a_record_carries_the_time_at_which_it_happened() -> None:
    for record in SAMPLE.records:
        assert record.value is not None
        if record.topic == SCANS:
            scan = decode(record.value, type=ParcelScan)
            assert (scan.shipment_id.encode(), milliseconds(scan.occurred_at)) == (record.key, record.timestamp)
        else:
            registration = decode(record.value, type=ShipmentRegistration)
            assert milliseconds(registration.registered_at) == record.timestamp


def test_encoded_records_decode_to_what_was_said() -> None:
    said = {journey.registration.shipment_id: journey.registration for journey in journeys(load(BUNDLED)[:200], 1)}
    for record in SAMPLE.records:
        if record.topic == SHIPMENTS and record.value is not None:
            registration = decode(record.value, type=ShipmentRegistration)
            assert registration == said[registration.shipment_id]


def test_scans_say_nothing_of_the_plan() -> None:
    assert not any(
        b"within" in (r.value or b"") or b"plan" in (r.value or b"") for r in SAMPLE.records if r.topic == SCANS
    )


@given(size=st.integers(1, 5000))
def test_every_record_before_a_tick_has_been_fed_before_it(size: int) -> None:
    fed = 0
    for piece, tick in chunks(SAMPLE.records, SAMPLE.end, size):
        assert piece == SAMPLE.records[fed : fed + size]
        fed += len(piece)
        assert all(record.timestamp >= tick for record in SAMPLE.records[fed : fed + 1])
    assert fed == len(SAMPLE.records)
    assert tick == SAMPLE.end
