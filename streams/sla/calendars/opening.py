"""When a place opens, day by day, by its wall clock."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from streams.sla.calendars.countries import country_year
from streams.sla.instants import DAY_MS

Hours = tuple[tuple[int, int], ...]
"""Opening and closing times in milliseconds after local midnight, in order; past 24 h means the next day."""

ALL_DAY: Final[Hours] = ((0, DAY_MS),)


class Day(NamedTuple):
    """One date: when it opens, and why."""

    hours: Hours
    why: str
    """For people: `open`, `weekend`, `make-up working day`, the name of a holiday, ..."""


@dataclass(frozen=True, slots=True)
class Opening:
    """The rule of a place.  Own dates go before those of the country, and open ones before closed ones."""

    week: tuple[Hours, ...]
    """Seven, Monday first."""
    country: str | None = None
    """Two letters: its holidays are closed, its make-up working days are open."""
    subdivision: str | None = None
    weekends: bool = True
    """Whether the week says it all; False when the weekend is that of the country."""
    closed: frozenset[int] = frozenset()
    """Own dates, proleptic ordinals."""
    opened: frozenset[int] = frozenset()
    """Own dates on which it opens all the same."""
    time_zone: str | None = None
    """None: that of the place asked for."""

    def day(self, ordinal: int) -> Day:
        """What a date is like."""
        if ordinal in self.opened:
            return Day(self._working_hours(ordinal), "opened specially")
        if ordinal in self.closed:
            return Day((), "closed specially")
        if self.country is not None:
            year = country_year(self.country, self.subdivision, date.fromordinal(ordinal).year)
            holiday = year.holidays.get(ordinal)
            if holiday is not None:
                return Day((), holiday)
            if ordinal in year.made_up:
                return Day(self._working_hours(ordinal), "make-up working day")
            if not self.weekends and ordinal in year.weekend:
                return Day((), "weekend")
        hours = self.week[(ordinal - 1) % 7]
        return Day(hours, "open" if hours else "closed on this weekday")

    def _working_hours(self, ordinal: int) -> Hours:
        """The hours of this weekday; where it has none, those of the first weekday that has."""
        return self.week[(ordinal - 1) % 7] or next((hours for hours in self.week if hours), ())


EVERY_DAY: Final = Opening((ALL_DAY,) * 7)
"""Open day and night."""
