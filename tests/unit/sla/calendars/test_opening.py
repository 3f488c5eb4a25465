"""Opening hours, own dates and regions."""

from datetime import date

from streams.sla.calendars.zones import LAST_INSTANT
from tests.unit.sla.calendars.wall import HOUR, at, calendar, shown

ZONE = "Asia/Shanghai"


def test_two_hours_that_begin_late_go_on_the_next_morning() -> None:
    branch = calendar(hours="08:00-20:00").at(None, ZONE)
    assert shown(branch.add(at("2026-11-02 19:00", ZONE), 2 * HOUR), ZONE) == "2026-11-03 09:00"


def test_what_begins_at_night_begins_when_the_doors_open() -> None:
    branch = calendar(hours="08:00-20:00").at(None, ZONE)
    assert shown(branch.add(at("2026-11-02 23:30", ZONE), 2 * HOUR), ZONE) == "2026-11-03 10:00"


def test_working_time_that_is_up_when_the_doors_close_is_up_that_day() -> None:
    branch = calendar(hours="08:00-20:00").at(None, ZONE)
    assert shown(branch.add(at("2026-11-02 18:00", ZONE), 2 * HOUR), ZONE) == "2026-11-02 20:00"


def test_no_working_time_ends_where_it_begins_even_at_night() -> None:
    branch = calendar(hours="08:00-20:00").at(None, ZONE)
    start = at("2026-11-02 23:30", ZONE)
    assert branch.add(start, 0) == start


def test_a_lunch_break_does_not_count() -> None:
    branch = calendar(hours={"mon-fri": ["09:00-12:00", "13:00-17:00"]}).at(None, ZONE)
    assert shown(branch.add(at("2026-11-06 11:00", ZONE), 7 * HOUR), ZONE) == "2026-11-09 11:00"


def test_hours_past_midnight_belong_to_the_date_on_which_the_doors_open() -> None:
    friday_night = calendar(hours={"fri": "22:00-06:00"}).at(None, ZONE)
    assert friday_night.is_open(at("2026-11-07 05:59", ZONE))
    assert not friday_night.is_open(at("2026-11-07 06:00", ZONE))
    assert not friday_night.is_open(at("2026-11-06 05:00", ZONE))


def test_a_night_of_the_last_date_of_a_year_goes_on_into_the_next_year() -> None:
    night = calendar(hours="22:00-06:00").at(None, ZONE)
    assert shown(night.add(at("2026-12-31 23:00", ZONE), 3 * HOUR), ZONE) == "2027-01-01 02:00"
    assert night.between(at("2026-12-31 12:00", ZONE), at("2027-01-01 12:00", ZONE)) == 8 * HOUR


def test_own_dates_go_before_the_week_and_open_ones_before_closed_ones() -> None:
    branch = calendar(hours={"mon-fri": "08:00-20:00"}, closed=["2026-11-02..2026-11-08"], open=["2026-11-07"])
    monday = date(2026, 11, 2).toordinal()
    local = branch.at(None, ZONE)
    assert [date.fromordinal(local.add_days(monday, count)).day for count in (1, 2, 3)] == [7, 9, 10]
    assert local.is_open(at("2026-11-07 19:59", ZONE))  # a Saturday, with the hours of a working day


def test_a_region_has_its_own_hours_and_takes_the_rest_from_everywhere() -> None:
    branch = calendar(
        hours="08:00-20:00",
        closed=["2026-11-02"],
        regions={"URC": {"hours": "10:00-20:00", "time_zone": "Asia/Urumqi"}},
    )
    urumqi = branch.at("URC", ZONE)
    assert shown(urumqi.next_open(at("2026-11-02 11:00", ZONE)), "Asia/Urumqi") == "2026-11-03 10:00"
    assert shown(branch.at("PEK", ZONE).next_open(at("2026-11-02 11:00", ZONE)), ZONE) == "2026-11-03 08:00"


def test_a_calendar_with_a_zone_of_its_own_keeps_it_everywhere() -> None:
    branch = calendar(hours="08:00-20:00", time_zone=ZONE)
    assert branch.at(None, "America/New_York").zone.name == ZONE


def test_a_country_closes_its_weekends_unless_hours_are_given_by_weekday() -> None:
    saturday = date(2026, 11, 7).toordinal()
    offices = calendar(country="DE", hours="09:00-17:00").at(None, "Europe/Berlin")
    shops = calendar(country="DE", hours={"mon-sat": "09:00-17:00"}).at(None, "Europe/Berlin")
    assert offices.add_days(saturday, 0) == saturday + 2
    assert shops.add_days(saturday, 0) == saturday


def test_a_province_has_holidays_of_its_own() -> None:
    corpus_christi = date(2026, 6, 4).toordinal()
    bavaria = calendar(country="DE", subdivision="BY").at(None, "Europe/Berlin")
    berlin = calendar(country="DE", subdivision="BE").at(None, "Europe/Berlin")
    assert bavaria.add_days(corpus_christi, 0) == corpus_christi + 1
    assert berlin.add_days(corpus_christi, 0) == corpus_christi


def test_the_leap_day_is_a_day() -> None:
    local = calendar(hours="09:00-18:00").at(None, ZONE)
    assert date.fromordinal(local.add_days(date(2028, 2, 28).toordinal(), 1)) == date(2028, 2, 29)
    assert shown(local.add(at("2028-02-28 17:00", ZONE), 10 * HOUR), ZONE) == "2028-02-29 18:00"


def test_what_is_more_than_a_century_away_never_comes() -> None:
    local = calendar(hours={"mon": "09:00-10:00"}).at(None, ZONE)
    assert local.add(at("2026-11-02 08:00", ZONE), 10_000 * HOUR) == LAST_INSTANT
    assert local.add(at("9998-12-01 08:00", ZONE), 10 * HOUR) == LAST_INSTANT
