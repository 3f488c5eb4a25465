"""What doubtful, early and late facts do to a promise."""

from itertools import pairwise

import pytest

from tests.stories.story import Story, page

CLOCK = "- {name: trip, from: picked_up, until: delivered, within: PT24H}"


def test_scans_wait_for_their_registration() -> None:
    story = Story(page(CLOCK)).scan("picked_up", "2026-11-02 10:00").scan("delivered", "2026-11-02 20:00")
    assert story.told("trip") == []
    story.registered("2026-11-02 21:00")
    assert story.told("trip") == ["11-02 21:00 outcome met"]


def test_a_scan_from_a_clock_that_is_ahead_is_used_and_marked() -> None:
    story = Story(page(CLOCK)).registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-02 20:30", uploaded="2026-11-02 20:00")
    evidence = story.outcome("trip")["evidence"]
    assert [one.get("suspect") for one in evidence] == [None, "ahead-of-time"]


def test_a_scan_from_long_before_the_registration_is_used_and_marked() -> None:
    story = Story(page(CLOCK)).registered("2026-11-05 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-05 10:00")
    assert [one.get("suspect") for one in story.outcome("trip")["evidence"]] == ["before-registration", None]


def test_a_delivery_before_the_pickup_gives_no_verdict() -> None:
    story = Story(page(CLOCK)).registered("2026-11-02 09:00").scan("delivered", "2026-11-02 10:00")
    story.scan("picked_up", "2026-11-02 11:00").until("2026-11-05 00:00")
    assert story.told("trip") == ["11-02 11:00 outcome cancelled"]
    assert story.outcome("trip")["reason"] == "stopped-before-start"


def test_a_number_that_is_used_again_begins_a_new_life() -> None:
    short = "shipment: {settle: P1D, retention: P10D, orphan_retention: P1D, expire: P30D}"
    story = Story(page(CLOCK, more=short)).registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-02 20:00").until("2026-11-20 00:00")
    story.registered("2026-11-20 09:00").scan("picked_up", "2026-11-20 10:00").scan("delivered", "2026-11-22 10:00")
    outcomes = story.said("trip", "outcome")
    assert sorted(one["kind"] for one in outcomes) == ["met", "missed"]
    assert len({one["life"] for one in outcomes}) == 2
    assert {one["revision"] for one in outcomes} == {1}


def test_a_scan_of_the_old_life_does_not_open_it_again() -> None:
    short = "shipment: {settle: P1D, retention: P10D, orphan_retention: P1D, expire: P30D}"
    story = Story(page(CLOCK, more=short)).registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-02 20:00").until("2026-11-05 00:00")
    story.scan("lost", "2026-11-02 15:00", uploaded="2026-11-05 10:00")
    assert story.rejected == ["too-late"]
    assert story.told("trip") == ["11-02 20:00 outcome met"]


def test_a_correction_moves_the_verdict_and_carries_what_it_replaces() -> None:
    story = Story(page(CLOCK)).registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-03 09:00", scan_id="D")
    story.scan("delivered", "2026-11-03 11:00", scan_id="D", revision=1)
    assert [one["kind"] for one in story.said("trip", "outcome")] == ["met", "missed"]
    assert story.outcome("trip")["replaces"]["kind"] == "met"


def test_a_piece_that_never_comes_keeps_the_promise_owed() -> None:
    clock = "- {name: trip, from: picked_up, until: delivered, complete: pieces, within: PT24H}"
    story = Story(page(clock)).registered("2026-11-02 09:00", pieces=2).scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-02 20:00", piece_id="1").until("2026-11-10 00:00")
    assert story.told("trip") == ["11-03 10:00 alert opened"]


def test_what_is_replaced_is_what_was_told_whatever_made_a_scan_suspect() -> None:
    clock = "- {name: trip, from: accepted, until: delivered, within: P2D}"
    story = Story(page(clock)).registered("2026-11-02 09:00").scan("accepted", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-03 10:00")
    assert story.outcome("trip")["evidence"][0].get("suspect") is None
    story.registered("2026-11-03 11:00", arrives="2026-11-03 12:00", revision=1)
    assert story.outcome("trip")["evidence"][0]["suspect"] == "before-registration"
    story.void("s2", "2026-11-03 13:00").registered("2026-11-02 09:00", arrives="2026-11-03 14:00", revision=2)
    story.scan("delivered", "2026-11-03 15:00")
    told = story.said("trip", "outcome")
    assert [one["kind"] for one in told] == ["met", "met", "cancelled", "met"]
    for before, after in pairwise(told):
        before.pop("replaces", None)
        assert after["replaces"] == before


def test_a_breach_that_was_none_is_withdrawn_also_after_it_was_resolved() -> None:
    clock = "- {name: trip, from: accepted, until: delivered, within: P1D}"
    story = Story(page(clock)).ordered("2026-11-02 09:00").scan("accepted", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-03 15:00").scan("cancelled", "2026-11-02 12:00", arrives="2026-11-04 09:00")
    assert story.told("trip") == [
        "11-03 10:00 alert opened",
        "11-03 15:00 alert resolved",
        "11-03 15:00 outcome missed",
        "11-04 09:00 alert withdrawn",
        "11-04 09:00 outcome cancelled",
    ]


def test_a_perfect_order_begins_with_the_registration_if_one_of_its_clocks_does() -> None:
    clocks = "- {name: trip, from: registered, until: delivered, within: P1D}\n- {name: perfect, all_of: [trip]}"
    story = Story(page(clocks, more="shipment: {expire: P5D}")).registered("2026-11-02 09:00")
    assert story.until("2026-11-08 09:00").told("perfect") == ["11-07 09:00 outcome cancelled"]


@pytest.mark.parametrize(
    "clock", ["within: P1D, until: delivered", "never: lost, until: delivered", "recorded: held, within: P1D"]
)
def test_of_a_registration_and_a_scan_that_start_a_clock_the_first_counts(clock: str) -> None:
    def start(scanned: str) -> str:
        story = Story(page(f"- {{name: trip, from: [registered, accepted], {clock}}}"))
        story.registered("2026-11-02 09:00").scan("accepted", scanned, arrives="2026-11-02 12:00")
        story.scan("held", "2026-11-02 13:00").scan("delivered", "2026-11-02 14:00")
        return story.local(story.outcome("trip")["start"])

    assert start("2026-11-02 08:00") == "11-02 08:00"
    assert start("2026-11-02 10:00") == "11-02 09:00"
