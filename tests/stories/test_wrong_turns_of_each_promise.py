"""Each promise through every wrong turn: doubled, late, out of order, voided, corrected.

`tellings.py` has one telling of each promise; here stands what must be said of it, and nothing else may be.
"""

from collections.abc import Iterator, Sequence
from itertools import permutations

import pytest

from tests.stories.story import Story
from tests.stories.tellings import (
    RECORDED,
    STALLED,
    TELLINGS,
    UPLOADED,
    Telling,
    add,
    after,
    void,
    year,
)

EVERY = (*TELLINGS, RECORDED, UPLOADED, STALLED)
TIMED = pytest.mark.parametrize("telling", TELLINGS, ids=str)
ALERTED = pytest.mark.parametrize("telling", [*TELLINGS, RECORDED, STALLED], ids=str)
EACH = pytest.mark.parametrize("telling", EVERY, ids=str)
STARTED = pytest.mark.parametrize("telling", [one for one in TELLINGS if one.start], ids=str)


def neglected(telling: Telling) -> list[str]:
    """What is said while nothing stops it."""
    notice = [f"{telling.warned} notice predicted"] if telling.warned else []
    return [*notice, f"{telling.alarm} alert opened"]


def kept(telling: Telling) -> list[str]:
    """What is said of a promise that is kept: nothing of a parcel that moves, and nothing but that of all others."""
    return [] if telling is STALLED else [f"{telling.stop.seen} outcome met"]


def owes_nothing(telling: Telling, story: Story) -> bool:
    return all("compensation" not in one for one in telling.outcomes(story))


def test_all_promises_are_told() -> None:
    incidents = {"P22", "P24"}  # test_wrong_turns_of_incidents.py
    told = {telling.promise for telling in EVERY} | incidents
    assert told == {f"P{number}" for number in range(1, 25)}


# --- all goes right, and nothing happens at all


@EACH
def test_a_promise_that_is_kept_is_told_once(telling: Telling) -> None:
    story = telling.right().until(year(telling.found))
    assert telling.told(story) == kept(telling)
    assert owes_nothing(telling, story)


@ALERTED
def test_a_promise_that_nobody_keeps_is_told_when_it_is_at_risk_and_when_it_is_broken(telling: Telling) -> None:
    story = telling.begun().until(year(telling.found))
    assert telling.told(story) == neglected(telling)
    alert = next(one for one in story.said(telling.clock, "alert") if one.get("instance") == telling.key)
    assert story.local(alert["due"]) == telling.due


# --- doubled


@EACH
def test_every_fact_twice_says_what_it_says_once(telling: Telling) -> None:
    story = Story(telling.page, zone=telling.zone)
    telling.register(telling.register(story))
    for name, fact in telling.facts.items():
        add(add(story, name, fact), name, fact)
    for name, fact in telling.facts.items():  # and a feed that repeats its day
        add(story, name, fact, arrives=year(telling.found))
    assert telling.told(story) == kept(telling)


@EACH
def test_a_second_scan_of_the_stop_changes_nothing(telling: Telling) -> None:
    story = telling.right()
    again = telling.stop._replace(when=after(telling.stop.when, 1))
    add(story, "again", again, arrives=year(after(telling.stop.seen, 1))).until(year(telling.found))
    assert telling.told(story) == kept(telling)


# --- late


@TIMED
def test_a_stop_that_is_uploaded_late_withdraws_the_alert_and_keeps_the_promise(telling: Telling) -> None:
    story = add(telling.begun(), "stop", telling.stop, uploaded=year(telling.found))
    assert telling.told(story) == [
        *neglected(telling),
        f"{telling.found} alert withdrawn",
        f"{telling.found} outcome met",
    ]
    (met,) = telling.outcomes(story)
    assert (story.local(met["stopped_at"]), story.local(met["due"])) == (telling.stop.when, telling.due)
    assert "late_by_ms" not in met
    assert owes_nothing(telling, story)


