"""Names of milestones are remembered, by the name of their leg."""

from streams.sla import journeys
from streams.sla.journeys import milestone_key

PLACES = (63, 64, 0, 70, 3, 1_000, 62)


def test_a_milestone_has_its_name_whatever_was_asked_for_before() -> None:
    for _ in range(2):
        for leg in ("i1", "o", "i1/2", ""):
            assert [milestone_key(leg, place) for place in PLACES] == [f"{leg}/{place + 1}" for place in PLACES]


def test_names_of_legs_without_end_do_not_fill_memory() -> None:
    for number in range(5_000):
        assert milestone_key(f"leg {number}", 1) == f"leg {number}/2"
    assert len(journeys._keys) <= journeys._MOST_LEGS < 5_000
