"""Shipments whose clocks stop, run again and stop again, while one version of their page follows the other."""

from hypothesis import strategies as st

from streams.sla.instants import rfc3339
from streams.sla.policy import Policy, parse_policy
from tests.property.engine import Arrival, arrival, tick
from tests.property.pages import CALENDARS, text_of
from tests.property.vocabulary import BEGIN, FAR, HALF_HOUR, Json, hours
from tests.unit.partition.publishing import publication

_STOP: Json = {"until": ["delivered"]}
_FORMS: list[Json] = [
    {"from": ["picked_up", "accepted"], **_STOP},
    {"from": "registered", "until": ["delivered", "lost"]},
    {"from": ["accepted"], "start": "last", "ends": ["lost"], **_STOP},
    {"from": "registered", "never": ["lost"], **_STOP},
    {"from": "registered", "excused_by": ["lost"], "ends": ["lost"], **_STOP},
    {"per": "facility", "from": ["accepted"], **_STOP},
    {"per": "leg", "from": ["accepted"], **_STOP},
    {"per": "attempt", "from": ["accepted"], **_STOP},
    {"per": "gap", "from": "any", "until": "any"},
    {"from": ["accepted"], "recorded": ["picked_up", "delivered"]},
    {"from": "registered", "uploads": "PT1H", **_STOP},
]
_STEPS = ["picked_up", "accepted", "delivered", "delivered", "delivered", "lost"]
_PLACES: list[Json] = [{}, {"facility": {"id": "hub-1"}, "leg": "i1"}, {"facility": {"id": "hub-2"}, "leg": "i2"}]
_CHANGES: list[Json] = [{"customer_id": "c2"}, {"tier": "B"}, {"registered_at": rfc3339(BEGIN + HALF_HOUR)}]
_NEXT = {
    "begin": ["scan"],
    "scan": ["scan", "scan", "void", "void", "correct", "publish"],
    "correct": ["scan", "void", "publish"],
    "void": ["publish", "publish", "publish", "scan", "correct", "register"],
    "publish": ["scan", "scan", "scan", "scan", "void", "correct"],
    "register": ["scan", "void", "publish"],
}
"""What may follow what: a stop is soon taken back, and then a page comes before the next stop."""
_LONG: Json = {"settle": "P90D", "retention": "P120D", "orphan_retention": "P90D", "expire": "P365D"}


@st.composite
def _clocks(draw: st.DrawFn, name: str) -> Json:
    clock = {"name": name, **draw(st.sampled_from(_FORMS[:2]) | st.sampled_from(_FORMS))}
    if not {"never", "uploads"} & clock.keys():
        clock["within"] = draw(hours)
    return clock


@st.composite
def pages(draw: st.DrawFn, version: str) -> Policy:
    """A page whose clocks are of any kind; other versions have others of the same names."""
    others = draw(st.lists(st.sampled_from(["b", "c"]), max_size=2, unique=True))
    clocks = [draw(_clocks(name)) for name in ["a", *others]]
    whole = [clock["name"] for clock in clocks if "per" not in clock]
    combining: bool = draw(st.booleans())
    if whole and combining:
        clocks.append({"name": "e", "all_of": whole})
    page: Json = {
        "policy": "random",
        "version": version,
        "time_zone": draw(st.sampled_from(["UTC", "Asia/Shanghai", "Pacific/Auckland"])),
        "calendars": CALENDARS,
        "shipment": _LONG,
        "clocks": clocks,
    }
    veto: bool = draw(st.booleans())
    if veto:
        page["scorecards"] = {"veto": [clocks[0]["name"]]}
    return parse_policy(text_of(page))


@st.composite
def turns(draw: st.DrawFn) -> list[Arrival]:
    """Scans, most of them soon taken back or corrected, registrations, and pages that judge what has started."""
    registered: Json = {"shipment_id": "S0", "customer_id": "c1", "registered_at": rfc3339(BEGIN), "tier": "A"}
    found = [arrival("shipments", BEGIN, registered)]
    known: list[str] = []
    now, how = BEGIN, "begin"
    for number in range(draw(st.integers(6, 20))):
        now += draw(st.sampled_from([1, HALF_HOUR, 3 * HALF_HOUR]))
        how = draw(st.sampled_from(_NEXT[how]))
        if how == "publish":
            begins = draw(st.sampled_from([0, 0, BEGIN, BEGIN + HALF_HOUR, now, now + HALF_HOUR]))
            policy = draw(pages(f"v{number}"))
            found.append(publication(policy, now, begins, rerate=draw(st.sampled_from([True, True, True, False]))))
        elif how == "register":
            registered = {**registered, **draw(st.sampled_from(_CHANGES)), "revision": number}
            found.append(arrival("shipments", now, registered))
        else:
            scan: Json = {
                "scan_id": f"s{number}",
                "shipment_id": "S0",
                "code": draw(st.sampled_from(_STEPS if known else _STEPS[:2])),
                "occurred_at": rfc3339(now - draw(st.sampled_from([0, 0, 1, HALF_HOUR, 2 * HALF_HOUR]))),
                "revision": number,
                **draw(st.sampled_from(_PLACES)),
            }
            if how == "void" and known:
                scan |= {"code": "x-ray", "voids": draw(st.sampled_from([*known[-3:], known[-1], known[-1]]))}
            elif how == "correct" and known:
                scan["scan_id"] = draw(st.sampled_from(known))
            else:
                known.append(scan["scan_id"])
            found.append(arrival("parcel-scans", now, scan))
    return [*found, tick(FAR)]
