"""Instants as a clock on the wall shows them."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from streams.sla.calendars import Calendar
from streams.sla.instants import from_datetime
from streams.sla.policy.calendar_document import CalendarDocument, compile_calendar

HOUR = 3_600_000


def at(text: str, zone: str) -> int:
    """UTC milliseconds of `2026-02-14 12:00`; of a time that comes twice the first."""
    return from_datetime(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)))


def shown(instant: int, zone: str) -> str:
    """`2026-02-14 12:00`."""
    moment = datetime.fromtimestamp(instant / 1000, UTC).astimezone(ZoneInfo(zone))
    return moment.strftime("%Y-%m-%d %H:%M")


def calendar(**fields: Any) -> Calendar:
    """As a policy writes it, under the name `branch`."""
    return compile_calendar(msgspec.convert(fields, CalendarDocument), "$.calendars.branch")
