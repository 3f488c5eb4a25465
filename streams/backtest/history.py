"""What happened, in the order in which it became known."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import msgspec

from schemas.records import CareEvent, ParcelScan, ShipmentRegistration
from streams.feed.records import milliseconds
from streams.partition.core import SCANS, SHIPMENTS, SOURCES

CARE: Final = "care-events"
_RANKS = {topic: rank for rank, topic in enumerate(SOURCES)}
_encode = msgspec.json.Encoder().encode


class Event(msgspec.Struct, frozen=True, gc=False):
    """One record of a source topic, as the core of a partition takes it."""

    topic: str
    timestamp: int
    """When it became known, UTC milliseconds."""
    key: bytes
    value: bytes
    offset: int
    """Number of the record as it was given: it names the record among those that are rejected."""


class Labels(NamedTuple):
    """What results are grouped by."""

    lane: str
    """`same-city`, `inter-city`, or empty where a region is unknown."""
    tier: str
    """Empty where none was registered."""


UNKNOWN = Labels("", "")
"""Of a shipment that was never registered."""


@dataclass(slots=True)
class History:
    """Events by time; at equal times in the order of the source topics, then as they were given."""

    events: list[Event] = field(default_factory=list)
    labels: dict[str, Labels] = field(default_factory=dict)
    """By shipment, of its last registration."""
    oddities: dict[str, int] = field(default_factory=dict)
    """What was read and gave no event, and what was odd, by a sentence that says so."""
    ends: int = 0
    """Up to when it is known that there is nothing more, UTC milliseconds; 0 where nobody says so."""

    @property
    def end(self) -> int:
        """The instant after the last event, or `ends` where that is later, UTC milliseconds; 0 without any."""
        return max(self.events[-1].timestamp + 1 if self.events else 0, self.ends)


def history(records: Iterable[ShipmentRegistration | ParcelScan | CareEvent]) -> History:
    """Put records in order.

    A registration becomes known at `registered_at`, a scan or care event at `recorded_at` or, without that, at
    `occurred_at`.
    """
    made = History()
    events = made.events
    keys: dict[str, bytes] = {}
    same: dict[Labels, Labels] = {}
    for number, record in enumerate(records):
        shipment_id = record.shipment_id
        key = keys.get(shipment_id)
        if key is None:
            key = keys[shipment_id] = shipment_id.encode()
        if not isinstance(record, ShipmentRegistration):
            known = record.recorded_at or record.occurred_at
            topic = SCANS if isinstance(record, ParcelScan) else CARE
            events.append(Event(topic, milliseconds(known), key, _encode(record), number))
        else:
            events.append(Event(SHIPMENTS, milliseconds(record.registered_at), key, _encode(record), number))
            found = labels_of(record)
            made.labels[shipment_id] = same.setdefault(found, found)
    sort(events)
    return made


def sort(events: list[Event]) -> None:
    """Put events in the order in which a partition handles them."""
    events.sort(key=_order)


def _order(event: Event) -> int:
    return event.timestamp * len(_RANKS) + _RANKS[event.topic]


def labels_of(registration: ShipmentRegistration) -> Labels:
    """What results about a shipment are grouped by."""
    origin = registration.origin and registration.origin.region
    destination = registration.destination and registration.destination.region
    if origin is None or destination is None:
        return Labels("", registration.tier or "")
    return Labels("same-city" if origin == destination else "inter-city", registration.tier or "")
