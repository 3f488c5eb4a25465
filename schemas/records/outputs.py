"""What Shipclock says.  Every record has an id that depends on input alone: a subscriber can drop repetitions."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Instant = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
"""RFC 3339 in UTC with milliseconds: `2026-11-01T08:30:00.000Z`."""

LocalDate = Annotated[str, Meta(extra_json_schema={"format": "date"})]
"""`2026-11-01`."""

Verdict = Literal["met", "missed", "cancelled", "excused"]


class Evidence(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """A scan that a decision rests on."""

    scan_id: str
    code: str
    occurred_at: Instant
    facility: str | None = None
    role: Literal["start", "stop", "last"]
    """What the scan does for this clock: started it, stopped it, or is the latest one known that nobody took back."""
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

    kind: Literal["opened", "confirmed", "resolved", "withdrawn", "acknowledged"]
    severity: str
    route: str | None = None
    """Who should hear of it, as the policy says."""
    stopped_at: Instant | None = None
    late_by_ms: int | None = None
    verification: Literal["unverified", "confirmed"] | None = None
    """`unverified` when it was opened while the scans of `silent_feed` did not arrive; `confirmed` when they came again
    and it stands.  Absent where there was no doubt."""
    silent_feed: str | None = None
    """The facility from which the scan that would disprove it is expected."""
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
    day: LocalDate
    """On which day it is counted: the local date of `due` in the policy's time zone; of `decided_at` where there is no
    due instant."""
    measure: Literal["promise", "perfect-order", "incident"] = "promise"
    """What the clock measures: a promise by time, all promises together (`all_of`), or that something did not happen
    (`never`)."""
    veto: bool = False
    """Whether one miss of this clock voids the score of a period."""
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
    more_at_risk: int = 0
    """How many more are at risk than are named: at most 100 are."""
    more_overdue: int = 0
    """Likewise."""
    sequence: int
    decided_at: Instant


class Lateness(Struct, frozen=True, kw_only=True, gc=False):
    """How many were missed by so much: more than the bound of the bucket before, at most this one."""

    upto_ms: int | None
    """Bound of the bucket; null for what was later than all bounds, or has not stopped at all."""
    count: int


class Scorecard(Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True):
    """The outcomes of a customer in one period, summed up.  Topic `sla-scorecards`, compacted.

    Counts can be added up over cards: over lanes to a region, over tiers, over customers.
    """

    id: str
    """Hash of namespace, key and content: 32 hexadecimal digits."""
    customer_id: str
    clock: str | None = None
    """Absent on the card of a lane, which sums up all its promises."""
    origin: str | None = None
    destination: str | None = None
    """With `origin`, the lane."""
    region: str | None = None
    """The region that the lane is counted to: that of the destination."""
    tier: str | None = None
    length: Literal["day", "month", "quarter", "year"]
    period: str
    """`2026-11-01`, `2026-11`, `2026-Q4` or `2026`: where the `day` of the outcomes lies."""
    volume: int
    """All outcomes: met, missed, cancelled, excused."""
    met: int
    missed: int
    cancelled: int
    excused: int
    on_time_rate: float | None = None
    """Met, of met and missed; absent where there is neither."""
    lateness: tuple[Lateness, ...] = ()
    """Of the missed ones, the buckets that are not empty."""
    late_p50_ms: int | None = None
    """At most so late were half of the met and missed ones: a bound of a bucket, 0 for on time.  Absent beyond the last
    bound."""
    late_p90_ms: int | None = None
    late_p95_ms: int | None = None
    late_p99_ms: int | None = None
    spent_count: int = 0
    """Met and missed ones that something has stopped; only on the card of a clock, like the next two."""
    spent_mean_ms: float | None = None
    """Their time from start to stop."""
    spent_variance_ms2: float | None = None
    """Its variance (of all, not of a sample), in square milliseconds."""
    perfect_orders: int = 0
    imperfect_orders: int = 0
    perfect_order_rate: float | None = None
    """Perfect ones, of both."""
    incidents: int = 0
    watched: int = 0
    """How often an incident was watched for, with or without one."""
    accident_rate: float | None = None
    """Incidents, of what was watched."""
    vetoes: int = 0
    """Misses that void the score of the period."""
    score: float | None = None
    """The on-time rate; 0 when there is a veto."""
