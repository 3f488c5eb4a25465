"""Turns a transport into what its systems would have sent: one registration with a plan, and its scans.  Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from schemas.records import ParcelScan, Plan, PlannedLeg, PlannedMilestone, ShipmentRegistration
from streams.demo import cast
from streams.demo.cargo2000 import OUTBOUND, Leg, Step, Transport
from streams.feed.records import instant

FIRST_START_MS = 1_704_672_000_000
"""Monday 2024-01-08 00:00 UTC: the earliest start."""
MINUTE_MS = 60_000
SPREAD_MS = 30 * 24 * 60 * MINUTE_MS
"""Transports start within 30 days."""
PRODUCT = "air-freight"

_CODES = {"rcs": "checked_in", "dep": "departed", "rcf": "arrived"}


@dataclass(frozen=True, slots=True)
class Journey:
    """One shipment: its registration and its scans, each leg's in order of time."""

    registration: ShipmentRegistration
    scans: tuple[ParcelScan, ...]


def journeys(transports: Iterable[Transport], seed: int) -> Iterator[Journey]:
    """One journey per transport; the same transports and seed give the same journeys."""
    rng = Random(seed)  # noqa: S311 - a reproducible demonstration, no secret
    for number, transport in enumerate(transports, 1):
        start = FIRST_START_MS + rng.randrange(SPREAD_MS)
        yield journey(f"C2K-{number:06d}", transport, start, cast.customer(rng))


def journey(shipment_id: str, transport: Transport, start: int, who: cast.Customer) -> Journey:
    """The journey of a transport that begins at `start`, UTC milliseconds."""
    registration = ShipmentRegistration(
        shipment_id=shipment_id,
        customer_id=who.id,
        tier=who.tier,
        product=PRODUCT,
        registered_at=instant(start),
        promised_at=instant(start + transport.planned * MINUTE_MS),
        origin=cast.place(_places(transport.inbound[0])[0]),
        destination=cast.place(_places(transport.outbound)[-1]),
        pieces=len(transport.inbound),
        plan=plan(transport),
    )
    placed = ParcelScan(
        scan_id=f"{shipment_id}-0",
        shipment_id=shipment_id,
        code="order_placed",
        occurred_at=instant(start),
    )
    # The goods go on together: the outbound leg begins when the last of them has reached the hub.
    consolidated = start + max(leg.actual for leg in transport.inbound) * MINUTE_MS
    scans = [placed]
    for leg in transport.inbound:
        scans += _scans(shipment_id, leg, start)
    scans += _scans(shipment_id, transport.outbound, consolidated)
    return Journey(registration, tuple(scans))


def plan(transport: Transport) -> Plan:
    """What was promised: the planned minutes and places, nothing of what happened."""
    inbound = [PlannedLeg(leg=leg.name, milestones=_milestones(leg)) for leg in transport.inbound]
    outbound = PlannedLeg(
        leg=OUTBOUND,
        milestones=_milestones(transport.outbound),
        after=tuple(leg.name for leg in transport.inbound),
    )
    return Plan(legs=(*inbound, outbound))


def _milestones(leg: Leg) -> tuple[PlannedMilestone, ...]:
    return tuple(
        PlannedMilestone(code=_code(leg, step), facility=step.place, within=timedelta(minutes=step.planned))
        for step in leg.steps
    )


def _scans(shipment_id: str, leg: Leg, start: int) -> Iterator[ParcelScan]:
    at = start
    for number, step in enumerate(leg.steps, 1):
        at += step.actual * MINUTE_MS
        yield ParcelScan(
            scan_id=f"{shipment_id}-{leg.name}-{number}",
            shipment_id=shipment_id,
            leg=leg.name,
            code=_code(leg, step),
            occurred_at=instant(at),
            facility=None if step.place is None else cast.airport(step.place),
            carrier=cast.carrier(leg.number),
        )


def _code(leg: Leg, step: Step) -> str:
    if step.kind == "dlv":
        return "delivered" if leg.name == OUTBOUND else "handed_over"
    return _CODES[step.kind]


def _places(leg: Leg) -> list[str | None]:
    return [step.place for step in leg.steps if step.kind in _CODES and step.kind != "rcs"]
