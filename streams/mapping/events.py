"""The events that a row gives: scans of the parcel, and steps of care cases."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from schemas.records import CareEvent, Facility, ParcelScan
from streams.mapping.conditions import condition
from streams.mapping.document import EventDocument, Text
from streams.mapping.oddities import MISSING, Unreadable
from streams.mapping.problems import Problem
from streams.mapping.times import Moments, Times, plain
from streams.mapping.values import Values, needed, number

Event = ParcelScan | CareEvent
EventReader = Callable[[Any, str, str, Moments], Event | None]
"""Takes a row, its shipment, the id of the event where the row gives none, and the row's moments.

None where the row does not have the event.  Raises `Unreadable`.
"""


def event_reader(document: EventDocument, values: Values, times: Times, path: str) -> EventReader:
    """Compile one event of the page.  Raises `Problem`."""
    at = times.instant(document.at, f"{path}.at")
    holds = condition(document.when, values, f"{path}.when")
    make = _care(document, values, times, path) if document.care else _scan(document, values, times, path)

    def read(row: Any, shipment_id: str, event_id: str, moments: Moments) -> Event | None:
        if holds is not None and not holds(row):
            return None
        occurred_at = at(row, moments)
        if occurred_at is None:
            if document.each is not None:  # an item is there because something happened
                raise Unreadable(MISSING, "at")
            return None
        event = make(row, shipment_id, event_id, occurred_at, moments)
        if event is not None:
            moments.previous = occurred_at
        return event

    return read


_TEXTS: Final = (
    ("leg", "leg"),
    ("piece_id", "piece"),
    ("carrier", "carrier"),
    ("reason", "reason"),
    ("voids", "voids"),
)
"""Fields of a scan, and what the page calls them."""
_Make = Callable[[Any, str, str, datetime, Moments], Event | None]


def _scan(document: EventDocument, values: Values, times: Times, path: str) -> _Make:
    if document.code is None:
        raise Problem(path, "an event needs a code, or care for a step of a care case")
    code = values.constant_or(document.code, f"{path}.code")
    own_id = None if document.id is None else values.text(document.id, f"{path}.id")
    fields = list(_fields(document, values, times, path))

    def make(row: Any, shipment_id: str, event_id: str, at: datetime, moments: Moments) -> Event | None:
        name = code(row)
        if name is None:
            return None
        if own_id is not None:
            event_id = own_id(row) or event_id
        if not fields:
            return ParcelScan(scan_id=event_id, shipment_id=shipment_id, code=name, occurred_at=at)
        given = {field: value for field, read in fields if (value := read(row, moments)) is not None}
        return ParcelScan(scan_id=event_id, shipment_id=shipment_id, code=name, occurred_at=at, **given)

    return make


def _fields(
    document: EventDocument, values: Values, times: Times, path: str
) -> Iterator[tuple[str, Callable[[Any, Moments], Any]]]:
    """What the page says of a scan beside its code and its time."""
    if document.recorded_at is not None:
        yield "recorded_at", times.instant(document.recorded_at, f"{path}.recorded_at")
    if document.facility is not None:
        kind, region = document.facility_kind, document.facility_region
        yield "facility", plain(facility_reader(document.facility, values, f"{path}.facility", kind, region))
    if document.revision is not None:
        yield "revision", plain(number(values.text(document.revision, f"{path}.revision"), "revision", int))
    for field, name in _TEXTS:
        if (text := getattr(document, name)) is not None:
            yield field, plain(values.text(text, f"{path}.{name}"))


def _care(document: EventDocument, values: Values, times: Times, path: str) -> _Make:
    care = document.care
    assert care is not None  # noqa: S101 - the caller has looked
    if document.code is not None:
        raise Problem(f"{path}.code", "a step of a care case has kind and step instead of a code")
    own_id = values.optional(document.id, f"{path}.id")
    case = needed(values.text(care.case, f"{path}.care.case"), "case")
    kind = needed(values.constant_or(care.kind, f"{path}.care.kind"), "kind")
    step = values.constant_or(care.step, f"{path}.care.step")
    severity = values.optional(care.severity, f"{path}.care.severity")
    revision = number(values.optional(document.revision, f"{path}.revision"), "revision", int)
    recorded = None if document.recorded_at is None else times.instant(document.recorded_at, f"{path}.recorded_at")
    voids = values.optional(document.voids, f"{path}.voids")

    def make(row: Any, shipment_id: str, event_id: str, at: datetime, moments: Moments) -> Event | None:
        done = step(row)
        if done is None:
            return None
        return CareEvent(
            event_id=own_id(row) or event_id,
            shipment_id=shipment_id,
            case_id=case(row),
            kind=kind(row),
            step=done,
            occurred_at=at,
            revision=revision(row) or 0,
            recorded_at=None if recorded is None else recorded(row, moments),
            severity=severity(row),
            voids=voids(row),
        )

    return make


def facility_reader(
    facility: Text | None, values: Values, path: str, kind: Text | None = None, region: Text | None = None
) -> Callable[[Any], Facility | None]:
    """Where something happened, None where the row does not say.  Raises `Problem`."""
    known = values.optional(facility, path)
    kind_of = values.optional(kind, f"{path}_kind")
    region_of = values.optional(region, f"{path}_region")

    def read(row: Any) -> Facility | None:
        found = known(row)
        return None if found is None else Facility(id=found, kind=kind_of(row), region=region_of(row))

    return read
