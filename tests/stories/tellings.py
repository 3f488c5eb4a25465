"""One telling of each promise, as data: what happens when all goes right, and the instants that follow from the page.

Every instant is written by hand, local time of 2026 (`11-02 10:00`), so that a wrong turn is held against the page and
not against the engine.  `test_wrong_turns_of_each_promise.py` takes the turns.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from tests.stories.story import Story

NOTHING: Mapping[str, Any] = MappingProxyType({})
HERE = {"region": "SZX", "time_zone": "Asia/Shanghai"}
FAR = {"region": "LXA", "time_zone": "Asia/Shanghai", "remote": True}
HUB = {"facility": {"id": "PEK-B7", "kind": "branch", "region": "PEK"}}
FREIGHT = {"amount": "18.00", "currency": "CNY"}
VALUE = {"amount": "900.00", "currency": "CNY"}
PLAN = {
    "legs": [
        {
            "leg": "L",
            "milestones": [{"code": "checked_in", "within": "PT60M"}, {"code": "departed", "within": "PT300M"}],
        }
    ]
}


class Fact(NamedTuple):
    """A scan, or with a dot in its code the step of a case."""

    code: str
    when: str
    more: Mapping[str, Any] = NOTHING
    uploaded: str | None = None

    @property
    def seen(self) -> str:
        """When it is there to be known."""
        return self.uploaded or self.when


class Telling(NamedTuple):
    """One promise on one parcel, and what follows for it from its page."""

    promise: str
    clock: str
    start: Fact | None
    """None: the registration."""
    stop: Fact
    """In time, and before any notice."""
    due: str
    alarm: str
    """When the alert opens if nothing stops it."""
    late: Fact
    """The stop as a correction has it: past the due instant."""
    late_by: timedelta
    found: str
    """When what went wrong is found: after all of the above."""
    warned: str | None = None
    """When the notice comes if nothing stops it."""
    key: str | None = None
    page: str = "gbt-27917"
    zone: str = "Asia/Shanghai"
    parcel: Mapping[str, Any] = NOTHING
    before: tuple[Fact, ...] = ()
    """What else has happened until then."""
    owed: str | None = None
    """What is proposed as compensation once it is late."""

    def __str__(self) -> str:
        return f"{self.promise}-{self.clock}"

    @property
    def facts(self) -> dict[str, Fact]:
        """All scans of the telling by their id, in their order."""
        begun = {f"before-{number}": fact for number, fact in enumerate(self.before)}
        return {**begun, **({"start": self.start} if self.start else {}), "stop": self.stop}

    def registered(self, **more: Any) -> Story:
        """The parcel is registered on 2 November at nine."""
        return self.register(Story(self.page, zone=self.zone), **more)

    def register(self, story: Story, **more: Any) -> Story:
        """Its registration in a story."""
        return story.registered("2026-11-02 09:00", **{**self.parcel, **more})

    def begun(self) -> Story:
        """All that happens but the stop."""
        story = self.registered()
        for name, fact in self.facts.items():
            if name != "stop":
                add(story, name, fact)
        return story

    def right(self) -> Story:
        """All goes right."""
        return add(self.begun(), "stop", self.stop)

    def told(self, story: Story) -> list[str]:
        """What was said about this promise, without the name of its instance."""
        suffix = f" [{self.key}]" if self.key else ""
        return [line.removesuffix(suffix) for line in story.told(self.clock) if line.endswith(suffix)]

    def outcomes(self, story: Story) -> list[dict[str, Any]]:
        """The outcomes of this promise."""
        return [one for one in story.said(self.clock, "outcome") if one.get("instance") == self.key]


def add(story: Story, name: str, fact: Fact, **more: Any) -> Story:
    """A fact happens, under this id."""
    uploaded = {"uploaded": year(fact.uploaded)} if fact.uploaded else {}
    fields = {**fact.more, **uploaded, **{field: value for field, value in more.items() if value is not None}}
    if "." in fact.code:
        return story.care(fact.code, year(fact.when), event_id=name, **fields)
    return story.scan(fact.code, year(fact.when), scan_id=name, **fields)


def void(story: Story, name: str, fact: Fact, when: str) -> Story:
    """A fact is taken back."""
    if "." in fact.code:
        return story.care(fact.code, year(when), voids=name)
    return story.void(name, year(when))


def year(when: str) -> str:
    """With the year in which everything is told."""
    return f"2026-{when}"


def after(when: str, minutes: int) -> str:
    """Some minutes later."""
    return f"{datetime.fromisoformat(year(when)) + timedelta(minutes=minutes):%m-%d %H:%M}"


_PICKED_UP = Fact("picked_up", "11-02 10:00")
_LEG = {"leg": "L"}
_HOUR = timedelta(hours=1)
_HALF = timedelta(minutes=30)

# fmt: off
# A telling is read across, as the row of a table.

# P1 to P8, P12 to P21 and P23: something starts, something stops, and in between there is time.
TELLINGS = (
    Telling(
        "P1", "pickup", Fact("order_placed", "11-02 09:00"), Fact("picked_up", "11-02 10:00"),
        warned="11-02 10:30", due="11-02 11:00", alarm="11-02 11:05",
        late=Fact("picked_up", "11-02 11:30"), late_by=_HALF, found="11-02 13:00",
    ),
    Telling(
        "P2", "first-attempt", _PICKED_UP, Fact("delivery_attempted", "11-02 18:00"), parcel={"destination": HERE},
        warned="11-03 07:00", due="11-03 10:00", alarm="11-03 10:05",
        late=Fact("delivery_attempted", "11-03 12:00"), late_by=2 * _HOUR, found="11-03 15:00",
    ),
    Telling(
        "P3", "first-attempt", _PICKED_UP, Fact("delivered", "11-04 18:00"),
        warned="11-05 07:00", due="11-05 10:00", alarm="11-05 10:05",
        late=Fact("delivered", "11-05 12:00"), late_by=2 * _HOUR, found="11-05 15:00",
    ),
    Telling(  # 72 hours end on Thursday; the two working days after it are Friday and Monday
        "P4", "first-attempt", _PICKED_UP, Fact("delivered", "11-06 18:00"), parcel={"destination": FAR},
        warned="11-09 07:00", due="11-09 10:00", alarm="11-09 10:05",
        late=Fact("delivered", "11-09 12:00"), late_by=2 * _HOUR, found="11-09 15:00",
    ),
    Telling(
        "P5", "product", Fact("picked_up", "11-02 15:00"), Fact("delivered", "11-03 08:00"),
        page="carrier", parcel={"product": "next-morning"},
        warned="11-03 09:00", due="11-03 12:00", alarm="11-03 12:00",
        late=Fact("delivered", "11-03 14:00"), late_by=2 * _HOUR, found="11-03 16:00",
    ),
    Telling(
        "P6", "branch-to-door", Fact("arrived_at_branch", "11-03 10:00", HUB),
        Fact("handed_over", "11-03 11:00", HUB),
        page="carrier", key="PEK-B7", due="11-03 12:00", alarm="11-03 12:05",
        late=Fact("handed_over", "11-03 12:30", HUB), late_by=_HALF, found="11-03 14:00",
    ),
    Telling(  # the 6th lasts until its last millisecond
        "P7", "promised-date", None, Fact("delivered", "11-05 10:00"),
        page="marketplace", parcel={"promised_date": "2026-11-06"},
        warned="11-05 23:59:59", due="11-06 23:59:59", alarm="11-06 23:59:59",
        late=Fact("delivered", "11-07 09:00"), late_by=9 * _HOUR + timedelta(milliseconds=1), found="11-07 12:00",
    ),
    Telling(
        "P8", "sorting", Fact("accepted", "11-02 10:00"), Fact("sorted", "11-02 18:00"),
        due="11-02 22:00", alarm="11-02 22:00",
        late=Fact("sorted", "11-02 23:00"), late_by=_HOUR, found="11-03 01:00",
    ),
    Telling(
        "P8", "line-haul", Fact("departed", "11-02 20:00"), Fact("arrived", "11-04 08:00"),
        due="11-04 20:00", alarm="11-04 20:00",
        late=Fact("arrived", "11-04 21:00"), late_by=_HOUR, found="11-04 23:00",
    ),
    Telling(
        "P12", "leg", Fact("order_placed", "11-02 09:00"), Fact("departed", "11-02 11:30", _LEG),
        page="air-freight", zone="UTC", parcel={"plan": PLAN}, key="L",
        warned="11-02 12:00", due="11-02 15:00", alarm="11-02 15:00",
        late=Fact("departed", "11-02 16:00", _LEG), late_by=_HOUR, found="11-02 17:00",
    ),
    Telling(
        "P12", "milestone", Fact("checked_in", "11-02 09:50", _LEG), Fact("departed", "11-02 11:30", _LEG),
        page="air-freight", zone="UTC", parcel={"plan": PLAN}, key="L/2",
        before=(Fact("order_placed", "11-02 09:00"),),
        due="11-02 14:50", alarm="11-02 14:50",
        late=Fact("departed", "11-02 16:00", _LEG), late_by=timedelta(minutes=70), found="11-02 17:00",
    ),
    Telling(
        "P13", "expedited", Fact("expedited", "11-03 10:00"), Fact("delivered", "11-04 07:00"),
        page="carrier", before=(_PICKED_UP,),
        warned="11-04 08:00", due="11-04 10:00", alarm="11-04 10:00",
        late=Fact("delivered", "11-04 11:00"), late_by=_HOUR, found="11-04 13:00",
    ),
    Telling(
        "P14", "pickup", Fact("order_placed", "11-02 09:00"), Fact("picked_up", "11-02 09:20"),
        page="carrier", parcel={"tier": "A"},
        warned="11-02 09:25", due="11-02 09:45", alarm="11-02 09:50",
        late=Fact("picked_up", "11-02 10:00"), late_by=timedelta(minutes=15), found="11-02 11:00",
    ),
    Telling(
        "P14", "product", _PICKED_UP, Fact("delivered", "11-03 12:00"),
        page="carrier", parcel={"tier": "A", "product": "next-day"},
        warned="11-03 16:00", due="11-03 22:00", alarm="11-03 22:00",
        late=Fact("delivered", "11-03 23:00"), late_by=_HOUR, found="11-04 01:00",
    ),
    Telling(
        "P15", "special-goods", _PICKED_UP, Fact("delivered", "11-03 12:00"),
        page="carrier", parcel={"temperature": "frozen"},
        warned="11-03 18:00", due="11-03 22:00", alarm="11-03 22:00",
        late=Fact("delivered", "11-03 23:00"), late_by=_HOUR, found="11-04 01:00",
    ),
    Telling(
        "P16", "enquiry", Fact("enquiry.opened", "11-03 10:00"), Fact("enquiry.answered", "11-03 10:20"),
        page="carrier", key="K1", due="11-03 10:30", alarm="11-03 10:30",
        late=Fact("enquiry.answered", "11-03 10:45"), late_by=timedelta(minutes=15), found="11-03 11:00",
    ),
    Telling(
        "P17", "complaint-acknowledged", Fact("complaint.opened", "11-03 10:00"),
        Fact("complaint.acknowledged", "11-03 11:00"),
        page="carrier", key="K1", due="11-03 12:00", alarm="11-03 12:00",
        late=Fact("complaint.acknowledged", "11-03 12:30"), late_by=_HALF, found="11-03 13:00",
    ),
    Telling(
        "P17", "complaint-proposal", Fact("complaint.acknowledged", "11-03 11:00"),
        Fact("complaint.proposed", "11-04 09:00"),
        page="carrier", key="K1", due="11-04 11:00", alarm="11-04 11:00",
        late=Fact("complaint.proposed", "11-04 12:00"), late_by=_HOUR, found="11-04 13:00",
    ),
    Telling(  # Wednesday, and then Thursday, Friday, Monday
        "P17", "complaint-executed", Fact("complaint.proposed", "11-04 09:00"),
        Fact("complaint.executed", "11-06 17:00"),
        page="carrier", key="K1", due="11-09 18:00", alarm="11-09 18:00",
        late=Fact("complaint.executed", "11-09 19:00"), late_by=_HOUR, found="11-10 09:00",
    ),
    Telling(  # Friday, and then the five days of the next week
        "P17", "complaint-closed", Fact("complaint.executed", "11-06 17:00"), Fact("complaint.closed", "11-10 10:00"),
        page="carrier", key="K1", due="11-13 18:00", alarm="11-13 18:00",
        late=Fact("complaint.closed", "11-13 20:00"), late_by=2 * _HOUR, found="11-14 09:00",
    ),
    Telling(
        "P18", "problem", Fact("problem.raised", "11-03 10:00", {"severity": "critical"}),
        Fact("problem.handled", "11-03 11:00"),
        page="carrier", key="K1", due="11-03 12:00", alarm="11-03 12:00",
        late=Fact("problem.handled", "11-03 12:30"), late_by=_HALF, found="11-03 13:00",
    ),
    Telling(
        "P18", "problem-closed", Fact("problem.raised", "11-03 10:00"), Fact("problem.closed", "11-05 10:00"),
        page="carrier", key="K1", due="11-06 10:00", alarm="11-06 10:00",
        late=Fact("problem.closed", "11-06 11:00"), late_by=_HOUR, found="11-06 13:00",
    ),
    Telling(
        "P19", "thank-you", Fact("delivered", "11-03 10:00"), Fact("service.thanked", "11-04 09:00"),
        page="carrier", parcel={"labels": {"customer": "new"}}, before=(_PICKED_UP,),
        due="11-04 10:00", alarm="11-04 10:00",
        late=Fact("service.thanked", "11-04 11:00"), late_by=_HOUR, found="11-04 12:00",
    ),
    Telling(  # Wednesday, by eight in the evening of Thursday
        "P20", "second-attempt", Fact("delivery_attempted", "11-04 10:00"), Fact("out_for_delivery", "11-05 09:00"),
        key="start", before=(_PICKED_UP,), due="11-05 20:00", alarm="11-05 20:00",
        late=Fact("out_for_delivery", "11-05 21:00"), late_by=_HOUR, found="11-05 23:00",
    ),
    Telling(
        "P20", "return", Fact("refused", "11-04 12:00"), Fact("returned", "11-09 10:00"), before=(_PICKED_UP,),
        due="11-11 12:00", alarm="11-11 12:00",
        late=Fact("returned", "11-11 15:00"), late_by=3 * _HOUR, found="11-11 18:00",
    ),
    Telling(  # the value, and at most seven times the freight
        "P21", "complete-delay", _PICKED_UP, Fact("delivered", "11-05 10:00"),
        parcel={"freight": FREIGHT, "declared_value": VALUE}, due="11-09 10:00", alarm="11-09 10:00",
        late=Fact("delivered", "11-09 12:00"), late_by=2 * _HOUR, found="11-09 15:00", owed="126.00",
    ),
    Telling(
        "P23", "product", _PICKED_UP, Fact("delivered", "11-03 12:00"),
        page="carrier", parcel={"product": "next-day", "freight": FREIGHT},
        warned="11-03 19:00", due="11-03 22:00", alarm="11-03 22:00",
        late=Fact("delivered", "11-04 10:00"), late_by=12 * _HOUR, found="11-04 12:00", owed="18.00",
    ),
)

# P9, P10, P11: the same turns, and other words; their tests say which.
RECORDED = Telling(
    "P9", "stages-recorded", Fact("delivered", "11-04 11:00"), Fact("sorted", "11-02 15:00", uploaded="11-04 20:00"),
    before=(
        Fact("accepted", "11-02 10:00"), Fact("dispatched", "11-02 16:00"),
        Fact("arrived", "11-04 08:00"), Fact("out_for_delivery", "11-04 09:00"),
    ),
    due="11-04 23:00", alarm="11-04 23:00",
    late=Fact("sorted", "11-02 15:00", uploaded="11-05 09:00"), late_by=10 * _HOUR, found="11-05 09:00",
)
UPLOADED = Telling(  # until a scan is late there is nothing to wait for: it is due when the parcel has come
    "P10", "uploads", _PICKED_UP, Fact("delivered", "11-03 10:00"),
    due="11-03 10:00", alarm="never",
    late=Fact("delivered", "11-03 10:00", uploaded="11-03 15:00"), late_by=3 * _HOUR, found="11-03 15:00",
)
STALLED = Telling(  # chilled: eight hours
    "P11", "stalled", _PICKED_UP, Fact("arrived", "11-02 15:00"),
    page="carrier", parcel={"temperature": "chilled"}, key="start", due="11-02 18:00", alarm="11-02 18:00",
    late=Fact("arrived", "11-02 19:00"), late_by=_HOUR, found="11-02 20:00",
)
# fmt: on
