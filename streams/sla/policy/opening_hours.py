"""Opening hours as they are written: `09:00-21:00`, several a day, or by weekday."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from itertools import pairwise
from typing import Final

from streams.sla.calendars.opening import ALL_DAY, Hours
from streams.sla.instants import DAY_MS, MINUTE_MS
from streams.sla.policy.problems import Problem

Written = str | list[str]
"""Of one day: one stretch, or several; an empty list for a day that stays closed."""
Week = tuple[Hours, ...]
"""Seven days, Monday first."""

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"(\d{1,2}):(\d{2})")


def week_of(hours: Written | Mapping[str, Written] | None, path: str) -> Week:
    """The hours of every weekday; day and night where nothing is written.  Raises `Problem`."""
    if hours is None:
        return (ALL_DAY,) * 7
    if not isinstance(hours, Mapping):
        week: list[Hours] = [_hours(hours, path)] * 7
    else:
        week = [()] * 7
        seen: dict[int, str] = {}
        for days, written in hours.items():
            for day in _weekdays(days, f"{path}.{days}"):
                if day in seen:
                    raise Problem(f"{path}.{days}", f"{WEEKDAYS[day]} is in {seen[day]!r} already; name it once")
                seen[day] = days
                week[day] = _hours(written, f"{path}.{days}")
    if not any(week):
        raise Problem(path, "it never opens: give hours for at least one weekday")
    return tuple(week)


def time_of_day(text: str, path: str) -> int:
    """Milliseconds after midnight of `09:00`; `24:00` is the end of the day.  Raises `Problem`."""
    found = _TIME.fullmatch(text)
    time = -1 if found is None else (int(found[1]) * 60 + int(found[2])) * MINUTE_MS
    if found is None or int(found[2]) > 59 or time > DAY_MS:  # noqa: PLR2004 - minutes of an hour
        raise Problem(path, f"{text!r} is no time of day; give one from 00:00 to 24:00, such as 18:00")
    return time


def _hours(written: Written, path: str) -> Hours:
    if isinstance(written, str):
        return (_stretch(written, path),)
    stretches = [_stretch(text, f"{path}[{place}]") for place, text in enumerate(written)]
    stretches.sort()
    for (_, closes), (opens, _) in pairwise(stretches):
        if opens < closes:
            raise Problem(path, "the opening hours of a day overlap; join them, or end one before the next begins")
    return tuple(stretches)


def _stretch(text: str, path: str) -> tuple[int, int]:
    begin, dash, end = (part.strip() for part in text.partition("-"))
    if not dash:
        raise Problem(path, f"{text!r} is no stretch of opening hours; give one such as 09:00-21:00")
    opens, closes = time_of_day(begin, path), time_of_day(end, path)
    if opens in {closes, DAY_MS}:
        raise Problem(path, f"{text!r} opens for no time; for a whole day give 00:00-24:00")
    return (opens, closes) if closes > opens else (opens, closes + DAY_MS)


def _weekdays(text: str, path: str) -> list[int]:
    """The weekdays of `mon`, `mon-fri`, `fri-mon` or `mon, wed`; 0 is Monday."""
    days: list[int] = []
    for part in text.split(","):
        first, dash, last = (name.strip() for name in part.partition("-"))
        begin = _weekday(first, path)
        end = _weekday(last, path) if dash else begin
        days.extend((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return days


def _weekday(name: str, path: str) -> int:
    if name in WEEKDAYS:
        return WEEKDAYS.index(name)
    near = get_close_matches(name.casefold()[:3], WEEKDAYS, n=1)
    hint = f": did you mean {near[0]!r}?" if near else f"; there are {', '.join(WEEKDAYS)}"
    raise Problem(path, f"no such weekday: {name!r}{hint}")
