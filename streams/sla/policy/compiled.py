"""A policy ready for use: what each scan code touches, looked up once per scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mypy_extensions import i64

from streams.sla.codes import Code
from streams.sla.policy.allowances import Allowance
from streams.sla.policy.choices import Choice
from streams.sla.policy.compensation import Proposal
from streams.sla.policy.conditions import Condition

STARTS: Final = 1
STOPS: Final = 2
ENDS: Final = 4
PAUSES: Final = 8

SPAN: Final = "span"
"""From a start to the first stop after it; one per shipment, or one per leg, facility, piece or case."""
GAPS: Final = "gaps"
"""From every start to the next stop."""
PLANNED: Final = "planned"
"""Legs and milestones of a plan."""
RECORDED: Final = "recorded"
"""Until scans of some codes have been recorded."""
UPLOADS: Final = "uploads"
"""Whether every scan was recorded in time."""
NEVER_HAPPENS: Final = "never"
"""Whether something has not happened."""
ALL_OF: Final = "all-of"
"""Whether other clocks were all met."""


@dataclass(eq=False)
class Stage:
    """One stage of a journey, and how much time it may take, in milliseconds."""

    name: str
    starts: frozenset[Code]
    stops: frozenset[Code]
    budget: int


@dataclass(eq=False, kw_only=True)
class Clock:
    """One promise, compiled.  Durations in milliseconds."""

    name: str
    number: int
    """What the state keeps instead of the name: 16 bits of its checksum."""
    title: Mapping[str, str]
    per: str
    form: str
    """How it is judged: `SPAN`, `GAPS`, ..."""
    starts: frozenset[Code]
    starts_any: bool
    """Whether every scan of the parcel starts it."""
    from_registration: bool
    last_start: bool
    restarts: bool
    """Whether one more scan that starts it may move the start of one that runs."""
    stops: frozenset[Code]
    stops_any: bool
    """Whether every scan of the parcel stops it."""
    ends: frozenset[Code]
    excused_by: frozenset[Code]
    """Of `ends`: the codes whose outcome is `excused`, not `cancelled`."""
    pauses: tuple[tuple[frozenset[Code], frozenset[Code]], ...]
    suspendable: bool
    """Whether a suspension of a region pauses it."""
    allowance: Allowance
    planned: str | None
    """`within` or `due` for clocks that take their due instants from the plan's milestones."""
    warn_before: int | None
    """For every shipment alike."""
    warns: Choice[int | None] | None
    """By shipment; None where `warn_before` counts."""
    grace: int
    severity: str
    """For every shipment alike."""
    severities: Choice[str] | None
    """By shipment; where none holds, `severity` counts."""
    routes: Choice[str] | None
    objective: str | None
    roles: dict[Code, int]
    """What each code does to this clock: `STARTS | STOPS | ENDS | PAUSES`; codes that do nothing are not there."""
    roles_of_numbers: bytes
    """The same of every known code, by its number; 0 for those that do nothing."""
    rolls: bool
    """Whether every scan ends one instance of this clock and begins the next."""
    complete: bool
    """Whether it stops only when every piece has stopped it."""
    recorded: frozenset[Code]
    """Codes that must all be recorded in time: that is what stops it."""
    uploads: int
    """How long after it happened a scan may be recorded."""
    never: frozenset[Code]
    """Codes that must not happen: each is a miss at once."""
    members: tuple["Clock", ...]
    """The clocks that must all be met."""
    stages: tuple[Stage, ...]
    """Among which the fault for a miss is looked for."""
    proposals: tuple[Proposal, ...]
    """What is owed for a miss; the first that holds."""
    plain: bool
    """Whether it is a span of the whole shipment of which nothing else is to be found out."""

    def role(self, code: Code) -> i64:
        """What a code does to it: `STARTS | STOPS | ENDS | PAUSES`."""
        return self.roles_of_numbers[code] if isinstance(code, int) else self.roles.get(code, 0)


@dataclass(eq=False)
class Lifecycle:
    """How long a shipment is remembered, in milliseconds."""

    closes: frozenset[Code]
    settle: int
    retention: int
    orphan_retention: int
    expire: int


@dataclass(eq=False)
class Feed:
    """How long some facilities may be silent, in milliseconds."""

    condition: Condition
    silent_after: Allowance
    length: int
    """Of `silent_after`, of working time where it has a calendar."""
    catch_up: int
    """How long after its return it still hands in late scans."""


@dataclass(eq=False, kw_only=True)
class Policy:
    """A page of promises, compiled."""

    name: str
    version: str
    digest: str
    """Of the document's content."""
    document: bytes
    """The whole page as JSON, whatever pages it was put together from; `streams.sla.policy.load.restored` reads it."""
    time_zone: str
    clocks: tuple[Clock, ...]
    by_number: dict[int, Clock]
    touched: dict[Code, tuple[tuple[Clock, int], ...]]
    """Known code to the clocks that it concerns, with the roles it has (`STARTS | STOPS | ENDS | PAUSES`)."""
    touched_by_others: tuple[tuple[Clock, int], ...]
    """The same for codes of parcels that the policy does not name."""
    lifecycle: Lifecycle
    needs: frozenset[str]
    """Attributes beyond those that every registration and scan keeps (`streams.intake`): what nobody asks for is not
    kept."""
    feeds: tuple[Feed, ...]
    veto: frozenset[str]
    """Names of the clocks one miss of which voids the score of a period."""

    def names(self, code: Code) -> bool:
        """Whether it says something of this code that it does not say of every scan of a parcel."""
        others = self.touched_by_others
        return code in self.lifecycle.closes or self.touched.get(code, others) != others