@TIMED
def test_a_stop_that_really_is_late_resolves_the_alert_and_breaks_the_promise(telling: Telling) -> None:
    story = add(telling.begun(), "stop", telling.late)
    assert telling.told(story) == [
        *neglected(telling),
        f"{telling.late.when} alert resolved",
        f"{telling.late.when} outcome missed",
    ]
    (missed,) = telling.outcomes(story)
    assert missed["late_by_ms"] == round(telling.late_by.total_seconds() * 1000)
    assert missed.get("compensation", {}).get("amount") == telling.owed


def test_p9_a_stage_that_is_uploaded_late_is_the_miss() -> None:
    story = add(RECORDED.begun(), "stop", RECORDED.late)
    assert RECORDED.told(story) == [
        "11-04 23:00 alert opened",
        "11-05 09:00 alert resolved",
        "11-05 09:00 outcome missed",
    ]
    assert RECORDED.outcomes(story)[-1]["late_by_ms"] == 10 * 3_600_000


def test_p10_a_delivery_that_is_uploaded_late_is_the_miss() -> None:
    story = add(UPLOADED.begun(), "stop", UPLOADED.late)
    assert UPLOADED.told(story) == ["11-03 15:00 outcome missed"]
    assert UPLOADED.outcomes(story)[-1]["late_by_ms"] == 3 * 3_600_000


def test_p11_a_sign_of_the_parcel_that_is_uploaded_late_takes_the_alert_back() -> None:
    story = add(STALLED.begun(), "stop", STALLED.stop, uploaded="2026-11-02 20:00")
    assert STALLED.told(story) == [
        "11-02 18:00 alert opened",
        "11-02 20:00 alert withdrawn",
        "11-02 20:00 outcome met",
    ]


@pytest.mark.parametrize("telling", [one for one in (*TELLINGS, RECORDED, STALLED) if one.start], ids=str)
def test_a_start_that_is_known_only_after_it_was_due_is_an_alert_at_once_and_no_notice(telling: Telling) -> None:
    story = telling.registered()
    for name, fact in telling.facts.items():
        if name != "stop":
            add(story, name, fact, arrives=year(telling.found))
    assert telling.told(story) == [f"{telling.found} alert opened"]


# --- out of order


def backwards(telling: Telling) -> Story:
    """The registration is there; everything else arrives long after, the last first, a minute apart."""
    story = telling.registered()
    for minute, (name, fact) in enumerate(reversed(telling.facts.items())):
        add(story, name, fact, arrives=year(after(telling.found, minute)))
    return story


@STARTED
def test_told_backwards_nothing_is_said_until_the_start_is_known(telling: Telling) -> None:
    story = backwards(telling)
    assert telling.told(story) == [f"{after(telling.found, 1)} outcome met"]


def test_p7_told_backwards_the_alert_stands_until_the_delivery_is_known() -> None:
    (promised,) = (telling for telling in TELLINGS if telling.promise == "P7")
    assert promised.told(backwards(promised)) == [
        "11-05 23:59:59 notice predicted",
        "11-06 23:59:59 alert opened",
        "11-07 12:00 alert withdrawn",
        "11-07 12:00 outcome met",
    ]


def test_p9_told_backwards_the_alert_stands_until_the_last_stage_is_known() -> None:
    assert RECORDED.told(backwards(RECORDED)) == [
        "11-05 09:01 alert opened",
        "11-05 09:05 alert withdrawn",
        "11-05 09:05 outcome met",
    ]


def test_p10_told_backwards_the_promise_begins_with_the_earliest_scan_that_is_known() -> None:
    story = backwards(UPLOADED)
    assert UPLOADED.told(story) == ["11-03 15:00 outcome met", "11-03 15:01 outcome met"]
    assert [story.local(one["start"]) for one in UPLOADED.outcomes(story)] == ["11-03 10:00", "11-02 10:00"]


def test_p11_told_backwards_there_was_no_silence() -> None:
    assert STALLED.told(backwards(STALLED)) == []


def orders(telling: Telling) -> Iterator[Sequence[str]]:
    """All orders of the registration and the facts; of many facts all that begin with another one, both ways round."""
    names = ["registration", *telling.facts]
    if len(names) <= 4:
        yield from permutations(names)
        return
    for place in range(len(names)):
        turned = [*names[place:], *names[:place]]
        yield turned
        yield turned[::-1]


