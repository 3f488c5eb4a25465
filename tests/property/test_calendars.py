"""The calendar agrees with a clock that is watched minute by minute, and reckoning with it is an algebra."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import hypothesis.strategies as st
from hypothesis import given

from streams.sla.calendars import LocalCalendar
from streams.sla.calendars.zones import zone_of
from streams.sla.instants import MINUTE_MS, from_datetime
from tests.oracles import opening_hours as oracle
from tests.oracles.opening_hours import Shop
from tests.property.shops import CHANGES, near, opening, shops

NEAR = st.integers(-3 * 1440, 3 * 1440)


def calendar(shop: Shop) -> LocalCalendar:
    return LocalCalendar(opening(shop), zone_of(shop.zone))


@given(shops(), NEAR, st.integers(1, 2000))
def test_working_time_passes_as_somebody_would_count_it_at_the_door(
    place: tuple[Shop, date], begin: int, minutes: int
) -> None:
    shop, around = place
    start = near(around, begin)
    expected = oracle.add(shop, start, minutes)
    assert calendar(shop).add(from_datetime(start), minutes * MINUTE_MS) == from_datetime(expected)


@given(shops(), NEAR, st.integers(0, 5000))
def test_working_time_between_two_instants_is_what_somebody_would_count(
    place: tuple[Shop, date], begin: int, length: int
) -> None:
    shop, around = place
    start, end = near(around, begin), near(around, begin + length)
    found = calendar(shop).between(from_datetime(start), from_datetime(end))
    assert found == oracle.between(shop, start, end) * MINUTE_MS


@given(shops(), NEAR)
def test_a_place_is_open_when_somebody_would_find_it_open(place: tuple[Shop, date], minutes: int) -> None:
    shop, around = place
    local = calendar(shop)
    for moment, is_open in oracle.open_minutes(shop, near(around, minutes)):
        assert local.is_open(from_datetime(moment)) == is_open
        if is_open:
            assert local.next_open(from_datetime(near(around, minutes))) == from_datetime(moment)
            break


@given(st.sampled_from(CHANGES), st.integers(-1, 1), st.integers(0, 48 * 60))
def test_a_time_of_day_comes_when_the_clock_first_reads_it(change: tuple[str, date], step: int, minutes: int) -> None:
    zone, around = change
    day = around + timedelta(days=step)
    assert zone_of(zone).wall(day.toordinal(), minutes * MINUTE_MS) == from_datetime(oracle.wall(zone, day, minutes))


@given(shops(), st.integers(-400, 400), st.integers(0, 700))
def test_service_days_are_counted_one_by_one(place: tuple[Shop, date], step: int, count: int) -> None:
    shop, _ = place
    day = date(2026, 6, 15) + timedelta(days=step)  # no zone skips a date there: what has hours is a service day
    ahead = (day + timedelta(days=ahead) for ahead in range(10_000))
    service_days = (found for found in ahead if shop.stretches(found) and (found > day or count == 0))
    expected = next(islice(service_days, max(count - 1, 0), None))
    assert calendar(shop).add_days(day.toordinal(), count) == expected.toordinal()


INSTANTS = st.integers(from_datetime(datetime(2010, 1, 1, tzinfo=UTC)), from_datetime(datetime(2030, 1, 1, tzinfo=UTC)))
WORK = st.integers(0, 400 * 86_400_000) | st.integers(0, 100_000)


@given(shops(), INSTANTS, WORK, WORK)
def test_adding_twice_is_adding_the_sum(place: tuple[Shop, date], start: int, first: int, then: int) -> None:
    local = calendar(place[0])
    assert local.add(local.add(start, first), then) == local.add(start, first + then)


@given(shops(), INSTANTS, WORK)
def test_what_was_added_lies_between(place: tuple[Shop, date], start: int, working: int) -> None:
    local = calendar(place[0])
    end = local.add(start, working)
    assert local.between(start, end) == working
    if working:
        assert local.between(start, end - 1) == working - 1


@given(shops(), INSTANTS, INSTANTS, INSTANTS)
def test_working_time_adds_up_along_the_way(place: tuple[Shop, date], first: int, second: int, third: int) -> None:
    local = calendar(place[0])
    begin, middle, end = sorted((first, second, third))
    assert local.between(begin, middle) + local.between(middle, end) == local.between(begin, end)
    assert 0 <= local.between(begin, end) <= end - begin
    assert local.between(end, begin) == 0
