"""P12: legs and milestones of a plan; an outbound leg starts when the last inbound leg has been delivered."""

from typing import Any

from tests.stories.story import Story


def _leg(name: str, *minutes: int, after: tuple[str, ...] = ()) -> dict[str, Any]:
    codes = ("checked_in", "departed", "arrived", "delivered" if after else "handed_over")
    milestones = [{"code": code, "within": f"PT{each}M"} for code, each in zip(codes, minutes, strict=True)]
    return {"leg": name, "milestones": milestones, **({"after": after} if after else {})}


def _story() -> Story:
    plan = {
        "legs": [
            _leg("i1", 60, 60, 120, 60),
            _leg("i2", 60, 60, 120, 60),
            _leg("o", 60, 60, 120, 60, after=("i1", "i2")),
        ]
    }
    return Story("air-freight", zone="UTC").ordered("2026-11-02 00:00", plan=plan)


def _flown(story: Story, leg: str, *hours: int) -> Story:
    codes = ("checked_in", "departed", "arrived", "delivered" if leg == "o" else "handed_over")
    for code, hour in zip(codes, hours, strict=True):
        story.scan(code, f"2026-11-02 {hour:02d}:00", leg=leg)
    return story


def test_the_outbound_leg_starts_when_the_last_inbound_leg_was_delivered() -> None:
    story = _flown(_flown(_flown(_story(), "i1", 1, 2, 4, 5), "i2", 1, 2, 4, 9), "o", 10, 11, 13, 14)
    legs = {one["instance"]: one["kind"] for one in story.said("leg", "outcome")}
    assert legs == {"i1": "met", "i2": "missed", "o": "met"}
    outbound = next(one for one in story.said("leg", "outcome") if one["instance"] == "o")
    assert story.local(outbound["start"]) == "11-02 09:00"


def test_every_milestone_counts_from_the_one_before_it() -> None:
    story = _flown(_story(), "i1", 2, 3, 5, 6)
    kinds = {one["instance"]: one["kind"] for one in story.said("milestone", "outcome")}
    assert kinds == {"i1/1": "missed", "i1/2": "met", "i1/3": "met", "i1/4": "met"}


def test_a_missed_milestone_is_told_at_its_instant_before_its_scan() -> None:
    story = _story().scan("checked_in", "2026-11-02 03:00", leg="i1").until("2026-11-02 03:30")
    first = [line for line in story.told("milestone") if "i1/1" in line]
    assert first[0] == "11-02 01:00 alert opened [i1/1]"
