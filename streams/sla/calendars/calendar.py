"""A calendar of a policy: one rule for all places, and others for some regions."""

from collections.abc import Mapping
from typing import Final

from streams.sla.calendars.local import LocalCalendar
from streams.sla.calendars.opening import EVERY_DAY, Opening
from streams.sla.calendars.zones import zone_of

_MOST_PLACES: Final = 2_000


class Calendar:
    """Opening hours, and where they differ."""

    def __init__(self, name: str, opening: Opening, regions: Mapping[str, Opening] | None = None) -> None:
        self.name = name
        """As the policy calls it."""
        self._opening = opening
        self._regions = dict(regions or {})
        self._places: dict[tuple[str | None, str], LocalCalendar] = {}

    def at(self, region: str | None, time_zone: str) -> LocalCalendar:
        """The calendar in a region; the zone counts where the calendar names none.

        Raises `zoneinfo.ZoneInfoNotFoundError` for a zone that does not exist.
        """
        if region not in self._regions:
            region = None
        key = (region, time_zone)
        place = self._places.get(key)
        if place is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            opening = self._opening if region is None else self._regions[region]
            place = self._places[key] = LocalCalendar(opening, zone_of(opening.time_zone or time_zone))
        return place


ALWAYS: Final = Calendar("every day", EVERY_DAY)
"""Open day and night: its service days are calendar days."""
