"""P20: after a failed attempt there is another; what is refused goes back; the delivery clocks do not run on."""

import pytest

from tests.stories.story import Story

BACK = ("refused", "return_started")
DELIVERY_CLOCKS = [
    ("gbt-27917", "first-attempt"),
    ("gbt-27917", "complete-delay"),
    ("carrier", "first-attempt"),
    ("carrier", "complete-delay"),
    ("carrier", "product"),
    ("carrier", "expedited"),
    ("carrier", "special-goods"),
    ("carrier", "promised-date"),
    ("marketplace", "promised-date"),
    ("express", "first-attempt"),
    ("express", "promised-date"),
]


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
    story = _attempted().scan("returned", "2026-11-06 10:00").until("2026-12-01 00:00")
    assert story.told("complete-delay") == ["11-06 10:00 outcome cancelled"]


@pytest.mark.parametrize("code", BACK)
@pytest.mark.parametrize(("policy", "clock"), DELIVERY_CLOCKS)
def test_no_delivery_clock_runs_on_while_it_is_on_its_way_back(policy: str, clock: str, code: str) -> None:
    story = Story(policy).registered(
        "2026-11-02 09:00",
        product="next-day",
        temperature="chilled",
        promised_at="2026-11-03T18:00:00+08:00",
    )
    story.scan("picked_up", "2026-11-02 10:00").scan("expedited", "2026-11-02 11:00")
    story.scan(code, "2026-11-02 15:00").until("2026-11-30 00:00")
    assert story.told(clock) == ["11-02 15:00 outcome cancelled"]
    assert story.outcome(clock)["reason"] == code
