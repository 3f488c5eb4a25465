"""Promises that are no span of time: records, uploads, incidents, and promises made of others."""

from collections.abc import Sequence

from tests.oracles import pauses
from tests.oracles.dues import due_of, given_of
from tests.oracles.ends import called_off, ends_of, last_of
from tests.oracles.terms import Fact, Final, Finals, Json, codes, duration, ms


def recorded(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> Final | None:
    """Kept when the last of the codes was recorded in time."""

    begins = [fact for fact in facts if fact.code in codes(clock["from"])]
    if not begins and "registered" not in codes(clock["from"]):
        return None
    begin = None if not begins else begins[-1 if clock.get("start") == "last" else 0]
    if "registered" in codes(clock["from"]) and begin is not None and ms(registration["registered_at"]) <= begin.at:
        begin = None
    start = ms(registration["registered_at"]) if begin is None else begin.at
    due = due_of(policy, clock, registration, start, begin)
    if due is None:
        return None
    known = {code: [fact.recorded for fact in facts if fact.code == code] for code in codes(clock["recorded"])}
    given = given_of(policy, clock, registration, start, begin)

    def moved(until: int | None) -> int | None:
        return pauses.moved(policy, clock, registration, facts, begin, start, due, given, until, held)

    if all(known.values()):
        stop = max([start, *(min(times) for times in known.values())])
        by = moved(stop)
        return Final("met" if by is not None and stop <= by else "missed", start, by, stop)
    end = next((fact for fact in facts if fact.code in ends_of(policy, clock) and fact.at >= start), None)
    return Final("running", start, moved(None)) if end is None else called_off(clock, start, moved(end.at), end)


def uploads(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> Final | None:
    """Kept when every scan of the parcel, from the first one until the stop, was recorded soon enough."""

    del registration, held
    own = [fact for fact in facts if fact.case is None]
    begins = codes(clock["from"])
    first = next((at for at, fact in enumerate(own) if begins & {"any", "registered", fact.code}), None)
    if first is None:
        return None
    own = own[first:]
    start = own[0].at
    stops, ends = codes(clock["until"]), ends_of(policy, clock)
    last = next((at for at, fact in enumerate(own) if fact.code in stops | ends), None)
    if last is None:
        return Final("running", start, None)
    if own[last].code not in stops:
        return called_off(clock, start, own[last].at, own[last])
    limit = duration(clock["uploads"])
    late = [fact for fact in own[: last + 1] if fact.recorded - fact.at > limit]
    if not late:
        return Final("met", start, own[last].at, own[last].at)
    worst = max(late, key=lambda fact: (fact.recorded - fact.at, -own.index(fact)))
    return Final("missed", start, worst.at + limit, worst.recorded)


def never(
    policy: Json, clock: Json, registration: Json, facts: list[Fact], held: Sequence[pauses.Span]
) -> Final | None:
    """Broken by the first such scan; kept when it stops."""

    del held
    begins = [fact.at for fact in facts if fact.code in codes(clock["from"])]
    if "registered" in codes(clock["from"]):
        begins.append(ms(registration["registered_at"]))
    if not begins:
        return None
    start = min(begins)
    bad = next((fact for fact in facts if fact.code in codes(clock["never"])), None)
    if bad is not None:
        return Final("missed", start, bad.at, bad.at, bad.code)
    whole = {"complete": clock.get("complete")}
    stop = last_of(whole, registration, facts, codes(clock["until"]), set())
    end = last_of({"complete": "pieces"}, registration, facts, ends_of(policy, clock), set())
    if stop is not None and (end is None or facts.index(stop) <= facts.index(end)):
        return Final("met", start, stop.at, stop.at)
    return Final("running", start, None) if end is None else called_off(clock, start, end.at, end)


def all_of(clock: Json, found: Finals, closing: Fact | None) -> Final | None:
    """Kept when all clocks that were promised have ended, some were kept and none was missed."""

    own = {name: found[name, None] for name in clock["all_of"] if (name, None) in found}
    if not own:
        return None
    start = min(final.start for final in own.values())
    kinds = {final.kind for final in own.values()}
    if closing is None or "running" in kinds:
        return Final("running", start, None)
    stop = max([closing.at, *(final.stopped_at for final in own.values() if final.stopped_at is not None)])
    due = max([final.due for final in own.values() if final.due is not None], default=stop)
    missed = [name for name, final in own.items() if final.kind == "missed"]
    if missed:
        return Final("missed", start, due, stop, f"missed: {', '.join(missed)}")
    if "met" in kinds:
        return Final("met", start, due, stop)
    kind = "excused" if "excused" in kinds else "cancelled"
    return Final(kind, start, due, stop, kind)
