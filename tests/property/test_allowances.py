"""Days and pauses against somebody with a calendar on the wall."""

from datetime import date, timedelta

import hypothesis.strategies as st
from hypothesis import assume, given

from streams.sla.calendars import Calendar
from streams.sla.instants import DAY_MS, MINUTE_MS, from_datetime
from streams.sla.policy.allowances import Allowance, Days, Duration, Place, Working
from streams.sla.registration import Registration
from tests.oracles import opening_hours as oracle
from tests.oracles.opening_hours import Shop
from tests.property.shops import near, opening, shops

PARCEL = Registration("c1", 0)
NEAR = st.integers(-3 * 1440, 3 * 1440)
MINUTES = st.integers(0, 1440 - 1)


def calendar(shop: Shop) -> Calendar:
    return Calendar("work", opening(shop))


@given(shops(), NEAR, st.integers(0, 5), MINUTES, st.none() | MINUTES)
def test_a_day_promise_is_for_the_day_that_somebody_would_name(
    place: tuple[Shop, date], begin: int, days: int, by: int, cutoff: int | None
) -> None:
    shop, around = place
    start = near(around, begin)
    last_order = None if cutoff is None else cutoff * MINUTE_MS
    allowance = Days(days, by * MINUTE_MS, last_order, calendar(shop), Place("destination", shop.zone))
    expected = oracle.promised(shop, start, days, by, cutoff)
    assert allowance.due(from_datetime(start), PARCEL, None) == from_datetime(expected)


@st.composite
def allowances(draw: st.DrawFn) -> tuple[Allowance, int]:
    """An allowance, and when it starts."""
    shop, around = draw(shops())
    there = Place("destination", shop.zone)
    kinds = st.one_of(
        st.integers(1, 5 * DAY_MS).map(Duration),
        st.integers(1, DAY_MS).map(lambda length: Working(length, calendar(shop), there)),
        st.builds(
            Days,
            st.integers(0, 4),
            MINUTES.map(lambda minute: minute * MINUTE_MS),
            st.none(),
            st.just(calendar(shop)),
            st.just(there),
        ),
    )
    return draw(kinds), from_datetime(near(around, draw(NEAR)))


def moved(allowance: Allowance, due: int, began: int, ended: int) -> int:
    return allowance.settle(allowance.extend(due, began, ended, PARCEL, None), PARCEL, None)


@given(allowances(), st.integers(0, 1000), st.integers(1, 5 * DAY_MS), st.integers(0, DAY_MS))
def test_a_longer_pause_never_makes_anything_due_earlier(
    given_: tuple[Allowance, int], share: int, length: int, more: int
) -> None:
    allowance, start = given_
    due = allowance.due(start, PARCEL, None)
    assert due is not None
    began = start + (due - start - 1) * share // 1000
    assert due <= moved(allowance, due, began, began + length) <= moved(allowance, due, began, began + length + more)


@given(allowances())
def test_what_no_pause_has_moved_stays_where_it_is(given_: tuple[Allowance, int]) -> None:
    allowance, start = given_
    due = allowance.due(start, PARCEL, None)
    assert due is not None
    assert due >= start
    assert allowance.settle(due, PARCEL, None) == due


@given(shops(), NEAR, st.integers(1, 2 * 1440), st.integers(1, 1440), st.integers(1, 1440))
def test_after_a_pause_as_much_working_time_is_left_as_before(
    place: tuple[Shop, date], begin: int, length: int, before: int, pause: int
) -> None:
    shop, around = place
    start = near(around, begin)
    working = Working(length * MINUTE_MS, calendar(shop), Place("destination", shop.zone))
    began, ended = start + timedelta(minutes=before), start + timedelta(minutes=before + pause)
    due = working.due(from_datetime(start), PARCEL, None)
    assert due is not None
    assume(from_datetime(began) < due)
    left = length - oracle.between(shop, start, began)
    assert moved(working, due, from_datetime(began), from_datetime(ended)) == from_datetime(
        oracle.add(shop, ended, left)
    )
