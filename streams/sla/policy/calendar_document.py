"""Calendars as they are written in a policy, and how they are compiled."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from msgspec import Struct

from streams.sla.calendars import Calendar, Opening
from streams.sla.calendars.countries import why_unknown
from streams.sla.policy.opening_hours import Written, week_of
from streams.sla.policy.problems import Problem
from streams.sla.zone_names import no_such_zone, zone_names

MOST_DAYS: Final = 366
"""How long a range of closed dates may be: a longer one is a slip of the pen."""


class RegionHours(Struct, forbid_unknown_fields=True, frozen=True):
    """What is different in a region; what is not named there is as everywhere."""

    hours: Written | dict[str, Written] | None = None
    """`09:00-21:00`, several of them, or by weekday (`mon-fri`); without it day and night."""
    country: str | None = None
    """Two letters: its holidays are closed, its make-up working days open; its weekend is closed unless `hours` are by
    weekday."""
    subdivision: str | None = None
    """State or province of that country, as in ISO 3166-2: `BY`."""
    closed: list[str] | None = None
    """Own dates, `2026-02-14`, or ranges, `2026-02-16..2026-02-20`."""
    open: list[str] | None = None
    """Own dates on which it opens all the same; they go before `closed` and the country."""
    time_zone: str | None = None
    """IANA name; without it the zone of the place asked for."""


class CalendarDocument(RegionHours, forbid_unknown_fields=True, frozen=True):
    """Opening hours and working days."""

    regions: dict[str, RegionHours] = {}


def compile_calendar(document: CalendarDocument, path: str) -> Calendar:
    """Compile a calendar; its name is the end of its path.  Raises `Problem`."""
    everywhere = _opening(
        document, path
    )  # first: what is wrong in it is told there, not in a region that takes it over
    regions = {
        region: _opening(_merged(document, differs), f"{path}.regions.{region}")
        for region, differs in document.regions.items()
    }
    return Calendar(path.rpartition(".")[2], everywhere, regions)


def _merged(everywhere: CalendarDocument, here: RegionHours) -> RegionHours:
    """What holds in a region; a country of its own takes no subdivision from elsewhere."""
    return RegionHours(
        hours=everywhere.hours if here.hours is None else here.hours,
        country=here.country or everywhere.country,
        subdivision=here.subdivision or (None if here.country else everywhere.subdivision),
        closed=everywhere.closed if here.closed is None else here.closed,
        open=everywhere.open if here.open is None else here.open,
        time_zone=here.time_zone or everywhere.time_zone,
    )


def _opening(hours: RegionHours, path: str) -> Opening:
    if hours.country is None:
        if hours.subdivision is not None:
            raise Problem(f"{path}.subdivision", "a subdivision goes with its country: add `country`")
    else:
        for field, subdivision in (("country", None), ("subdivision", hours.subdivision)):
            why = why_unknown(hours.country, subdivision)
            if why is not None:
                raise Problem(f"{path}.{field}", why)
    return Opening(
        week=week_of(hours.hours, f"{path}.hours"),
        country=hours.country,
        subdivision=hours.subdivision,
        weekends=hours.country is None or isinstance(hours.hours, dict),
        closed=_dates(hours.closed, f"{path}.closed"),
        opened=_dates(hours.open, f"{path}.open"),
        time_zone=None if hours.time_zone is None else _zone(hours.time_zone, f"{path}.time_zone"),
    )


def _dates(texts: Sequence[str] | None, path: str) -> frozenset[int]:
    days: set[int] = set()
    for place, text in enumerate(texts or ()):
        first, dots, last = (part.strip() for part in text.partition(".."))
        begin = _date(first, f"{path}[{place}]")
        end = _date(last, f"{path}[{place}]") if dots else begin
        if end < begin:
            raise Problem(f"{path}[{place}]", f"{text!r} ends before it begins")
        if end - begin >= MOST_DAYS:
            raise Problem(f"{path}[{place}]", f"{text!r} is longer than a year; give one range a year")
        days.update(range(begin, end + 1))
    return frozenset(days)


def _date(text: str, path: str) -> int:
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError as error:
        raise Problem(path, f"{text!r} is no date; give one such as 2026-02-14, or 2026-02-16..2026-02-20") from error


def _zone(name: str, path: str) -> str:
    if name not in zone_names():
        raise Problem(path, no_such_zone(name))
    return name
