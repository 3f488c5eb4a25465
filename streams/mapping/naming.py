"""Ids of events that their sender does not name: they follow from what an event says.

So the same fact has the same id, however often, in whatever company and in which order it is sent.
"""

from hashlib import blake2b
from typing import Final

from msgspec.structs import replace

from schemas.records import CareEvent, ParcelScan

UNNAMED: Final = ""
"""The id of an event that has none of its own."""
_BYTES: Final = 12


def named(event: ParcelScan | CareEvent) -> ParcelScan | CareEvent:
    """The event, under its own id or one that follows from shipment, kind, time and place.

    Revision and upload time do not matter: they tell versions of one fact apart.
    """
    if isinstance(event, ParcelScan):
        if event.scan_id != UNNAMED:
            return event
        facility = None if event.facility is None else event.facility.id
        return replace(event, scan_id=_id(event, event.code, event.piece_id, event.leg, facility, event.voids))
    if event.event_id != UNNAMED:
        return event
    return replace(event, event_id=_id(event, event.kind, event.step, event.case_id, event.voids))


def _id(event: ParcelScan | CareEvent, *parts: str | None) -> str:
    told = (event.shipment_id, event.occurred_at.isoformat(), *(part or "" for part in parts))
    return blake2b("\x1f".join(told).encode(), digest_size=_BYTES).hexdigest()
