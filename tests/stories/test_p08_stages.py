"""P8: every stage has its time, and a late delivery says which stage took more than its share."""

from tests.stories.story import Story


def test_each_stage_is_timed_from_its_scan_to_the_next() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("accepted", "2026-11-02 10:00")
    story.scan("sorted", "2026-11-02 21:00").scan("departed", "2026-11-03 02:00").scan("arrived", "2026-11-05 03:00")
    assert story.told("sorting") == ["11-02 21:00 outcome met"]
    assert story.told("line-haul") == [
        "11-05 02:00 alert opened",
        "11-05 03:00 alert resolved",
        "11-05 03:00 outcome missed",
    ]


def test_the_fault_lies_with_the_stage_that_took_more_than_its_budget() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("sorted", "2026-11-02 15:00").scan("departed", "2026-11-02 16:00")
    story.scan("arrived_at_branch", "2026-11-06 16:00").scan("delivered", "2026-11-06 20:00")
    faults = story.outcome("first-attempt")["faults"]
    assert faults[0]["stage"] == "transport"
    assert faults[0]["spent_ms"] == 96 * 3_600_000
    assert faults[0]["over_ms"] == 48 * 3_600_000


def test_a_scan_made_early_does_not_shift_the_fault() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("departed", "2026-11-02 16:00")
    story.scan("out_for_delivery", "2026-11-04 15:00").scan("arrived_at_branch", "2026-11-06 16:00")
    story.scan("delivered", "2026-11-06 20:00")
    faults = {one["stage"]: one["over_ms"] for one in story.outcome("first-attempt")["faults"]}
    assert faults["delivery"] > faults.get("transport", 0)
