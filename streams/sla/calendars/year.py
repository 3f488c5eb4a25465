"""One year of opening hours as instants, so that a sum over it takes two look-ups."""

from bisect import bisect_left, bisect_right
from datetime import date

from streams.sla.calendars.opening import Opening
from streams.sla.calendars.zones import Zone


class Year:
    """The stretches between two local New Years in which a place is open.  UTC milliseconds."""

    def __init__(self, opening: Opening, zone: Zone, year: int) -> None:
        first = date(year, 1, 1).toordinal()
        last = date(year, 12, 31).toordinal()
        self.begin = zone.wall(first, 0)
        self.end = zone.wall(last + 1, 0)
        self.total = 0
        """Milliseconds open in the whole year."""
        self.service_days: list[int] = []
        """Dates that have opening hours, proleptic ordinals."""
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._worked: list[int] = []
        """Milliseconds open up to the end of each stretch."""
        closed = -(2**63)
        for day in range(max(first - 2, 1), last + 1):  # what opens on the days before may close in this year
            hours = opening.day(day).hours
            for begin, end in hours:
                closes = zone.wall(day, end)
                self._add(max(zone.wall(day, begin), closed, self.begin), min(closes, self.end))
                closed = max(closed, closes)
            if hours and day >= first and zone.wall(day, 0) < zone.wall(day + 1, 0):  # zones have skipped whole dates
                self.service_days.append(day)

    def _add(self, opened: int, closed: int) -> None:
        if closed > opened:
            self.total += closed - opened
            self._opens.append(opened)
            self._closes.append(closed)
            self._worked.append(self.total)

    def worked(self, instant: int) -> int:
        """Milliseconds open from the beginning of the year to an instant."""
        place = bisect_right(self._opens, instant) - 1
        if place < 0:
            return 0
        return self._worked[place] - max(self._closes[place] - instant, 0)

    def at(self, worked: int) -> int:
        """The first instant at which the place has been open so long, more than 0 and no more than `total`."""
        place = bisect_left(self._worked, worked)
        return self._closes[place] - (self._worked[place] - worked)

    def is_open(self, instant: int) -> bool:
        """Whether the place is open; the closing time itself is not."""
        place = bisect_right(self._opens, instant) - 1
        return place >= 0 and instant < self._closes[place]

    def next_open(self, instant: int) -> int | None:
        """The first instant from this one on at which it is open; None when that is not in this year."""
        if self.is_open(instant):
            return instant
        place = bisect_right(self._opens, instant)
        return self._opens[place] if place < len(self._opens) else None
