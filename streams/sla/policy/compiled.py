"""A policy ready for use: what each scan code touches, looked up once per scan."""

import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from streams.sla.codes import CLOSING, NUMBERS, Code, code_of
from streams.sla.instants import from_timedelta
from streams.sla.policy.allowances import CACHED, Allowance, Duration, MoreTime, PlanTotal, Promised, Rules
from streams.sla.policy.allowances import Rule as CompiledRule
from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import ClockDocument, Codes, LifecycleDocument, PolicyDocument, Rule
from streams.sla.policy.problems import Problem

REGISTERED: Final = "registered"
"""Stands in `from` for the instant of registration."""
ANY: Final = "any"
"""Stands in `from` and `until` of gaps for every code."""

STARTS: Final = 1
STOPS: Final = 2
ENDS: Final = 4
PAUSES: Final = 8


class _Everything(frozenset[Code]):
    """The set of all codes, known or not."""

    def __contains__(self, code: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    __hash__ = frozenset.__hash__


EVERYTHING: Final = _Everything()


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """One promise, compiled.  Durations in milliseconds."""

    name: str
    number: int
    """What the state keeps instead of the name: 16 bits of its checksum."""
    title: Mapping[str, str]
    per: str
    starts: frozenset[Code]
    from_registration: bool
    last_start: bool
    stops: frozenset[Code]
    ends: frozenset[Code]
    pauses: tuple[tuple[frozenset[Code], frozenset[Code]], ...]
    allowance: Allowance
    planned: str | None
    """`within` or `due` for clocks that take their due instants from the plan's milestones."""
    warn_before: int | None
    grace: int
    severity: str
    objective: str | None
    roles: Mapping[Code, int]
    """What each code does to this clock: `STARTS | STOPS | ENDS | PAUSES`; codes that do nothing are not there."""
    rolls: bool
    """Whether every scan ends one instance of this clock and begins the next."""
    complete: bool = False
    """Whether it stops only when every piece has stopped it."""
    suspendable: bool = True
    """Whether a suspension of a region pauses it."""
    excused_by: frozenset[Code] = frozenset()
    """Of `ends`: the codes whose outcome is `excused`, not `cancelled`."""
    recorded: frozenset[Code] = frozenset()
    """Codes that must all be recorded in time: that is what stops it."""
    uploads: int | None = None
    """Milliseconds between happening and recording that every scan is allowed."""
    never: frozenset[Code] = frozenset()
    """Codes that must not happen: each is a miss at once."""
    all_of: tuple[str, ...] = ()
    """Names of the clocks that must all be met."""


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """How long a shipment is remembered, in milliseconds."""

    closes: frozenset[Code]
    settle: int
    retention: int
    orphan_retention: int
    expire: int


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A page of promises, compiled."""

    name: str
    version: str
    digest: str
    """Of the document's content."""
    clocks: tuple[Clock, ...]
    by_number: Mapping[int, Clock]
    touched: Mapping[Code, tuple[tuple[Clock, int], ...]]
    """Known code to the clocks that it concerns, with the roles it has (`STARTS | STOPS | ENDS | PAUSES`)."""
    touched_by_others: tuple[tuple[Clock, int], ...]
    """The same for codes that the policy does not name."""
    lifecycle: Lifecycle
    needs: frozenset[str] = frozenset()
    """Attributes beyond those that every registration and scan keeps (`streams.intake`): what nobody asks for is not
    kept."""


def compile_policy(document: PolicyDocument, digest: str) -> Policy:
    """Compile a document.  Raises `Problem` with the field path of what makes no sense."""
    try:
        ZoneInfo(document.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Problem("$.time_zone", f"no such time zone: {document.time_zone!r}") from error
    lifecycle = _lifecycle(document.shipment)
    clocks: list[Clock] = []
    by_number: dict[int, Clock] = {}
    for place, item in enumerate(document.clocks):
        clock = _clock(item, f"$.clocks[{place}]", document, lifecycle)
        other = by_number.get(clock.number)
        if other is not None:
            why = "is there twice" if other.name == clock.name else f"has the checksum of {other.name!r}: rename one"
            raise Problem(f"$.clocks[{place}].name", f"the clock {clock.name!r} {why}")
        by_number[clock.number] = clock
        clocks.append(clock)
    named = {code for clock in clocks for code in clock.roles} | lifecycle.closes
    return Policy(
        name=document.policy,
        version=document.version,
        digest=digest,
        clocks=tuple(clocks),
        by_number=by_number,
        touched={code: _touches(clocks, code) for code in named},
        touched_by_others=_touches(clocks, ""),
        lifecycle=lifecycle,
    )


def _touches(clocks: Sequence[Clock], code: Code) -> tuple[tuple[Clock, int], ...]:
    """The clocks that a code concerns; a planned one or a gap may be concerned by any code."""
    found = []
    for clock in clocks:
        roles = clock.roles.get(code, 0)
        if clock.planned is not None:
            roles |= STOPS
        if clock.starts is EVERYTHING or clock.stops is EVERYTHING:  # as sets they are equal to an empty one
            roles |= STARTS | STOPS
        if roles:
            found.append((clock, roles))
    return tuple(found)


def _lifecycle(document: LifecycleDocument) -> Lifecycle:
    return Lifecycle(
        closes=_codes(document.closes if document.closes is not None else list(CLOSING), "$.shipment.closes"),
        settle=_duration(document.settle, "$.shipment.settle"),
        retention=_duration(document.retention, "$.shipment.retention"),
        orphan_retention=_duration(document.orphan_retention, "$.shipment.orphan_retention"),
        expire=_duration(document.expire, "$.shipment.expire"),
    )


def _clock(item: ClockDocument, path: str, document: PolicyDocument, lifecycle: Lifecycle) -> Clock:
    begins = [item.begin] if isinstance(item.begin, str) else list(item.begin)
    starts = _codes([code for code in begins if code != REGISTERED], f"{path}.from")
    planned = _planned(item, path)
    stops = _codes(item.until, f"{path}.until")
    if not begins:
        raise Problem(f"{path}.from", "a clock needs the codes that start it (or `registered`)")
    if planned == "due" and begins != [REGISTERED]:
        raise Problem(f"{path}.from", "a schedule runs from the registration that gave it: `from: registered`")
    if REGISTERED in begins and item.per != "shipment" and planned != "due":
        raise Problem(f"{path}.from", f"`registered` starts a clock of the whole shipment, not one per {item.per}")
    for field, named in (("from", starts), ("until", stops)):
        if named is EVERYTHING and item.per != "gap":
            raise Problem(f"{path}.{field}", "`any` goes with `per: gap`")
    if planned is None and not stops:
        raise Problem(f"{path}.until", "a clock needs the codes that stop it")
    ends = _codes(item.ends, f"{path}.ends") if item.ends is not None else frozenset(lifecycle.closes - stops)
    pauses = tuple((_codes(pause.begin, f"{path}.pause"), _codes(pause.until, f"{path}.pause")) for pause in item.pause)
    return Clock(
        name=item.name,
        number=zlib.crc32(item.name.encode()) & 0xFFFF,
        title=item.title,
        per=item.per,
        starts=starts,
        from_registration=REGISTERED in begins,
        last_start=item.start == "last",
        stops=stops,
        ends=ends,
        pauses=pauses,
        allowance=_allowance(item, path, document.time_zone, planned),
        planned=planned,
        warn_before=None if item.warn.before is None else _duration(item.warn.before, f"{path}.warn.before"),
        grace=_duration(item.grace, f"{path}.grace"),
        severity=item.severity,
        objective=item.objective,
        roles=_roles(starts, stops, ends, pauses),
        rolls=item.per == "gap" and starts is EVERYTHING and stops is EVERYTHING,
    )


def _roles(
    starts: frozenset[Code],
    stops: frozenset[Code],
    ends: frozenset[Code],
    pauses: Sequence[tuple[frozenset[Code], frozenset[Code]]],
) -> Mapping[Code, int]:
    roles: dict[Code, int] = defaultdict(int)
    for role, codes in ((STARTS, starts), (STOPS, stops), (ENDS, ends)):
        for code in codes:
            roles[code] |= role
    for begin, until in pauses:
        for code in begin | until:
            roles[code] |= PAUSES
    return dict(roles)


def _planned(item: ClockDocument, path: str) -> str | None:
    if item.per not in {"leg", "milestone"} or "plan" not in (item.within, item.due):
        if item.per == "milestone":
            raise Problem(path, "a clock per milestone takes its time from the plan: `within: plan` or `due: plan`")
        return None
    if item.until:
        raise Problem(
            f"{path}.until", "a planned leg or milestone stops at the scan that the plan names: leave `until` out"
        )
    return "within" if item.within == "plan" else "due"


def _allowance(item: ClockDocument, path: str, time_zone: str, planned: str | None) -> Allowance:
    if (item.within is None) == (item.due is None):
        raise Problem(path, "a clock needs either `within` or `due`, and not both")
    if planned is not None or item.within == "plan":
        return PlanTotal()
    if item.due == "promised":
        return Promised(time_zone)
    if item.due == "plan":
        raise Problem(f"{path}.due", "`due: plan` goes with `per: milestone` or `per: leg`")
    if isinstance(item.within, str):
        return Duration(_duration(item.within, f"{path}.within"))
    rules = [_rule(rule, f"{path}.within[{place}]") for place, rule in enumerate(item.within or ())]
    return Rules(rules, cached=all(CACHED.issuperset(rule.when) for rule in item.within or ()))


def _rule(rule: Rule, path: str) -> CompiledRule:
    if (rule.allow is None) == (rule.add is None):
        raise Problem(path, "a rule needs either `allow` or `add`, and not both")
    return CompiledRule(
        Condition(rule.when, f"{path}.when"),
        allow=None if rule.allow is None else Duration(_duration(rule.allow, f"{path}.allow")),
        add=None if rule.add is None else MoreTime(_duration(rule.add, f"{path}.add")),
    )


def _codes(codes: Codes, path: str) -> frozenset[Code]:
    """The codes of a field; any text is one, but for what is nearly one of our own and surely meant to be it."""
    names = [codes] if isinstance(codes, str) else codes
    for name in names:
        near = get_close_matches(name, NUMBERS, n=1, cutoff=0.85)
        if near and name not in NUMBERS:
            raise Problem(path, f"no scan carries the code {name!r}: did you mean {near[0]!r}?")
    return EVERYTHING if ANY in names else frozenset(code_of(name) for name in names)


def _duration(text: str, path: str) -> int:
    try:
        duration = from_timedelta(msgspec.convert(text, timedelta))
    except msgspec.ValidationError as error:
        raise Problem(path, f"{text!r} is not a duration such as PT72H, P3D or PT5M") from error
    if duration < 0:
        raise Problem(path, f"{text!r} is negative; give a duration such as PT72H, P3D or PT5M")
    return duration
