"""Random shops around days on which clocks do something."""

from datetime import UTC, date, datetime, timedelta

import hypothesis.strategies as st

from streams.sla.calendars import Opening
from streams.sla.instants import MINUTE_MS
from tests.oracles.opening_hours import Shop

CHANGES = (
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("America/Sao_Paulo", date(2018, 11, 4)),
    ("America/Sao_Paulo", date(2018, 2, 18)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Asia/Kathmandu", date(2027, 1, 1)),
    ("Asia/Shanghai", date(2028, 2, 29)),
)
"""Days around which clocks do something: the hour comes twice or not at all, midnight or a whole date is missing."""
TIMES = st.integers(0, 24 * 60) | st.sampled_from([60, 90, 120, 150, 180, 24 * 60])


@st.composite
def days(draw: st.DrawFn) -> list[tuple[int, int]]:
    """A few stretches that do not overlap; the last may pass midnight."""
    times = sorted(draw(st.lists(TIMES, max_size=5, unique=True)))
    stretches = list(zip(times[::2], times[1::2], strict=False))
    if len(times) % 2 and times[-1] < 24 * 60 and draw(st.booleans()):
        stretches.append((times[-1], 24 * 60 + draw(st.integers(1, times[-1] or 1))))
    return stretches


@st.composite
def shops(draw: st.DrawFn) -> tuple[Shop, date]:
    """A shop, and the day around which to look at it."""
    zone, around = draw(st.sampled_from(CHANGES))
    week = {number: draw(days()) for number in range(7)}
    week[draw(st.integers(0, 6))] = [(540, 1260)]
    near = st.integers(-4, 4).map(lambda step: around + timedelta(days=step))
    return Shop(zone, week, draw(st.frozensets(near, max_size=3)), draw(st.frozensets(near, max_size=2))), around


def opening(shop: Shop) -> Opening:
    """The same for the product."""
    week = tuple(tuple((a * MINUTE_MS, b * MINUTE_MS) for a, b in shop.week[number]) for number in range(7))
    closed, opened = (frozenset(day.toordinal() for day in some) for some in (shop.closed, shop.opened))
    return Opening(week, closed=closed, opened=opened)


def near(around: date, minutes: int) -> datetime:
    """So many minutes from midnight UTC of a date."""
    return datetime(around.year, around.month, around.day, tzinfo=UTC) + timedelta(minutes=minutes)
