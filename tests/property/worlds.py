"""Random promises and random facts, small enough that most things happen to the same few shipments."""

from io import StringIO
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

from streams.sla.instants import rfc3339
from tests.property.engine import Arrival, arrival, tick

HALF_HOUR = 1_800_000
BEGIN = 1_774_569_600_000
"""2026-03-27T00:00Z: two days before clocks change in Europe."""
FACTS_END = BEGIN + 40 * HALF_HOUR
FAR = BEGIN + 60 * 86_400_000
"""All that can be due is due by then, and nothing has expired."""

STARTS = ["order_placed", "picked_up", "accepted"]
MIDDLE = ["arrived", "departed", "customs_held", "customs_released", "held", "released", "x-ray", "weighed"]
STOPS = ["delivery_attempted", "delivered", "returned", "cancelled"]
FACILITIES = ["hub-1", "hub-2", ""]
WHERE = {"hub-1": {"kind": "hub", "region": "north"}, "hub-2": {"kind": "branch", "region": "south"}, "": {}}
"""What is told of a facility: always the same, so that two versions of a scan never differ by it."""
CARE = ["complaint.opened", "complaint.answered", "enquiry.opened"]
CASES = ["k1", "k2"]
INCIDENTS = ["lost", "damaged"]
LEGS = ["i1", "i2", "o"]
PIECES = ["p1", "p2"]
Json = dict[str, Any]

hours = st.sampled_from(["PT30M", "PT1H", "PT2H30M", "PT6H", "P1D", "PT0S"])
places = st.sampled_from([None, "origin", "destination", "facility"])
CALENDARS: Json = {
    "work": {"hours": {"mon-fri": "09:00-18:00"}, "closed": ["2026-03-30"], "open": ["2026-03-28"]},
    "hub": {
        "hours": {"mon-sun": ["08:00-12:00", "13:00-20:00"]},
        "regions": {"south": {"hours": "22:00-06:00", "time_zone": "Europe/Berlin"}},
    },
}


def subset(values: list[str], *, most: int = 3) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=most, unique=True)


@st.composite
def by_calendar(draw: st.DrawFn) -> Json:
    """An allowance that asks a calendar."""
    if draw(st.booleans()):
        given: Json = {"working": draw(st.sampled_from(["PT1H", "PT2H30M", "PT6H"]))}
        given["calendar"] = draw(st.sampled_from(["work", "hub"]))
    else:
        given = {"days": draw(st.integers(0, 2))}
        given |= draw(st.sampled_from([{}, {"by": "12:00"}, {"by": "20:30", "cutoff": "16:00"}]))
        given |= draw(st.sampled_from([{}, {"calendar": "work"}]))
    place = draw(places)
    return given if place is None else given | {"zone": place}


additions = st.sampled_from([{"days": 1}, {"working_days": 2, "calendar": "work"}])
allowances = hours | st.sampled_from(["promised", "plan", {"appointment": "pickup"}, {"appointment": "delivery"}])


@st.composite
def rules(draw: st.DrawFn) -> list[Json]:
    conditions = st.sampled_from(
        [
            {},
            {"lane": "same-city"},
            {"lane": "inter-city"},
            {"tier": "A"},
            {"tier": ["A", "B"]},
            {"destination.remote": True},
            {"origin.region": "north", "destination.remote": False},
            {"pieces": 2},
            {"pieces": {"at_least": 2}},
            {"tier": {"not": "A"}},
            {"weight_kg": {"above": 1, "at_most": 20}},
            {"declared_value": {"below": 500}},
            {"temperature": "chilled", "insured": True},
            {"labels.kind": "gift"},
            {"origin.remote": True},
            {"facility.kind": "hub"},
            {"facility.region": ["north"]},
            {"facility.id": {"not": "hub-1"}},
            {"case.severity": "major"},
            {"case.kind": "complaint"},
        ]
    )
    made = []
    for _ in range(draw(st.integers(1, 4))):
        which = draw(st.sampled_from(["allow", "allow", "add"]))
        rule: Json = {which: draw(allowances if which == "allow" else hours)}
        if when := draw(conditions):
            rule["when"] = when
        made.append(rule)
    return made


