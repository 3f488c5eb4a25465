"""P16 to P19: enquiries, complaints, problem work orders and thanks are promises, too."""

from typing import Any

from tests.stories.story import Story


def _story(**fields: Any) -> Story:
    return Story("carrier").registered("2026-11-02 09:00", **fields).scan("picked_up", "2026-11-02 10:00")


def test_an_enquiry_is_answered_within_half_an_hour() -> None:
    story = (
        _story()
        .care("enquiry.opened", "2026-11-03 10:00", case="E1")
        .care("enquiry.answered", "2026-11-03 10:20", case="E1")
    )
    story.care("enquiry.opened", "2026-11-03 11:00", case="E2").care("enquiry.answered", "2026-11-03 12:00", case="E2")
    assert story.told("enquiry") == [
        "11-03 10:20 outcome met [E1]",
        "11-03 11:30 alert opened [E2]",
        "11-03 12:00 alert resolved [E2]",
        "11-03 12:00 outcome missed [E2]",
    ]


def test_a_complaint_is_timed_step_by_step() -> None:
    story = _story().care("complaint.opened", "2026-11-03 10:00").care("complaint.acknowledged", "2026-11-03 11:00")
    story.care("complaint.proposed", "2026-11-05 09:00").care("complaint.executed", "2026-11-06 17:00")
    story.care("complaint.closed", "2026-11-09 10:00")
    kinds = {
        step: story.outcome(f"complaint-{step}")["kind"] for step in ("acknowledged", "proposal", "executed", "closed")
    }
    assert kinds == {"acknowledged": "met", "proposal": "missed", "executed": "met", "closed": "met"}
    assert story.said("complaint-proposal", "alert")[0]["route"] == "care"


def test_days_of_a_complaint_are_working_days() -> None:
    story = (
        Story("carrier")
        .registered("2026-09-27 09:00")
        .care("complaint.opened", "2026-09-28 10:00")
        .care("complaint.acknowledged", "2026-09-28 11:00")
    )
    story.care("complaint.proposed", "2026-09-29 09:00").care("complaint.executed", "2026-10-09 10:00")
    # Three working days from Tuesday the 29th: the 30th, then after the National Day the 8th and the 9th.
    assert story.due("complaint-executed") == "10-09 18:00"


def test_a_complaint_goes_on_after_the_parcel_is_delivered() -> None:
    story = _story().care("complaint.opened", "2026-11-03 10:00").scan("delivered", "2026-11-03 10:30")
    story.until("2026-11-03 13:00")
    assert story.told("complaint-acknowledged") == ["11-03 12:00 alert opened [K1]"]


def test_a_problem_is_handled_by_its_severity() -> None:
    story = _story().care("problem.raised", "2026-11-03 10:00", case="P1", severity="critical")
    story.care("problem.raised", "2026-11-03 10:00", case="P2").until("2026-11-03 12:01")
    assert story.told("problem") == ["11-03 12:00 alert opened [P1]"]


def test_a_new_customer_is_thanked_within_a_day_of_the_delivery() -> None:
    thanked = _story(labels={"customer": "new"}).scan("delivered", "2026-11-03 10:00")
    thanked.care("service.thanked", "2026-11-04 09:00", case="T1")
    assert thanked.told("thank-you") == ["11-04 09:00 outcome met"]
    forgotten = _story(labels={"customer": "new"}).scan("delivered", "2026-11-03 10:00").until("2026-11-04 11:00")
    assert forgotten.told("thank-you") == ["11-04 10:00 alert opened"]
    known = _story().scan("delivered", "2026-11-03 10:00").until("2026-11-04 11:00")
    assert known.told("thank-you") == []


def test_a_step_that_is_taken_back_never_was() -> None:
    story = (
        _story().care("enquiry.opened", "2026-11-03 10:00").care("enquiry.answered", "2026-11-03 10:10", event_id="a")
    )
    story.care("enquiry.answered", "2026-11-03 10:20", voids="a").until("2026-11-03 11:00")
    assert story.told("enquiry")[-1] == "11-03 10:30 alert opened [K1]"
