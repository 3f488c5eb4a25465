"""The rarer parts of scans and registrations, which state keeps as MessagePack.

The order of fields is the format: new ones are added at the end, with a default.
"""

from msgspec import Struct


class ScanDetails(Struct, array_like=True, gc=False, frozen=True):
    """What most scans do not have, or no promise asks for."""

    revision: int = 0
    piece: str | None = None
    voids: str | None = None
    facility_kind: str | None = None
    facility_region: str | None = None
    case: str | None = None
    """Of a care event: which enquiry, complaint or claim it belongs to."""
    severity: str | None = None
    """Of a care event."""
    suspect: str | None = None
    """Why it was doubtful when it came: a reason of `streams.intake.rejection`."""


PLAIN = ScanDetails()
"""The details of a scan that has none."""


class Window(Struct, array_like=True, gc=False, frozen=True):
    """An appointment: UTC milliseconds."""

    begin: int
    end: int


class RegistrationDetails(Struct, array_like=True, gc=False, frozen=True):
    """What few registrations have, or no promise of the policy asks for: that is not kept."""

    origin_zone: str | None = None
    destination_zone: str | None = None
    origin_remote: bool = False
    weight_kg: float | None = None
    temperature: str | None = None
    declared_value: str | None = None
    """A decimal number."""
    freight: str | None = None
    """A decimal number."""
    currency: str | None = None
    """Of freight and declared value; None where they differ."""
    insured: bool = False
    pickup: Window | None = None
    delivery: Window | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Sorted by name."""


BARE = RegistrationDetails()
"""The details of a registration that has none."""
