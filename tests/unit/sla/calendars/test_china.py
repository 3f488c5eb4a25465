"""Mainland China: long holidays, and working weekends that make up for them."""

from datetime import date, timedelta

import pytest

from streams.sla.calendars.countries import country_year
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

ZONE = "Asia/Shanghai"
ANNOUNCED = {
    2024: ["02-04", "02-18", "04-07", "04-28", "05-11", "09-14", "09-29", "10-12"],
    2025: ["01-26", "02-08", "04-27", "09-28", "10-11"],
    2026: ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"],
}
"""Working weekends, from the State Council's notices on the holidays of 2024, 2025 and 2026."""


@pytest.mark.parametrize("year", ANNOUNCED)
def test_weekends_that_the_state_council_made_working_days_are_worked(year: int) -> None:
    made_up = {date.fromordinal(day).strftime("%m-%d") for day in country_year("CN", None, year).made_up}
    assert made_up == set(ANNOUNCED[year])


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2024-02-10", "2024-02-17"),
        ("2025-01-28", "2025-02-04"),
        ("2026-02-15", "2026-02-23"),
        ("2026-10-01", "2026-10-07"),
    ],
)
def test_nobody_works_in_the_whole_of_an_announced_holiday(first: str, last: str) -> None:
    work = calendar(country="CN", hours="09:00-18:00").at(None, ZONE)
    before = date.fromisoformat(first) - timedelta(days=1)
    after = date.fromisoformat(last) + timedelta(days=1)
    assert work.add_days(before.toordinal(), 0) == before.toordinal()
    assert work.add_days(before.toordinal(), 1) == after.toordinal()


def test_a_make_up_saturday_has_working_hours_like_any_day() -> None:
    work = calendar(country="CN", hours={"mon-fri": "09:00-18:00"}).at(None, ZONE)
    start = at("2026-02-13 17:00", ZONE)  # a Friday
    assert shown(work.add(start, 2 * HOUR), ZONE) == "2026-02-14 10:00"


def test_four_hours_that_begin_before_the_spring_festival_end_after_it() -> None:
    work = calendar(country="CN", hours="09:00-18:00").at(None, ZONE)
    start = at("2026-02-14 16:00", ZONE)
    assert shown(work.add(start, 4 * HOUR), ZONE) == "2026-02-24 11:00"
    assert work.about(date(2026, 2, 17).toordinal()).why == "Chinese New Year (Spring Festival)"


def test_hong_kong_keeps_its_own_holidays_under_the_same_calendar() -> None:
    work = calendar(country="CN", hours="09:00-18:00", regions={"HK": {"country": "HK"}})
    wednesday = date(2026, 9, 30).toordinal()
    assert date.fromordinal(work.at("SHA", ZONE).add_days(wednesday, 1)) == date(2026, 10, 8)
    assert date.fromordinal(work.at("HK", "Asia/Hong_Kong").add_days(wednesday, 1)) == date(2026, 10, 2)


def test_a_year_that_has_not_been_announced_has_the_statutory_days() -> None:
    year = country_year("CN", None, 2040)
    assert year.made_up == frozenset()
    assert date(2040, 10, 1).toordinal() in year.holidays
