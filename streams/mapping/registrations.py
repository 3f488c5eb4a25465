"""The registration that a row gives."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from schemas.records import Appointment, Money, Place, Plan, ShipmentRegistration
from streams.mapping.cells import Cell
from streams.mapping.conditions import condition
from streams.mapping.document import AppointmentDocument, MoneyDocument, PlaceDocument, ShipmentDocument
from streams.mapping.oddities import BAD_VALUE, MISSING, Unreadable
from streams.mapping.times import Moments, Times, plain
from streams.mapping.values import Values, measured, needed, number, truth

NOBODY = "unknown"
"""The customer of a row that names none."""

RegistrationReader = Callable[[Any, str, Moments, Plan | None], ShipmentRegistration | None]
"""Takes a row, its shipment, its moments and its plan; None where the row registers nothing.  Raises `Unreadable`."""

_MOST_PLACES: Final = 10_000
"""Places that are remembered: a few regions and zones come again and again."""
_LONGEST_PLACE: Final = 128
"""Characters of a region or a zone that is remembered; longer ones are none."""
_Field = Callable[[Any, Moments], Any]
_NUMBERS: Final[tuple[tuple[str, Callable[[str], Any]], ...]] = (
    ("revision", int),
    ("pieces", int),
)


def registration_reader(document: ShipmentDocument, values: Values, times: Times) -> RegistrationReader:
    """Compile the `shipment` of a page.  Only fields that it names are read.  Raises `Problem`."""
    path = "$.shipment"
    holds = condition(document.when, values, f"{path}.when")
    registered_at = times.instant(document.registered_at, f"{path}.registered_at")
    customer = values.optional(document.customer, f"{path}.customer")
    fields = dict(_fields(document, values, times))

    def read(row: Any, shipment_id: str, moments: Moments, plan: Plan | None) -> ShipmentRegistration | None:
        if holds is not None and not holds(row):
            return None
        registered = registered_at(row, moments)
        if registered is None:
            raise Unreadable(MISSING, "registered_at")
        given = {name: value for name, field in fields.items() if (value := field(row, moments)) is not None}
        return ShipmentRegistration(
            shipment_id=shipment_id,
            customer_id=customer(row) or NOBODY,
            registered_at=registered,
            plan=plan,
            **given,
        )

    return read


def _fields(document: ShipmentDocument, values: Values, times: Times) -> Iterator[tuple[str, _Field]]:
    """The fields that the page names, beside those that every registration has."""
    for name in ("tier", "product", "temperature"):
        if (text := getattr(document, name)) is not None:
            yield name, plain(values.text(text, f"$.shipment.{name}"))
    for name, type_ in _NUMBERS:
        if (text := getattr(document, name)) is not None:
            yield name, plain(number(values.text(text, f"$.shipment.{name}"), name, type_))
    if document.weight_kg is not None:
        yield "weight_kg", plain(measured(values.text(document.weight_kg, "$.shipment.weight_kg"), "weight_kg", float))
    if document.insured is not None:
        yield "insured", plain(truth(values.text(document.insured, "$.shipment.insured"), "insured"))
    if document.labels:
        cells = {name: values.text(text, f"$.shipment.labels.{name}") for name, text in document.labels.items()}
        yield "labels", _labels(cells)
    yield from _groups(document, values)
    yield from _promises(document, times)


def _groups(document: ShipmentDocument, values: Values) -> Iterator[tuple[str, _Field]]:
    for name, place in (("origin", document.origin), ("destination", document.destination)):
        if place is not None:
            yield name, _place(place, values, f"$.shipment.{name}")
    for name, money in (("declared_value", document.declared_value), ("freight", document.freight)):
        if money is not None:
            yield name, _money(money, values, f"$.shipment.{name}")


def _promises(document: ShipmentDocument, times: Times) -> Iterator[tuple[str, _Field]]:
    if document.promised_at is not None:
        yield "promised_at", times.instant(document.promised_at, "$.shipment.promised_at")
    if document.promised_date is not None:
        yield "promised_date", times.local_day(document.promised_date, "$.shipment.promised_date")
    for name in ("pickup_appointment", "delivery_appointment"):
        if (window := getattr(document, name)) is not None:
            yield name, _window(window, times, f"$.shipment.{name}")


def _labels(cells: dict[str, Cell]) -> _Field:
    return lambda row, moments: {name: text for name, cell in cells.items() if (text := cell(row)) is not None}  # noqa: ARG005 - a field takes both


def _place(document: PlaceDocument, values: Values, path: str) -> _Field:
    region = values.optional(document.region, f"{path}.region")
    zone = values.optional(document.time_zone, f"{path}.time_zone")
    remote = truth(values.optional(document.remote, f"{path}.remote"), "remote")
    known: dict[tuple[str | None, str | None, bool], Place] = {}

    def read(row: Any, moments: Moments) -> Place:
        del moments
        key = (region(row), zone(row), remote(row))
        place = known.get(key)
        if place is None:
            place = Place(region=key[0], time_zone=key[1], remote=key[2])
            if len(key[0] or "") <= _LONGEST_PLACE and len(key[1] or "") <= _LONGEST_PLACE:
                if len(known) >= _MOST_PLACES:
                    known.clear()
                known[key] = place
        return place

    return read


def _money(document: MoneyDocument, values: Values, path: str) -> _Field:
    amount = measured(values.text(document.amount, f"{path}.amount"), "amount", Decimal)
    currency = needed(values.text(document.currency, f"{path}.currency"), "currency")

    def read(row: Any, moments: Moments) -> Money | None:
        del moments
        found = amount(row)
        return None if found is None else Money(amount=found, currency=currency(row))

    return read


def _window(document: AppointmentDocument, times: Times, path: str) -> _Field:
    start = times.instant(document.start, f"{path}.start")
    end = times.instant(document.end, f"{path}.end")

    def read(row: Any, moments: Moments) -> Appointment | None:
        begins: datetime | None = start(row, moments)
        ends = end(row, moments)
        if begins is None and ends is None:
            return None
        if begins is None or ends is None:
            raise Unreadable(BAD_VALUE, f"{path}: an appointment needs its start and its end")
        return Appointment(start=begins, end=ends)

    return read
