"""D+n at a wall-clock time, with a daily cut-off."""

import pytest

from streams.sla.calendars import ALWAYS, Calendar
from streams.sla.details import RegistrationDetails
from streams.sla.policy.allowances import END_OF_DAY, Days, Place
from streams.sla.registration import Registration
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

ZONE = "Asia/Shanghai"
PARCEL = Registration("c1", 0, origin="SHA", destination="PEK")
WORK = calendar(country="CN", hours="09:00-18:00")


def days(count: int, by: int = 12 * HOUR, cutoff: int | None = 18 * HOUR, when: Calendar = ALWAYS) -> Days:
    return Days(count, by, cutoff, when, Place("destination", ZONE))


def due(allowance: Days, start: str, registration: Registration = PARCEL, zone: str = ZONE) -> str:
    found = allowance.due(at(start, ZONE), registration, None)
    assert found is not None
    return shown(found, zone)


def test_next_morning_is_noon_of_the_next_day() -> None:
    assert due(days(1), "2026-11-03 15:00") == "2026-11-04 12:00"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-11-03 17:59", "2026-11-04 12:00"),
        ("2026-11-03 18:00:00.000", "2026-11-04 12:00"),
        ("2026-11-03 18:00:00.001", "2026-11-05 12:00"),
    ],
)
def test_a_pickup_at_the_cut_off_is_in_time_and_one_after_it_counts_as_the_next_day(start: str, end: str) -> None:
    assert due(days(1), start) == end


def test_four_day_economy_counts_working_days_alone() -> None:
    assert due(days(4, 22 * HOUR, 20 * HOUR, WORK), "2026-11-05 10:00") == "2026-11-11 22:00"


def test_before_the_spring_festival_a_make_up_saturday_is_the_next_day() -> None:
    assert due(days(1, when=WORK), "2026-02-13 10:00") == "2026-02-14 12:00"


def test_after_the_cut_off_of_the_last_working_day_the_festival_goes_by() -> None:
    assert due(days(1, when=WORK), "2026-02-14 18:30") == "2026-02-25 12:00"


def test_a_pickup_on_a_holiday_counts_as_the_next_working_day_whatever_the_hour() -> None:
    assert due(days(1, when=WORK), "2026-02-18 21:00") == "2026-02-25 12:00"


def test_the_leap_day_is_the_day_after_the_28th() -> None:
    assert due(days(1), "2028-02-28 10:00") == "2028-02-29 12:00"


def test_the_day_is_that_of_the_destination_even_when_it_is_yesterday_there() -> None:
    details = RegistrationDetails(origin_zone=ZONE, destination_zone="America/New_York")
    abroad = Registration("c1", 0, origin="SHA", destination="NYC", more=details)
    assert due(days(1), "2026-11-03 09:00", abroad, "America/New_York") == "2026-11-04 12:00"
    assert Days(1, 12 * HOUR, 18 * HOUR, ALWAYS, Place("origin", ZONE)).due(
        at("2026-11-03 09:00", ZONE), abroad, None
    ) == at("2026-11-04 12:00", ZONE)


def test_noon_is_noon_also_on_the_day_on_which_clocks_change() -> None:
    berlin = Registration("c1", 0, destination="BER", more=RegistrationDetails(destination_zone="Europe/Berlin"))
    start = at("2026-03-28 10:00", "Europe/Berlin")
    found = days(1).due(start, berlin, None)
    assert found is not None
    assert shown(found, "Europe/Berlin") == "2026-03-29 12:00"
    assert found - start == 25 * HOUR


def test_by_the_end_of_a_day_is_its_last_millisecond() -> None:
    found = days(1, END_OF_DAY).due(at("2026-11-03 10:00", ZONE), PARCEL, None)
    assert found == at("2026-11-05 00:00", ZONE) - 1


def test_the_same_day_is_not_promised_for_an_hour_that_has_passed() -> None:
    for cutoff in (None, 23 * HOUR):
        same_day = days(0, 22 * HOUR, cutoff)
        assert due(same_day, "2026-11-03 21:00") == "2026-11-03 22:00"
        assert due(same_day, "2026-11-03 22:30") == "2026-11-04 22:00"


def test_the_steps_say_which_days_count_and_why_others_do_not() -> None:
    steps = days(1, when=WORK).steps(at("2026-09-30 19:00", ZONE), PARCEL, None)
    assert steps[0] == "promised for 12:00 of D+1 (branch) in Asia/Shanghai"
    assert steps[1] == "started at 2026-09-30 Wed 19:00:00, after the cut-off at 18:00"
    assert steps[2:5] == [
        "2026-09-30 Wed, open: does not count",
        "2026-10-01 Thu, National Day: does not count",
        "2026-10-02 Fri, National Day: does not count",
    ]
    assert steps[-3:] == [
        "2026-10-08 Thu, open: D+0",
        "2026-10-09 Fri, open: D+1",
        "due at 2026-10-09 Fri 12:00:00",
    ]
