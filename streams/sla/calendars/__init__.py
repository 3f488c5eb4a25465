"""Calendars: opening hours, holidays and time zones, and reckoning with them.  Pure; instants are UTC milliseconds."""

from streams.sla.calendars.calendar import ALWAYS, Calendar
from streams.sla.calendars.local import LocalCalendar
from streams.sla.calendars.opening import EVERY_DAY, Opening

__all__ = ["ALWAYS", "EVERY_DAY", "Calendar", "LocalCalendar", "Opening"]
