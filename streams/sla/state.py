"""The state of one shipment: everything that is kept of it between two scans.

The order of fields is the format of the state (`streams.sla.encoding`): new ones are added at the end, with a default.
"""

from msgspec import Struct, field

from streams.sla.codes import Code, name_of, rank

NEVER = 2**63 - 1
"""A deadline that does not come."""


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


class KnownScan(Struct, array_like=True, gc=False):
    """One scan, compactly: what verdicts, evidence and the choice between its versions need."""

    scan_id: str
    code: Code
    at: int
    delay: int | None = None
    """`recorded_at` minus `at`."""
    facility: str | None = None
    leg: str | None = None
    more: ScanDetails | None = None
    """None where all of it would be as in `PLAIN`."""

    @property
    def piece(self) -> str | None:
        """The piece it was read on; None for the whole shipment."""
        return None if self.more is None else self.more.piece

    @property
    def voids(self) -> str | None:
        """The `scan_id` that it takes back."""
        return None if self.more is None else self.more.voids

    @property
    def case(self) -> str | None:
        """The case of a care event; None for every scan of a parcel."""
        return None if self.more is None else self.more.case

    def order(self) -> tuple[int, int, str]:
        """Sort key: by time, then as a journey goes, then by id."""
        return (self.at, rank(self.code), self.scan_id)

    def version(self) -> tuple[int | str, ...]:
        """Of two versions of one scan the greater one holds; equal ones are the same scan twice."""
        recorded = -1 if self.delay is None else self.at + self.delay
        more = self.more or PLAIN
        return (
            more.revision,
            recorded,
            self.at,
            name_of(self.code),
            _comparable(self.facility),
            _comparable(self.leg),
            _comparable(more.piece),
            _comparable(more.voids),
            _comparable(more.facility_kind),
            _comparable(more.facility_region),
            _comparable(more.case),
            _comparable(more.severity),
        )


def _comparable(text: str | None) -> str:
    """A text that sorts after none at all, even when it is empty."""
    return "" if text is None else f"={text}"


class KnownMilestone(Struct, array_like=True, gc=False, frozen=True):
    """One milestone of a leg's plan."""

    code: Code
    facility: str | None
    within: int | None
    at: int | None = None


class KnownLeg(Struct, array_like=True, gc=False, frozen=True):
    """One leg of a plan."""

    name: str
    milestones: tuple[KnownMilestone, ...]
    after: tuple[str, ...] = ()


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


class Registration(Struct, array_like=True, gc=False, frozen=True):
    """What was registered, compactly: what promises depend on."""

    customer_id: str
    registered_at: int
    revision: int = 0
    tier: str | None = None
    product: str | None = None
    origin: str | None = None
    destination: str | None = None
    time_zone: str | None = None
    remote: bool = False
    pieces: int = 1
    promised_at: int | None = None
    promised_day: int | None = None
    """A proleptic ordinal."""
    legs: tuple[KnownLeg, ...] = ()
    more: RegistrationDetails | None = None
    """None where all of it would be as in `BARE`."""

    @property
    def details(self) -> RegistrationDetails:
        """What few registrations have."""
        return self.more or BARE


class Said(Struct, array_like=True, gc=False):
    """What has been said about one instance of one clock.  What it is worth follows from the scans, and is not kept."""

    notice: int = 0
    notice_revision: int = 0
    alert: int = 0
    alert_revision: int = 0
    outcome_revision: int = 0
    outcome_sequence: int = 0
    outcome_after: int = 0
    """When the last outcome was decided, in milliseconds after the life began."""
    doubt: str | None = None
    """The silent facility because of which the standing alert is unverified."""


class Instance(Struct, array_like=True, gc=False):
    """One instance of one clock: where it stands, and what has been said about it."""

    clock: int
    key: str | None
    status: int = 0
    next_after: int | None = None
    """Its next deadline, in milliseconds after the life began."""
    said: Said | None = None
    """None while nothing has been said, which is how most clocks live and end."""


class TakenBack(Struct, array_like=True, gc=False, frozen=True):
    """The outcome that a clock last published, where that was to take a verdict back: no scan tells it any more."""

    clock: int
    key: str | None
    start: int
    due: int
    start_scan: KnownScan | None
    registration: Registration | None
    """What was registered then, without its plan."""


class Shipment(Struct, array_like=True, gc=False):
    """One life of one shipment."""

    life: int
    """Timestamp of the record that began it."""
    phase: int
    sequence: int = 0
    life_at: int = NEVER
    """When the life itself changes next: an orphan or an open life expires, a closed one shrinks or ends."""
    registration: Registration | None = None
    scans: list[KnownScan] = field(default_factory=list)
    """The winning version of every scan, in `KnownScan.order`; voided ones and voids included."""
    instances: list[Instance] = field(default_factory=list)
    has_voids: bool = False
    taken_back: list[TakenBack] = field(default_factory=list)
