"""The mapping page as it is written: one `msgspec.Struct` per part.  docs/mapping.md explains it line by line."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9.-]{0,62}$")]
Unit = Literal["seconds", "minutes", "hours", "days"]
When = dict[str, Any]
"""Column to what its cell must be: a text, a list of texts, null for none, `{not: ...}`, `{at_least: 2}`."""


class ValueDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A value that is more than one column."""

    column: str | None = None
    first: list[str] = []
    """Columns, the first of which that holds something counts."""
    constant: str | int | float | bool | None = None
    table: dict[str, str | int | float | bool | None] = {}
    """From what the cell holds to what is meant; null for nothing."""
    vocabulary: str | None = None
    """A table that comes with Shipclock, or a file beside the mapping."""
    beside: str | None = None
    """A second column, where the table speaks of two values: `EME/*`, `*/damaged`."""
    otherwise: str | int | float | bool | None = None
    """For what the table does not hold; without it the cell's text is kept and told as unknown."""


Text = str | ValueDocument
"""A column, a template such as `{origin}-{destination}`, or a `ValueDocument`."""


class TimeDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A time that is more than one column in the file's usual format."""

    column: str | None = None
    first: list[str] = []
    """The first of these columns that holds a time."""
    earliest: list[str] = []
    latest: list[str] = []
    constant: str | None = None
    after: Literal["start", "previous"] | None = None
    """With `column`: a duration since the row's start, or since the previous event of the row."""
    unit: Unit = "minutes"
    formats: list[str] = []
    """`iso`, `unix`, `unix-ms`, or as strptime has them; those of the page without it."""
    zone: Text | None = None
    """IANA name of the zone of local times, or where to find it; that of the page without it."""


Time = str | TimeDocument


class TimesDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How times are usually written in the file."""

    formats: list[str] = field(default_factory=lambda: ["iso"])
    zone: str = "UTC"


class CsvDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """How the text of a CSV file is cut into cells."""

    delimiter: Annotated[str, Meta(min_length=1, max_length=1)] = ","
    quote: Annotated[str, Meta(min_length=1, max_length=1)] = '"'
    columns: list[str] = []
    """Names of the columns of a file that has no header."""


class PlaceDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """Where from or where to."""

    region: Text | None = None
    time_zone: Text | None = None
    remote: Text | None = None


class MoneyDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """An amount in a currency."""

    amount: Text
    currency: Text


class AppointmentDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A window of time."""

    start: Time
    end: Time


class ShipmentDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """The registration that a row gives."""

    registered_at: Time
    customer: Text | None = None
    """Who it is for; `unknown` where a row names nobody."""
    when: When = {}
    revision: Text | None = None
    tier: Text | None = None
    product: Text | None = None
    origin: PlaceDocument | None = None
    destination: PlaceDocument | None = None
    pieces: Text | None = None
    weight_kg: Text | None = None
    temperature: Text | None = None
    insured: Text | None = None
    declared_value: MoneyDocument | None = None
    freight: MoneyDocument | None = None
    promised_at: Time | None = None
    promised_date: Time | None = None
    """The local date of this time, in the destination's zone."""
    pickup_appointment: AppointmentDocument | None = None
    delivery_appointment: AppointmentDocument | None = None
    labels: dict[str, Text] = {}


class CareDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """Makes an event a step of a care case."""

    case: Text
    kind: Text
    step: Text
    severity: Text | None = None


class EventDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """One event that a row may give: where its time is there and its condition holds."""

    at: Time
    each: str | None = None
    """Path of a list: every item is an event, and paths are inside the item, or with `/` inside the whole object."""
    code: Text | None = None
    """A code itself, or where to find it; needed unless the event belongs to a care case."""
    when: When = {}
    care: CareDocument | None = None
    id: Text | None = None
    """Of the event; without it, in a file, the shipment, the row where rows are events, and the places in lists; in a
    topic what the event says."""
    recorded_at: Time | None = None
    facility: Text | None = None
    facility_kind: Text | None = None
    facility_region: Text | None = None
    leg: Text | None = None
    piece: Text | None = None
    carrier: Text | None = None
    reason: Text | None = None
    revision: Text | None = None
    voids: Text | None = None


class MilestoneDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """One milestone of a leg.  `{leg}` in names of columns stands for the name of the leg."""

    code: str
    took: str
    """Column: how long it took since the previous milestone, or since the leg's start."""
    planned: str | None = None
    """Column: how long it was planned to take."""
    facility: Text | None = None
    when: When = {}


class LegsDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """Groups of columns that are alike, one for each leg of a journey."""

    names: list[str]
    """Of the legs; `{leg}` stands for each in turn."""
    milestones: list[MilestoneDocument]
    when: When = {}
    """When a row has the leg; it may name `{leg}`."""
    after: list[str] = []
    """Legs whose last end starts these; those that a row does not have do not matter."""
    unit: Unit = "minutes"
    carrier: Text | None = None


class StartDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """When the journey of a row starts: by a column, or at `base` and so much later with every row."""

    at: Time | None = None
    base: str | None = None
    every: str = "PT0S"


class OddityDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """Rows that are odd: counted and named."""

    name: Name
    when: When = {}
    before: list[str] = []
    """Two columns: odd when the time of the first lies before the time of the second."""


class MappingDocument(Struct, forbid_unknown_fields=True, frozen=True):
    """A page that says what the columns of a file, or the fields of a JSON object, mean."""

    mapping: Name
    id: Text
    """The shipment."""
    title: dict[str, str] = {}
    format: Literal["csv", "json"] = "csv"
    """`json`: one object a line; a column is a path, `parcel.dates.0.at`."""
    rows: Literal["shipments", "events"] = "shipments"
    """What a row is about.  Of rows that are events, the first one registers the shipment."""
    csv: CsvDocument = CsvDocument()
    encoding: str = "utf-8-sig"
    nulls: list[str] = []
    """What cells hold where there is nothing, beside an empty text."""
    times: TimesDocument = TimesDocument()
    start: StartDocument | None = None
    shipment: ShipmentDocument | None = None
    events: list[EventDocument] = []
    legs: list[LegsDocument] = []
    oddities: list[OddityDocument] = []
    ends: str | None = None
    """When the data ends, in a format of the page; without it with the last event."""
