"""What ends a promise, and when all pieces of a shipment are there."""

from tests.oracles.terms import CLOSING, Fact, Final, Json, codes


def last_of(clock: Json, registration: Json, after: list[Fact], stops: set[str], ends: set[str]) -> Fact | None:
    """What stops or ends it: of several pieces all must have been there, unless the scan is one of the whole."""
    pieces = 1 if clock.get("per") == "piece" else registration.get("pieces", 1)
    for number, fact in enumerate(after):
        counted = stops if fact.code in stops else ends if fact.code in ends else set()
        needed = pieces if fact.code not in stops or clock.get("complete") else 1
        alike = [one for one in after[: number + 1] if one.code in counted]
        seen = {one.piece for one in alike if (one.code in stops) == (fact.code in stops)}
        if counted and (fact.piece is None or len(seen - {None}) >= needed):
            return fact
    return None


def called_off(clock: Json, start: int, due: int | None, end: Fact) -> Final:
    """Cancelled, or excused where the page says so."""
    kind = "excused" if end.code in codes(clock.get("excused_by", [])) else "cancelled"
    return Final(kind, start, due, end.at, end.code)


def closed(policy: Json, registration: Json, facts: list[Fact]) -> Fact | None:
    """The scan with which all of a shipment is closed."""
    closes = codes((policy.get("shipment") or {}).get("closes", CLOSING))
    return last_of({"complete": "pieces"}, registration, facts, closes, set())


def ends_of(policy: Json, clock: Json) -> set[str]:
    """Codes after which a clock makes no sense any more."""
    excused = codes(clock.get("excused_by", []))
    if clock.get("ends") is not None:
        return codes(clock["ends"]) | excused
    stops = codes(clock.get("until", [])) | codes(clock.get("never", []))
    if clock.get("per") == "case" or any("." in code for code in stops):
        return excused
    closes = codes((policy.get("shipment") or {}).get("closes", CLOSING))
    return (closes - stops - codes(clock.get("from", []))) | excused
