"""Random pages of promises."""

from io import StringIO

from hypothesis import strategies as st
from ruamel.yaml import YAML

from tests.property.vocabulary import CARE, INCIDENTS, MIDDLE, STARTS, STOPS, Json, hours, subset

places = st.sampled_from([None, "origin", "destination", "facility"])
CALENDARS: Json = {
    "work": {"hours": {"mon-fri": "09:00-18:00"}, "closed": ["2026-03-30"], "open": ["2026-03-28"]},
    "hub": {
        "hours": {"mon-sun": ["08:00-12:00", "13:00-20:00"]},
        "regions": {"south": {"hours": "22:00-06:00", "time_zone": "Europe/Berlin"}},
    },
}


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


pauses: st.SearchStrategy[Json] = st.just({}) | st.just(
    {"pause": [{"from": "customs_held", "until": "customs_released"}, {"from": ["held"], "until": "released"}]}
)
compensations = st.builds(
    lambda pay, more, cap: {"pay": pay, "rule": "late", **more, **cap},
    st.sampled_from([{"freight": 3.0}, {"value": 0.1}, {"amount": 20, "currency": "CNY"}]),
    st.sampled_from([{}, {"late_over": "PT1H"}, {"when": {"tier": "A"}}, {"when": {"facility.kind": "hub"}}]),
    st.sampled_from([{}, {"cap": {"freight": 2}}, {"cap": {"amount": 7}}]),
)


@st.composite
def stages(draw: st.DrawFn) -> list[Json]:
    """Shares of a journey."""
    return [
        {
            "name": f"s{number}",
            "from": draw(subset(STARTS + MIDDLE)),
            "until": draw(subset(MIDDLE + STOPS)),
            "within": draw(hours),
        }
        for number in range(draw(st.integers(0, 2)))
    ]


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
def clocks(draw: st.DrawFn, name: str) -> Json:  # noqa: C901, PLR0912, PLR0915 - one branch per kind of clock
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
        clock |= draw(pauses)
    elif per in {"gap", "attempt"}:
        anything = st.just("any")
        clock |= {
            "per": per,
            "from": draw(anything | subset(MIDDLE)),
            "until": draw(anything | subset(MIDDLE + STOPS)),
        }
        clock["within"] = draw(hours | by_calendar())
        clock |= draw(pauses)
    elif per == "case":
        clock |= {"per": "case", "from": draw(subset(CARE)), "within": draw(hours | by_calendar() | rules())}
        clock["until"] = draw(subset([code for code in [*CARE, "delivered"] if code not in clock["from"]]))
    else:
        clock |= {"from": draw(subset(STARTS + MIDDLE)), "per": per}
        if per == "shipment":
            clock["from"] = draw(st.sampled_from(["registered", clock["from"], ["registered", *clock["from"]]]))
        clock["until"] = draw(subset([code for code in MIDDLE + STOPS if code not in clock["from"]]))
        if "registered" not in clock["from"]:
            clock["start"] = draw(st.sampled_from(["first", "last"]))
        if per == "shipment" and draw(st.booleans()):
            clock["complete"] = "pieces"
        form = draw(st.sampled_from(["fixed", "rules", "calendar", "promised", *(["plan"] if per != "leg" else [])]))
        clock |= {"due": "promised"} if form == "promised" else {"within": "plan"} if form == "plan" else {}
        if form in {"fixed", "rules"}:
            clock["within"] = draw(hours if form == "fixed" else rules())
        if form == "calendar":
            clock["within"] = draw(by_calendar() | calendar_rules())
        if isinstance(clock.get("within"), list) and form == "calendar":
            clock["suspensions"] = False  # nobody says what becomes of days on top
        else:
            clock |= draw(pauses)
        if draw(st.integers(0, 4)) == 0:
            clock["shift"] = draw(st.sampled_from(["-P1D", "-PT1H", "PT3H"]))
    if draw(st.integers(0, 2)) == 0:
        clock["compensate"] = draw(st.lists(compensations, min_size=1, max_size=2))
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
        starts = draw(st.sampled_from([["delivered"], "registered", ["registered", "picked_up"]]))
        made: Json = {"from": starts, "recorded": draw(subset(STARTS + MIDDLE)), "within": draw(hours)}
        return made | draw(pauses)
    until = draw(subset(STOPS))
    if kind == "uploads":
        return {
            "from": draw(st.sampled_from(["any", "registered", ["picked_up"]])),
            "until": until,
            "uploads": draw(hours),
        }
    begins = draw(st.sampled_from(["registered", ["picked_up", "accepted"], ["registered", "picked_up"]]))
    clock: Json = {"from": begins, "until": until, "never": draw(subset(INCIDENTS))}
    return clock | draw(st.sampled_from([{}, {"complete": "pieces"}]))


SHORT: Json = {"settle": "PT0S", "retention": "P2D", "orphan_retention": "P1D", "expire": "P1D"}
"""Of lives that end while others begin."""


@st.composite
def policies(draw: st.DrawFn, *, short: bool = False) -> Json:
    names = ["a", "b", "c", "d"][: draw(st.integers(1, 4))]
    shipment: Json = {"settle": "P90D", "retention": "P120D", "orphan_retention": "P90D", "expire": "P365D"}
    shipment = {**shipment, **(SHORT if short else {})}
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
        "stages": draw(stages()),
        "clocks": made,
    }


def text_of(policy: Json) -> str:
    """The page as somebody would have written it."""
    out = StringIO()
    YAML(typ="safe", pure=True).dump(policy, out)
    return out.getvalue()
