"""What happened, by shipment, in the order in which it became known."""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

import msgspec

from schemas.records import CareEvent, ParcelScan, ShipmentRegistration
from streams.backtest.oddities import Oddities
from streams.backtest.spool import MOST_IN_MEMORY, Event, Spool
from streams.feed.records import milliseconds
from streams.partition.judging import SCANS, SHIPMENTS, SOURCES

CARE: Final = "care-events"
_RANKS = {topic: rank for rank, topic in enumerate(SOURCES)}
_encode = msgspec.json.Encoder().encode
_registration = msgspec.json.Decoder(ShipmentRegistration).decode


SourceRecord = ShipmentRegistration | ParcelScan | CareEvent


class Labels(NamedTuple):
    """What results are grouped by."""

    lane: str
    """`same-city`, `inter-city`, or empty where a region is unknown."""
    tier: str
    """Empty where none was registered."""


UNKNOWN = Labels("", "")
"""Of a shipment that was never registered."""


class History:
    """Events of shipments.  A great many of them wait on disk."""

    def __init__(self, events: Iterable[Event] = (), *, most_in_memory: int = MOST_IN_MEMORY) -> None:
        """`most_in_memory` is how many events are held in memory at most."""
        self._spool = Spool(most_in_memory)
        self.odd = Oddities()
        """What was read and gave no event, and what was odd."""
        self.ends = 0
        """Up to when it is known that there is nothing more, UTC milliseconds; 0 where nobody says so."""
        self._last = -1
        for event in events:
            self.add(event)

    @property
    def oddities(self) -> dict[str, int]:
        """How much was odd, by kind."""
        return self.odd.totals()

    def __len__(self) -> int:
        return self._spool.count

    def add(self, event: Event) -> None:
        """Take one more event, in any order."""
        self._last = max(self._last, event.timestamp)
        self._spool.add(event)

    def take(self, record: SourceRecord, number: int) -> None:
        """Take the event of a record; `number` names it among those that are rejected.

        A registration becomes known at `registered_at`, a scan or care event at `recorded_at` or, without that, at
        `occurred_at`.
        """
        if isinstance(record, ShipmentRegistration):
            topic, known = SHIPMENTS, record.registered_at
        else:
            topic, known = SCANS if isinstance(record, ParcelScan) else CARE, record.recorded_at or record.occurred_at
        self.add(Event(topic, milliseconds(known), record.shipment_id.encode(), _encode(record), number))

    @property
    def end(self) -> int:
        """The instant after the last event, or `ends` where that is later, UTC milliseconds; 0 without any."""
        return max(self._last + 1, self.ends)

    def shipments(self) -> Iterator[tuple[bytes, list[Event]]]:
        """Every shipment with its events, as a partition handles them.

        By time, at equal times in the order of the source topics, then as they were given.
        """
        for key, events in self._spool.piles():
            if len(events) > 1:
                events.sort(key=_order)
            yield key, events

    def events(self) -> list[Event]:
        """All events in the order in which a partition handles them."""
        found = [event for _, events in self.shipments() for event in events]
        return sorted(found, key=lambda event: (_order(event), event.offset))


def history(records: Iterable[SourceRecord]) -> History:
    """The history of records, numbered as they come."""
    made = History()
    for number, record in enumerate(records):
        made.take(record, number)
    return made


def _order(event: Event) -> int:
    """Sort key; piles keep those of equal keys as they were given."""
    return event.timestamp * len(_RANKS) + _RANKS[event.topic]


def labels_of(events: Iterable[Event]) -> Labels:
    """What results about a shipment are grouped by: as its last registration says."""
    found = UNKNOWN
    for event in events:
        if event.topic == SHIPMENTS:
            try:
                found = _labels(_registration(event.value))
            except msgspec.MsgspecError:
                continue  # it is rejected when its turn comes
    return found


def _labels(registration: ShipmentRegistration) -> Labels:
    origin = registration.origin and registration.origin.region
    destination = registration.destination and registration.destination.region
    if origin is None or destination is None:
        return Labels("", registration.tier or "")
    return Labels("same-city" if origin == destination else "inter-city", registration.tier or "")
