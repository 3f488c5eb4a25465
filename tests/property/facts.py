"""Random registrations, scans and steps of cases."""

from hypothesis import strategies as st

from tests.property.vocabulary import (
    CARE,
    CASES,
    FACILITIES,
    INCIDENTS,
    LEGS,
    LONG_AGO,
    MIDDLE,
    PIECES,
    STARTS,
    STOPS,
    Json,
    hours,
    instants,
    subset,
)


@st.composite
def plans(draw: st.DrawFn) -> Json:
    legs: list[Json] = []
    for name in draw(subset(LEGS)):
        milestones = []
        for _ in range(draw(st.integers(1, 3))):
            milestone: Json = {"code": draw(st.sampled_from(["departed", "arrived", "delivered"]))}
            if draw(st.integers(0, 5)):
                milestone["within"] = draw(hours)
            if draw(st.booleans()):
                milestone["at"] = draw(instants)
            if draw(st.integers(0, 3)) == 0:
                milestone["facility"] = draw(st.sampled_from(FACILITIES))
            milestones.append(milestone)
        earlier = [leg["leg"] for leg in legs]
        after = draw(st.lists(st.sampled_from(earlier), unique=True)) if earlier else []
        legs.append({"leg": name, "milestones": milestones, "after": after})
    return {"legs": draw(st.permutations(legs))}


@st.composite
def goods(draw: st.DrawFn) -> Json:
    """What is in the parcel, and when somebody is at home."""
    made: Json = {}
    if draw(st.integers(0, 2)) == 0:
        made |= {"weight_kg": draw(st.sampled_from([0.5, 1, 20, 21])), "insured": draw(st.booleans())}
        made |= {"temperature": draw(st.sampled_from(["chilled", None]))}
        made["declared_value"] = {"amount": draw(st.sampled_from(["499.99", "500"])), "currency": "EUR"}
        made["labels"] = draw(st.sampled_from([{}, {"kind": "gift"}, {"kind": "other"}]))
    if draw(st.booleans()):
        currency = draw(st.sampled_from(["EUR", "EUR", "CNY"]))
        made["freight"] = {"amount": draw(st.sampled_from(["12.34", "0.005"])), "currency": currency}
    for which in ("pickup", "delivery"):
        if draw(st.integers(0, 3)) == 0:
            first, last = sorted([draw(instants), draw(instants)])
            made[f"{which}_appointment"] = {"start": first, "end": last}
    return made


@st.composite
def registrations(draw: st.DrawFn, shipment_id: str) -> list[Json]:
    made: list[Json] = []
    for revision in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2, 3]))):
        again: bool = draw(st.booleans())
        if again and made:
            changes: list[Json] = [{"registered_at": draw(instants)}, {"product": "eco"}, {"pieces": 3}]
            made.append({**made[-1], "revision": revision, **draw(st.sampled_from(changes))})
            continue
        body: Json = {
            "shipment_id": shipment_id,
            "customer_id": draw(st.sampled_from(["c1", "c2"])),
            "registered_at": draw(instants),
            "revision": revision,
            "tier": draw(st.sampled_from(["A", "B", None])),
            "pieces": draw(st.sampled_from([1, 2])),
        }
        if draw(st.booleans()):
            body["origin"] = {
                "region": draw(st.sampled_from(["north", "south"])),
                "remote": draw(st.booleans()),
                "time_zone": draw(st.sampled_from([None, "Asia/Tokyo"])),
            }
        if draw(st.booleans()):
            body["destination"] = {
                "region": draw(st.sampled_from(["north", "south"])),
                "remote": draw(st.booleans()),
                "time_zone": draw(st.sampled_from([None, "America/Sao_Paulo", "Europe/Berlin"])),
            }
        body |= draw(goods())
        promise = draw(st.sampled_from([None, "promised_at", "promised_date"]))
        if promise == "promised_at":
            body["promised_at"] = draw(instants)
        elif promise == "promised_date":
            body["promised_date"] = draw(st.sampled_from(["2026-03-26", "2026-03-27", "2026-03-28"]))
        if draw(st.booleans()):
            body["plan"] = draw(plans())
        made.append(body)
    return made


@st.composite
def scans(draw: st.DrawFn, shipment_id: str) -> list[Json]:
    made: list[Json] = []
    names = [f"s{number}" for number in range(draw(st.integers(0, 9)))]
    for name in names:
        versions: list[Json] = []
        for revision in range(draw(st.sampled_from([1, 1, 1, 1, 2, 3]))):
            version = draw(_scan(shipment_id, name, revision))
            again: bool = draw(st.booleans())
            if again and versions:
                field = draw(st.sampled_from(["revision", "occurred_at", "code", "facility", "piece_id", "leg"]))
                version = {**versions[-1], **{one: version[one] for one in ("revision", field) if one in version}}
            versions.append(version)
        made += versions
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        void = draw(_scan(shipment_id, f"v{number}", 0))
        made.append(void | {"voids": draw(st.sampled_from([*names, "v0", "nobody"]))})
        if draw(st.integers(0, 3)) == 0:
            made.append(draw(_scan(shipment_id, f"v{number}", 1)))
    return made


@st.composite
def _scan(draw: st.DrawFn, shipment_id: str, name: str, revision: int) -> Json:
    scan: Json = {
        "scan_id": name,
        "shipment_id": shipment_id,
        "code": draw(st.sampled_from(STARTS + MIDDLE + STOPS + INCIDENTS)),
        "occurred_at": draw(instants if draw(st.integers(0, 7)) else st.just(LONG_AGO)),
        "revision": draw(st.sampled_from([revision, revision, 0])),
    }
    if draw(st.booleans()):
        scan["recorded_at"] = draw(instants)
    if draw(st.booleans()):
        where = draw(st.sampled_from([{}, {"kind": "hub", "region": "north"}, {"kind": "branch", "region": "south"}]))
        scan["facility"] = {"id": draw(st.sampled_from(FACILITIES)), **where}
    if draw(st.booleans()):
        scan["leg"] = draw(st.sampled_from(LEGS))
    if draw(st.booleans()):
        scan["piece_id"] = draw(st.sampled_from(PIECES))
    return scan


@st.composite
def care(draw: st.DrawFn, shipment_id: str) -> list[Json]:
    """Steps of cases, as scans: `step` of an event is told by `event_of`."""
    made: list[Json] = []
    for number in range(draw(st.sampled_from([0, 0, 1, 3]))):
        step: Json = {
            "scan_id": f"e{number}",
            "shipment_id": shipment_id,
            "code": draw(st.sampled_from(CARE)),
            "occurred_at": draw(instants),
            "revision": 0,
            "case_id": draw(st.sampled_from(CASES)),
        }
        if draw(st.booleans()):
            step["severity"] = draw(st.sampled_from(["major", "minor"]))
        made.append(step)
    return made


def event_of(step: Json) -> Json:
    """The record of a step of a case."""
    kind, _, name = step["code"].partition(".")
    kept = {key: value for key, value in step.items() if key not in {"scan_id", "code"}}
    return {**kept, "event_id": step["scan_id"], "kind": kind, "step": name}


def record_of(scan: Json) -> tuple[str, Json]:
    """The topic and body of a scan, or of a step of a case."""
    return ("care-events", event_of(scan)) if "case_id" in scan else ("parcel-scans", scan)