@st.composite
def clocks(draw: st.DrawFn, name: str) -> Json:  # noqa: C901, PLR0912 - one branch per kind of clock
    kinds = ["shipment"] * 4 + ["facility", "leg", "piece", "case", "gap", "attempt", "plan", "plan", "special"]
    per = draw(st.sampled_from(kinds))
    clock: Json = {"name": name}
    if per == "special":
        return clock | draw(specials())
    if per == "plan":
        clock |= {"per": draw(st.sampled_from(["leg", "milestone"])), "from": draw(subset(STARTS))}
        timed = draw(st.sampled_from(["within", "due"]))
        clock[timed] = "plan"
        if timed == "due":
            clock["from"] = "registered"
    elif per in {"gap", "attempt"}:
        anything = st.just("any")
        clock |= {
            "per": per,
            "from": draw(anything | subset(MIDDLE)),
            "until": draw(anything | subset(MIDDLE + STOPS)),
        }
        clock["within"] = draw(hours)
    elif per == "case":
        clock |= {"per": "case", "from": draw(subset(CARE)), "within": draw(hours | by_calendar() | rules())}
        clock["until"] = draw(subset([code for code in [*CARE, "delivered"] if code not in clock["from"]]))
    else:
        clock |= {"from": draw(subset(STARTS + MIDDLE)), "per": per}
        if per == "shipment":
            clock["from"] = draw(st.just("registered") | st.just(clock["from"]))
        clock["until"] = draw(subset([code for code in MIDDLE + STOPS if code not in clock["from"]]))
        if clock["from"] != "registered":
            clock["start"] = draw(st.sampled_from(["first", "last"]))
        if per == "shipment" and draw(st.booleans()):
            clock["complete"] = "pieces"
        form = draw(st.sampled_from(["fixed", "rules", "calendar", "promised", *(["plan"] if per != "leg" else [])]))
        clock |= {"due": "promised"} if form == "promised" else {"within": "plan"} if form == "plan" else {}
        if form in {"fixed", "rules"}:
            clock["within"] = draw(hours if form == "fixed" else rules())
        if form == "calendar":
            clock["within"] = draw(by_calendar() | calendar_rules())
        elif draw(st.booleans()):
            clock["pause"] = [
                {"from": "customs_held", "until": "customs_released"},
                {"from": ["held"], "until": "released"},
            ]
        if draw(st.integers(0, 4)) == 0:
            clock["shift"] = draw(st.sampled_from(["-P1D", "-PT1H", "PT3H"]))
    if draw(st.booleans()):
        clock["warn"] = draw(st.just({"before": draw(hours)}) | st.just([{"when": {"tier": "A"}, "before": "PT2H"}]))
    if draw(st.booleans()):
        clock["grace"] = draw(st.sampled_from(["PT0S", "PT5M", "PT2H"]))
    if draw(st.integers(0, 4)) == 0:
        named = {*(clock["from"] if isinstance(clock["from"], list) else []), *clock.get("until", [])}
        clock["ends"] = draw(subset([code for code in STOPS if code not in named] or ["lost"]))
    if draw(st.integers(0, 3)) == 0 and per != "case":
        clock["excused_by"] = draw(subset(["cancelled", "returned"]))
        stops = clock.get("until", [])
        if {*clock["excused_by"]} & {*clock["from"], *([stops] if isinstance(stops, str) else stops)}:
            del clock["excused_by"]  # what starts or stops a clock does not excuse it
    return clock


@st.composite
def calendar_rules(draw: st.DrawFn) -> list[Json]:
    """Calendars by condition, and days on top."""
    made: list[Json] = [{"when": {"tier": "A"}, "allow": draw(by_calendar())}, {"allow": draw(hours)}]
    return [*made, {"when": {"destination.remote": True}, "add": draw(additions)}]


@st.composite
def specials(draw: st.DrawFn) -> Json:
    """Records, uploads and incidents."""
    kind = draw(st.sampled_from(["recorded", "uploads", "never"]))
    if kind == "recorded":
        starts = draw(st.just(["delivered"]) | st.just("registered"))
        return {"from": starts, "recorded": draw(subset(STARTS + MIDDLE)), "within": draw(hours)}
    until = draw(subset(STOPS))
    if kind == "uploads":
        return {
            "from": draw(st.sampled_from(["any", "registered", ["picked_up"]])),
            "until": until,
            "uploads": draw(hours),
        }
    begins = draw(st.sampled_from(["registered", ["picked_up", "accepted"]]))
    clock: Json = {"from": begins, "until": until, "never": draw(subset(INCIDENTS))}
    return clock | draw(st.sampled_from([{}, {"complete": "pieces"}]))


