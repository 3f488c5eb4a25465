"""Dates and times in the explanations of due instants."""

from datetime import date
from typing import Final

from streams.sla.calendars.zones import Zone
from streams.sla.instants import DAY_MS, MINUTE_MS

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def dated(day: int) -> str:
    """`2026-02-14 Sat`, of a proleptic ordinal."""
    return f"{date.fromordinal(day).isoformat()} {_WEEKDAYS[(day - 1) % 7]}"


def wall_time(time: int) -> str:
    """`12:00`, of milliseconds after midnight; `24:00` for the end of the day."""
    minutes = time // MINUTE_MS
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def moment(instant: int, zone: Zone) -> str:
    """`2026-02-14 Sat 12:00:00`, as the clock on the wall shows it."""
    seconds = zone.reading(instant) % DAY_MS // 1000
    return f"{dated(zone.day(instant))} {seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
