"""What the demo sends for the bundled transports."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from schemas.records import ParcelScan, PlannedLeg
from streams.demo.dataset import BUNDLED, load
from streams.demo.journeys import Journey, journeys
from tests.oracles import cargo2000 as oracle

SEED = 1


@pytest.fixture(scope="module")
def all_journeys() -> list[Journey]:
    return list(journeys(load(BUNDLED), SEED))


def legs_of(journey: Journey) -> Sequence[PlannedLeg]:
    assert journey.registration.plan is not None
    return journey.registration.plan.legs


def scans_by_leg(journey: Journey) -> dict[str | None, list[ParcelScan]]:
    by_leg: dict[str | None, list[ParcelScan]] = defaultdict(list)
    for scan in journey.scans:
        by_leg[scan.leg].append(scan)
    return by_leg


def begin(journey: Journey, leg: PlannedLeg) -> datetime:
    if not leg.after:
        return journey.registration.registered_at
    by_leg = scans_by_leg(journey)
    return max(by_leg[before][-1].occurred_at for before in leg.after)


def test_every_shipment_has_one_start_and_every_milestone_one_scan(all_journeys: list[Journey]) -> None:
    codes = Counter(scan.code for journey in all_journeys for scan in journey.scans)
    assert len(all_journeys) == codes["order_placed"] == codes["delivered"] == 3942
    assert sum(codes.values()) == 3942 + 56082
    assert codes["handed_over"] == 11874 - 3942


def test_registrations_and_scans_alone_give_the_counts_of_the_oracle(all_journeys: list[Journey]) -> None:
    legs = late_legs = milestones = overrun = late = 0
    for journey in all_journeys:
        by_leg = scans_by_leg(journey)
        for leg in legs_of(journey):
            previous = started = begin(journey, leg)
            allowed = timedelta()
            for milestone, scan in zip(leg.milestones, by_leg[leg.leg], strict=True):
                assert milestone.within is not None
                assert milestone.code == scan.code
                assert milestone.facility == (scan.facility.id if scan.facility else None)
                milestones += 1
                overrun += scan.occurred_at - previous > milestone.within
                previous = scan.occurred_at
                allowed += milestone.within
            legs += 1
            late_legs += previous - started > allowed
        promised = journey.registration.promised_at
        assert promised is not None
        late += journey.scans[-1].occurred_at > promised
    counted = oracle.Counts(len(all_journeys), late, legs, late_legs, milestones, overrun)
    assert counted == oracle.count(BUNDLED)


def test_the_oracle_of_the_bundled_file_is_the_published_one() -> None:
    assert oracle.count(BUNDLED) == (3942, 1048, 11874, 2647, 56082, 20258)


def test_the_outbound_leg_waits_for_all_inbound_legs(all_journeys: list[Journey]) -> None:
    for journey in all_journeys:
        *inbound, outbound = legs_of(journey)
        assert outbound.after == tuple(leg.leg for leg in inbound)
        assert not any(leg.after for leg in inbound)


def test_starts_are_whole_milliseconds_within_a_month(all_journeys: list[Journey]) -> None:
    starts = [journey.registration.registered_at for journey in all_journeys]
    assert all(start.microsecond % 1000 == 0 for start in starts)
    assert timedelta(days=29) < max(starts) - min(starts) < timedelta(days=30)
    assert len(set(starts)) > 3900


def test_ids_are_unique(all_journeys: list[Journey]) -> None:
    scan_ids = {scan.scan_id for journey in all_journeys for scan in journey.scans}
    assert len(scan_ids) == 3942 + 56082
    assert all_journeys[122].registration.shipment_id == "C2K-000123"


def test_the_same_seed_gives_the_same_journeys_and_another_seed_others(all_journeys: list[Journey]) -> None:
    sample = load(BUNDLED)[:50]
    assert list(journeys(sample, SEED)) == all_journeys[:50]
    assert list(journeys(sample, SEED + 1)) != all_journeys[:50]
