"""The policy document as it is written: one `msgspec.Struct` per part of the YAML page.

Durations are ISO 8601 (`PT72H`, `P3D`, `PT5M`).  Codes are names of `streams.sla.codes`, or any text that scans carry;
`complaint.opened` is the step `opened` of a care case of the kind `complaint`.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

from schemas.records.inputs import Identifier
from streams.sla.policy.calendar_document import CalendarDocument

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Duration = str
"""ISO 8601, e.g. `PT72H`; `streams.sla.policy.durations` says what is wrong with it."""
Codes = str | list[str]
When = dict[str, Any]
"""Attribute to what is wanted of it: a value, a list of values, `{not: ...}`, `{at_least: 5}`."""
PlaceName = Literal["origin", "destination", "facility"]


class AllowanceDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How much time there is: working time, days, or an appointment."""

    working: Duration | None = None
    """So much time within the opening hours of `calendar`."""
    days: Annotated[int, Meta(ge=0, le=366)] | None = None
    """The n-th day after the day of the start: of `calendar`, else every day counts."""
    by: str | None = None
    """The time of that day, `12:00`; without it its end."""
    cutoff: str | None = None
    """A start after this time counts as one of the next day."""
    appointment: Literal["pickup", "delivery"] | None = None
    """The end of the window that the customer agreed to."""
    calendar: str | None = None
    zone: PlaceName | None = None
    """Whose time zone and region count."""


class AdditionDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """More days."""

    working_days: Annotated[int, Meta(ge=1, le=366)] | None = None
    """Of `calendar`."""
    days: Annotated[int, Meta(ge=1, le=366)] | None = None
    """Calendar days."""
    calendar: str | None = None
    zone: PlaceName | None = None


class Rule(Struct, forbid_unknown_fields=True, frozen=True):
    """One line of an allowance: the first `allow` that holds and can be given counts, and every `add` that holds."""

    when: When = {}
    allow: Duration | AllowanceDocument | None = None
    """A duration, `promised`, `plan`, or an allowance."""
    add: Duration | AdditionDocument | None = None


class Warn(Struct, forbid_unknown_fields=True, frozen=True):
    """When a delay notice is sent."""

    when: When = {}
    before: Duration | None = None
    """This long before the clock is due, if it still runs."""


class Label(Struct, forbid_unknown_fields=True, frozen=True):
    """A severity or a route, and for whom."""

    value: str = field(name="is")
    when: When = {}


class Pause(Struct, forbid_unknown_fields=True, frozen=True):
    """Time between two scans that does not count."""

    begin: Codes = field(name="from")
    until: Codes


class Pay(Struct, forbid_unknown_fields=True, frozen=True):
    """An amount of money: a share of the freight or of the declared value, or a sum."""

    freight: float | None = None
    value: float | None = None
    amount: float | None = None
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None
    """Of a sum."""


class Cap(Struct, forbid_unknown_fields=True, frozen=True):
    """The most that is paid: a multiple of the freight or of the declared value, or a sum."""

    freight: float | None = None
    value: float | None = None
    amount: float | None = None


class Compensation(Struct, forbid_unknown_fields=True, frozen=True):
    """What is proposed when the promise is missed; the first that holds."""

    pay: Pay
    rule: str
    """The rule that gives it, for people."""
    when: When = {}
    late_over: Duration | None = None
    """Only when it is later than this."""
    cap: Cap | None = None


class ClockDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """One promise."""

    name: Name
    until: Codes = ()  # type: ignore[assignment]
    begin: Codes = field(name="from", default=())  # type: ignore[assignment]
    title: dict[str, str] = {}
    start: Literal["first", "last"] = "first"
    per: Literal["shipment", "leg", "milestone", "facility", "piece", "case", "attempt", "gap"] = "shipment"
    within: str | AllowanceDocument | list[Rule] | None = None
    due: Literal["promised", "plan"] | None = None
    shift: Duration | None = None
    """Moves every due instant, `-P2D` to an earlier one: what if?"""
    complete: Literal["pieces"] | None = None
    """Stops when every piece has stopped it."""
    pause: list[Pause] = []
    suspensions: bool = True
    """Whether time does not count while the region of origin or destination is suspended."""
    warn: Warn | list[Warn] = Warn()
    grace: Duration = "PT0S"
    ends: Codes | None = None
    """Codes after which this clock makes no sense any more; without it, every closing code that does not stop it."""
    excused_by: Codes = ()  # type: ignore[assignment]
    """Codes that end it, and excuse it."""
    recorded: Codes = ()  # type: ignore[assignment]
    """It stops when scans of all these codes have been recorded."""
    uploads: Duration | None = None
    """Every scan is recorded this soon after it happened."""
    never: Codes = ()  # type: ignore[assignment]
    """Codes that break the promise at once."""
    all_of: list[Name] = []
    """Clocks that must all be met."""
    compensate: list[Compensation] = []
    severity: str | list[Label] = "warning"
    route: str | list[Label] | None = None
    """Where its notices and alerts should go."""
    objective: Annotated[str, Meta(pattern=r"^\d{1,2}(\.\d+)?%$|^100%$")] | None = None


class StageDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """One stage of a journey and its share of the time, to find where a delay arose."""

    name: Name
    begin: Codes = field(name="from")
    until: Codes
    within: Duration


class FeedDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How long facilities may be silent before their silence is told."""

    silent_after: Duration
    when: When = {}
    """Which facilities: by `facility.id`, `facility.kind`, `facility.region`."""
    calendar: str | None = None
    catch_up: Duration = "PT5M"
    """How long after its return a facility still hands in late scans: then unverified breaches are confirmed."""


class ScorecardDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How outcomes are summed up."""

    veto: list[Name] = []
    """Clocks one miss of which voids the score of a period."""


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
    version: Identifier
    clocks: Annotated[list[ClockDocument], Meta(min_length=1)]
    title: dict[str, str] = {}
    time_zone: str = "UTC"
    """Dates mean this zone's midnight, where a shipment names no zone of its own."""
    calendars: dict[str, CalendarDocument] = {}
    stages: list[StageDocument] = []
    feeds: list[FeedDocument] = []
    scorecards: ScorecardDocument = ScorecardDocument()
    shipment: LifecycleDocument = LifecycleDocument()
