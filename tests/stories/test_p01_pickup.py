"""P1: collected within one or two hours of the order, or within the customer's window."""

from tests.stories.story import Story


def test_collected_within_two_hours() -> None:
    story = (
        Story("gbt-27917").ordered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:59").until("2026-11-03 09:00")
    )
    assert story.told("pickup") == [
        "11-02 10:30 notice predicted",
        "11-02 10:59 notice cleared",
        "11-02 10:59 outcome met",
    ]


def test_nobody_comes_a_notice_first_then_an_alert_then_how_late_it_was() -> None:
    story = (
        Story("gbt-27917").ordered("2026-11-02 09:00").scan("accepted", "2026-11-02 12:30").until("2026-11-03 09:00")
    )
    assert story.told("pickup") == [
        "11-02 10:30 notice predicted",
        "11-02 11:05 alert opened",
        "11-02 12:30 alert resolved",
        "11-02 12:30 outcome missed",
    ]
    assert story.outcome("pickup")["late_by_ms"] == 90 * 60_000


def test_the_agreed_window_counts_instead_of_the_two_hours() -> None:
    story = Story("gbt-27917")
    window = {"start": story.instant("2026-11-02 17:00"), "end": story.instant("2026-11-02 19:00")}
    story.ordered("2026-11-02 09:00", pickup_appointment=window).scan("picked_up", "2026-11-02 18:40")
    story.until("2026-11-03 09:00")
    assert story.told("pickup") == [
        "11-02 18:30 notice predicted",
        "11-02 18:40 notice cleared",
        "11-02 18:40 outcome met",
    ]
    assert story.due("pickup") == "11-02 19:00"


def test_a_premium_carrier_has_one_hour_and_less_for_its_best_customers() -> None:
    plain = Story("carrier").ordered("2026-11-02 09:00").scan("picked_up", "2026-11-02 09:50").until("2026-11-02 12:00")
    best = Story("carrier").ordered("2026-11-02 09:00", tier="A").scan("picked_up", "2026-11-02 09:50")
    best.until("2026-11-02 12:00")
    assert plain.outcome("pickup")["kind"] == "met"
    assert best.outcome("pickup")["kind"] == "missed"
    assert best.due("pickup") == "11-02 09:45"


def test_a_pickup_that_is_uploaded_late_takes_the_alert_back() -> None:
    story = Story("gbt-27917").ordered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:45", uploaded="2026-11-02 13:00").until("2026-11-03 09:00")
    assert story.told("pickup") == [
        "11-02 10:30 notice predicted",
        "11-02 11:05 alert opened",
        "11-02 13:00 alert withdrawn",
        "11-02 13:00 outcome met",
    ]


def test_the_same_pickup_twice_says_nothing_twice() -> None:
    story = Story("gbt-27917").ordered("2026-11-02 09:00")
    story.scan("picked_up", "2026-11-02 10:00", scan_id="P").scan("picked_up", "2026-11-02 10:00", scan_id="P")
    story.until("2026-11-03 09:00")
    assert story.told("pickup") == ["11-02 10:00 outcome met"]
