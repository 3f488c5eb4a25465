"""What late, missing, doubled and taken-back facts do to the promises of the shipped pages."""

from typing import Any

import pytest

from tests.stories.story import Story

FAR = {"region": "LXA", "time_zone": "Asia/Shanghai", "remote": True}
HUB = {"id": "PEK-B7", "kind": "branch", "region": "PEK"}


def _national(**fields: Any) -> Story:
    return Story("gbt-27917").registered("2026-11-02 09:00", **fields).scan("picked_up", "2026-11-02 10:00")


def test_p4_an_area_that_is_marked_later_takes_the_alert_back() -> None:
    story = _national().until("2026-11-05 12:00")
    assert story.told("first-attempt") == ["11-05 07:00 notice predicted", "11-05 10:05 alert opened"]
    story.registered("2026-11-05 13:00", destination=FAR, revision=1).scan("delivered", "2026-11-06 10:00")
    assert story.told("first-attempt")[2:] == ["11-05 13:00 alert withdrawn", "11-06 10:00 outcome met"]


def test_p5_a_pickup_that_is_corrected_over_the_cut_off_moves_the_day() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product="next-morning")
    story.scan("picked_up", "2026-11-02 17:50", scan_id="P")
    story.scan("picked_up", "2026-11-02 18:10", scan_id="P", revision=1).scan("delivered", "2026-11-04 11:00")
    assert story.due("product") == "11-04 12:00"
    assert story.outcome("product")["kind"] == "met"


def test_p6_an_arrival_without_its_facility_starts_no_branch_clock() -> None:
    story = Story("carrier").registered("2026-11-02 08:00").scan("arrived_at_branch", "2026-11-03 10:00")
    assert story.until("2026-11-04 12:00").told("branch-to-door") == []


def test_p6_an_arrival_that_is_voided_takes_its_alert_back() -> None:
    story = Story("carrier").registered("2026-11-02 08:00")
    story.scan("arrived_at_branch", "2026-11-03 10:00", facility=HUB, scan_id="A").until("2026-11-03 13:00")
    assert story.told("branch-to-door") == ["11-03 12:05 alert opened [PEK-B7]"]
    story.void("A", "2026-11-03 14:00")
    assert story.told("branch-to-door")[1:] == ["11-03 14:00 alert withdrawn [PEK-B7]"]


def test_p8_a_stage_scan_in_the_wrong_order_of_arrival_changes_nothing() -> None:
    story = _national().scan("accepted", "2026-11-02 11:00")
    story.scan("departed", "2026-11-03 02:00").scan("sorted", "2026-11-02 20:00", uploaded="2026-11-03 06:00")
    outcomes = [(one["kind"], one["stopped_at"]) for one in story.said("sorting", "outcome")]
    assert [kind for kind, _ in outcomes] == ["missed", "met"]
    assert story.outcome("sorting")["replaces"]["kind"] == "missed"


def test_p11_a_scan_that_is_uploaded_late_splits_the_gap_and_takes_the_alert_back() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", temperature="chilled")
    story.scan("picked_up", "2026-11-02 10:00", scan_id="P").until("2026-11-02 19:00")
    assert story.told("stalled") == ["11-02 18:00 alert opened [P]"]
    story.scan("arrived", "2026-11-02 15:00", uploaded="2026-11-02 20:00", scan_id="A").until("2026-11-02 22:59")
    assert story.told("stalled")[1:] == ["11-02 20:00 alert withdrawn [P]", "11-02 20:00 outcome met [P]"]


def test_p13_a_flag_that_comes_twice_counts_from_the_first() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("expedited", "2026-11-03 10:00").scan("expedited", "2026-11-03 15:00").scan(
        "delivered", "2026-11-04 09:00"
    )
    assert story.due("expedited") == "11-04 10:00"


def test_p17_a_step_that_is_uploaded_late_withdraws_its_alert() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").care("complaint.opened", "2026-11-03 10:00")
    story.care("complaint.acknowledged", "2026-11-03 11:00", uploaded="2026-11-03 15:00")
    assert story.told("complaint-acknowledged") == [
        "11-03 12:00 alert opened [K1]",
        "11-03 15:00 alert withdrawn [K1]",
        "11-03 15:00 outcome met [K1]",
    ]


def test_p19_a_delivery_that_is_voided_takes_the_thanks_back() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", labels={"customer": "new"})
    story.scan("delivered", "2026-11-03 10:00", scan_id="D").void("D", "2026-11-03 12:00").until("2026-11-05 00:00")
    assert story.told("thank-you") == []


def test_p20_a_refusal_that_is_voided_lets_the_second_attempt_run_again() -> None:
    story = _national().scan("delivery_attempted", "2026-11-04 10:00", scan_id="A")
    story.scan("refused", "2026-11-04 12:00", scan_id="R").void("R", "2026-11-04 13:00").until("2026-11-05 21:00")
    assert [one["kind"] for one in story.said("second-attempt", "outcome")] == ["cancelled", "cancelled"]
    assert story.outcome("second-attempt")["reason"] == "reopened"
    assert story.told("second-attempt")[-1] == "11-05 20:00 alert opened [A]"


def test_p21_a_delivery_that_is_uploaded_late_withdraws_the_alert_and_owes_nothing() -> None:
    freight = {"amount": "18.00", "currency": "CNY"}
    story = _national(freight=freight, declared_value={"amount": "900.00", "currency": "CNY"})
    story.until("2026-11-10 00:00").scan("delivered", "2026-11-08 10:00", uploaded="2026-11-10 09:00")
    assert story.told("complete-delay") == [
        "11-09 10:00 alert opened",
        "11-10 09:00 alert withdrawn",
        "11-10 09:00 outcome met",
    ]
    assert "compensation" not in story.outcome("complete-delay")


def test_p22_damage_that_is_found_at_home_still_counts() -> None:
    story = _national().scan("delivered", "2026-11-03 10:00").scan("damaged", "2026-11-04 10:00")
    assert story.told("intact") == [
        "11-03 10:00 outcome met",
        "11-04 10:00 alert opened",
        "11-04 10:00 outcome missed",
    ]


@pytest.mark.parametrize("clock", ["pickup", "first-attempt", "complete-delay", "intact", "uploads"])
def test_every_fact_twice_says_nothing_twice(clock: str) -> None:
    def told(times: int) -> list[str]:
        story = Story("gbt-27917")
        for _ in range(times):
            story.registered("2026-11-02 09:00")
        for number, code in enumerate(["order_placed", "picked_up", "delivered"], 9):
            for _ in range(times):
                story.scan(code, f"2026-11-02 {number:02d}:30", scan_id=code)
        return story.told(clock)

    assert told(2) == told(1) != []
