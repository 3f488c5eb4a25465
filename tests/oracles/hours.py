"""Allowances that ask a calendar of the page, minute by minute (`tests.oracles.opening_hours`)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracles import opening_hours
from tests.oracles.opening_hours import Shop
from tests.oracles.terms import Fact, Json, duration

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALL_DAY = ((0, 24 * 60),)


def due(policy: Json, given: Json, registration: Json, start: int, begin: Fact | None) -> int:
    """When so much working time has passed, or the n-th day has come to its hour."""
    place = given.get("zone") or ("facility" if "working" in given else "destination")
    shop = _shop(policy, given.get("calendar"), registration, place, begin)
    moment = _moment(start)
    if "working" in given:
        return _ms(opening_hours.add(shop, moment, duration(given["working"]) // 60_000))
    by, cutoff = (None if given.get(name) is None else _minutes(given[name]) for name in ("by", "cutoff"))
    end_of_day = 24 * 60
    found = opening_hours.promised(shop, moment, given["days"], end_of_day if by is None else by, cutoff)
    return _ms(found) - (1 if by in (None, end_of_day) else 0)


def go_on(policy: Json, given: Json, registration: Json, begin: Fact | None, began: int, ended: int, due: int) -> int:
    """When the working time that was left at the beginning of a pause is up after its end."""
    shop = _shop(policy, given.get("calendar"), registration, given.get("zone") or "facility", begin)
    left = opening_hours.between(shop, _moment(began), _moment(due))
    return _ms(opening_hours.add(shop, _moment(ended), left)) if left else ended


def next_such(policy: Json, given: Json, registration: Json, begin: Fact | None, instant: int) -> int:
    """The first instant from this one on at which such a promise ends on a service day."""
    shop = _shop(policy, given.get("calendar"), registration, given.get("zone") or "destination", begin)
    minute = 24 * 60 if given.get("by") is None else _minutes(given["by"])
    day = _moment(instant).astimezone(ZoneInfo(shop.zone)).date()
    while True:
        if shop.stretches(day):
            found = _ms(opening_hours.wall(shop.zone, day, minute)) - (1 if minute == 24 * 60 else 0)
            if found >= instant:
                return found
        day += timedelta(days=1)


def later(policy: Json, more: Json, registration: Json, instant: int) -> int:
    """So many days later, at the same time of the day."""
    working = more.get("working_days")
    shop = _shop(policy, more.get("calendar"), registration, more.get("zone") or "destination", None)
    local = datetime.fromtimestamp(instant / 1000, ZoneInfo(shop.zone))
    day = local.date()
    for _ in range(working or more["days"]):
        day += timedelta(days=1)
        while not shop.stretches(day):
            day += timedelta(days=1)
    rest = timedelta(seconds=local.second, microseconds=local.microsecond)
    return _ms(opening_hours.wall(shop.zone, day, local.hour * 60 + local.minute) + rest)


def _shop(policy: Json, name: str | None, registration: Json, place: str, begin: Fact | None) -> Shop:
    origin, destination = registration.get("origin") or {}, registration.get("destination") or {}
    where: Any = origin if place == "origin" else destination
    if place == "facility" and begin is not None and begin.region is not None:
        at_origin = begin.region == origin.get("region") != destination.get("region")
        where = {"region": begin.region, "time_zone": (origin if at_origin else destination).get("time_zone")}
    zone = where.get("time_zone") or policy.get("time_zone", "UTC")
    if name is None:
        return Shop(zone, dict.fromkeys(range(7), _ALL_DAY))
    calendar = policy["calendars"][name]
    own = {**calendar, **calendar.get("regions", {}).get(where.get("region"), {})}
    return Shop(
        own.get("time_zone") or zone,
        {number: _stretches(own["hours"], day) for number, day in enumerate(_WEEKDAYS)},
        frozenset(map(date.fromisoformat, own.get("closed", ()))),
        frozenset(map(date.fromisoformat, own.get("open", ()))),
    )


def _stretches(hours: Any, weekday: str) -> tuple[tuple[int, int], ...]:
    written = hours
    if isinstance(hours, dict):
        written = next((hours[days] for days in hours if _covers(days, weekday)), [])
    found = []
    for text in [written] if isinstance(written, str) else written:
        opens, closes = (_minutes(part) for part in text.split("-"))
        found.append((opens, closes if closes > opens else closes + 24 * 60))
    return tuple(sorted(found))


def _covers(days: str, weekday: str) -> bool:
    first, _, last = days.partition("-")
    return _WEEKDAYS.index(first) <= _WEEKDAYS.index(weekday) <= _WEEKDAYS.index(last or first)


def _minutes(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _ms(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))


def _moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC)
