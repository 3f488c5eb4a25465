"""Names of milestones are remembered, by the name of their leg."""

import pytest

from streams.sla import milestone_keys
from streams.sla.milestone_keys import milestone_key, milestone_of

PLACES = (63, 64, 0, 70, 3, 1_000, 62)


def test_a_milestone_has_its_name_whatever_was_asked_for_before() -> None:
    for _ in range(2):
        for leg in ("i1", "o", "i1/2", ""):
            assert [milestone_key(leg, place) for place in PLACES] == [f"{leg}/{place + 1}" for place in PLACES]


def test_names_of_legs_without_end_do_not_fill_memory() -> None:
    for number in range(5_000):
        assert milestone_key(f"leg {number}", 1) == f"leg {number}/2"
    assert len(milestone_keys._keys) <= milestone_keys._MOST_LEGS < 5_000


def test_keys_without_end_do_not_fill_memory() -> None:
    for number in range(9_000):
        assert milestone_of(f"leg/{number + 1}") == ("leg", number)
    assert len(milestone_keys._named) <= milestone_keys._MOST_KEYS < 9_000


@pytest.mark.parametrize("leg", ["i1", "o", "i1/2", ""])
@pytest.mark.parametrize("place", PLACES)
def test_a_name_tells_its_milestone(leg: str, place: int) -> None:
    assert milestone_of(milestone_key(leg, place)) == (leg, place)


@pytest.mark.parametrize("key", ["", "i1", "i1/", "i1/x", "i1/0", "i1/-1"])
def test_what_is_no_name_of_a_milestone_has_no_place(key: str) -> None:
    assert milestone_of(key)[1] == -1
