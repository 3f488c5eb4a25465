"""What every promise is worth, worked out the slow way from the page of promises and the set of records.

It shares nothing with the engine but the numbers of the scan codes, which are part of the language.  Every function
reads all the facts there are, as often as it likes; nothing is kept, nothing depends on an order of arrival.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from streams.sla.codes import NUMBERS

Json = Mapping[str, Any]
CLOSING = ["delivered", "returned", "cancelled", "lost", "destroyed"]
DAY = 86_400_000
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?)?")


class Fact(NamedTuple):
    """A scan that holds."""

    at: int
    place: int
    scan_id: str
    code: str
    facility: str | None
    leg: str | None
    piece: str | None


class Final(NamedTuple):
    """What an instance of a clock is worth in the end.  Instants in UTC milliseconds."""

    kind: str
    """met, missed, cancelled or running."""
    start: int
    due: int | None
    """None while a pause lasts that nothing has ended."""
    stopped_at: int | None = None
    reason: str | None = None


Finals = dict[tuple[str, str | None], Final]


def finals(policy: Json, registrations: Sequence[Json], scans: Sequence[Json]) -> Finals:
    """Every instance of every clock that has started, by (clock, instance)."""
    if not registrations:
        return {}
    registration = max(registrations, key=lambda one: (one.get("revision", 0), ms(one["registered_at"])))
    facts = facts_of(scans)
    found: Finals = {}
    for clock in policy["clocks"]:
        for instance, final in _instances(policy, clock, registration, facts):
            found[clock["name"], instance] = final
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
            )
        ),
    )


def _instances(policy: Json, clock: Json, registration: Json, facts: list[Fact]) -> list[tuple[str | None, Final]]:
    per = clock.get("per", "shipment")
    if per == "gap":
        return _gaps(policy, clock, registration, facts)
    if per == "milestone" or (per == "leg" and "plan" in (clock.get("within"), clock.get("due"))):
        return _planned(policy, clock, registration, facts)
    if per == "shipment":
        groups: list[tuple[str | None, list[Fact]]] = [(None, facts)]
    else:
        key_of = {"facility": "facility", "leg": "leg", "piece": "piece"}[per]
        keys = sorted({key for fact in facts if (key := getattr(fact, key_of)) is not None})
        ends = _ends(policy, clock)
        groups = [(key, [fact for fact in facts if getattr(fact, key_of) == key or fact.code in ends]) for key in keys]
    found = ((key, _span(policy, clock, registration, group)) for key, group in groups)
    return [(key, final) for key, final in found if final is not None]


def _span(policy: Json, clock: Json, registration: Json, facts: list[Fact]) -> Final | None:
    begins, stops, ends = codes(clock["from"]), codes(clock["until"]), _ends(policy, clock)
    if "registered" in begins:
        start = ms(registration["registered_at"])
        before = [fact for fact in facts if fact.at < start and fact.code not in ends]
        after = [fact for fact in facts if fact not in before]
    else:
        places = [place for place, fact in enumerate(facts) if fact.code in begins]
        if not places:
            return None
        place = places[0]
        if clock.get("start") == "last":
            halts = [at for at, fact in enumerate(facts) if at > place and fact.code in stops | ends - begins]
            place = max(at for at in places if not halts or at < halts[0])
        start = facts[place].at
        before, after = facts[:place], facts[place + 1 :]
    due = _due(policy, clock, registration, start)
    if due is None:
        return None
    last = next((fact for fact in after if fact.code in stops | ends), None)
    early = next((fact for fact in before if fact.code in stops), None)
    until = last.at if last else start if early else None
    moved = _paused(clock, facts, start, due, until)
    if last is not None and last.code in stops:
        return _stopped(start, moved, last)
    if last is not None:
        return Final("cancelled", start, moved, last.at, last.code)
    if early is not None:
        return Final("cancelled", start, moved, early.at, "stopped-before-start")
    return Final("running", start, moved)


def _stopped(start: int, due: int | None, stop: Fact) -> Final:
    assert due is not None
    return Final("met" if stop.at <= due else "missed", start, due, stop.at)


def _paused(clock: Json, facts: list[Fact], start: int, due: int, until: int | None) -> int | None:
    """The instant at which as much time has counted as was allowed; None when a pause goes on for ever."""
    spans: list[tuple[int, int | None]] = []
    for pause in clock.get("pause", []):
        began: int | None = None
        for fact in facts:
            if began is None and fact.code in codes(pause["from"]):
                began = fact.at
            elif began is not None and fact.code in codes(pause["until"]):
                spans.append((began, fact.at if until is None else min(fact.at, until)))
                began = None
        if began is not None:
            spans.append((began, until))
    left, now = due - start, start
    while left > 0:
        inside = [end for began, end in spans if began <= now and (end is None or now < end)]
        if None in inside:
            return None
        if inside:
            now = max(end for end in inside if end is not None)
            continue
        step = min([left, *(began - now for began, _ in spans if began > now)])
        now, left = now + step, left - step
    return now if due > start else due


def _due(policy: Json, clock: Json, registration: Json, start: int) -> int | None:
    if clock.get("due") == "promised":
        return _promised(policy, registration)
    within = clock["within"]
    if within == "plan":
        total = _whole_plan(registration)
        return None if total is None else start + total
    if isinstance(within, str):
        return start + duration(within)
    allowed = next((rule["allow"] for rule in within if "allow" in rule and _holds(rule, registration)), None)
    if allowed is None:
        return None
    added = (duration(rule["add"]) for rule in within if "add" in rule and _holds(rule, registration))
    return start + duration(allowed) + sum(added)


def _promised(policy: Json, registration: Json) -> int | None:
    if registration.get("promised_at"):
        return ms(registration["promised_at"])
    if registration.get("promised_date"):
        zone = (registration.get("destination") or {}).get("time_zone") or policy.get("time_zone", "UTC")
        return end_of_day(registration["promised_date"], zone)
    return None


def _holds(rule: Json, registration: Json) -> bool:
    origin = (registration.get("origin") or {}).get("region")
    destination = (registration.get("destination") or {}).get("region")
    lane = None
    if origin is not None and destination is not None:
        lane = "same-city" if origin == destination else "inter-city"
    facts = {
        "lane": lane,
        "tier": registration.get("tier"),
        "product": registration.get("product"),
        "origin.region": origin,
        "destination.region": destination,
        "destination.remote": (registration.get("destination") or {}).get("remote", False),
        "customer_id": registration["customer_id"],
        "pieces": registration.get("pieces", 1),
    }
    return all(
        facts[name] in (wanted if isinstance(wanted, list) else [wanted])
        for name, wanted in rule.get("when", {}).items()
    )


def _gaps(policy: Json, clock: Json, registration: Json, facts: list[Fact]) -> list[tuple[str | None, Final]]:
    """Every scan in custody starts a gap, unless one is under way that it does not stop."""
    begins, stops, ends = codes(clock["from"]), codes(clock["until"]), _ends(policy, clock)
    found: list[tuple[str | None, Final]] = []
    place = 0
    while place < len(facts):
        begin = facts[place]
        if not _among(begin.code, begins) or begin.code in ends:
            place += 1
            continue
        after = range(place + 1, len(facts))
        stop = next((at for at in after if _among(facts[at].code, stops) or facts[at].code in ends), None)
        due = _due(policy, clock, registration, begin.at)
        if due is not None:
            ended = Final("running", begin.at, due) if stop is None else _stopped(begin.at, due, facts[stop])
            found.append((begin.scan_id, ended))
        if stop is None:
            break
        place = stop
    return found


def _among(code: str, wanted: set[str]) -> bool:
    return "any" in wanted or code in wanted


def _planned(policy: Json, clock: Json, registration: Json, facts: list[Fact]) -> list[tuple[str | None, Final]]:
    """Each milestone since the one before it, or each leg since the last of those before it, by the plan."""
    legs = (registration.get("plan") or {}).get("legs", [])
    reached = {leg["leg"]: _reached(leg, facts) for leg in legs}
    end = next((fact for fact in facts if fact.code in _ends(policy, clock)), None)
    found: list[tuple[str | None, Final]] = []
    for leg in legs:
        name, milestones = leg["leg"], leg["milestones"]
        begin = _begin_of(clock, leg, reached, facts)
        if clock["per"] == "leg":
            due = _planned_due(clock, begin, milestones[-1].get("at"), _leg_total(leg))
            tried = [(name, begin, due, reached[name][-1])]
        else:
            tried = []
            for number, milestone in enumerate(milestones):
                start = reached[name][number - 1] if number else begin
                within = duration(milestone["within"]) if milestone.get("within") else None
                due = _planned_due(clock, start, milestone.get("at"), within)
                tried.append((f"{name}/{number + 1}", start, due, reached[name][number]))
        if clock.get("due") == "plan":
            registered = ms(registration["registered_at"])
            found += [(i, _planned_final(registered, due, stop, end)) for i, _, due, stop in tried if due is not None]
            continue
        for instance, start, due, stop in tried:
            if start is not None and due is not None:
                found.append((instance, _planned_final(start.at, due, stop, end)))
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


def _planned_final(start: int, due: int, stop: Fact | None, end: Fact | None) -> Final:
    if stop is not None:
        return _stopped(start, due, stop)
    if end is not None:
        return Final("cancelled", start, due, end.at, end.code)
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


def _leg_total(leg: Json) -> int | None:
    parts = [milestone.get("within") for milestone in leg["milestones"]]
    return None if None in parts else sum(duration(part) for part in parts)


def _whole_plan(registration: Json) -> int | None:
    """The longest chain of legs: every chain is walked to its beginning."""
    legs = {leg["leg"]: leg for leg in (registration.get("plan") or {}).get("legs", [])}
    if not legs or any(_leg_total(leg) is None for leg in legs.values()):
        return None

    def through(name: str) -> int:
        return (_leg_total(legs[name]) or 0) + max(map(through, legs[name].get("after", [])), default=0)

    return max(map(through, legs))


def _ends(policy: Json, clock: Json) -> set[str]:
    if clock.get("ends") is not None:
        return codes(clock["ends"])
    closes = codes((policy.get("shipment") or {}).get("closes", CLOSING))
    stops = codes(clock.get("until", []))
    return closes if "any" in stops else closes - stops


def codes(names: str | list[str]) -> set[str]:
    """One name or several, as a set."""
    return {names} if isinstance(names, str) else set(names)


def ms(text: str) -> int:
    """UTC milliseconds of an RFC 3339 text."""
    since = datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)
    return round(since / timedelta(milliseconds=1))


def duration(text: str) -> int:
    """Milliseconds of an ISO 8601 duration in days, hours, minutes and seconds."""
    matched = _DURATION.fullmatch(text)
    assert matched is not None, text
    days, hours, minutes, seconds = (Fraction(part or 0) for part in matched.groups())
    return int((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)


def end_of_day(day: str, zone: str) -> int:
    """The last millisecond at which a calendar in the zone shows the day, found by looking at calendars."""
    wanted = date.fromisoformat(day)
    about = int(datetime(wanted.year, wanted.month, wanted.day, tzinfo=UTC).timestamp() * 1000)
    instants = range(about - DAY, about + 3 * DAY)

    def shown(instant: int) -> date:
        return datetime.fromtimestamp(instant / 1000, ZoneInfo(zone)).date()

    return instants[bisect_right(instants, wanted, key=shown) - 1]
