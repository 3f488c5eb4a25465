"""Allowances in days: D+n at a wall-clock time, with a daily cut-off."""

from typing import Final

from streams.sla.calendars import Calendar, LocalCalendar
from streams.sla.calendars.zones import LAST_DAY, LAST_INSTANT
from streams.sla.instants import DAY_MS, end_of_local_day
from streams.sla.policy.allowances.base import Allowance
from streams.sla.policy.allowances.place import Place
from streams.sla.policy.allowances.wording import dated, moment, wall_time
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

END_OF_DAY: Final = DAY_MS
"""As a wall-clock time: the last millisecond of the date."""
_MOST_KEPT: Final = 20_000


class Days(Allowance):
    """The n-th service day after the day of the start, at a wall-clock time.

    A start after the cut-off, or on a date that is no service day, counts as one of the next service day.  A start of
    the very instant of the cut-off is in time.  For D+0 the wall-clock time itself is a cut-off, when there is no
    earlier one: no promise is made for an hour that has passed.
    """

    def __init__(self, days: int, by: int, cutoff: int | None, calendar: Calendar, place: Place) -> None:
        """`by` and `cutoff` in milliseconds after midnight; `streams.sla.calendars.ALWAYS` for calendar days."""
        self._days = days
        self._by = by
        self._cutoff = min(by, by if cutoff is None else cutoff) if days == 0 else cutoff
        self._calendar = calendar
        self._place = place
        self._known: dict[tuple[LocalCalendar, int, bool], int] = {}
        self._cutoffs: dict[tuple[LocalCalendar, int], int] = {}
        self.needs = place.needs

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The instant of the wall-clock time on the n-th service day."""
        local = self._place.local(self._calendar, registration, scan)
        key = (local, local.day(start), self._is_late(local, start))
        due = self._known.get(key)
        if due is None:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            due = self._known[key] = self._at(local, local.add_days(self._first(local, start), self._days), self._by)
        return due

    def settle(self, due: int, registration: Registration, scan: KnownScan | None) -> int:
        """On to the next such wall-clock time of a service day: a promise for noon stays one for noon."""
        if due >= LAST_INSTANT:
            return due
        local = self._place.local(self._calendar, registration, scan)
        day = local.add_days(local.day(due), 0)
        at = self._at(local, day, self._by)
        return at if at >= due else self._at(local, local.add_days(day, 1), self._by)

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`promised for 12:00 of D+1 (service) in Asia/Shanghai`."""
        del start
        local = self._place.local(self._calendar, registration, scan)
        return f"promised for {wall_time(self._by)} of D+{self._days} ({self._calendar.name}) in {local.zone.name}"

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """Every date from the start to the end: which one counts, and why another does not."""
        local = self._place.local(self._calendar, registration, scan)
        today, first = local.day(start), self._first(local, start)
        last = local.add_days(first, self._days)
        lines = [self.explain(start, registration, scan), f"started at {moment(start, local.zone)}"]
        if self._cutoff is not None:
            late = "after" if self._is_late(local, start) else "not after"
            lines[-1] += f", {late} the cut-off at {wall_time(self._cutoff)}"
        count = 0
        for day in range(today, last + 1):
            serves = local.add_days(day, 0) == day
            count += serves and day > first
            counts = f"D+{count}" if serves and day >= first else "does not count"
            lines.append(f"{dated(day)}, {local.about(day).why}: {counts}")
        return [*lines, f"due at {moment(self._at(local, last, self._by), local.zone)}"]

    def _is_late(self, local: LocalCalendar, start: int) -> bool:
        if self._cutoff is None:
            return False
        key = (local, local.day(start))
        cutoff = self._cutoffs.get(key)
        if cutoff is None:
            if len(self._cutoffs) >= _MOST_KEPT:
                self._cutoffs.clear()
            cutoff = self._cutoffs[key] = self._at(local, key[1], self._cutoff)
        return start > cutoff

    def _first(self, local: LocalCalendar, start: int) -> int:
        """The service day that a start counts as."""
        today = local.day(start)
        first = local.add_days(today, 0)
        return local.add_days(today, 1) if first == today and self._is_late(local, start) else first

    def _at(self, local: LocalCalendar, day: int, time: int) -> int:
        if day >= LAST_DAY:
            return LAST_INSTANT
        return end_of_local_day(day, local.zone.name) if time >= END_OF_DAY else local.wall(day, time)