@st.composite
def policies(draw: st.DrawFn) -> Json:
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    shipment: Json = {"settle": "P90D", "retention": "P120D", "orphan_retention": "P90D", "expire": "P365D"}
    if draw(st.integers(0, 3)) == 0:
        shipment["closes"] = draw(subset(STOPS))
    made = [draw(clocks(name)) for name in names]
    whole = [clock["name"] for clock in made if clock.get("per", "shipment") == "shipment"]
    if draw(st.booleans()) and whole:
        made.append({"name": "e", "all_of": draw(subset(whole))})
    return {
        "policy": "random",
        "version": "1",
        "time_zone": draw(st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin"])),
        "calendars": CALENDARS,
        "shipment": shipment,
        "clocks": made,
    }


def text_of(policy: Json) -> str:
    """The page as somebody would have written it."""
    out = StringIO()
    YAML(typ="safe", pure=True).dump(policy, out)
    return out.getvalue()


instants = st.integers(0, 40).map(lambda steps: rfc3339(BEGIN + steps * HALF_HOUR))


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
    for which in ("pickup", "delivery"):
        if draw(st.integers(0, 3)) == 0:
            first, last = sorted([draw(instants), draw(instants)])
            made[f"{which}_appointment"] = {"start": first, "end": last}
    return made


@st.composite
def registrations(draw: st.DrawFn, shipment_id: str) -> list[Json]:
    made = []
    for revision in range(draw(st.sampled_from([0, 1, 1, 1, 1, 2, 3]))):
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
        for revision in range(draw(st.sampled_from([1, 1, 1, 1, 2]))):
            made.append(draw(_scan(shipment_id, name, revision)))  # noqa: PERF401 - it draws
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
        "occurred_at": draw(instants),
        "revision": draw(st.sampled_from([revision, revision, 0])),
    }
    if draw(st.booleans()):
        scan["recorded_at"] = draw(instants)
    if draw(st.booleans()):
        facility = draw(st.sampled_from(FACILITIES))
        scan["facility"] = {"id": facility, **WHERE[facility]}
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


class World:
    """One page of promises and what happens to some shipments."""

    def __init__(self, policy: Json, registered: dict[str, list[Json]], scanned: dict[str, list[Json]]) -> None:
        self.policy = policy
        self.text = text_of(policy)
        self.registered = registered
        self.scanned = scanned

    def __repr__(self) -> str:
        return f"{self.text}\n{self.registered}\n{self.scanned}"

    @property
    def bodies(self) -> list[tuple[str, Json]]:
        registered = [("shipments", body) for some in self.registered.values() for body in some]
        return registered + [record_of(scan) for some in self.scanned.values() for scan in some]


def record_of(scan: Json) -> tuple[str, Json]:
    """The topic and body of a scan, or of a step of a case."""
    return ("care-events", event_of(scan)) if "case_id" in scan else ("parcel-scans", scan)


@st.composite
def worlds(draw: st.DrawFn, *, most_shipments: int = 2) -> World:
    names = [f"S{number}" for number in range(draw(st.integers(1, most_shipments)))]
    return World(
        draw(policies()),
        {name: draw(registrations(name)) for name in names},
        {name: draw(scans(name)) + draw(care(name)) for name in names},
    )


@st.composite
def arrivals(draw: st.DrawFn, world: World, *, ticks: bool = True) -> list[Arrival]:
    """The records of a world in some order of arrival, some of them twice, with ticks between them."""
    order = draw(st.permutations(world.bodies))
    if order:
        order += draw(st.lists(st.sampled_from(order), max_size=3))
    now = BEGIN + draw(st.integers(0, 40)) * HALF_HOUR
    records = []
    for topic, body in order:
        now += draw(st.sampled_from([0, 1, 60_000, HALF_HOUR, 6 * HALF_HOUR]))
        records.append(arrival(topic, now, body))
        if ticks and draw(st.integers(0, 4)) == 0:
            now += 1
            records.append(tick(now))
    records.append(tick(FAR))
    return records


def in_time_order(world: World) -> list[Arrival]:
    """As if every registration came first, and every scan as it happened."""
    registered = [body for some in world.registered.values() for body in some]
    scanned = [body for some in world.scanned.values() for body in some]
    bodies = [("shipments", body) for body in registered]
    bodies += [record_of(body) for body in sorted(scanned, key=lambda scan: scan["occurred_at"])]
    return [*(arrival(topic, BEGIN + place, body) for place, (topic, body) in enumerate(bodies)), tick(FAR)]
