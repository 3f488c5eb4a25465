"""What is added to an allowance: remote areas, large consignments."""

from streams.sla.calendars import Calendar
from streams.sla.calendars.zones import LAST_DAY, LAST_INSTANT
from streams.sla.instants import describe
from streams.sla.policy.allowances.place import Place
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan


class Addition:
    """More time on top of an allowance."""

    needs: frozenset[str] = frozenset()
    """As of an allowance."""

    def add(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """The later due instant, UTC milliseconds."""
        raise NotImplementedError

    def explain(self) -> str:
        """What is added, for people."""
        raise NotImplementedError


class MoreTime(Addition):
    """So many milliseconds."""

    def __init__(self, length: int) -> None:
        self.length = length

    def add(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """By the length."""
        del registration, scan
        return due + self.length

    def explain(self) -> str:
        """`2 d`."""
        return describe(self.length)


class MoreDays(Addition):
    """So many service days, at the same wall-clock time of a later date."""

    def __init__(self, days: int, calendar: Calendar, place: Place) -> None:
        """Of `streams.sla.calendars.ALWAYS` they are calendar days."""
        self._days = days
        self._calendar = calendar
        self._place = place
        self.needs = place.needs

    def add(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """The n-th service day after that of the due instant."""
        if due >= LAST_INSTANT:
            return due
        local = self._place.local(self._calendar, registration, scan)
        today = local.day(due)
        day = local.add_days(today, self._days)
        return LAST_INSTANT if day >= LAST_DAY else local.wall(day, local.zone.reading(due))

    def explain(self) -> str:
        """`2 days (work)`."""
        return f"{self._days} day{'' if self._days == 1 else 's'} ({self._calendar.name})"
