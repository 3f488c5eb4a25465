"""What a condition may look at: attributes of the shipment, of the facility of the start scan, and of the case."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from streams.sla.details import PLAIN, ScanDetails
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

Attribute = Callable[[Registration, KnownScan | None], object]
"""From a shipment and the scan that starts the clock to a value; None where nobody knows."""

LABEL: Final = "labels."
"""Prefix of the labels that a registration carries."""


def lane(registration: Registration) -> str | None:
    """`same-city` within one region, `inter-city` between two, None while a region is unknown."""
    if registration.origin is None or registration.destination is None:
        return None
    return "same-city" if registration.origin == registration.destination else "inter-city"


def _details(scan: KnownScan | None) -> ScanDetails:
    return PLAIN if scan is None or scan.more is None else scan.more


def _kind(scan: KnownScan | None) -> str | None:
    """Of a care event: `complaint` of `complaint.opened`."""
    if scan is None or scan.case is None or not isinstance(scan.code, str):
        return None
    return scan.code.partition(".")[0]


def _amount(text: str | None) -> Decimal | None:
    """The number of a text; None for one that is none, or not finite, which compares with nothing."""
    try:
        amount = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


ATTRIBUTES: Final[Mapping[str, Attribute]] = {
    "lane": lambda registration, _: lane(registration),
    "tier": lambda registration, _: registration.tier,
    "product": lambda registration, _: registration.product,
    "customer_id": lambda registration, _: registration.customer_id,
    "pieces": lambda registration, _: registration.pieces,
    "origin.region": lambda registration, _: registration.origin,
    "origin.remote": lambda registration, _: registration.details.origin_remote,
    "destination.region": lambda registration, _: registration.destination,
    "destination.remote": lambda registration, _: registration.remote,
    "weight_kg": lambda registration, _: registration.details.weight_kg,
    "temperature": lambda registration, _: registration.details.temperature,
    "declared_value": lambda registration, _: _amount(registration.details.declared_value),
    "insured": lambda registration, _: registration.details.insured,
    "facility.id": lambda _, scan: None if scan is None else scan.facility,
    "facility.kind": lambda _, scan: _details(scan).facility_kind,
    "facility.region": lambda _, scan: _details(scan).facility_region,
    "case.kind": lambda _, scan: _kind(scan),
    "case.severity": lambda _, scan: _details(scan).severity,
}
"""Attribute of a condition to its value; and `labels.NAME` for every label."""

NEEDS: Final[Mapping[str, str]] = {
    "origin.remote": "origin.remote",
    "weight_kg": "weight_kg",
    "temperature": "temperature",
    "declared_value": "declared_value",
    "insured": "insured",
    "facility.kind": "facility",
    "facility.region": "facility",
}
"""What has to be kept for an attribute, where that is not kept always (`Policy.needs`)."""

CHOICES: Final[Mapping[str, frozenset[object]]] = {
    "lane": frozenset({"same-city", "inter-city"}),
    "origin.remote": frozenset({True, False}),
    "destination.remote": frozenset({True, False}),
    "insured": frozenset({True, False}),
}
"""Attributes that have no other values."""


NUMERIC: Final = frozenset({"pieces", "weight_kg", "declared_value"})
"""Attributes that are numbers; what is neither among them nor in `CHOICES` is text."""


def label(name: str) -> Attribute:
    """The attribute of one label."""

    def value(registration: Registration, scan: KnownScan | None) -> object:
        del scan
        return next((text for known, text in registration.details.labels if known == name), None)

    return value
