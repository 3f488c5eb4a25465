"""From what a page says of one promise to a clock."""

import zlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from streams.sla.codes import MOST_CODES, Code, name_of
from streams.sla.policy import compiled
from streams.sla.policy.allowances import Allowance, PlanTotal
from streams.sla.policy.allowing import Terms
from streams.sla.policy.choices import Choice
from streams.sla.policy.codesets import ANY, REGISTERED, codeset, is_care, named
from streams.sla.policy.compensation import Proposal
from streams.sla.policy.compiled import ENDS, PAUSES, STARTS, STOPS, Clock, Lifecycle, Stage
from streams.sla.policy.conditions import Condition
from streams.sla.policy.document import ClockDocument, Label
from streams.sla.policy.durations import duration
from streams.sla.policy.problems import Problem
from streams.sla.reasons import OWN

_SPECIAL: Final = ("recorded", "uploads", "never", "all_of")


def compile_clock(
    item: ClockDocument,
    path: str,
    *,
    terms: Terms,
    lifecycle: Lifecycle,
    stages: tuple[Stage, ...],
    members: tuple[Clock, ...],
) -> Clock:
    """Compile a clock; `members` are those of its `all_of`.  Raises `Problem`."""
    form, planned = _form(item, path), _planned(item, path)
    begins, untils = named(item.begin), named(item.until)
    starts, stops = codeset(item.begin, f"{path}.from"), codeset(item.until, f"{path}.until")
    _check_ends(item, path, form, planned)
    recorded, never = codeset(item.recorded, f"{path}.recorded"), codeset(item.never, f"{path}.never")
    excused_by = codeset(item.excused_by, f"{path}.excused_by")
    ends = _ends(item, path, lifecycle, begins=starts, stops=stops | never) | excused_by
    _check_reasons(item, path, excused_by=excused_by, never=never, ends=ends)
    pauses = tuple((codeset(one.begin, f"{path}.pause"), codeset(one.until, f"{path}.pause")) for one in item.pause)
    warns = _warns(item, path)
    whole = form == compiled.SPAN and item.per == "shipment"
    roles = _roles(starts, stops | recorded | never, ends, pauses)
    return Clock(
        name=item.name,
        number=zlib.crc32(item.name.encode()) & 0xFFFF,
        title=item.title,
        per=item.per,
        form=form,
        starts=starts,
        # Uploads count from the first scan on: that is what `registered` means for them, too.
        starts_any=ANY in begins or (form == compiled.UPLOADS and REGISTERED in begins),
        from_registration=(REGISTERED in begins and form != compiled.UPLOADS)
        or any(member.from_registration for member in members),
        last_start=item.start == "last",
        restarts=item.start == "last" or (REGISTERED in begins and len(starts) > 0),
        stops=stops,
        stops_any=ANY in untils,
        ends=ends,
        excused_by=excused_by,
        pauses=pauses,
        suspendable=item.suspensions,
        allowance=_allowance(item, path, terms, form, planned),
        planned=planned,
        warn_before=None if warns is None or len(warns.rules) > 1 else warns.rules[0][1],
        warns=warns if warns is not None and (len(warns.rules) > 1 or not warns.rules[0][0].always) else None,
        grace=duration(item.grace, f"{path}.grace"),
        severity=item.severity if isinstance(item.severity, str) else "warning",
        severities=_labels(item.severity, f"{path}.severity"),
        routes=_labels([Label(item.route)] if isinstance(item.route, str) else item.route, f"{path}.route"),
        objective=item.objective,
        roles=roles,
        roles_of_numbers=bytes(roles.get(number, 0) for number in range(MOST_CODES)),
        rolls=item.per == "gap" and ANY in begins and ANY in untils and not pauses,
        complete=item.complete is not None,
        recorded=recorded,
        uploads=0 if item.uploads is None else duration(item.uploads, f"{path}.uploads"),
        never=never,
        members=members,
        stages=stages if whole else (),
        proposals=tuple(Proposal(one, f"{path}.compensate[{place}]") for place, one in enumerate(item.compensate)),
        plain=whole and not stages and not item.compensate,
    )


def touches(clocks: Sequence[Clock], code: Code) -> tuple[tuple[Clock, int], ...]:
    """The clocks that a code concerns, with its roles; planned ones and those of `any` may be concerned by any code."""
    found = []
    for clock in clocks:
        roles = _touch(clock, code)
        if roles:
            found.append((clock, roles))
    return tuple(found)


def _touch(clock: Clock, code: Code) -> int:
    roles = clock.roles.get(code, 0)
    if not is_care(code):
        if clock.planned is not None:
            roles |= STOPS
        if clock.starts_any:
            roles |= STARTS
        if clock.stops_any:
            roles |= STOPS
    for member in clock.members:
        if _touch(member, code):
            roles |= STOPS
    return roles


def _form(item: ClockDocument, path: str) -> str:
    given = [field for field in _SPECIAL if getattr(item, field)]
    if len(given) > 1:
        raise Problem(f"{path}.{given[1]}", f"a clock is one thing: it has {given[0]!r} already")
    if given:
        if item.per != "shipment":
            raise Problem(f"{path}.per", f"`{given[0]}` is a promise of the whole shipment: leave `per` out")
        return {
            "recorded": compiled.RECORDED,
            "uploads": compiled.UPLOADS,
            "never": compiled.NEVER_HAPPENS,
            "all_of": compiled.ALL_OF,
        }[given[0]]
    if "plan" in (item.within, item.due) and item.per in {"leg", "milestone"}:
        return compiled.PLANNED
    return compiled.GAPS if item.per in {"gap", "attempt"} else compiled.SPAN


