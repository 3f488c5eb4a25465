"""P2 and P3: the legal time limit stops at the first attempt: 24 hours in one city, 72 hours between two."""

import pytest

from tests.stories.story import Story

SAME_CITY = {"region": "SZX", "time_zone": "Asia/Shanghai"}


def _in_one_city() -> Story:
    return Story("gbt-27917").registered("2026-11-02 09:00", destination=SAME_CITY)


@pytest.mark.parametrize("attempt", ["delivery_attempted", "delivered", "available_for_pickup"])
def test_any_first_attempt_within_24_hours_keeps_it_in_one_city(attempt: str) -> None:
    story = _in_one_city().scan("picked_up", "2026-11-02 10:00").scan(attempt, "2026-11-03 09:30")
    assert story.told("first-attempt")[-1] == "11-03 09:30 outcome met"
    assert story.due("first-attempt") == "11-03 10:00"


def test_between_two_cities_there_are_72_hours() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-05 10:00")
    assert story.told("first-attempt") == [
        "11-05 07:00 notice predicted",
        "11-05 10:00 notice cleared",
        "11-05 10:00 outcome met",
    ]


def test_a_minute_late_is_late() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("accepted", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-05 10:01")
    assert story.told("first-attempt") == ["11-05 07:00 notice predicted", "11-05 10:01 outcome missed"]
    assert story.outcome("first-attempt")["late_by_ms"] == 60_000


def test_the_attempt_counts_not_the_delivery() -> None:
    story = _in_one_city().scan("picked_up", "2026-11-02 10:00").scan("delivery_attempted", "2026-11-02 18:00")
    story.scan("delivered", "2026-11-04 18:00").until("2026-11-05 00:00")
    assert story.told("first-attempt") == ["11-02 18:00 outcome met"]


def test_time_in_customs_does_not_count() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("customs_held", "2026-11-03 10:00").scan("customs_released", "2026-11-04 16:00")
    story.scan("delivered", "2026-11-06 15:00")
    assert story.due("first-attempt") == "11-06 16:00"
    assert story.outcome("first-attempt")["kind"] == "met"


def test_while_it_is_held_no_alarm_is_raised() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("held", "2026-11-03 10:00").until("2026-11-20 00:00")
    assert story.told("first-attempt") == []


def test_scans_in_any_order_of_arrival_say_the_same_in_the_end() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00", destination=SAME_CITY)
    story.scan("delivered", "2026-11-03 09:00").scan("picked_up", "2026-11-02 10:00", uploaded="2026-11-03 12:00")
    story.until("2026-11-05 00:00")
    assert story.outcome("first-attempt")["kind"] == "met"


def test_a_voided_attempt_opens_the_clock_again() -> None:
    story = _in_one_city().scan("picked_up", "2026-11-02 10:00")
    story.scan("delivery_attempted", "2026-11-02 18:00", scan_id="wrong").void("wrong", "2026-11-02 19:00")
    story.scan("delivered", "2026-11-03 11:00").until("2026-11-05 00:00")
    assert [one["kind"] for one in story.said("first-attempt", "outcome")] == ["met", "cancelled", "missed"]
