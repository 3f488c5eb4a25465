"""P6: from the arrival at a branch to the door within two hours of its opening hours."""

from tests.stories.story import Story

BRANCH = {"id": "PEK-B7", "kind": "branch", "region": "PEK"}


def _arrived(when: str, facility: dict[str, str] = BRANCH) -> Story:
    story = Story("carrier").registered("2026-11-02 08:00").scan("picked_up", "2026-11-02 09:00")
    return story.scan("arrived_at_branch", when, facility=facility)


def test_two_opening_hours() -> None:
    story = _arrived("2026-11-03 10:00").scan("delivery_attempted", "2026-11-03 11:30", facility=BRANCH)
    assert story.told("branch-to-door") == ["11-03 11:30 outcome met [PEK-B7]"]
    assert story.due("branch-to-door") == "11-03 12:00"


def test_the_night_does_not_count() -> None:
    story = _arrived("2026-11-03 20:00").scan("delivery_attempted", "2026-11-04 08:45", facility=BRANCH)
    assert story.due("branch-to-door") == "11-04 09:00"
    assert story.outcome("branch-to-door")["kind"] == "met"


def test_a_region_may_have_hours_of_its_own() -> None:
    lhasa = {"id": "LXA-B1", "kind": "branch", "region": "LXA"}
    story = _arrived("2026-11-03 18:30", lhasa).scan("delivery_attempted", "2026-11-04 10:00", facility=lhasa)
    assert story.due("branch-to-door") == "11-04 10:30"


def test_each_branch_has_a_clock_of_its_own() -> None:
    other = {"id": "PEK-B9", "kind": "branch", "region": "PEK"}
    story = _arrived("2026-11-03 10:00").scan("handed_over", "2026-11-03 11:00", facility=BRANCH)
    story.scan("arrived_at_branch", "2026-11-03 13:00", facility=other).until("2026-11-03 16:00")
    assert story.told("branch-to-door") == ["11-03 11:00 outcome met [PEK-B7]", "11-03 15:05 alert opened [PEK-B9]"]
