"""Clocks that are put forward and back: working time is time that really passes."""

import pytest

from streams.sla.calendars import ALWAYS
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        (BERLIN, "2026-03-28 23:00", "2026-03-29 06:00"),  # 02:00 to 03:00 does not exist
        (BERLIN, "2026-10-24 23:00", "2026-10-25 04:00"),  # 02:00 to 03:00 comes twice
        (NEW_YORK, "2026-03-07 23:00", "2026-03-08 06:00"),
        (NEW_YORK, "2026-10-31 23:00", "2026-11-01 04:00"),
    ],
)
def test_a_night_shift_works_six_hours_of_real_time(zone: str, start: str, end: str) -> None:
    night = calendar(hours="22:00-12:00").at(None, zone)
    assert shown(night.add(at(start, zone), 6 * HOUR), zone) == end


@pytest.mark.parametrize(
    ("zone", "date", "hours"),
    [
        (BERLIN, "2026-03-29", 7),
        (BERLIN, "2026-03-30", 8),
        (BERLIN, "2026-10-25", 9),
        (NEW_YORK, "2026-03-08", 7),
        (NEW_YORK, "2026-11-01", 9),
    ],
)
def test_a_day_that_is_open_from_midnight_to_eight_is_as_long_as_it_really_is(zone: str, date: str, hours: int) -> None:
    early = calendar(hours="00:00-08:00").at(None, zone)
    assert early.between(at(f"{date} 00:00", zone), at(f"{date} 23:00", zone)) == hours * HOUR


def test_opening_hours_within_the_hour_that_is_skipped_are_none_at_all() -> None:
    local = calendar(hours="02:00-03:00").at(None, BERLIN)
    assert local.between(at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN)) == 0
    assert shown(local.add(at("2026-03-29 00:00", BERLIN), HOUR), BERLIN) == "2026-03-30 03:00"


def test_a_time_that_is_skipped_means_the_end_of_the_gap() -> None:
    local = ALWAYS.at(None, BERLIN)
    day = local.day(at("2026-03-29 12:00", BERLIN))
    assert shown(local.wall(day, 2 * HOUR + HOUR // 2), BERLIN) == "2026-03-29 03:00"


def test_a_time_that_comes_twice_means_the_first() -> None:
    local = ALWAYS.at(None, NEW_YORK)
    day = local.day(at("2026-11-01 12:00", NEW_YORK))
    assert local.wall(day, HOUR + HOUR // 2) == at("2026-11-01 01:30", NEW_YORK)
    assert local.wall(day, 2 * HOUR) - local.wall(day, HOUR) == 2 * HOUR


def test_in_a_zone_that_skipped_a_whole_date_that_date_is_no_service_day() -> None:
    samoa = calendar(hours="09:00-17:00").at(None, "Pacific/Apia")
    start = at("2011-12-29 12:00", "Pacific/Apia")
    assert shown(samoa.wall(samoa.add_days(samoa.day(start), 1), 12 * HOUR), "Pacific/Apia") == "2011-12-31 12:00"
    assert shown(samoa.add(start, 6 * HOUR), "Pacific/Apia") == "2011-12-31 10:00"