@EACH
def test_any_order_of_arrival_ends_with_the_same_outcome_and_nothing_else_stands(telling: Telling) -> None:
    facts = telling.facts
    for order in orders(telling):
        story = Story(telling.page, zone=telling.zone)
        for minute, name in enumerate(order):
            arrives = year(after(telling.found, minute))
            if name == "registration":
                telling.register(story, arrives=arrives)
            else:
                add(story, name, facts[name], arrives=arrives)
        told = telling.told(story)
        assert _last(told, "alert") in {None, "withdrawn"}, order
        assert _last(told, "notice") in {None, "cleared"}, order
        if telling is STALLED and not told:
            continue  # a parcel that moves is not spoken of
        assert _last(told, "outcome") == "met", order
        last = telling.outcomes(story)[-1]
        start = telling.start.when if telling.start else "11-02 09:00"
        found = [story.local(last[field]) for field in ("start", "due", "stopped_at")]
        assert found == [start, telling.due, telling.stop.seen], order


def _last(told: Sequence[str], topic: str) -> str | None:
    kinds = [line.rpartition(" ")[2] for line in told if f" {topic} " in line]
    return kinds[-1] if kinds else None


# --- voided


@pytest.mark.parametrize("telling", [*TELLINGS, RECORDED], ids=str)
def test_a_stop_that_is_voided_opens_the_promise_again(telling: Telling) -> None:
    voided = after(telling.stop.seen, 1)
    story = void(telling.right(), "stop", telling.stop, voided).until(year(telling.found))
    assert telling.told(story) == [*kept(telling), f"{voided} outcome cancelled", *neglected(telling)]
    reopened = telling.outcomes(story)[-1]
    assert (reopened["reason"], reopened["replaces"]["kind"]) == ("reopened", "met")
    assert owes_nothing(telling, story)


@ALERTED
def test_a_stop_whose_void_arrives_before_it_never_was(telling: Telling) -> None:
    story = void(telling.begun(), "stop", telling.stop, telling.stop.seen)
    add(story, "stop", telling.stop, arrives=year(after(telling.stop.seen, 1))).until(year(telling.found))
    assert telling.told(story) == neglected(telling)


@TIMED
def test_a_stop_that_is_voided_after_it_was_due_breaks_the_promise_at_once(telling: Telling) -> None:
    story = void(telling.right().until(year(telling.found)), "stop", telling.stop, telling.found)
    assert telling.told(story) == [
        *kept(telling),
        f"{telling.found} outcome cancelled",
        f"{telling.found} alert opened",
    ]


@pytest.mark.parametrize("telling", [one for one in (*TELLINGS, RECORDED, STALLED) if one.start], ids=str)
def test_a_start_that_is_voided_takes_the_alert_back(telling: Telling) -> None:
    assert telling.start
    story = void(telling.begun(), "start", telling.start, telling.found)
    assert telling.told(story) == [*neglected(telling), f"{telling.found} alert withdrawn"]


@pytest.mark.parametrize("telling", [one for one in (*TELLINGS, RECORDED) if one.start], ids=str)
def test_a_start_that_is_voided_takes_the_outcome_back(telling: Telling) -> None:
    assert telling.start
    story = void(telling.right(), "start", telling.start, telling.found)
    assert telling.told(story) == [*kept(telling), f"{telling.found} outcome cancelled"]
    taken_back = telling.outcomes(story)[-1]
    assert (taken_back["reason"], taken_back["replaces"]["kind"]) == ("reopened", "met")


def test_p10_a_delivery_that_is_voided_opens_the_promise_again_and_waits() -> None:
    story = void(UPLOADED.right(), "stop", UPLOADED.stop, "11-03 10:01").until("2026-11-10 00:00")
    assert UPLOADED.told(story) == ["11-03 10:00 outcome met", "11-03 10:01 outcome cancelled"]
    assert UPLOADED.outcomes(story)[-1]["reason"] == "reopened"


def test_p10_a_first_scan_that_is_voided_leaves_the_promise_to_the_next_one() -> None:
    assert UPLOADED.start
    story = void(UPLOADED.right(), "start", UPLOADED.start, "11-03 15:00")
    assert UPLOADED.told(story) == ["11-03 10:00 outcome met", "11-03 15:00 outcome met"]
    assert story.local(UPLOADED.outcomes(story)[-1]["start"]) == "11-03 10:00"


