"""A calendar in one place: reckoning with working time and service days."""

from bisect import bisect_left, bisect_right
from datetime import date
from typing import Final

from streams.sla.calendars.opening import Day, Opening
from streams.sla.calendars.year import Year
from streams.sla.calendars.zones import LAST_DAY, LAST_INSTANT, Zone

MOST_YEARS: Final = 100
"""How far ahead anything is looked for; what lies beyond is as good as never."""
_LAST_YEAR: Final = 9998
_MOST_KEPT: Final = 24


class LocalCalendar:
    """Opening hours in one time zone.  Working time is real time that passes within them."""

    def __init__(self, opening: Opening, zone: Zone) -> None:
        self.zone = zone
        self._opening = opening
        self._years: dict[int, Year] = {}

    def add(self, start: int, working: int) -> int:
        """The first instant at which so much working time has passed since `start`; `start` itself for none at all.

        `LAST_INSTANT` when that is more than `MOST_YEARS` away.
        """
        if working <= 0:
            return start
        year = self._year_of(start)
        table = self._year(year)
        working += table.worked(start)
        for _ in range(MOST_YEARS):
            if working <= table.total:
                return table.at(working)
            if year >= _LAST_YEAR:
                break
            working -= table.total
            year += 1
            table = self._year(year)
        return LAST_INSTANT

    def between(self, begin: int, end: int) -> int:
        """Working time from one instant to a later one, at most that of `MOST_YEARS`; 0 when it is not later."""
        if end <= begin:
            return 0
        year = self._year_of(begin)
        table = self._year(year)
        working = -table.worked(begin)
        for _ in range(MOST_YEARS):
            if end < table.end or year >= _LAST_YEAR:
                return working + table.worked(end)
            working += table.total
            year += 1
            table = self._year(year)
        return working

    def is_open(self, instant: int) -> bool:
        """Whether the place is open at an instant; the closing time itself is not."""
        return self._year(self._year_of(instant)).is_open(instant)

    def next_open(self, instant: int) -> int:
        """The first instant from this one on at which the place is open, or `LAST_INSTANT`."""
        first = self._year_of(instant)
        for year in range(first, min(first + MOST_YEARS, _LAST_YEAR)):
            found = self._year(year).next_open(instant)
            if found is not None:
                return found
        return LAST_INSTANT

    def add_days(self, day: int, count: int) -> int:
        """The date that is so many service days after a date; for 0 the first one from this date on.

        A service day is a date that has opening hours.  Dates are proleptic ordinals.
        """
        first = min(max(date.fromordinal(min(day, LAST_DAY)).year, 1), _LAST_YEAR)
        days = self._year(first).service_days
        left = bisect_left(days, day) if count == 0 else bisect_right(days, day) + count - 1
        for year in range(first, min(first + MOST_YEARS, _LAST_YEAR)):
            days = self._year(year).service_days
            if left < len(days):
                return days[left]
            left -= len(days)
        return LAST_DAY

    def wall(self, day: int, time: int) -> int:
        """The instant of a date and a wall-clock time, in milliseconds after midnight."""
        return self.zone.wall(day, time)

    def day(self, instant: int) -> int:
        """The local date of an instant, a proleptic ordinal."""
        return self.zone.day(instant)

    def about(self, day: int) -> Day:
        """When a date opens, and why."""
        return self._opening.day(day)

    def _year_of(self, instant: int) -> int:
        return min(date.fromordinal(min(self.zone.day(instant), LAST_DAY)).year, _LAST_YEAR)

    def _year(self, year: int) -> Year:
        table = self._years.get(year)
        if table is None:
            if len(self._years) >= _MOST_KEPT:
                self._years.clear()
            table = self._years[year] = Year(self._opening, self.zone, year)
        return table
