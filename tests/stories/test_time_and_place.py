"""What calendars, clocks that change and far places do to promises."""

from tests.stories.story import Story, page

NEXT_NOON = '- {name: noon, from: picked_up, until: delivered, within: {days: 1, by: "12:00"}}'
WORK = '{work: {hours: {mon-fri: "09:00-18:00"}}}'
WORKING = "- {name: work, from: picked_up, until: delivered, within: {working: PT9H, calendar: work}}"
A_DAY = "- {name: day, from: picked_up, until: delivered, within: PT24H}"


def _berlin(clocks: str, calendars: str = "{}") -> Story:
    here = {"region": "BER", "time_zone": "Europe/Berlin"}
    policy = page(clocks, calendars=calendars, time_zone="Europe/Berlin")
    return Story(policy, zone="Europe/Berlin").registered("2026-03-20 09:00", origin=here, destination=here)


def test_noon_is_noon_though_the_night_before_it_has_an_hour_less() -> None:
    story = _berlin(NEXT_NOON).scan("picked_up", "2026-03-28 15:00").scan("delivered", "2026-03-29 12:00")
    assert story.told("noon") == ["03-29 12:00 outcome met"]


def test_a_day_of_24_hours_ends_an_hour_later_on_the_clock_in_that_night() -> None:
    story = _berlin(A_DAY).scan("picked_up", "2026-03-28 15:00").scan("delivered", "2026-03-29 15:59")
    assert story.due("day") == "03-29 16:00"
    assert story.told("day") == ["03-29 15:59 outcome met"]


def test_nine_working_hours_over_a_weekend_with_a_change_of_clocks_are_nine_working_hours() -> None:
    story = _berlin(WORKING, WORK).scan("picked_up", "2026-03-27 15:00").scan("delivered", "2026-03-30 15:00")
    assert story.told("work") == ["03-30 15:00 outcome met"]
    assert story.due("work") == "03-30 15:00"


def test_in_autumn_the_hour_that_comes_twice_counts_twice() -> None:
    here = {"region": "BER", "time_zone": "Europe/Berlin"}
    story = Story(page(A_DAY, time_zone="Europe/Berlin"), zone="Europe/Berlin")
    story.registered("2026-10-20 09:00", destination=here).scan("picked_up", "2026-10-24 15:00")
    assert story.until("2026-10-25 15:00").told("day") == ["10-25 14:00 alert opened"]


def test_a_leap_day_is_a_day() -> None:
    story = Story(page(NEXT_NOON)).registered("2028-02-28 09:00").scan("picked_up", "2028-02-28 10:00")
    assert story.until("2028-03-01 00:00").told("noon") == ["02-29 12:00 alert opened"]


def test_midnight_is_that_of_the_destination() -> None:
    there = {"region": "NRT", "time_zone": "Asia/Tokyo"}
    promise = "- {name: promise, from: registered, until: delivered, due: promised}"
    story = Story(page(promise)).registered("2026-11-02 09:00", destination=there, promised_date="2026-11-03")
    assert story.until("2026-11-04 12:00").told("promise") == ["11-03 22:59:59 alert opened"]


def test_a_pause_over_a_holiday_moves_working_time_only_by_the_work_that_was_left() -> None:
    clock = WORKING.replace("}}", "}, pause: [{from: held, until: released}]}")
    calendars = '{work: {country: CN, hours: "09:00-18:00"}}'
    story = Story(page(clock, calendars=calendars)).registered("2026-02-12 09:00").scan("picked_up", "2026-02-13 12:00")
    # Six hours are worked on Friday the 13th, three are left when it is held on the make-up Saturday at nine.
    story.scan("held", "2026-02-14 09:00").scan("released", "2026-02-20 12:00").scan("delivered", "2026-02-24 11:59")
    assert story.due("work") == "02-24 12:00"
    assert story.outcome("work")["kind"] == "met"
