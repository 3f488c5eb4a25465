"""Opening hours the slow way: minute by minute, by what the clock on the wall has shown so far.

It shares nothing with the product: it asks `zoneinfo` for every minute, and keeps the latest time that the clock has
ever read.  So an hour that comes twice counts as one long one, and an hour that is skipped has passed when it is over.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
Stretches = Sequence[tuple[int, int]]
"""Minutes after midnight."""


class Shop(NamedTuple):
    """Something with opening hours."""

    zone: str
    week: Mapping[int, Stretches]
    """By weekday, 0 is Monday."""
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def stretches(self, day: date) -> Stretches:
        """Of one date."""
        own = self.week.get(day.weekday(), ())
        if day in self.opened:
            return own or next(self.week[number] for number in range(7) if self.week.get(number))
        return () if day in self.closed else own


def readings(zone: str, begin: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Every minute from `begin` on, with the latest time that the clock has read; it is watched two days before."""
    place = ZoneInfo(zone)
    latest = datetime.min  # noqa: DTZ901 - what a clock on the wall shows has no zone
    moment = begin - 2 * DAY
    while True:
        latest = max(latest, moment.astimezone(place).replace(tzinfo=None))
        if moment >= begin:
            yield moment, latest
        moment += MINUTE


def open_minutes(shop: Shop, begin: datetime) -> Iterator[tuple[datetime, bool]]:
    """Every minute from `begin` on, and whether the shop is open in it."""
    today = None
    hours: list[tuple[datetime, datetime]] = []
    for moment, reading in readings(shop.zone, begin):
        if reading.date() != today:
            today = reading.date()
            hours = [stretch for day in (today - DAY, today) for stretch in _hours(shop, day)]
        yield moment, any(opens <= reading < closes for opens, closes in hours)


def _hours(shop: Shop, day: date) -> list[tuple[datetime, datetime]]:
    midnight = datetime.combine(day, datetime.min.time())
    return [(midnight + opens * MINUTE, midnight + closes * MINUTE) for opens, closes in shop.stretches(day)]


def add(shop: Shop, begin: datetime, minutes: int) -> datetime:
    """When the shop has been open for so many minutes, at least one, since `begin`."""
    left = minutes
    for moment, is_open in open_minutes(shop, begin):
        left -= is_open
        if left == 0:
            return moment + MINUTE
    raise AssertionError


def between(shop: Shop, begin: datetime, end: datetime) -> int:
    """Minutes that the shop is open."""
    count = 0
    for moment, is_open in open_minutes(shop, begin):
        if moment >= end:
            break
        count += is_open
    return count


def wall(zone: str, day: date, minutes: int) -> datetime:
    """The first minute at which the clock reads this time of this day, or later."""
    wanted = datetime.combine(day, datetime.min.time()) + minutes * MINUTE
    begin = wanted.replace(tzinfo=UTC) - DAY
    return next(moment for moment, reading in readings(zone, begin) if reading >= wanted)


def promised(shop: Shop, start: datetime, days: int, by: int, cutoff: int | None) -> datetime:
    """The wall-clock minute `by` of the n-th day on which the shop serves, after the day that `start` counts for."""
    today = start.astimezone(ZoneInfo(shop.zone)).date()
    limits = [minute for minute in (cutoff, None if days else by) if minute is not None]
    late = any(start > wall(shop.zone, today, minute) for minute in limits)
    first = _serving(shop, today + DAY if late else today)
    for _ in range(days):
        first = _serving(shop, first + DAY)
    return wall(shop.zone, first, by)


def _serving(shop: Shop, day: date) -> date:
    """The first date from this one on that has hours, and that there is."""
    while not shop.stretches(day) or wall(shop.zone, day, 0) == wall(shop.zone, day + DAY, 0):
        day += DAY
    return day
