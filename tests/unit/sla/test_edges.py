"""The very instant, or amount, at which something begins to hold: what is exactly as much is none too many."""

import pytest

from streams.sla.faults import faults
from streams.sla.instants import DAY_MS
from streams.sla.listening import NOTHING, Facility, Heard, hear
from streams.sla.policy import parse_policy
from streams.sla.policy.compiled import Policy, Stage
from streams.sla.policy.rulebook import Rulebook
from streams.sla.scan import KnownScan
from tests.stories.story import Story
from tests.unit.sla.parcel import Parcel

TRIP = "- {name: trip, from: picked_up, until: delivered, within: PT72H}"


def version(name: str, shipment: str) -> Policy:
    return parse_policy(f"policy: test\nversion: '{name}'\ntime_zone: UTC\nshipment: {{{shipment}}}\nclocks:\n  {TRIP}")


@pytest.mark.parametrize(("early", "suspect"), [(24.0, None), (24.001, "before-registration")])
def test_a_scan_may_be_a_day_older_than_the_registration(early: float, suspect: str | None) -> None:
    parcel = Parcel(TRIP).register(48).scan("picked_up", 48 - early, uploaded=49).scan("delivered", 50).until(60)
    assert parcel.outcomes[0]["evidence"][0].get("suspect") == suspect


@pytest.mark.parametrize(("took", "named"), [(3, []), (4, [("linehaul", 4, 3)])])
def test_a_stage_may_take_all_of_its_budget(took: int, named: list[tuple[str, int, int]]) -> None:
    left, arrived = 1, 2
    stage = Stage("linehaul", frozenset({left}), frozenset({arrived}), 3)
    scans = [KnownScan("a", left, 10), KnownScan("b", arrived, 10 + took)]
    assert faults([stage], scans, 10, 20) == tuple(named)


def test_of_scans_that_were_uploaded_equally_late_the_first_is_told() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-02 13:00", scan_id="first")
    story.scan("out_for_delivery", "2026-11-03 08:00", uploaded="2026-11-03 11:00", scan_id="second")
    story.scan("delivered", "2026-11-03 10:00", arrives="2026-11-03 12:00")
    evidence = [one["scan_id"] for one in story.outcome("uploads")["evidence"]]
    assert "first" in evidence
    assert "second" not in evidence


def test_a_scan_may_be_uploaded_at_the_last_moment() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-02 12:00")
    story.scan("delivered", "2026-11-03 10:00")
    assert story.outcome("uploads")["kind"] == "met"


def test_what_arrived_with_the_newest_scan_of_a_facility_says_nothing_new() -> None:
    facility = Facility(1_000, 5_000, 0, "test", "1")
    assert hear(facility, Heard(1_000, 9_000, 7, "other", "2")) == NOTHING
    assert facility == Facility(1_000, 5_000, 0, "test", "1")


def test_a_version_goes_when_no_shipment_can_have_a_clock_of_it() -> None:
    short = version("1", "expire: P10D, settle: P1D, retention: P2D, orphan_retention: P5D")
    long = version("2", "expire: P20D, settle: P2D, retention: P3D, orphan_retention: P30D")
    assert Rulebook([(short, 0)]).longest_life() == (10 + 1 + 2 + 2) * DAY_MS
    book = Rulebook([(short, 0), (long, DAY_MS)])
    assert book.longest_life() == (30 + 3) * DAY_MS
    # A clock that starts a millisecond before the second version begins is the last of the first.
    last = DAY_MS - 1 + book.longest_life()
    assert book.current(last) is book
    assert [policy.version for policy, _ in book.current(last + 1).entries] == ["2"]
