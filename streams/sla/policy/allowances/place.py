"""Where a calendar is asked for: whose region and whose time zone count."""

from typing import Final

from streams.sla.calendars import Calendar, LocalCalendar
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

PLACES: Final = ("origin", "destination", "facility")


class Place:
    """The origin, the destination, or the facility of the start scan.

    A facility whose region nobody knows counts as the destination.  A facility in the region of the origin has its
    zone, any other that of the destination; a calendar may name the zone of a region.
    """

    def __init__(self, name: str, time_zone: str) -> None:
        """`name` is one of `PLACES`; `time_zone` counts where the shipment names none."""
        self._name = name
        self._time_zone = time_zone
        self.needs = frozenset({"zones", "facility"} if name == "facility" else {"zones"})

    def local(self, calendar: Calendar, registration: Registration, scan: KnownScan | None) -> LocalCalendar:
        """The calendar there."""
        details = registration.details
        at_origin = self._name == "origin"
        region = registration.origin if at_origin else registration.destination
        if self._name == "facility" and scan is not None and scan.more is not None:
            found = scan.more.facility_region
            if found is not None:
                at_origin = found == registration.origin and found != registration.destination
                region = found
        zone = details.origin_zone if at_origin else details.destination_zone or registration.time_zone
        return calendar.at(region, zone or self._time_zone)
