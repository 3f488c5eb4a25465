"""A mapping: bound to the columns of a file, or to JSON objects, it reads rows."""

from collections.abc import Container, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from schemas.records import CareEvent, ParcelScan, ShipmentRegistration
from streams.mapping.cells import Columns, Layout, Paths
from streams.mapping.checks import check
from streams.mapping.document import MappingDocument
from streams.mapping.events import event_reader
from streams.mapping.legs import Legs
from streams.mapping.oddities import SHORT_ROW, Oddity, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.registrations import registration_reader
from streams.mapping.times import Instant, Moments, Times
from streams.mapping.values import Values, needed
from streams.pages import Value, located


class Mapped(NamedTuple):
    """What a row says."""

    registration: ShipmentRegistration | None
    scans: Sequence[ParcelScan]
    care: Sequence[CareEvent]
    oddities: Sequence[Oddity]
    """What could not be read, and what is strange."""


class Mapping:
    """A page, checked as far as that is possible without a file."""

    def __init__(self, document: MappingDocument, page: Value, folder: str) -> None:
        """`page` tells where things stand; `folder` is where vocabularies beside it are."""
        self.document = document
        self._page = page
        self._folder = folder

    def columns(self, header: Sequence[str]) -> "Reader":
        """The reader of a CSV file with these columns.

        Raises `PolicyError` naming place and path of what does not fit.
        """
        return self._bound(Columns(header, self.document.nulls), len(header))

    def objects(self) -> "Reader":
        """The reader of JSON objects.  Raises `PolicyError`."""
        return self._bound(Paths(self.document.nulls), 0)

    def _bound(self, layout: Layout, width: int) -> "Reader":
        try:
            return Reader(self.document, layout, width, self._folder)
        except Problem as problem:
            raise located(self._page, problem.path, problem.what) from problem


class Reader:
    """Reads the rows of one file, or the objects of one topic: compiled once."""

    def __init__(self, document: MappingDocument, layout: Layout, width: int, folder: str) -> None:
        """`width` is how many cells a row has at least.  Raises `Problem`."""
        self._oddities: list[Oddity] = []
        self._row = 0
        self._width = width
        self._by_row = document.rows == "events"
        values = Values(layout, self._tell, folder)
        times = Times(document.times, values, self._tell)
        self._id = needed(values.text(document.id, "$.id"), "the shipment's id")
        self._start = _start(document, times)
        self._legs = Legs(document.legs, values) if document.legs else None
        shipment = document.shipment
        self._registration = None if shipment is None else registration_reader(shipment, values, times)
        self._events = [
            (f"-{number + 1}", event_reader(event, values, times, f"$.events[{number}]"))
            for number, event in enumerate(document.events)
        ]
        self._checks = [
            (odd.name, check(odd, values, times, f"$.oddities[{number}]"))
            for number, odd in enumerate(document.oddities)
        ]
        if document.shipment is None and not document.events and not document.legs:
            raise Problem("$", "it says nothing: give shipment, events or legs")
        self.ends = None if document.ends is None else times.constant(document.ends, "$.ends")
        """When the data ends, where the page says so."""

    def read(self, row: Any, number: int, registered: Container[str] = ()) -> Mapped:
        """What a row says; `number` from 1.  What cannot be read is left out, and told.

        Shipments that are `registered` already are not registered again.
        """
        self._row, self._oddities = number, []
        scans: list[ParcelScan] = []
        care: list[CareEvent] = []
        registration: ShipmentRegistration | None = None
        if self._width and len(row) < self._width:
            self._tell(SHORT_ROW, f"{len(row)} of {self._width} cells")
            return Mapped(None, (), (), self._oddities)
        try:
            shipment_id = self._id(row)
            moments = Moments(None if self._start is None else self._start(row, number))
            plan = None
            if self._legs is not None:
                plan, scans = self._legs.read(row, shipment_id, moments)
            if self._registration is not None and shipment_id not in registered:
                registration = self._registration(row, shipment_id, moments, plan)
        except Unreadable as unreadable:
            self._tell(unreadable.kind, unreadable.detail)
            return Mapped(None, (), (), self._oddities)
        self._read_events(row, shipment_id, moments, scans, care)
        for name, holds in self._checks:
            try:
                if holds(row, moments):
                    self._tell(name, shipment_id)
            except Unreadable:
                continue  # it was told where the value was needed
        return Mapped(registration, scans, care, self._oddities)

    def _read_events(
        self, row: Any, shipment_id: str, moments: Moments, scans: list[ParcelScan], care: list[CareEvent]
    ) -> None:
        prefix = f"{shipment_id}-{self._row}" if self._by_row else shipment_id
        for suffix, read in self._events:
            try:
                event = read(row, shipment_id, prefix + suffix, moments)
            except Unreadable as unreadable:
                self._tell(unreadable.kind, unreadable.detail)
                continue
            if isinstance(event, ParcelScan):
                scans.append(event)
            elif event is not None:
                care.append(event)

    def _tell(self, kind: str, detail: str) -> None:
        self._oddities.append(Oddity(self._row, kind, detail))


class _Every:
    """Row after row starts so much later."""

    def __init__(self, base: datetime, step: timedelta) -> None:
        self._base = base
        self._step = step

    def __call__(self, row: Any, number: int) -> datetime:
        del row
        return self._base + (number - 1) * self._step


class _At:
    """A row says when it starts."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def __call__(self, row: Any, number: int) -> datetime | None:
        del number
        return self._at(row, Moments(None))


def _start(document: MappingDocument, times: Times) -> _Every | _At | None:
    start = document.start
    if start is None:
        return None
    if (start.at is None) == (start.base is None):
        raise Problem("$.start", "give at, or base with every")
    if start.at is not None:
        return _At(times.instant(start.at, "$.start.at"))
    assert start.base is not None  # noqa: S101 - one of them is there
    try:
        step = msgspec.convert(start.every, timedelta)
    except msgspec.ValidationError as error:
        raise Problem("$.start.every", f"{start.every!r} is not a duration; give one such as PT11M") from error
    return _Every(times.constant(start.base, "$.start.base"), step)
