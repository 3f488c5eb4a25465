"""Holidays, make-up working days, leap days, changing clocks and far midnights, for each promise that they concern.

Every due instant is written by hand, local time.  It is held from both sides: a stop at that minute keeps the promise,
one a minute later breaks it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest

from tests.stories.story import Story
from tests.stories.tellings import NOTHING

Fields = Mapping[str, Any]
CHINA, BERLIN = "Asia/Shanghai", "Europe/Berlin"
BER, MUC = ({"region": region, "time_zone": BERLIN} for region in ("BER", "MUC"))
IN_BERLIN: Fields = {"origin": BER, "destination": BER}
TO_BERLIN: Fields = {"origin": MUC, "destination": BER}
FAR: Fields = {"destination": {"region": "LXA", "time_zone": CHINA, "remote": True}}
FAR_IN_BERLIN: Fields = {"origin": MUC, "destination": {**BER, "remote": True}}
TO_TOKYO: Fields = {"destination": {"region": "NRT", "time_zone": "Asia/Tokyo"}}
HUB = {"facility": {"id": "B7", "kind": "branch", "region": "PEK"}}
HUB_BERLIN = {"facility": {"id": "B7", "kind": "branch", "region": "BER"}}
NEXT_MORNING, NEXT_DAY, FOUR_DAY = ({"product": name} for name in ("next-morning", "next-day", "four-day"))
BEST: Fields = {"tier": "A"}
COLD: Fields = {"temperature": "chilled"}
NEW: Fields = {"labels": {"customer": "new"}}
PLAN = {"plan": {"legs": [{"leg": "L", "milestones": [{"code": "departed", "within": "PT6H"}]}]}}


class Turn(NamedTuple):
    """A clock that starts, perhaps stands still, and is due."""

    promise: str
    what: str
    page: str
    clock: str
    start: tuple[str, str]
    stop: str
    due: str
    parcel: Fields = NOTHING
    zone: str = CHINA
    scan: Fields = NOTHING
    """Of start and stop."""
    pause: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.promise} {self.clock}: {self.what}"

    def story(self, stopped: str) -> Story:
        """The clock starts, and stops at this minute."""
        registered = (datetime.fromisoformat(self.start[1]) - timedelta(hours=1)).isoformat(" ")
        story = Story(self.page, zone=self.zone).registered(registered, **self.parcel)
        for code, when in (self.start, *self.pause, (self.stop, stopped)):
            if "." in code:
                story.care(code, when)
            else:
                story.scan(code, when, **self.scan)
        return story


GB, SF, SHOP, AIR = "gbt-27917", "carrier", "marketplace", "air-freight"
SPRING, AUTUMN = "the clocks go forward", "the clocks go back"
LEAP, FESTIVAL, NATIONAL = "leap day", "Spring Festival", "National Day"
SATURDAY, MIDNIGHT, PAUSE = "make-up Saturday", "midnight elsewhere", "pause over a holiday"

# fmt: off
# In 2026 nobody works from 15 to 23 February and from 1 to 7 October; Saturdays 14 February and 10 October are worked.
# Berlin's clocks go forward on Sunday 29 March 2026 at two, and back on Sunday 25 October at three.
TURNS = [
    Turn("P1", SPRING, GB, "pickup", ("order_placed", "2026-03-29 01:00"), "picked_up", "03-29 04:00",
         TO_BERLIN, BERLIN),
    Turn("P1", AUTUMN, GB, "pickup", ("order_placed", "2026-10-25 02:00"), "picked_up", "10-25 03:00",
         TO_BERLIN, BERLIN),
    Turn("P1", LEAP, GB, "pickup", ("order_placed", "2028-02-28 23:00"), "picked_up", "02-29 01:00"),
    Turn("P2", SPRING, GB, "first-attempt", ("picked_up", "2026-03-28 15:00"), "delivered", "03-29 16:00",
         IN_BERLIN, BERLIN),
    Turn("P2", AUTUMN, GB, "first-attempt", ("picked_up", "2026-10-24 15:00"), "delivered", "10-25 14:00",
         IN_BERLIN, BERLIN),
    Turn("P2", LEAP, GB, "first-attempt", ("picked_up", "2028-02-28 10:00"), "delivered", "02-29 10:00",
         {"destination": {"region": "SZX"}}),
    # Two of 24 hours have passed when it is held; 22 are left when it is released.
    Turn("P2", PAUSE, GB, "first-attempt", ("picked_up", "2026-09-30 10:00"), "delivered", "10-09 10:00",
         {"destination": {"region": "SZX"}},
         pause=(("held", "2026-09-30 12:00"), ("released", "2026-10-08 12:00"))),
    Turn("P3", SPRING, GB, "first-attempt", ("picked_up", "2026-03-27 15:00"), "delivered", "03-30 16:00",
         TO_BERLIN, BERLIN),
    Turn("P3", AUTUMN, GB, "first-attempt", ("picked_up", "2026-10-23 15:00"), "delivered", "10-26 14:00",
         TO_BERLIN, BERLIN),
    Turn("P3", LEAP, GB, "first-attempt", ("picked_up", "2028-02-27 10:00"), "delivered", "03-01 10:00"),
    # 24 of 72 hours have passed when customs takes it.
    Turn("P3", PAUSE, GB, "first-attempt", ("picked_up", "2026-02-13 10:00"), "delivered", "02-26 09:00",
         pause=(("customs_held", "2026-02-14 10:00"), ("customs_released", "2026-02-24 09:00"))),
    # 72 hours end on Thursday the 8th; then Friday, and the Saturday that is worked.
    Turn("P4", SATURDAY, GB, "first-attempt", ("picked_up", "2026-10-05 10:00"), "delivered", "10-10 10:00", FAR),
    # 72 hours end on Thursday the 12th of February; then Friday, and the Saturday that is worked.
    Turn("P4", FESTIVAL, GB, "first-attempt", ("picked_up", "2026-02-09 10:00"), "delivered", "02-14 10:00", FAR),
    Turn("P4", NATIONAL, GB, "first-attempt", ("picked_up", "2026-09-27 10:00"), "delivered", "10-09 10:00", FAR),
    # 72 hours end on Monday the 28th; then Tuesday the 29th and Wednesday.
    Turn("P4", LEAP, GB, "first-attempt", ("picked_up", "2028-02-25 10:00"), "delivered", "03-01 10:00", FAR),
    # 72 hours end on Saturday the 28th at ten; Monday and Tuesday have the same hour on the wall.
    Turn("P4", SPRING, GB, "first-attempt", ("picked_up", "2026-03-25 10:00"), "delivered", "03-31 10:00",
         FAR_IN_BERLIN, BERLIN),
    # 72 hours end on Saturday 24 October at ten; then Monday and Tuesday.
    Turn("P4", AUTUMN, GB, "first-attempt", ("picked_up", "2026-10-21 10:00"), "delivered", "10-27 10:00",
         FAR_IN_BERLIN, BERLIN),
    # Friday 23:30 is Saturday in Tokyo: Monday and Tuesday there, at half past midnight.
    Turn("P4", MIDNIGHT, GB, "first-attempt", ("picked_up", "2026-11-03 23:30"), "delivered", "11-09 23:30",
         {"destination": {**TO_TOKYO["destination"], "remote": True}}),
    # 72 hours end on Friday the 13th; then Saturday the 14th and Tuesday the 24th.  Three days of waiting move that.
    Turn("P4", PAUSE, GB, "first-attempt", ("picked_up", "2026-02-10 10:00"), "delivered", "02-27 10:00", FAR,
         pause=(("held", "2026-02-13 09:00"), ("released", "2026-02-16 09:00"))),
    Turn("P5", SPRING, SF, "product", ("picked_up", "2026-03-28 15:00"), "delivered", "03-29 12:00",
         {**TO_BERLIN, **NEXT_MORNING}, BERLIN),
    Turn("P5", AUTUMN, SF, "product", ("picked_up", "2026-10-24 15:00"), "delivered", "10-25 12:00",
         {**TO_BERLIN, **NEXT_MORNING}, BERLIN),
    Turn("P5", LEAP, SF, "product", ("picked_up", "2028-02-28 15:00"), "delivered", "02-29 12:00", NEXT_MORNING),
    # After the cut-off of the 16th the next day on which the network runs is the 20th.
    Turn("P5", FESTIVAL, SF, "product", ("picked_up", "2026-02-16 21:00"), "delivered", "02-21 22:00", NEXT_DAY),
    Turn("P5", SATURDAY, SF, "product", ("picked_up", "2026-10-07 10:00"), "delivered", "10-10 12:00",
         {**FAR, **NEXT_MORNING}),
    # Noon of the next day in Tokyo; the pickup is after midnight there, and before it here.
    Turn("P5", MIDNIGHT, SF, "product", ("picked_up", "2026-11-02 23:30"), "delivered", "11-04 11:00",
         {**TO_TOKYO, **NEXT_MORNING}),
    Turn("P5", PAUSE, SF, "product", ("picked_up", "2026-09-30 10:00"), "delivered", "10-06 22:00", NEXT_DAY,
         pause=(("held", "2026-09-30 12:00"), ("released", "2026-10-05 12:00"))),
    # An hour more than five days: ten in the evening of the 6th is over by then, and the promise is for ten.
    Turn("P5", PAUSE + ", and an hour", SF, "product", ("picked_up", "2026-09-30 10:00"), "delivered", "10-07 22:00",
         NEXT_DAY, pause=(("held", "2026-09-30 12:00"), ("released", "2026-10-05 13:00"))),
    # Three days and three hours after the 14th at ten in the evening the network rests until the 20th.
    Turn("P5", PAUSE + ", into another", SF, "product", ("picked_up", "2026-02-13 10:00"), "delivered", "02-20 22:00",
         NEXT_DAY, pause=(("held", "2026-02-14 09:00"), ("released", "2026-02-17 12:00"))),
    Turn("P14", PAUSE, SF, "product", ("picked_up", "2026-02-13 10:00"), "delivered", "02-20 22:00",
         {**BEST, **NEXT_DAY}, pause=(("held", "2026-02-14 09:00"), ("released", "2026-02-17 12:00"))),
    Turn("P6", SPRING, SF, "branch-to-door", ("arrived_at_branch", "2026-03-28 20:00"), "handed_over", "03-29 09:00",
         TO_BERLIN, BERLIN, HUB_BERLIN),
    Turn("P6", AUTUMN, SF, "branch-to-door", ("arrived_at_branch", "2026-10-24 20:00"), "handed_over", "10-25 09:00",
         TO_BERLIN, BERLIN, HUB_BERLIN),
    Turn("P6", LEAP, SF, "branch-to-door", ("arrived_at_branch", "2028-02-28 20:00"), "handed_over", "02-29 09:00",
         scan=HUB),
    Turn("P6", FESTIVAL + ", open all the same", SF, "branch-to-door", ("arrived_at_branch", "2026-02-16 20:00"),
         "handed_over", "02-17 09:00", scan=HUB),
    # Half an hour is left of the day in Tokyo, and an hour and a half come after eight there.
    Turn("P6", MIDNIGHT, SF, "branch-to-door", ("arrived_at_branch", "2026-11-02 19:30"), "handed_over", "11-03 08:30",
         TO_TOKYO, scan={"facility": {"id": "B7", "kind": "branch", "region": "NRT"}}),
    Turn("P7", SPRING, SHOP, "promised-date", ("picked_up", "2026-03-27 10:00"), "delivered", "03-29 23:59:59",
         {**TO_BERLIN, "promised_date": "2026-03-29"}, BERLIN),
    Turn("P7", AUTUMN, SHOP, "promised-date", ("picked_up", "2026-10-23 10:00"), "delivered", "10-25 23:59:59",
         {**TO_BERLIN, "promised_date": "2026-10-25"}, BERLIN),
    Turn("P7", LEAP, SHOP, "promised-date", ("picked_up", "2028-02-27 10:00"), "delivered", "02-29 23:59:59",
         {"promised_date": "2028-02-29"}),
    Turn("P7", MIDNIGHT, SHOP, "promised-date", ("picked_up", "2026-11-02 10:00"), "delivered", "11-06 22:59:59",
         {**TO_TOKYO, "promised_date": "2026-11-06"}),
    Turn("P7", PAUSE, SHOP, "promised-date", ("picked_up", "2026-09-29 10:00"), "delivered", "10-09 23:59:59",
         {"promised_date": "2026-10-01"}, pause=(("held", "2026-09-30 12:00"), ("released", "2026-10-08 12:00"))),
    Turn("P8", SPRING, GB, "sorting", ("accepted", "2026-03-28 18:00"), "sorted", "03-29 07:00", TO_BERLIN, BERLIN),
    Turn("P8", AUTUMN, GB, "sorting", ("accepted", "2026-10-24 18:00"), "sorted", "10-25 05:00", TO_BERLIN, BERLIN),
    Turn("P8", LEAP, GB, "line-haul", ("departed", "2028-02-27 20:00"), "arrived", "02-29 20:00"),
    Turn("P12", SPRING, AIR, "leg", ("order_placed", "2026-03-29 00:00"), "departed", "03-29 07:00",
         PLAN, BERLIN, {"leg": "L"}),
    Turn("P12", AUTUMN, AIR, "leg", ("order_placed", "2026-10-25 00:00"), "departed", "10-25 05:00",
         PLAN, BERLIN, {"leg": "L"}),
    Turn("P12", LEAP, AIR, "milestone", ("order_placed", "2028-02-28 22:00"), "departed", "02-29 04:00",
         PLAN, "UTC", {"leg": "L"}),
    Turn("P13", SPRING, SF, "expedited", ("expedited", "2026-03-28 10:00"), "delivered", "03-29 11:00",
         TO_BERLIN, BERLIN),
    Turn("P13", AUTUMN, SF, "expedited", ("expedited", "2026-10-24 10:00"), "delivered", "10-25 09:00",
         TO_BERLIN, BERLIN),
    Turn("P13", LEAP, SF, "expedited", ("expedited", "2028-02-28 10:00"), "delivered", "02-29 10:00"),
    Turn("P14", SPRING, SF, "pickup", ("order_placed", "2026-03-29 01:30"), "picked_up", "03-29 03:15",
         {**TO_BERLIN, **BEST}, BERLIN),
    Turn("P14", FESTIVAL, SF, "product", ("picked_up", "2026-02-16 21:00"), "delivered", "02-21 22:00",
         {**BEST, **NEXT_DAY}),
    Turn("P14", LEAP, SF, "product", ("picked_up", "2028-02-28 10:00"), "delivered", "02-29 22:00",
         {**BEST, **NEXT_DAY}),
    Turn("P14", MIDNIGHT, SF, "product", ("picked_up", "2026-11-02 23:30"), "delivered", "11-04 11:00",
         {**BEST, **TO_TOKYO, **NEXT_MORNING}),
    Turn("P15", SPRING, SF, "special-goods", ("picked_up", "2026-03-28 10:00"), "delivered", "03-29 23:00",
         {**TO_BERLIN, **COLD}, BERLIN),
    Turn("P15", AUTUMN, SF, "special-goods", ("picked_up", "2026-10-24 10:00"), "delivered", "10-25 21:00",
         {**TO_BERLIN, **COLD}, BERLIN),
    Turn("P15", LEAP, SF, "special-goods", ("picked_up", "2028-02-28 10:00"), "delivered", "02-29 22:00", COLD),
    Turn("P16", LEAP, SF, "enquiry", ("enquiry.opened", "2028-02-28 23:45"), "enquiry.answered", "02-29 00:15"),
    Turn("P16", SPRING, SF, "enquiry", ("enquiry.opened", "2026-03-29 01:45"), "enquiry.answered", "03-29 03:15",
         TO_BERLIN, BERLIN),
    # Thursday the 12th; then Friday, the Saturday that is worked, and Tuesday the 24th.
    Turn("P17", FESTIVAL, SF, "complaint-executed", ("complaint.proposed", "2026-02-12 10:00"), "complaint.executed",
         "02-24 18:00"),
    # Tuesday; then the 30th, the 8th, the 9th, Saturday the 10th and Monday the 12th.
    Turn("P17", SATURDAY, SF, "complaint-closed", ("complaint.executed", "2026-09-29 10:00"), "complaint.closed",
         "10-12 18:00"),
    Turn("P17", LEAP, SF, "complaint-executed", ("complaint.proposed", "2028-02-25 10:00"), "complaint.executed",
         "03-01 18:00"),
    Turn("P17", SPRING, SF, "complaint-executed", ("complaint.proposed", "2026-03-26 10:00"), "complaint.executed",
         "03-31 18:00", TO_BERLIN, BERLIN),
    Turn("P17", MIDNIGHT, SF, "complaint-executed", ("complaint.proposed", "2026-11-04 09:00"), "complaint.executed",
         "11-09 17:00", TO_TOKYO),
    Turn("P18", LEAP, SF, "problem-closed", ("problem.raised", "2028-02-27 10:00"), "problem.closed", "03-01 10:00"),
    Turn("P18", SPRING, SF, "problem-closed", ("problem.raised", "2026-03-27 10:00"), "problem.closed", "03-30 11:00",
         TO_BERLIN, BERLIN),
    Turn("P19", LEAP, SF, "thank-you", ("delivered", "2028-02-28 10:00"), "service.thanked", "02-29 10:00", NEW),
    Turn("P19", AUTUMN, SF, "thank-you", ("delivered", "2026-10-24 10:00"), "service.thanked", "10-25 09:00",
         {**TO_BERLIN, **NEW}, BERLIN),
    Turn("P20", FESTIVAL, GB, "second-attempt", ("delivery_attempted", "2026-02-14 10:00"), "delivered",
         "02-24 20:00"),
    Turn("P20", SATURDAY, GB, "second-attempt", ("delivery_attempted", "2026-02-13 10:00"), "delivered",
         "02-14 20:00"),
    Turn("P20", LEAP, GB, "second-attempt", ("delivery_attempted", "2028-02-28 10:00"), "delivered", "02-29 20:00"),
    Turn("P20", SPRING, GB, "second-attempt", ("delivery_attempted", "2026-03-27 10:00"), "delivered",
         "03-30 20:00", TO_BERLIN, BERLIN),
    # Thursday 23:30 is Friday in Tokyo, and Monday evening comes an hour earlier there.
    Turn("P20", MIDNIGHT, GB, "second-attempt", ("delivery_attempted", "2026-11-05 23:30"), "delivered",
         "11-09 19:00", TO_TOKYO),
    Turn("P20", SPRING, GB, "return", ("refused", "2026-03-25 10:00"), "returned", "04-01 11:00", TO_BERLIN, BERLIN),
    Turn("P21", SPRING, GB, "complete-delay", ("picked_up", "2026-03-25 10:00"), "delivered", "04-01 11:00",
         TO_BERLIN, BERLIN),
    Turn("P21", LEAP, GB, "complete-delay", ("picked_up", "2028-02-25 10:00"), "delivered", "03-03 10:00"),
    Turn("P21", FESTIVAL + ", counted all the same", GB, "complete-delay", ("picked_up", "2026-02-14 10:00"),
         "delivered", "02-21 10:00"),
]
# fmt: on


@pytest.mark.parametrize("turn", TURNS, ids=str)
def test_a_stop_at_the_due_minute_keeps_the_promise_and_one_a_minute_later_breaks_it(turn: Turn) -> None:
    last = datetime.fromisoformat(f"{turn.start[1][:4]}-{turn.due[:11]}")
    in_time, late = (turn.story((last + timedelta(minutes=more)).isoformat(" ")) for more in (0, 1))
    assert (in_time.outcome(turn.clock)["kind"], in_time.due(turn.clock)) == ("met", turn.due)
    assert (late.outcome(turn.clock)["kind"], late.due(turn.clock)) == ("missed", turn.due)


# --- P9, P10: when a scan was recorded


@pytest.mark.parametrize(
    ("delivered", "recorded", "due", "parcel", "zone"),
    [
        ("2026-03-28 18:00", "2026-03-29 07:00", "03-29 07:00", TO_BERLIN, BERLIN),
        ("2026-10-24 18:00", "2026-10-25 05:00", "10-25 05:00", TO_BERLIN, BERLIN),
        ("2028-02-28 18:00", "2028-02-29 06:00", "02-29 06:00", {}, CHINA),
    ],
    ids=[SPRING, AUTUMN, LEAP],
)
def test_p9_the_twelve_hours_for_late_uploads_are_real_ones(
    delivered: str, recorded: str, due: str, parcel: Fields, zone: str
) -> None:
    day = delivered[:10]
    late = (datetime.fromisoformat(recorded) + timedelta(minutes=1)).isoformat(" ")
    for uploaded, kind in ((recorded, "met"), (late, "missed")):
        story = Story("gbt-27917", zone=zone).registered(f"{day} 08:00", **parcel)
        for hour, code in enumerate(["accepted", "dispatched", "arrived", "out_for_delivery"], 9):
            story.scan(code, f"{day} {hour:02d}:00")
        story.scan("delivered", delivered).scan("sorted", f"{day} 09:30", uploaded=uploaded)
        assert (story.outcome("stages-recorded")["kind"], story.due("stages-recorded")) == (kind, due)


@pytest.mark.parametrize(
    ("happened", "recorded", "kind"),
    [
        ("2026-03-29 01:30", "2026-03-29 04:30", "met"),  # three hours on the wall, two of time
        ("2026-03-29 01:30", "2026-03-29 04:31", "missed"),
        ("2026-10-25 01:30", "2026-10-25 02:30", "met"),
        ("2026-10-25 01:30", "2026-10-25 03:00", "missed"),  # an hour and a half on the wall, two and a half of time
        ("2028-02-28 23:00", "2028-02-29 01:00", "met"),
        ("2028-02-28 23:00", "2028-02-29 01:01", "missed"),
    ],
)
def test_p10_an_upload_has_two_hours_of_time_and_not_of_the_wall(happened: str, recorded: str, kind: str) -> None:
    story = Story("gbt-27917", zone=BERLIN).registered(f"{happened[:10]} 00:00", **TO_BERLIN)
    story.scan("picked_up", happened, uploaded=recorded).scan("delivered", f"{recorded[:10]} 10:00")
    assert story.outcome("uploads")["kind"] == kind


# --- P11: a gap that ends in time is not spoken of, so the alert tells


@pytest.mark.parametrize(
    ("seen", "alert", "parcel", "zone"),
    [
        ("2028-02-28 10:00", "03-01 10:00", {}, CHINA),  # 11 hours, 13 on the leap day, and 2
        ("2026-02-16 10:00", "02-18 10:00", {}, CHINA),  # branches are open in the Spring Festival
        ("2026-03-28 10:00", "03-30 10:00", TO_BERLIN, BERLIN),
        ("2026-10-24 10:00", "10-26 10:00", TO_BERLIN, BERLIN),
        ("2026-11-02 20:30", "11-04 20:00", TO_TOKYO, CHINA),  # it is shut in Tokyo: two whole days there
        ("2026-03-28 22:00", "03-29 07:00", {**TO_BERLIN, **COLD}, BERLIN),  # eight hours of time
        ("2028-02-28 15:00", "02-29 14:00", BEST, CHINA),
    ],
)
def test_p11_a_silence_is_counted_in_opening_hours_of_real_days(
    seen: str, alert: str, parcel: Fields, zone: str
) -> None:
    story = Story("carrier", zone=zone).registered(seen, **parcel).scan("picked_up", seen, scan_id="P")
    later = datetime.fromisoformat(seen) + timedelta(days=4)
    assert story.until(later.isoformat(" ")).told("stalled") == [f"{alert} alert opened [P]"]


# --- P23, P24: money and scores


def test_p23_three_days_over_a_leap_day_are_three_days() -> None:
    def owed(delivered: str) -> str | None:
        story = Story("marketplace").registered(
            "2028-02-20 09:00", promised_date="2028-02-27", freight={"amount": "18.00", "currency": "CNY"}
        )
        outcome = story.scan("delivered", delivered).outcome("promised-date")
        amount: str | None = outcome.get("compensation", {}).get("amount")
        return amount

    assert owed("2028-03-01 23:59") is None  # the 28th, the 29th and the 1st
    assert owed("2028-03-02 00:00") == "18.00"


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-12-31 23:30", "2026-12-31"),  # it is 2027 in Tokyo already: the score is the carrier's, by its own days
        ("2027-01-01 00:00", "2027-01-01"),
        ("2028-02-29 12:00", "2028-02-29"),
    ],
)
def test_p24_a_failure_voids_the_score_of_the_day_on_the_calendar_of_the_page(when: str, day: str) -> None:
    story = Story("gbt-27917").registered(when, **TO_TOKYO).scan("lost", when)
    assert story.outcome("intact")["day"] == day
