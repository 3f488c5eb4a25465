"""Registrations: record to `Registration`, with a plan whose legs stand in order."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec
from msgspec.structs import astuple

from schemas.records import Appointment, Place, ShipmentRegistration
from streams.intake.amounts import check_amount
from streams.intake.bodies import ReadRegistration
from streams.intake.moments import instant_of
from streams.intake.plans import read_plan
from streams.intake.reading import check_event, check_promise, promise, read
from streams.intake.rejection import BAD_APPOINTMENT, BAD_PLAN, KEY_MISMATCH, UNKNOWN_TIME_ZONE, Rejected
from streams.sla.details import BARE, RegistrationDetails, Window
from streams.sla.registration import NO_PLAN, Registration
from streams.sla.zone_names import zone_names

_astuple: Final = astuple  # a name of this module is found faster
_decoder: Final = msgspec.json.Decoder(ReadRegistration)
_contract: Final = msgspec.json.Decoder(ShipmentRegistration)

LARGEST_PLANNED: Final = 200_000
"""Bytes of a registration with a plan: what is kept of it and of all its scans must fit into one state record."""


def read_registration(
    key: bytes | None, value: bytes | None, stamp: int, needs: frozenset[str] = frozenset()
) -> Registration:
    """The registration of a record written at `stamp` (UTC milliseconds).

    `needs` are the attributes that a policy asks for (`streams.sla.policy.compiled.Policy.needs`).  Raises `Rejected`.
    """
    body = read(_decoder, key, value, _contract)
    # All fields at once: one by one they would cost as much as the decoding.
    (
        shipment_id,
        customer_id,
        registered_at,
        revision,
        tier,
        product,
        origin,
        destination,
        pieces,
        declared_value,
        freight,
        promised_at,
        promised_date,
        plan,
    ) = _astuple(body)[:14]
    registered = instant_of(registered_at, "$.registered_at")
    promised = None if promised_at is None else instant_of(promised_at, "$.promised_at")
    if plan is not None and value is not None and len(value) > LARGEST_PLANNED:
        raise Rejected(BAD_PLAN, f"with its plan it has {len(value)} bytes, more than {LARGEST_PLANNED}", "$.plan")
    if shipment_id.encode() != key:
        raise Rejected(KEY_MISMATCH, f"the key is not the body's shipment_id {shipment_id!r}", "$.shipment_id")
    if freight is not None:
        check_amount(freight, "$.freight")
    if declared_value is not None:
        check_amount(declared_value, "$.declared_value")
    begins, ends, zone, remote = None if origin is None else origin.region, None, None, False
    if destination is not None:
        ends, zone, remote = destination.region, destination.time_zone, destination.remote
        if zone is not None and zone not in zone_names():
            raise Rejected(UNKNOWN_TIME_ZONE, f"no such time zone: {zone!r}", "$.destination.time_zone")
    return Registration(
        customer_id,
        check_event(registered, registered_at, stamp, "$.registered_at"),
        revision,
        tier,
        product,
        begins,
        ends,
        None if promised_date is None else zone,  # only a date without a time needs it
        remote,
        pieces,
        None if promised is None else check_promise(promised, promised_at, "$.promised_at"),
        None if promised_date is None else _promised_day(promised_date),
        NO_PLAN if plan is None else read_plan(plan),
        _details(body, needs) if needs else None,
    )


def _details(body: ShipmentRegistration, needs: frozenset[str]) -> RegistrationDetails | None:
    """What the policy asks for, beyond what every registration keeps."""
    origin, destination, freight, value = body.origin, body.destination, body.freight, body.declared_value
    currencies = {money.currency for money in (freight, value) if money is not None}
    labels = sorted((name, text) for name, text in body.labels.items() if f"labels.{name}" in needs)
    details = RegistrationDetails(
        origin_zone=_zone(origin, "$.origin.time_zone") if "zones" in needs else None,
        destination_zone=_zone(destination, "$.destination.time_zone") if "zones" in needs else None,
        origin_remote=origin is not None and origin.remote and "origin.remote" in needs,
        weight_kg=body.weight_kg if "weight_kg" in needs else None,
        temperature=body.temperature if "temperature" in needs else None,
        declared_value=str(value.amount) if value is not None and "declared_value" in needs else None,
        freight=str(freight.amount) if freight is not None and "freight" in needs else None,
        currency=currencies.pop() if len(currencies) == 1 and needs & {"declared_value", "freight"} else None,
        insured=body.insured and "insured" in needs,
        pickup=_window(body.pickup_appointment, "$.pickup_appointment") if "pickup" in needs else None,
        delivery=_window(body.delivery_appointment, "$.delivery_appointment") if "delivery" in needs else None,
        labels=tuple(labels),
    )
    return None if details == BARE else details


def _zone(place: Place | None, path: str) -> str | None:
    zone = None if place is None else place.time_zone
    if zone is not None and zone not in zone_names():
        raise Rejected(UNKNOWN_TIME_ZONE, f"no such time zone: {zone!r}", path)
    return zone


def _window(appointment: Appointment | None, path: str) -> Window | None:
    """An appointment that ends no earlier than it begins.  Raises `Rejected`."""
    if appointment is None:
        return None
    begin, end = promise(appointment.start, f"{path}.start"), promise(appointment.end, f"{path}.end")
    if end < begin:
        raise Rejected(BAD_APPOINTMENT, "it ends before it begins", path)
    return Window(begin, end)


def _promised_day(day: date) -> int:
    """The ordinal of a promised date.  Raises `Rejected`."""
    promise(datetime(day.year, day.month, day.day, tzinfo=UTC), "$.promised_date")
    return day.toordinal()
