"""Allowances that a calendar measures: working time within opening hours."""

from streams.sla.calendars import Calendar
from streams.sla.calendars.zones import LAST_INSTANT
from streams.sla.instants import DAY_MS, describe
from streams.sla.policy.allowances.base import Allowance
from streams.sla.policy.allowances.place import Place
from streams.sla.policy.allowances.wording import dated, moment
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan


class Working(Allowance):
    """So many milliseconds of opening hours after the start."""

    def __init__(self, length: int, calendar: Calendar, place: Place) -> None:
        self._length = length
        self._calendar = calendar
        self._place = place
        self.needs = place.needs

    def due(self, start: int, registration: Registration, scan: KnownScan | None) -> int | None:
        """The first instant at which the place has been open so long."""
        return self._place.local(self._calendar, registration, scan).add(start, self._length)

    def extend(self, due: int, began: int, ended: int, registration: Registration, scan: KnownScan | None) -> int:
        """By the working time that was left when the pause began: hours in which nobody works anyway give nothing."""
        if due >= LAST_INSTANT:
            return due
        local = self._place.local(self._calendar, registration, scan)
        return local.add(ended, local.between(began, due))

    def explain(self, start: int, registration: Registration, scan: KnownScan | None) -> str:
        """`allowed 2 h of the opening hours of branch`."""
        del start, registration, scan
        return f"allowed {describe(self._length)} of the opening hours of {self._calendar.name}"

    def steps(self, start: int, registration: Registration, scan: KnownScan | None) -> list[str]:
        """Every date from the start to the end, with what was worked on it."""
        local = self._place.local(self._calendar, registration, scan)
        due = local.add(start, self._length)
        lines = [f"{self.explain(start, registration, scan)}, in {local.zone.name}"]
        left = self._length
        for day in range(local.day(start), local.day(due) + 1):
            worked = local.between(max(start, local.wall(day, 0)), min(due, local.wall(day, DAY_MS)))
            left -= worked
            lines.append(f"{dated(day)}, {local.about(day).why}: {_worked(worked)}, {_rest(left)}")
        return [*lines, f"due at {moment(due, local.zone)}"]


def _worked(worked: int) -> str:
    return f"{describe(worked)} worked" if worked else "nothing worked"


def _rest(left: int) -> str:
    return f"{describe(left)} left" if left else "all of it"
