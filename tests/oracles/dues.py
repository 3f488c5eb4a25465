"""When a promise is due, before pauses."""

from bisect import bisect_right
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles import attributes, hours
from tests.oracles.terms import DAY, Fact, Json, duration, ms


def due_of(policy: Json, clock: Json, registration: Json, start: int, begin: Fact | None) -> int | None:
    """When a clock that starts then is due, before pauses."""
    found = _unshifted(policy, clock, registration, start, begin)
    return None if found is None else found + duration(clock.get("shift", "PT0S"))


def given_of(policy: Json, clock: Json, registration: Json, start: int, begin: Fact | None) -> Any:
    """The allowance that gives its due instant, as the page has it."""
    within = clock.get("within")
    if not isinstance(within, list):
        return within or clock.get("due")
    for rule in within:
        if "allow" in rule and attributes.hold(rule.get("when", {}), registration, begin):
            due = _given(policy, rule["allow"], registration, start, begin)
            if due is not None:
                return rule["allow"]
    return None


def extra_of(clock: Json, registration: Json, begin: Fact | None) -> int:
    """Milliseconds that come on top of the allowance whatever the hour: durations that are added, and a shift."""
    rules = clock["within"] if isinstance(clock.get("within"), list) else []
    more = [
        rule["add"]
        for rule in rules
        if isinstance(rule.get("add"), str) and attributes.hold(rule.get("when", {}), registration, begin)
    ]
    return sum(map(duration, [*more, clock.get("shift", "PT0S")]))


def _unshifted(policy: Json, clock: Json, registration: Json, start: int, begin: Fact | None) -> int | None:
    if clock.get("due") == "promised":
        return _promised(policy, registration)
    within = clock["within"]
    if not isinstance(within, list):
        return _given(policy, within, registration, start, begin)
    holding = [rule for rule in within if attributes.hold(rule.get("when", {}), registration, begin)]
    for rule in holding:
        if "allow" in rule:
            due = _given(policy, rule["allow"], registration, start, begin)
            if due is not None:
                for more in (rule["add"] for rule in holding if "add" in rule):
                    due = _more(policy, more, registration, due)
                return due
    return None


def _given(policy: Json, given: Any, registration: Json, start: int, begin: Fact | None) -> int | None:
    if given == "promised":
        return _promised(policy, registration)
    if given == "plan":
        total = _whole_plan(registration)
        return None if total is None else start + total
    if isinstance(given, str):
        return start + duration(given)
    if "appointment" in given:
        window = registration.get(f"{given['appointment']}_appointment")
        return ms(window["end"]) if window else None
    return hours.due(policy, given, registration, start, begin)


def _more(policy: Json, more: Any, registration: Json, due: int) -> int:
    return due + duration(more) if isinstance(more, str) else hours.later(policy, more, registration, due)


def _promised(policy: Json, registration: Json) -> int | None:
    if registration.get("promised_at"):
        return ms(registration["promised_at"])
    if registration.get("promised_date"):
        zone = (registration.get("destination") or {}).get("time_zone") or policy.get("time_zone", "UTC")
        return end_of_day(registration["promised_date"], zone)
    return None


def leg_total(leg: Json) -> int | None:
    parts = [milestone.get("within") for milestone in leg["milestones"]]
    return None if None in parts else sum(duration(part) for part in parts)


def _whole_plan(registration: Json) -> int | None:
    """The longest chain of legs: every chain is walked to its beginning."""
    legs = {leg["leg"]: leg for leg in (registration.get("plan") or {}).get("legs", [])}
    if not legs or any(leg_total(leg) is None for leg in legs.values()):
        return None

    def through(name: str) -> int:
        return (leg_total(legs[name]) or 0) + max(map(through, legs[name].get("after", [])), default=0)

    return max(map(through, legs))


def end_of_day(day: str, zone: str) -> int:
    """The last millisecond at which a calendar in the zone shows the day, found by looking at calendars."""
    wanted = date.fromisoformat(day)
    about = int(datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC).timestamp() * 1000)
    instants = range(about - DAY, about + 3 * DAY)

    def shown(instant: int) -> date:
        return datetime.fromtimestamp(instant / 1000, ZoneInfo(zone)).date()

    return instants[bisect_right(instants, wanted, key=shown) - 1]
