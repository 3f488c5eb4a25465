"""Reading rows by a page that is bound to where their cells are."""

from collections.abc import Container, Iterator, Sequence
from typing import Any, Final, NamedTuple

from schemas.records import CareEvent, ParcelScan, Plan, ShipmentRegistration
from streams.mapping.cells import Layout
from streams.mapping.checks import check
from streams.mapping.document import MappingDocument
from streams.mapping.events import Event, EventReader, event_reader
from streams.mapping.legs import Legs
from streams.mapping.lists import Items
from streams.mapping.naming import UNNAMED, named
from streams.mapping.oddities import LONG_ROW, SHORT_ROW, Oddity, Tell, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.registrations import registration_reader
from streams.mapping.starts import start_of
from streams.mapping.times import Moments, Times
from streams.mapping.values import Values, needed

MOST_ITEMS: Final = 10_000
"""Of a list in a message of a topic: what a message gives is written in one transaction."""


class Mapped(NamedTuple):
    """What a row says."""

    registration: ShipmentRegistration | None
    scans: Sequence[ParcelScan]
    care: Sequence[CareEvent]
    oddities: Sequence[Oddity]
    """What could not be read, and what is strange."""


class Reader:
    """Reads the rows of one file, or the objects of one topic: compiled once."""

    def __init__(
        self, document: MappingDocument, layout: Layout, width: int, folder: str, *, by_content: bool = False
    ) -> None:
        """`width` is how many cells a row has; 0 for objects.

        With `by_content` events without an id of their own are named by what they say, not by their place.
        Raises `Problem`.
        """
        self._layout = layout
        self._by_content = by_content
        self._oddities: list[Oddity] = []
        self._row = self._line = 0
        self._width = width
        self._by_row = document.rows == "events"
        tell = self._tell_of(layout)
        values = Values(layout, tell, folder)
        times = Times(document.times, values, tell)
        self._id = needed(values.text(document.id, "$.id"), "the shipment's id")
        self._start = start_of(document, times)
        self._legs = Legs(document.legs, values) if document.legs else None
        shipment = document.shipment
        self._registration = None if shipment is None else registration_reader(shipment, values, times)
        self._events = [self._event(document, number, values, times, folder) for number in range(len(document.events))]
        self._checks = [
            (odd.name, check(odd, values, times, f"$.oddities[{number}]"))
            for number, odd in enumerate(document.oddities)
        ]
        if document.shipment is None and not document.events and not document.legs:
            raise Problem("$", "it says nothing: give shipment, events or legs")
        self.ends = None if document.ends is None else times.constant(document.ends, "$.ends")
        """When the data ends, where the page says so."""

    def _event(
        self, document: MappingDocument, number: int, values: Values, times: Times, folder: str
    ) -> tuple[str, Items | None, EventReader]:
        """What tells an event apart from the others, the list that it is read from, and how.  Raises `Problem`."""
        event, path = document.events[number], f"$.events[{number}]"
        items = None
        if event.each is not None:
            if document.format != "json":
                raise Problem(f"{path}.each", "only JSON objects have lists: write format: json, or leave it out")
            most = MOST_ITEMS if self._by_content else None
            items = Items(event.each, document.nulls, f"{path}.each", most)
            tell = self._tell_of(items)
            values = Values(items, tell, folder)
            times = Times(document.times, values, tell)
        return f"-{number + 1}", items, event_reader(event, values, times, path)

    def read(self, row: Any, number: int, registered: Container[str] = (), *, line: int = 0) -> Mapped:
        """What a row says; `number` from 1.  What cannot be read is left out, and told with the `line` of the file.

        Shipments that are `registered` already are not registered again.
        """
        self._row, self._line, self._oddities = number, line, []
        scans: list[ParcelScan] = []
        care: list[CareEvent] = []
        registration: ShipmentRegistration | None = None
        if self._width and len(row) != self._width and not self._fits(row):
            return Mapped(None, (), (), self._oddities)
        try:
            shipment_id = self._id(row)
            moments = Moments(None if self._start is None else self._start(row, number))
            plan = None
            if self._legs is not None:
                plan, scans = self._legs.read(row, shipment_id, moments)
            if shipment_id not in registered:
                registration = self._register(row, shipment_id, moments, plan)
        except Unreadable as unreadable:
            self._tell(unreadable.kind, unreadable.detail, self._layout.last)
            return Mapped(None, (), (), self._oddities)
        for event in self._happened(row, shipment_id, moments):
            if isinstance(event, ParcelScan):
                scans.append(event)
            else:
                care.append(event)
        for name, holds in self._checks:
            try:
                if holds(row, moments):
                    self._tell(name, shipment_id)
            except Unreadable:
                continue  # it was told where the value was needed
        return Mapped(registration, scans, care, self._oddities)

    def _fits(self, row: Any) -> bool:
        """Whether a row of another width can be read: where cells are too many and hold something, any may be wrong."""
        if len(row) < self._width:
            self._tell(SHORT_ROW, f"{len(row)} of {self._width} cells")
            return False
        if any(cell.strip() for cell in row[self._width :]):
            self._tell(LONG_ROW, f"{len(row)} cells for {self._width} columns: is a cell not quoted?")
            return False
        return True

    def _register(self, row: Any, shipment_id: str, moments: Moments, plan: Plan | None) -> ShipmentRegistration | None:
        """The registration of a row, None where there is none.

        Raises `Unreadable`, but not for messages of a topic: what else they tell of a parcel must not wait.
        """
        if self._registration is None:
            return None
        try:
            return self._registration(row, shipment_id, moments, plan)
        except Unreadable as unreadable:
            if not self._by_content:
                raise
            self._tell(unreadable.kind, unreadable.detail, self._layout.last)
            return None

    def _happened(self, row: Any, shipment_id: str, moments: Moments) -> Iterator[Event]:
        """The events of a row that can be read; the others are told."""
        prefix = f"{shipment_id}-{self._row}" if self._by_row else shipment_id
        for suffix, items, read in self._events:
            if items is None:
                name = UNNAMED if self._by_content else prefix + suffix
                yield from self._attempted(self._layout, read, row, shipment_id, name, moments)
                continue
            try:
                rows = items.rows(row)
            except Unreadable as unreadable:
                self._tell(unreadable.kind, unreadable.detail, items.last)
                continue
            for item in rows:
                name = UNNAMED if self._by_content else f"{prefix}{suffix}-{item.place + 1}"
                yield from self._attempted(items, read, item, shipment_id, name, moments)

    def _attempted(self, layout: Layout, read: EventReader, *what: Any) -> Iterator[Event]:
        try:
            event = read(*what)
        except Unreadable as unreadable:
            self._tell(unreadable.kind, unreadable.detail, layout.last)
            return
        if event is not None:
            yield named(event)

    def _tell_of(self, layout: Layout) -> Tell:
        """Takes what is odd about the field of a layout that was read last."""
        return lambda kind, detail: self._tell(kind, detail, layout.last)

    def _tell(self, kind: str, detail: str, path: str = "$") -> None:
        self._oddities.append(Oddity(self._line, kind, detail, path))
