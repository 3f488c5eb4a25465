"""What Shipclock says.  Every record has an id that depends on input alone: a subscriber can drop repetitions."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 in UTC with milliseconds: `2026-11-01T08:30:00.000Z`."""

Verdict = Literal["met", "missed", "cancelled", "excused"]


class Evidence(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A scan that a decision rests on."""

    scan_id: str
    code: str
    occurred_at: Instant
    facility: str | None = None
    role: Literal["start", "stop", "last"]
    """What the scan does for this clock: started it, stopped it, or is the latest one known."""
    suspect: str | None = None
    """Why the scan is doubtful, though it was used: `ahead-of-time`, `before-registration`."""


class StageFault(Struct, frozen=True, kw_only=True, gc=False):
    """A stage that took more than its share of the time."""

    stage: str
    spent_ms: int
    budget_ms: int
    over_ms: int


class Compensation(Struct, frozen=True, kw_only=True, gc=False):
    """A proposal of what is owed to the customer."""

    amount: str
    """A decimal number with two digits."""
    currency: str
    rule: str
    """The rule that gave it."""


class _Decision(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    id: str
    """Hash of namespace, shipment, life, clock, instance, topic and revision: 32 hexadecimal digits."""
    shipment_id: str
    life: Instant
    """Which use of the number this is: the timestamp of the record that began it."""
    customer_id: str | None = None
    """Absent while no registration has been read."""
    clock: str
    instance: str | None = None
    """Which leg, milestone, facility or gap of the shipment, for clocks that run once for each."""
    kind: str
    revision: int
    sequence: int
    """Order of all decisions of one shipment across topics, from 1."""
    start: Instant
    due: Instant
    policy: str
    policy_version: str
    decided_at: Instant
    """Partition time of the decision."""
    evidence: tuple[Evidence, ...] = ()


class DelayNotice(_Decision, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A warning BEFORE a promise is missed.  Topic `delay-notices`."""

    kind: Literal["predicted", "updated", "cleared"]
    expected_at: Instant | None = None
    """When the clock is now expected to stop, if a forecast gave the reason."""
    route: str | None = None
    """Who should hear of it, as the policy says."""
    explanation: str


class BreachAlert(_Decision, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A promise has been missed.  Topic `breach-alerts`."""

    kind: Literal["opened", "resolved", "withdrawn", "acknowledged"]
    severity: str
    route: str | None = None
    """Who should hear of it, as the policy says."""
    stopped_at: Instant | None = None
    late_by_ms: int | None = None
    explanation: str


class SlaOutcome(_Decision, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The verdict of one clock on one shipment.  Topic `sla-outcomes`."""

    kind: Verdict
    stopped_at: Instant | None = None
    late_by_ms: int | None = None
    """Milliseconds after `due`; only when missed."""
    reason: str | None = None
    """Why a clock was cancelled or excused."""
    tier: str | None = None
    product: str | None = None
    origin: str | None = None
    destination: str | None = None
    faults: tuple[StageFault, ...] = ()
    """Of a miss: the stages that took too long, the worst first."""
    compensation: Compensation | None = None
    """Of a miss: what is owed, by the first rule that holds."""
    replaces: "SlaOutcome | None" = None
    """The whole record of the revision before this one, so that sums can be corrected (without its own `replaces`)."""


class ShipmentStatus(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """Where a shipment stands.  Topic `shipment-status`, compacted; written when this content changes."""

    id: str
    shipment_id: str
    life: Instant
    customer_id: str | None = None
    phase: Literal["open", "closed"]
    at_risk: tuple[str, ...] = ()
    """Clocks with an open delay notice, as `clock` or `clock/instance`."""
    overdue: tuple[str, ...] = ()
    """Clocks with an open breach alert, likewise."""
    sequence: int
    decided_at: Instant
