"""One simulated parcel: what was promised for it and what happens to it.  Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from schemas.records import Facility, ParcelScan, Plan, PlannedLeg, PlannedMilestone, ShipmentRegistration
from streams.feed.network import City, Network
from streams.feed.profile import Profile
from streams.feed.records import instant
from streams.sla.zone_names import zone_info

LEG = "parcel"
_HOUR_MS = 3_600_000
_CARRIERS = ("crane-express", "magpie-logistics", "swallow-post")
_PRODUCTS = (("next-morning", 0.9), ("next-day", 1.1), ("standard", 1.4), ("economy", 2.0))
"""Products with the slack of their promises, in terms of the usual duration."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A registration and the scans that follow, in order of time."""

    registration: ShipmentRegistration
    scans: tuple[ParcelScan, ...]


@dataclass(frozen=True, slots=True)
class _Stage:
    code: str
    hours: float
    """Usual duration since the stage before."""
    city: City
    facility: Facility | None


def parcel(rng: Random, network: Network, profile: Profile, number: int, start_ms: int) -> Parcel:
    """The parcel with this number, ordered at `start_ms`, UTC milliseconds."""
    shipment_id = f"SM{number:015d}"
    origin, destination = rng.choice(network.cities), rng.choice(network.cities)
    product, slack = rng.choice(_PRODUCTS)
    stages = list(_stages(rng, network, origin, destination))
    carrier = rng.choice(_CARRIERS)
    milestones = []
    at = start_ms
    promised = start_ms
    scans = [_scan(shipment_id, 0, _Stage("order_placed", 0, origin, None), at, None)]
    for index, stage in enumerate(stages, 1):
        planned = round(stage.hours * slack * _HOUR_MS / profile.speed)
        promised += planned
        milestones.append(
            PlannedMilestone(
                code=stage.code,
                facility=stage.facility.id if stage.facility else None,
                within=timedelta(milliseconds=planned),
            )
        )
        took = stage.hours * slack * rng.triangular(0.4, 1.05, 0.8)
        if rng.random() < profile.late:
            took *= rng.uniform(1.5, 5)
        at += round(took * _HOUR_MS / profile.speed)
        if stage.code == "delivered" and rng.random() < profile.failed_attempts:
            scans.append(_scan(shipment_id, index + 1, replace(stage, code="delivery_attempted"), at, carrier))
            at += round(rng.uniform(3, 20) * _HOUR_MS / profile.speed)
        scans.append(_scan(shipment_id, index, stage, at, carrier))
    registration = ShipmentRegistration(
        shipment_id=shipment_id,
        customer_id=f"C{rng.randrange(2_000):05d}",
        tier=rng.choices("ABC", (50, 30, 20))[0],
        product=product,
        origin=origin.place(remote=False),
        destination=destination.place(remote=rng.random() < 0.03),  # noqa: PLR2004
        registered_at=_local(start_ms, origin),
        promised_at=_local(promised, destination),
        plan=Plan(legs=(PlannedLeg(leg=LEG, milestones=tuple(milestones)),)),
    )
    return Parcel(registration, tuple(scans))


def _stages(rng: Random, network: Network, origin: City, destination: City) -> Iterator[_Stage]:
    first, last = rng.choice(origin.branches), rng.choice(destination.branches)
    yield _Stage("picked_up", 1.0, origin, first)
    yield _Stage("accepted", 1.5, origin, first)
    yield _Stage("departed", 2.0, origin, first)
    yield _Stage("arrived", 1.0, origin, origin.hub)
    yield _Stage("departed", 3.0, origin, origin.hub)
    if origin is not destination:
        yield _Stage("arrived", network.line_haul(origin, destination), destination, destination.hub)
        yield _Stage("departed", 3.0, destination, destination.hub)
    yield _Stage("arrived_at_branch", 1.5, destination, last)
    yield _Stage("out_for_delivery", 2.0, destination, last)
    yield _Stage("delivered", 2.0, destination, last)


def _scan(shipment_id: str, index: int, stage: _Stage, at: int, carrier: str | None) -> ParcelScan:
    return ParcelScan(
        scan_id=f"{shipment_id[2:]}{index:02d}",
        shipment_id=shipment_id,
        leg=LEG if stage.facility else None,
        code=stage.code,
        occurred_at=_local(at, stage.city),
        facility=stage.facility,
        carrier=carrier,
    )


def _local(ms: int, city: City) -> datetime:
    return instant(ms).astimezone(zone_info(city.time_zone))
