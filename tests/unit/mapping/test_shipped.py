"""The mappings that come with Shipclock."""

from itertools import pairwise

from streams.demo.cast import Customer
from streams.demo.dataset import BUNDLED, load
from streams.demo.journeys import journey
from streams.mapping import load_mapping
from streams.mapping.rows import MappedFile
from streams.sla.instants import from_datetime


def test_cargo_2000_gives_the_plans_and_scans_of_the_demo() -> None:
    rows = list(MappedFile(load_mapping("cargo2000"), BUNDLED))
    transports = load(BUNDLED)
    assert len(rows) == len(transports) == 3_942
    for row, transport in zip(rows, transports, strict=True):
        made = row.registration
        assert made is not None
        expected = journey("x", transport, from_datetime(made.registered_at), Customer("c", "A", 1))
        assert made.plan == expected.registration.plan
        scans = sorted(row.scans, key=lambda scan: scan.code != "order_placed")
        assert [(scan.leg, scan.code, scan.occurred_at, scan.facility and scan.facility.id) for scan in scans] == [
            (scan.leg, scan.code, scan.occurred_at, scan.facility and scan.facility.id) for scan in expected.scans
        ]
        assert not row.oddities


def test_transports_start_one_after_another() -> None:
    rows = list(MappedFile(load_mapping("cargo2000"), BUNDLED))
    starts = [row.registration.registered_at for row in rows[:10] if row.registration is not None]
    assert {(later - earlier).total_seconds() for earlier, later in pairwise(starts)} == {11 * 60}


def test_what_extends_a_mapping_changes_only_what_it_says() -> None:
    instant, date = load_mapping("olist").document, load_mapping("olist-by-date").document
    assert instant.shipment is not None
    assert date.shipment is not None
    assert (instant.shipment.promised_date, date.shipment.promised_at) == (None, None)
    assert instant.events == date.events
    assert instant.oddities == date.oddities
