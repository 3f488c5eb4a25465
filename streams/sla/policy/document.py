"""The policy document as it is written: one `msgspec.Struct` per part of the YAML page.

Durations are ISO 8601 (`PT72H`, `P3D`, `PT5M`).  Codes are names of `streams.sla.codes`, or any text that scans carry.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Duration = str
"""ISO 8601, e.g. `PT72H`; `streams.sla.policy.compiled` says what is wrong with it."""
Codes = str | list[str]
Scalar = str | bool | int | float


class Rule(Struct, forbid_unknown_fields=True, frozen=True):
    """One line of an allowance: the first `allow` whose conditions hold counts, and every such `add`."""

    when: dict[str, Scalar | list[Scalar]] = {}
    allow: Duration | None = None
    add: Duration | None = None


class Warn(Struct, forbid_unknown_fields=True, frozen=True):
    """When a delay notice is sent."""

    before: Duration | None = None
    """This long before the clock is due, if it still runs."""


class Pause(Struct, forbid_unknown_fields=True, frozen=True):
    """Time between two scans that does not count."""

    begin: Codes = field(name="from")
    until: Codes


class ClockDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """One promise."""

    name: Name
    until: Codes = ()  # type: ignore[assignment]
    begin: Codes = field(name="from", default=())  # type: ignore[assignment]
    title: dict[str, str] = {}
    start: Literal["first", "last"] = "first"
    per: Literal["shipment", "leg", "milestone", "facility", "piece", "gap"] = "shipment"
    within: str | list[Rule] | None = None
    due: Literal["promised", "plan"] | None = None
    pause: list[Pause] = []
    warn: Warn = Warn()
    grace: Duration = "PT0S"
    ends: Codes | None = None
    """Codes after which this clock makes no sense any more; without it, every closing code that does not stop it."""
    severity: str = "warning"
    objective: Annotated[str, Meta(pattern=r"^\d{1,2}(\.\d+)?%$|^100%$")] | None = None


class LifecycleDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How long a shipment is remembered."""

    closes: Codes | None = None
    settle: Duration = "P7D"
    """How long a closed shipment keeps its evidence: late uploads and corrections can still change its outcomes."""
    retention: Duration = "P60D"
    """How long a closed number is remembered; after it, the number may start a new life."""
    orphan_retention: Duration = "P7D"
    """How long scans wait for a registration."""
    expire: Duration = "P180D"
    """How long a shipment may stay open."""


class PolicyDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A page of promises."""

    policy: Name
    version: str
    clocks: Annotated[list[ClockDocument], Meta(min_length=1)]
    title: dict[str, str] = {}
    time_zone: str = "UTC"
    """Dates mean this zone's midnight, where a shipment names no zone of its own."""
    shipment: LifecycleDocument = LifecycleDocument()
