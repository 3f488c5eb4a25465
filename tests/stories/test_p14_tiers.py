"""P14: the best customers have tighter promises, earlier warnings and a desk of their own."""

from tests.stories.story import Story


def _overdue(tier: str) -> Story:
    story = Story("carrier").registered("2026-11-02 09:00", tier=tier, product="next-day")
    return story.scan("picked_up", "2026-11-02 10:00").until("2026-11-04 00:00")


def test_tier_a_is_warned_six_hours_ahead_and_the_others_three() -> None:
    assert _overdue("A").told("product") == ["11-03 16:00 notice predicted", "11-03 22:00 alert opened"]
    assert _overdue("B").told("product") == ["11-03 19:00 notice predicted", "11-03 22:00 alert opened"]


def test_their_alerts_are_critical_and_go_to_their_desk() -> None:
    best, other = (_overdue(tier).said("product", "alert")[0] for tier in "AC")
    assert (best["severity"], best["route"]) == ("critical", "vip-desk")
    assert (other["severity"], other["route"]) == ("warning", "operations")
