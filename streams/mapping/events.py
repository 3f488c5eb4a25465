"""The events that a row gives: scans of the parcel, and steps of care cases."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from schemas.records import CareEvent, Facility, ParcelScan
from streams.mapping.conditions import condition
from streams.mapping.document import EventDocument, Text
from streams.mapping.problems import Problem
from streams.mapping.times import Moments, Times
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
            return None
        event = make(row, shipment_id, event_id, occurred_at, moments)
        if event is not None:
            moments.previous = occurred_at
        return event

    return read


_Make = Callable[[Any, str, str, datetime, Moments], Event | None]


def _scan(document: EventDocument, values: Values, times: Times, path: str) -> _Make:
    if document.code is None:
        raise Problem(path, "an event needs a code, or care for a step of a care case")
    code = values.constant_or(document.code, f"{path}.code")
    plain = _plain(document)
    if plain:

        def make_plain(row: Any, shipment_id: str, event_id: str, at: datetime, moments: Moments) -> Event | None:
            del moments
            name = code(row)
            if name is None:
                return None
            return ParcelScan(scan_id=event_id, shipment_id=shipment_id, code=name, occurred_at=at)

        return make_plain
    own_id = values.optional(document.id, f"{path}.id")
    recorded = None if document.recorded_at is None else times.instant(document.recorded_at, f"{path}.recorded_at")
    facility = facility_reader(
        document.facility, values, f"{path}.facility", document.facility_kind, document.facility_region
    )
    leg = values.optional(document.leg, f"{path}.leg")
    piece = values.optional(document.piece, f"{path}.piece")
    carrier = values.optional(document.carrier, f"{path}.carrier")
    reason = values.optional(document.reason, f"{path}.reason")
    revision = number(values.optional(document.revision, f"{path}.revision"), "revision", int)
    voids = values.optional(document.voids, f"{path}.voids")

    def make(row: Any, shipment_id: str, event_id: str, at: datetime, moments: Moments) -> Event | None:
        name = code(row)
        if name is None:
            return None
        return ParcelScan(
            scan_id=own_id(row) or event_id,
            shipment_id=shipment_id,
            code=name,
            occurred_at=at,
            revision=revision(row) or 0,
            recorded_at=None if recorded is None else recorded(row, moments),
            piece_id=piece(row),
            leg=leg(row),
            facility=facility(row),
            carrier=carrier(row),
            reason=reason(row),
            voids=voids(row),
        )

    return make


def _plain(document: EventDocument) -> bool:
    """Whether the event has nothing but its code and its time."""
    return document == EventDocument(at=document.at, code=document.code, when=document.when)


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
