"""P20: after a failed attempt there is another; what is refused goes back; the delivery clocks do not run on."""

from tests.stories.story import Story


def _attempted() -> Story:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    return story.scan("delivery_attempted", "2026-11-04 10:00", scan_id="A1")


def test_the_second_attempt_comes_by_the_evening_of_the_next_working_day() -> None:
    story = _attempted().scan("out_for_delivery", "2026-11-05 09:00").scan("delivered", "2026-11-05 11:00")
    assert story.told("second-attempt") == ["11-05 09:00 outcome met [A1]"]


def test_every_failed_attempt_starts_the_clock_again() -> None:
    story = _attempted().scan("delivery_attempted", "2026-11-05 10:00", scan_id="A2").until("2026-11-06 21:00")
    assert story.told("second-attempt") == ["11-05 10:00 outcome met [A1]", "11-06 20:00 alert opened [A2]"]


def test_a_refusal_ends_it_and_starts_the_way_back() -> None:
    story = _attempted().scan("refused", "2026-11-05 10:00").scan("returned", "2026-11-13 10:00")
    assert story.told("second-attempt") == ["11-05 10:00 outcome cancelled [A1]"]
    assert story.outcome("second-attempt")["reason"] == "refused"
    assert story.outcome("return")["kind"] == "missed"


def test_no_delivery_clock_runs_on_once_it_is_returned() -> None:
    story = (
        _attempted().scan("refused", "2026-11-05 10:00").scan("returned", "2026-11-06 10:00").until("2026-12-01 00:00")
    )
    assert story.told("complete-delay") == ["11-06 10:00 outcome cancelled"]