def _planned(item: ClockDocument, path: str) -> str | None:
    if item.per not in {"leg", "milestone"} or "plan" not in (item.within, item.due):
        if item.per == "milestone":
            raise Problem(path, "a clock per milestone takes its time from the plan: `within: plan` or `due: plan`")
        return None
    if named(item.until):
        raise Problem(
            f"{path}.until", "a planned leg or milestone stops at the scan that the plan names: leave `until` out"
        )
    if item.shift is not None:
        raise Problem(f"{path}.shift", "what a plan says cannot be shifted")
    return "within" if item.within == "plan" else "due"


def _check_ends(  # noqa: C901 - one line a rule
    item: ClockDocument, path: str, form: str, planned: str | None
) -> None:
    """See to it that it can start and stop."""
    begins, untils = named(item.begin), named(item.until)
    if form == compiled.ALL_OF:
        if begins or untils:
            raise Problem(f"{path}.from", "it starts and stops with its clocks: leave `from` and `until` out")
        return
    if not begins:
        raise Problem(f"{path}.from", "a clock needs the codes that start it (or `registered`)")
    if planned == "due" and begins != [REGISTERED]:
        raise Problem(f"{path}.from", "a schedule runs from the registration that gave it: `from: registered`")
    if REGISTERED in begins and item.per != "shipment" and planned != "due":
        raise Problem(f"{path}.from", f"`registered` starts a clock of the whole shipment, not one per {item.per}")
    if REGISTERED in begins and len(begins) > 1 and item.start == "last":
        raise Problem(f"{path}.start", "a registration comes once: leave `registered` out, or `start: last`")
    if ANY in begins and form not in {compiled.GAPS, compiled.UPLOADS}:
        raise Problem(f"{path}.from", "`any` goes with `per: gap` and with `uploads`")
    if ANY in untils and form != compiled.GAPS:
        raise Problem(f"{path}.until", "`any` goes with `per: gap`")
    if REGISTERED in untils:
        raise Problem(f"{path}.until", "a registration stops nothing")
    if planned is None and not untils and form != compiled.RECORDED:
        raise Problem(f"{path}.until", "a clock needs the codes that stop it")
    if item.complete is not None and item.per != "shipment":
        raise Problem(f"{path}.complete", "all pieces together are a matter of the whole shipment: leave `per` out")


def _ends(
    item: ClockDocument, path: str, lifecycle: Lifecycle, *, begins: frozenset[Code], stops: frozenset[Code]
) -> frozenset[Code]:
    """Codes that end it.  What starts a clock does not end it, and a case does not end with its parcel."""
    if item.ends is not None:
        return codeset(item.ends, f"{path}.ends")
    if item.per == "case" or any(is_care(code) for code in stops):
        return frozenset()
    return lifecycle.closes - stops - begins


def _check_reasons(item: ClockDocument, path: str, **codes: frozenset[Code]) -> None:
    for field, some in codes.items():
        for code in sorted(OWN & {name_of(code) for code in some}):
            place = f"{path}.{field}" if getattr(item, field) else "$.shipment.closes"
            raise Problem(place, f"`{code}` is a reason of our own for outcomes: give the code another name")


def _allowance(item: ClockDocument, path: str, terms: Terms, form: str, planned: str | None) -> Allowance:
    if form in {compiled.UPLOADS, compiled.NEVER_HAPPENS, compiled.ALL_OF}:
        for field in ("within", "due", "pause"):
            if getattr(item, field):
                raise Problem(f"{path}.{field}", "this promise has no time to keep: leave it out")
        return PlanTotal()
    if (item.within is None) == (item.due is None):
        raise Problem(path, "a clock needs either `within` or `due`, and not both")
    return PlanTotal() if planned is not None else terms.allowance(item, path)


def _warns(item: ClockDocument, path: str) -> Choice[int | None] | None:
    warns = item.warn if isinstance(item.warn, list) else [item.warn]
    if all(warn.before is None for warn in warns):
        return None
    rules = []
    for place, warn in enumerate(warns):
        where = f"{path}.warn[{place}]" if isinstance(item.warn, list) else f"{path}.warn"
        before = None if warn.before is None else duration(warn.before, f"{where}.before")
        rules.append((Condition(warn.when, f"{where}.when"), before))
    return Choice(rules)


def _labels(labels: str | list[Label] | None, path: str) -> Choice[str] | None:
    if labels is None or isinstance(labels, str):
        return None
    return Choice([(Condition(one.when, f"{path}[{place}].when"), one.value) for place, one in enumerate(labels)])


def _roles(
    starts: frozenset[Code],
    stops: frozenset[Code],
    ends: frozenset[Code],
    pauses: Sequence[tuple[frozenset[Code], frozenset[Code]]],
) -> dict[Code, int]:
    roles: dict[Code, int] = defaultdict(int)
    for role, codes in ((STARTS, starts), (STOPS, stops), (ENDS, ends)):
        for code in codes:
            roles[code] |= role
    for begin, until in pauses:
        for code in begin | until:
            roles[code] |= PAUSES
    return dict(roles)
