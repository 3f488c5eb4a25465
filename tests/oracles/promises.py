"""What every promise is worth, worked out the slow way from the page of promises and the set of records.

It shares nothing with the engine but the numbers of the scan codes, which are part of the language.  Every function
reads all the facts there are, as often as it likes; nothing is kept, nothing depends on an order of arrival.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from streams.sla.codes import NUMBERS
from tests.oracles import pauses, specials
from tests.oracles.dues import due_of, given_of, leg_total
from tests.oracles.ends import called_off, closed, ends_of, last_of
from tests.oracles.terms import Fact, Final, Finals, Json, codes, duration, ms

__all__ = ["Final", "finals", "ms"]


def finals(
    policy: Json,
    registrations: Sequence[Json],
    scans: Sequence[Json],
    suspensions: Mapping[str, Sequence[pauses.Span]] = MappingProxyType({}),
) -> Finals:
    """Every instance of every clock that has started, by (clock, instance); `suspensions` by region."""
    if not registrations:
        return {}
    registration = max(registrations, key=lambda one: (one.get("revision", 0), ms(one["registered_at"])))
    facts = facts_of(scans)
    regions = {(registration.get(place) or {}).get("region") for place in ("origin", "destination")}
    held = [span for region, spans in suspensions.items() if region in regions for span in spans]
    found: Finals = {}
    for clock in policy["clocks"]:
        for instance, final in _instances(policy, clock, registration, facts, held):
            found[clock["name"], instance] = final
    for clock in policy["clocks"]:
        if clock.get("all_of"):
            whole = specials.all_of(clock, found, closed(policy, registration, facts))
            if whole is not None:
                found[clock["name"], None] = whole
    return found


def facts_of(scans: Sequence[Json]) -> list[Fact]:
    """The scans that hold, in the order in which they happened."""
    holding: dict[str, Json] = {}
    for scan in scans:
        other = holding.get(scan["scan_id"])
        if other is None or _version(scan) > _version(other):
            holding[scan["scan_id"]] = scan
    taken_back = {scan["voids"] for scan in holding.values() if scan.get("voids")}
    return sorted(
        Fact(
            ms(scan["occurred_at"]),
            NUMBERS.get(scan["code"], 128),
            scan["scan_id"],
            scan["code"],
            (scan.get("facility") or {}).get("id"),
            scan.get("leg"),
            scan.get("piece_id"),
            max(ms(scan["occurred_at"]), ms(scan.get("recorded_at") or scan["occurred_at"])),
            scan.get("case_id"),
            scan.get("severity"),
            (scan.get("facility") or {}).get("kind"),
            (scan.get("facility") or {}).get("region"),
        )
        for scan in holding.values()
        if not scan.get("voids") and scan["scan_id"] not in taken_back
    )


def _version(scan: Json) -> tuple[Any, ...]:
    return (
        scan.get("revision", 0),
        ms(scan["recorded_at"]) if scan.get("recorded_at") else -1,
        ms(scan["occurred_at"]),
        scan["code"],
        *(
            (text is not None, text or "")
            for text in (
                (scan.get("facility") or {}).get("id"),
                scan.get("leg"),
                scan.get("piece_id"),
                scan.get("voids"),
                (scan.get("facility") or {}).get("kind"),
                (scan.get("facility") or {}).get("region"),
                scan.get("case_id"),
                scan.get("severity"),
            )
        ),
    )


def _instances(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> list[tuple[str | None, Final]]:
    per = clock.get("per", "shipment")
    if clock.get("all_of"):
        return []
    for special in ("recorded", "uploads", "never"):
        if clock.get(special):
            final = getattr(specials, special)(policy, clock, registration, facts, held)
            return [] if final is None else [(None, final)]
    if per in {"gap", "attempt"}:
        return _gaps(policy, clock, registration, facts, held)
    if per == "milestone" or (per == "leg" and "plan" in (clock.get("within"), clock.get("due"))):
        return _planned(policy, clock, registration, facts, held)
    if per == "shipment":
        groups: list[tuple[str | None, list[Fact]]] = [(None, facts)]
    else:
        keys = sorted({key for fact in facts if (key := getattr(fact, per)) is not None})
        ends = ends_of(policy, clock)
        groups = [(key, [fact for fact in facts if getattr(fact, per) == key or fact.code in ends]) for key in keys]
    found = ((key, _span(policy, clock, registration, group, held)) for key, group in groups)
    return [(key, final) for key, final in found if final is not None]


def _span(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> Final | None:
    begins, stops, ends = codes(clock["from"]), codes(clock["until"]), ends_of(policy, clock)
    begin: Fact | None = None
    registered = ms(registration["registered_at"])
    ended = last_of({"complete": "pieces"}, registration, facts, ends, set())
    own = [fact for fact in (facts if ended is None else facts[: facts.index(ended)]) if fact.code in begins]
    if "registered" in begins and not any(fact.at < registered for fact in own):
        start = registered
        before = [fact for fact in facts if fact.at < start and fact.code not in ends]
        after = [fact for fact in facts if fact not in before]
    else:
        places = [place for place, fact in enumerate(facts) if fact.code in begins]
        if not places:
            return None
        before, after = facts[: places[0]], facts[places[0] + 1 :]
        if "registered" in begins:
            after = [fact for fact in before if fact.code in ends] + after
        begin = facts[places[0]]
        if clock.get("start") == "last":
            ends = ends - begins
            halt = last_of(clock, registration, after, stops, ends)
            begin = [facts[place] for place in places if halt is None or facts[place] in facts[: facts.index(halt)]][-1]
        start = begin.at
    due = due_of(policy, clock, registration, start, begin)
    if due is None:
        return None
    last = last_of(clock, registration, after, stops, ends)
    early = next((fact for fact in before if fact.code in stops), None)
    until = last.at if last else start if early else None
    given = given_of(policy, clock, registration, start, begin)
    moved = pauses.moved(policy, clock, registration, facts, begin, start, due, given, until, held)
    if last is not None and last.code in stops:
        return _stopped(start, moved, last)
    if last is not None:
        return called_off(clock, start, moved, last)
    if early is not None:
        return Final("cancelled", start, moved, early.at, "stopped-before-start")
    return Final("running", start, moved)


def _stopped(start: int, due: int | None, stop: Fact) -> Final:
    assert due is not None
    return Final("met" if stop.at <= due else "missed", start, due, stop.at)


def _gaps(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> list[tuple[str | None, Final]]:
    """Every scan in custody starts a gap, unless one is under way that it does not stop."""
    begins, stops, ends = codes(clock["from"]), codes(clock["until"]), ends_of(policy, clock)
    found: list[tuple[str | None, Final]] = []
    if "any" in begins | stops:
        facts = [fact for fact in facts if fact.case is None]
    place = 0
    while place < len(facts):
        begin = facts[place]
        if not _among(begin.code, begins) or begin.code in ends:
            place += 1
            continue
        after = range(place + 1, len(facts))
        stop = next((at for at in after if _among(facts[at].code, stops) or facts[at].code in ends), None)
        due = due_of(policy, clock, registration, begin.at, begin)
        if due is not None:
            given = given_of(policy, clock, registration, begin.at, begin)
            until = None if stop is None else facts[stop].at
            moved = pauses.moved(policy, clock, registration, facts, begin, begin.at, due, given, until, held)
            if stop is None:
                ended = Final("running", begin.at, moved)
            elif clock["per"] == "attempt" and not _among(facts[stop].code, stops):
                ended = called_off(clock, begin.at, moved, facts[stop])
            else:
                ended = _stopped(begin.at, moved, facts[stop])
            found.append((begin.scan_id, ended))
        if stop is None:
            break
        place = stop
    return found


def _among(code: str, wanted: set[str]) -> bool:
    return "any" in wanted or code in wanted


def _planned(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> list[tuple[str | None, Final]]:
    """Each milestone since the one before it, or each leg since the last of those before it, by the plan."""
    legs = (registration.get("plan") or {}).get("legs", [])
    reached = {leg["leg"]: _reached(leg, facts) for leg in legs}
    end = next((fact for fact in facts if fact.code in ends_of(policy, clock)), None)
    found: list[tuple[str | None, Final]] = []
    for leg in legs:
        name, milestones = leg["leg"], leg["milestones"]
        begin = _begin_of(clock, leg, reached, facts)
        if clock["per"] == "leg":
            due = _planned_due(clock, begin, milestones[-1].get("at"), leg_total(leg))
            tried = [(name, begin, due, reached[name][-1])]
        else:
            tried = []
            for number, milestone in enumerate(milestones):
                start = reached[name][number - 1] if number else begin
                within = duration(milestone["within"]) if milestone.get("within") else None
                due = _planned_due(clock, start, milestone.get("at"), within)
                tried.append((f"{name}/{number + 1}", start, due, reached[name][number]))
        for instance, start, due, stop in tried:
            scheduled = clock.get("due") == "plan"
            begins = ms(registration["registered_at"]) if scheduled else None if start is None else start.at
            if begins is None or due is None:
                continue
            last = stop or end
            until = None if last is None else max(last.at, begins)
            moved = pauses.moved(policy, clock, registration, facts, None, begins, due, "plan", until, held)
            found.append((instance, _planned_final(clock, begins, moved, stop, end)))
    return found


def _begin_of(clock: Json, leg: Json, reached: Mapping[str, list[Fact | None]], facts: list[Fact]) -> Fact | None:
    waits_for = [reached[name][-1] for name in leg.get("after", [])]
    if not waits_for:
        return next((fact for fact in facts if fact.code in codes(clock["from"])), None)
    ended = [fact for fact in waits_for if fact is not None]
    return max(ended, key=lambda fact: fact.at) if len(ended) == len(waits_for) else None


def _planned_due(clock: Json, start: Fact | None, instant: str | None, within: int | None) -> int | None:
    if clock.get("due") == "plan":
        return ms(instant) if instant else None
    return None if start is None or within is None else start.at + within


def _planned_final(clock: Json, start: int, due: int | None, stop: Fact | None, end: Fact | None) -> Final:
    if stop is not None:
        return _stopped(start, due, stop)
    if end is not None:
        return called_off(clock, start, due, end)
    return Final("running", start, due)


def _reached(leg: Json, facts: list[Fact]) -> list[Fact | None]:
    """Milestone by milestone, the first scan of its leg, code and facility that none before it has claimed."""
    claimed: list[Fact | None] = []
    for milestone in leg["milestones"]:
        wanted = milestone.get("facility")
        claimed.append(
            next(
                (
                    fact
                    for fact in facts
                    if fact.leg == leg["leg"]
                    and fact.code == milestone["code"]
                    and (wanted is None or fact.facility is None or fact.facility == wanted)
                    and fact not in claimed
                ),
                None,
            )
        )
    return claimed
