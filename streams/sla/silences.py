"""Facilities whose scans do not arrive: a breach that waits for one of them is not proven yet."""

from typing import Final

from msgspec import Struct

from streams.sla.evidence import effective
from streams.sla.milestone_keys import milestone_of
from streams.sla.policy.compiled import Clock
from streams.sla.state import Shipment


class Silence(Struct, frozen=True, kw_only=True):
    """A facility that is silent now."""

    facility: str
    heard_at: int
    """When its last scan arrived, UTC milliseconds."""
    revision: int
    """Of what is known about the facility: the greatest holds."""


NOBODY: Final[frozenset[str]] = frozenset()
"""No facility is silent."""


def awaited(clock: Clock, key: str | None, shipment: Shipment) -> str | None:
    """The facility from which the scan that a running clock waits for is expected; None where nobody knows.

    The facility that the instance is about; the one that the plan names for the milestone; else the one that the latest
    scan with a facility came from.  Steps of care cases come from no facility.
    """
    if clock.per == "case" or (clock.stops and all(isinstance(code, str) and "." in code for code in clock.stops)):
        return None
    if key is not None and clock.per == "facility":
        return key
    if key is not None and clock.per == "milestone":
        planned = _planned(key, shipment)
        if planned is not None:
            return planned
    for scan in reversed(effective(shipment).listed):
        if scan.facility is not None:
            return scan.facility
    return None


def _planned(key: str, shipment: Shipment) -> str | None:
    """Where the plan has a milestone, named `leg/2`, take place."""
    if shipment.registration is None:
        return None
    name, place = milestone_of(key)
    leg = shipment.registration.plan.leg(name)
    return leg.facility(place) if leg is not None and 0 <= place < leg.count else None