def test_p11_a_sign_of_the_parcel_that_is_voided_was_none() -> None:
    story = void(STALLED.right(), "stop", STALLED.stop, "11-02 15:01").until("2026-11-02 20:00")
    assert STALLED.told(story) == ["11-02 18:00 alert opened"]


def test_p11_a_scan_that_is_voided_begins_no_silence() -> None:
    assert STALLED.start
    story = void(STALLED.right(), "start", STALLED.start, "11-02 16:00").until("2026-11-02 23:01")
    assert story.told("stalled") == ["11-02 23:00 alert opened [stop]"]


# --- corrected


@pytest.mark.parametrize("telling", [*TELLINGS, RECORDED, UPLOADED], ids=str)
def test_a_stop_that_is_corrected_past_the_due_instant_turns_met_into_missed(telling: Telling) -> None:
    story = add(telling.right(), "stop", telling.late, revision=1, arrives=year(telling.found))
    assert telling.told(story) == [*kept(telling), f"{telling.found} outcome missed"]
    met, missed = telling.outcomes(story)
    assert missed["late_by_ms"] == round(telling.late_by.total_seconds() * 1000)
    assert missed["replaces"] == {field: value for field, value in met.items() if field != "replaces"}
    assert missed.get("compensation", {}).get("amount") == telling.owed
    assert "compensation" not in met


@TIMED
def test_a_correction_that_is_corrected_makes_it_good_again(telling: Telling) -> None:
    story = add(telling.right(), "stop", telling.late, revision=1, arrives=year(telling.found))
    later = after(telling.found, 1)
    add(story, "stop", telling.stop, revision=2, arrives=year(later))
    assert telling.told(story) == [*kept(telling), f"{telling.found} outcome missed", f"{later} outcome met"]
    last = telling.outcomes(story)[-1]
    assert last["replaces"].get("compensation", {}).get("amount") == telling.owed
    assert "compensation" not in last


def start_after_stop(telling: Telling) -> Story:
    """All goes right; then the start is corrected to a minute after the stop."""
    assert telling.start
    start = telling.start._replace(when=after(telling.stop.when, 1))
    return add(telling.right(), "start", start, revision=1, arrives=year(telling.found))


@pytest.mark.parametrize(
    "telling", [one for one in TELLINGS if one.start and one.promise != "P12" and one.key != "start"], ids=str
)
def test_a_start_that_is_corrected_to_after_the_stop_leaves_no_verdict(telling: Telling) -> None:
    story = start_after_stop(telling)
    assert telling.told(story) == [*kept(telling), f"{telling.found} outcome cancelled"]
    assert telling.outcomes(story)[-1]["reason"] == "stopped-before-start"


def test_p20_an_attempt_that_is_corrected_to_after_the_next_one_waits_for_another() -> None:
    (attempt,) = (telling for telling in TELLINGS if telling.key == "start")
    story = start_after_stop(attempt)
    assert attempt.told(story) == ["11-05 09:00 outcome met", "11-05 23:00 outcome cancelled"]
    assert attempt.outcomes(story)[-1]["reason"] == "reopened"
    # Thursday, by eight in the evening of Friday
    assert attempt.told(story.until("2026-11-07 00:00"))[2:] == ["11-06 20:00 alert opened"]


@pytest.mark.parametrize("telling", [one for one in TELLINGS if one.promise == "P12"], ids=str)
def test_p12_a_milestone_that_is_reached_before_the_one_before_it_is_reached_in_time(telling: Telling) -> None:
    assert telling.told(start_after_stop(telling)) == [*kept(telling), f"{telling.found} outcome met"]


def test_p11_a_sign_of_the_parcel_that_is_corrected_past_the_due_instant_tells_of_the_silence() -> None:
    story = add(STALLED.right(), "stop", STALLED.late, revision=1, arrives="2026-11-02 20:00")
    assert STALLED.told(story) == ["11-02 20:00 outcome missed"]
    (missed,) = STALLED.outcomes(story)
    assert missed["late_by_ms"] == 3_600_000
    assert "replaces" not in missed, "that it moved in time was never told"
