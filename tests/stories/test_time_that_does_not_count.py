"""Pauses and suspended regions, for every kind of promise that has time to keep."""

import pytest

from tests.stories.story import Story, page

PAUSE = "pause: [{from: customs_held, until: customs_released}]"
PLAN = {
    "legs": [{"leg": "main", "milestones": [{"code": "arrived", "within": "PT10H", "at": "2026-11-02T20:00:00+08:00"}]}]
}
KINDS = [
    "{name: trip, per: gap, from: any, until: any, within: PT10H, %s}",
    "{name: trip, per: attempt, from: accepted, until: delivery_attempted, within: PT10H, %s}",
    "{name: trip, per: milestone, from: accepted, within: plan, %s}",
    "{name: trip, per: milestone, from: registered, due: plan, %s}",
    "{name: trip, per: leg, from: accepted, within: plan, %s}",
    "{name: trip, per: leg, from: registered, due: plan, %s}",
    "{name: trip, from: accepted, recorded: [accepted, delivered], within: PT10H, %s}",
    "{name: trip, from: accepted, until: delivered, within: PT10H, %s}",
]
KEPT_BY = {"gap": "customs_released", "attempt": "delivery_attempted", "milestone": "arrived", "leg": "arrived"}


def _story(clock: str, more: str) -> Story:
    story = Story(page(f"- {clock % more}")).registered("2026-11-02 09:00", plan=PLAN)
    return story.scan("accepted", "2026-11-02 10:00", leg="main")


@pytest.mark.parametrize("clock", KINDS)
def test_while_its_region_is_suspended_no_promise_is_broken(clock: str) -> None:
    story = _story(clock, "severity: warning")
    story.region("PEK", "2026-11-02 12:00", since="2026-11-02 12:00", until="2026-11-03 12:00")
    assert story.until("2026-11-03 19:59").told("trip") == []
    assert story.until("2026-11-03 20:01").told("trip")[0].startswith("11-03 20:00 alert opened")


@pytest.mark.parametrize("clock", KINDS)
def test_unless_its_page_says_that_suspensions_do_not_matter(clock: str) -> None:
    story = _story(clock, "suspensions: false")
    story.region("PEK", "2026-11-02 12:00", since="2026-11-02 12:00", until="2026-11-03 12:00")
    assert story.until("2026-11-02 20:01").told("trip")[0].startswith("11-02 20:00 alert opened")


@pytest.mark.parametrize("clock", KINDS[1:])
def test_while_a_pause_lasts_no_promise_is_broken(clock: str) -> None:
    story = _story(clock, PAUSE)
    story.scan("customs_held", "2026-11-02 12:00").until("2026-11-05 12:00")
    assert story.told("trip") == []
    story.scan("customs_released", "2026-11-05 12:00").until("2026-11-05 20:01")
    assert story.told("trip")[0].startswith("11-05 20:00 alert opened")


def test_a_parcel_that_lies_at_customs_has_not_been_forgotten() -> None:
    story = _story(KINDS[0], PAUSE)
    story.scan("customs_held", "2026-11-02 12:00").scan("x-ray", "2026-11-03 12:00").until("2026-11-05 12:00")
    assert story.told("trip") == []
    story.scan("customs_released", "2026-11-05 12:00").until("2026-11-05 22:01")
    assert story.told("trip") == ["11-05 22:00 alert opened [s4]"]


@pytest.mark.parametrize("special", ["uploads: PT1H", "never: lost"])
def test_what_has_no_time_to_keep_has_none_to_pause(special: str) -> None:
    with pytest.raises(Exception, match=r"pause: this promise has no time to keep: leave it out"):
        page(f"- {{name: trip, from: accepted, until: delivered, {special}, {PAUSE}}}")
