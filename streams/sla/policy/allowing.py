"""From what a page says of time to allowances."""

from collections.abc import Mapping
from typing import Final

from streams.sla.calendars import ALWAYS, Calendar
from streams.sla.policy.allowances import (
    CACHED,
    END_OF_DAY,
    Addition,
    Allowance,
    Appointment,
    Days,
    Duration,
    MoreDays,
    MoreTime,
    Place,
    PlanTotal,
    Promised,
    Rules,
    Shifted,
    Working,
)
from streams.sla.policy.allowances import Rule as CompiledRule
from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import AdditionDocument, AllowanceDocument, ClockDocument, PolicyDocument, Rule
from streams.sla.policy.durations import duration, signed
from streams.sla.policy.opening_hours import time_of_day
from streams.sla.policy.problems import Problem

_KINDS: Final = ("working", "days", "appointment")


class Terms:
    """What the allowances of a page refer to: its calendars and its time zone."""

    def __init__(self, document: PolicyDocument, calendars: Mapping[str, Calendar]) -> None:
        self._zone = document.time_zone
        self._calendars = calendars

    def allowance(self, item: ClockDocument, path: str) -> Allowance:
        """The allowance of a clock.  Raises `Problem`."""
        found = self._unshifted(item, path)
        return found if item.shift is None else Shifted(found, signed(item.shift, f"{path}.shift"))

    def _unshifted(self, item: ClockDocument, path: str) -> Allowance:
        if item.due == "promised":
            return Promised(self._zone)
        if item.due == "plan":
            raise Problem(f"{path}.due", "`due: plan` goes with `per: milestone` or `per: leg`")
        within = item.within
        if isinstance(within, list):
            rules = [self._rule(rule, f"{path}.within[{place}]") for place, rule in enumerate(within)]
            return Rules(rules, cached=all(CACHED.issuperset(rule.when) for rule in within))
        return self._given(within, f"{path}.within")

    def _rule(self, rule: Rule, path: str) -> CompiledRule:
        if (rule.allow is None) == (rule.add is None):
            raise Problem(path, "a rule needs either `allow` or `add`, and not both")
        return CompiledRule(
            Condition(rule.when, f"{path}.when"),
            allow=None if rule.allow is None else self._given(rule.allow, f"{path}.allow"),
            add=None if rule.add is None else self._addition(rule.add, f"{path}.add"),
        )

    def _given(self, given: str | AllowanceDocument | None, path: str) -> Allowance:
        if given == "plan":
            return PlanTotal()
        if given == "promised":
            return Promised(self._zone)
        if given is None or isinstance(given, str):
            return Duration(duration(given or "", path))
        kinds = [kind for kind in _KINDS if getattr(given, kind) is not None]
        if len(kinds) != 1:
            raise Problem(path, f"name one of {', '.join(_KINDS)}")
        if given.days is None and (given.by is not None or given.cutoff is not None):
            raise Problem(path, "`by` and `cutoff` go with `days`")
        if given.appointment is not None:
            return Appointment(given.appointment)
        if given.working is not None:
            if given.calendar is None:
                raise Problem(f"{path}.working", "working time needs the calendar whose hours count: add `calendar`")
            place = Place(given.zone or "facility", self._zone)
            return Working(duration(given.working, f"{path}.working"), self.calendar(given.calendar, path), place)
        return Days(
            given.days or 0,
            END_OF_DAY if given.by is None else time_of_day(given.by, f"{path}.by"),
            None if given.cutoff is None else time_of_day(given.cutoff, f"{path}.cutoff"),
            self.calendar(given.calendar, path),
            Place(given.zone or "destination", self._zone),
        )

    def _addition(self, given: str | AdditionDocument, path: str) -> Addition:
        if isinstance(given, str):
            return MoreTime(duration(given, path))
        if (given.working_days is None) == (given.days is None):
            raise Problem(path, "name one of working_days and days")
        if given.working_days is not None and given.calendar is None:
            raise Problem(f"{path}.working_days", "working days are those of a calendar: add `calendar`")
        if given.days is not None and given.calendar is not None:
            raise Problem(f"{path}.calendar", "`days` are calendar days; write `working_days` for those of a calendar")
        days = given.working_days or given.days or 0
        return MoreDays(days, self.calendar(given.calendar, path), Place(given.zone or "destination", self._zone))

    def calendar(self, name: str | None, path: str) -> Calendar:
        """A calendar of the page; every day where none is named.  Raises `Problem`."""
        if name is None:
            return ALWAYS
        found = self._calendars.get(name)
        if found is None:
            known = ", ".join(sorted(self._calendars)) or "none: add it under `calendars`"
            raise Problem(f"{path}.calendar", f"no such calendar: {name!r}; there is {known}")
        return found
