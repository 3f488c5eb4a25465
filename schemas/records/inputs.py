"""What other teams send: registrations, scans and control records.  Unknown fields are ignored, unknown codes kept."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Meta, Struct, field

Identifier = Annotated[str, Meta(min_length=1, max_length=128)]
"""A name that ends up in keys, ids and logs: 1 to 128 characters."""

Label = Annotated[str, Meta(max_length=128)]
"""A short free text: at most 128 characters."""

Moment = Annotated[datetime, Meta(tz=True)]
"""An instant, RFC 3339; the UTC offset is required."""

_NUMBER = r"[0-9]+(\.[0-9]+)?"
_DURATION = rf"P(?=.)(?!.*\.[0-9]+[DHM].)({_NUMBER}D)?(T(?=.)({_NUMBER}H)?({_NUMBER}M)?({_NUMBER}S)?)?"
Duration = Annotated[timedelta, Meta(extra_json_schema={"pattern": f"^[+-]?{_DURATION}$"})]
"""ISO 8601 in days, hours, minutes and seconds, the last one perhaps with a fraction: no weeks, months and years."""

Revision = Annotated[int, Meta(ge=0, le=2**31 - 1)]
"""Of two versions of one record the greater revision holds."""

SOME_MILESTONES = Meta(min_length=1, max_length=64)
SOME_LEGS = Meta(min_length=1, max_length=16)


class Place(Struct, frozen=True, kw_only=True, gc=False):
    """Where a shipment comes from or goes to; no address, only what promises depend on."""

    region: Label | None = None
    time_zone: Label | None = None
    """IANA name, e.g. `Asia/Shanghai`.  Dates mean this zone's midnight."""
    remote: bool = False


class Money(Struct, frozen=True, kw_only=True, gc=False):
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: Annotated[str, Meta(min_length=3, max_length=3)]


class Appointment(Struct, frozen=True, kw_only=True, gc=False):
    """A window of time that was agreed with the customer."""

    start: Moment
    end: Moment


class PlannedMilestone(Struct, frozen=True, kw_only=True, gc=False):
    """One milestone of a leg: reached by the leg's next scan of this code (at this facility, when one is named)."""

    code: Identifier
    facility: Label | None = None
    within: Duration | None = None
    """Planned duration since the previous milestone of the leg, or since the leg's start; ISO 8601 without
    weeks, months and years, e.g. `PT210M`."""
    at: Moment | None = None
    """Planned instant (a schedule)."""


class PlannedLeg(Struct, frozen=True, kw_only=True, gc=False):
    """One leg of a journey.  It starts when the last of `after` ends, or with the shipment when that is empty."""

    leg: Identifier
    milestones: Annotated[tuple[PlannedMilestone, ...], SOME_MILESTONES]
    after: Annotated[tuple[Identifier, ...], Meta(max_length=16)] = ()


class Plan(Struct, frozen=True, kw_only=True, gc=False):
    """What was promised for every leg, when the shipment was registered."""

    legs: Annotated[tuple[PlannedLeg, ...], SOME_LEGS]


class ShipmentRegistration(Struct, frozen=True, kw_only=True, gc=False):
    """A shipment and what was promised for it.  Topic `shipments`, keyed by `shipment_id`."""

    shipment_id: Identifier
    customer_id: Identifier
    registered_at: Moment
    revision: Revision = 0
    tier: Label | None = None
    product: Label | None = None
    origin: Place | None = None
    destination: Place | None = None
    pieces: Annotated[int, Meta(ge=1, le=100_000)] = 1
    declared_value: Money | None = None
    freight: Money | None = None
    promised_at: Moment | None = None
    promised_date: date | None = None
    """A date without a time: until the end of that day at the destination."""
    plan: Plan | None = None
    labels: Annotated[dict[Label, Label], Meta(max_length=32)] = {}
    weight_kg: Annotated[float, Meta(ge=0, le=1e9)] | None = None
    temperature: Label | None = None
    """Temperature class, e.g. `chilled`."""
    insured: bool = False
    pickup_appointment: Appointment | None = None
    delivery_appointment: Appointment | None = None


class Facility(Struct, frozen=True, kw_only=True, gc=False):
    """Where a scan happened."""

    id: Label
    kind: Label | None = None
    region: Label | None = None


class ParcelScan(Struct, frozen=True, kw_only=True, gc=False):
    """One dated fact about a shipment or piece.  Topic `parcel-scans`, keyed by `shipment_id`."""

    scan_id: Identifier
    shipment_id: Identifier
    code: Identifier
    occurred_at: Moment
    revision: Revision = 0
    recorded_at: Moment | None = None
    piece_id: Label | None = None
    leg: Label | None = None
    facility: Facility | None = None
    carrier: Label | None = None
    reason: Label | None = None
    voids: Identifier | None = None
    """The `scan_id` that this record takes back."""


class CareEvent(Struct, frozen=True, kw_only=True, gc=False):
    """One step of an enquiry, complaint, problem work order or claim.  Topic `care-events`, keyed by `shipment_id`."""

    event_id: Identifier
    shipment_id: Identifier
    case_id: Identifier
    kind: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    """What it is about, e.g. `complaint`."""
    step: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{0,40}$")]
    """How far it has come, e.g. `opened`; `kind.step` is the code that clocks name."""
    occurred_at: Moment
    revision: Revision = 0
    recorded_at: Moment | None = None
    severity: Label | None = None
    voids: Identifier | None = None
    """The `event_id` that this record takes back."""


class Tick(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="tick"):
    """All records before `at` have been written to every source topic of this partition (replay time only).

    The record's own timestamp is `at`, too; a tick counts no further than the earlier of the two.
    """

    at: Moment


class PolicyPublication(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="policy"):
    """A version of the policy, and from when on it holds: for the clocks that start from then on.

    Without `rerate` it holds at the earliest from the record's own timestamp on.
    """

    name: Identifier
    version: Identifier
    digest: Identifier
    """Of the document: who reads it makes sure that it is the one that was checked."""
    effective_from: Moment
    document: dict[str, Any]
    """The policy with everything that it extends; its schema is that of policies."""
    rerate: bool = False
    """Whether clocks that have started already are judged again: those that started from `effective_from` on."""


class RegionSuspension(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="suspension"):
    """Time that does not count for shipments from or to some regions: a typhoon, a lockdown."""

    id: Identifier
    revision: Revision = 0
    regions: Annotated[tuple[Label, ...], Meta(min_length=1, max_length=1000)]
    begin: Moment = field(name="from")
    until: Moment | None = None
    """None while nobody knows; a later revision tells."""
    reason: Label | None = None
    lifted: bool = False
    """Whether it is taken back as if it had never been."""


class FeedStatus(Struct, frozen=True, kw_only=True, gc=False, tag_field="type", tag="feed-status"):
    """Whether the scans of a facility arrive: written by the job `feeds`."""

    facility: Identifier
    silent: bool
    """While it is, breaches that wait for a scan from there are unverified."""
    heard_at: Moment
    """When the newest scan from there that is known of arrived."""
    revision: Revision
    """Of what is known about the facility: the greatest holds."""


Control = Tick | PolicyPublication | RegionSuspension | FeedStatus
"""Records of topic `control`, written to every partition; a tagged union by `type`."""
