"""Incidents through every wrong turn: P22, where an event is the fact, and P24, where one voids a score."""

from itertools import permutations

import pytest

from streams.scorecards.book import Book
from streams.scorecards.cards import key_of
from streams.scorecards.render import scorecard
from tests.stories.story import Story
from tests.stories.tellings import FREIGHT, VALUE
from tests.unit.scorecards.outcomes import outcome


def _whole() -> Story:
    story = Story("gbt-27917").registered("2026-11-02 09:00", freight=FREIGHT, declared_value=VALUE)
    return story.scan("picked_up", "2026-11-02 10:00", scan_id="P")


def _damaged() -> Story:
    return _whole().scan("damaged", "2026-11-03 10:00", scan_id="X")


AT_ONCE = ["11-03 10:00 alert opened", "11-03 10:00 outcome missed"]


def test_p22_damage_that_is_told_twice_counts_once() -> None:
    story = _damaged().scan("damaged", "2026-11-03 10:00", scan_id="X")
    story.scan("damaged", "2026-11-03 11:00", scan_id="another").scan("delivered", "2026-11-04 10:00")
    assert story.told("intact") == AT_ONCE


def test_p22_damage_that_is_told_after_the_delivery_turns_met_into_missed() -> None:
    story = _whole().scan("delivered", "2026-11-04 10:00")
    story.scan("damaged", "2026-11-03 10:00", uploaded="2026-11-05 09:00")
    assert story.told("intact") == [
        "11-04 10:00 outcome met",
        "11-05 09:00 alert opened",
        "11-05 09:00 outcome missed",
    ]
    assert story.outcome("intact")["replaces"]["kind"] == "met"
    assert story.outcome("intact")["compensation"]["amount"] == "126.00"


@pytest.mark.parametrize("order", list(permutations(["registration", "picked_up", "damaged", "delivered"])), ids=str)
def test_p22_damage_counts_in_any_order_of_arrival(order: tuple[str, ...]) -> None:
    days = {"picked_up": "2026-11-02 10:00", "damaged": "2026-11-03 10:00", "delivered": "2026-11-04 10:00"}
    story = Story("gbt-27917")
    for minute, name in enumerate(order):
        arrives = f"2026-11-05 10:{minute:02d}"
        if name == "registration":
            story.registered("2026-11-02 09:00", arrives=arrives)
        else:
            story.scan(name, days[name], scan_id=name, arrives=arrives)
    last = story.outcome("intact")
    assert (last["kind"], last["reason"], story.local(last["stopped_at"])) == ("missed", "damaged", "11-03 10:00")
    assert [one["kind"] for one in story.said("intact", "alert")] == ["opened"]


def test_p22_damage_that_is_voided_never_was_and_owes_nothing() -> None:
    story = _damaged().void("X", "2026-11-03 12:00").scan("delivered", "2026-11-04 10:00")
    assert story.told("intact") == [
        *AT_ONCE,
        "11-03 12:00 outcome cancelled",
        "11-03 12:00 alert withdrawn",
        "11-04 10:00 outcome met",
    ]
    owed = [one.get("compensation", {}).get("amount") for one in story.said("intact", "outcome")]
    assert owed == ["126.00", None, None]


def test_p22_a_delivery_that_is_voided_opens_the_promise_again() -> None:
    story = _whole().scan("delivered", "2026-11-04 10:00", scan_id="D").void("D", "2026-11-04 11:00")
    story.scan("lost", "2026-11-06 10:00")
    assert story.told("intact") == [
        "11-04 10:00 outcome met",
        "11-04 11:00 outcome cancelled",
        "11-06 10:00 alert opened",
        "11-06 10:00 outcome missed",
    ]


def test_p22_damage_that_is_corrected_to_an_arrival_is_withdrawn() -> None:
    story = _damaged().scan("arrived", "2026-11-03 10:00", scan_id="X", revision=1, arrives="2026-11-03 12:00")
    assert story.told("intact") == [*AT_ONCE, "11-03 12:00 outcome cancelled", "11-03 12:00 alert withdrawn"]


def test_p22_damage_whose_time_is_corrected_is_told_again_and_alerted_once() -> None:
    story = _damaged().scan("damaged", "2026-11-03 11:00", scan_id="X", revision=1, arrives="2026-11-03 12:00")
    assert story.told("intact") == [*AT_ONCE, "11-03 12:00 outcome missed"]
    assert story.local(story.outcome("intact")["stopped_at"]) == "11-03 11:00"
    assert story.outcome("intact")["replaces"]["kind"] == "missed"


def _score(story: Story) -> tuple[int, float | None, float | None]:
    """Vetoes, score and rate of the customer's year on the lane, once all outcomes have been counted."""
    book = Book()
    for one in story.outcomes():
        book.enter(outcome(one), "c1")
    (card,) = (
        scorecard("ns", key, value, found)
        for key, value, found in book.close()
        if value is not None and key_of(key).clock is None and key_of(key).period == "2026"
    )
    return card.vetoes, card.score, card.on_time_rate


def test_p24_a_failure_voids_the_score_and_not_the_rate() -> None:
    assert _score(_whole().scan("delivered", "2026-11-04 10:00")) == (0, 1.0, 1.0)
    assert _score(_damaged().scan("delivered", "2026-11-04 10:00")) == (1, 0.0, 1.0)


def test_p24_a_failure_that_is_told_twice_voids_it_once() -> None:
    story = _damaged().scan("damaged", "2026-11-03 10:00", scan_id="X").scan("delivered", "2026-11-04 10:00")
    assert _score(story) == (1, 0.0, 1.0)


def test_p24_a_failure_that_arrives_after_the_delivery_voids_it() -> None:
    story = _whole().scan("delivered", "2026-11-04 10:00")
    story.scan("damaged", "2026-11-03 10:00", arrives="2026-11-05 09:00")
    assert _score(story) == (1, 0.0, 1.0)


def test_p24_a_failure_that_is_uploaded_late_voids_it_and_is_an_upload_too_late_besides() -> None:
    story = _whole().scan("delivered", "2026-11-04 10:00")
    story.scan("damaged", "2026-11-03 10:00", uploaded="2026-11-05 09:00")
    # Of first attempt, complete delay and uploads the last one is missed.
    assert _score(story) == (1, 0.0, 0.666667)


def test_p24_a_failure_that_is_voided_gives_the_score_back() -> None:
    story = _damaged().scan("delivered", "2026-11-04 10:00").void("X", "2026-11-05 09:00")
    assert _score(story) == (0, 1.0, 1.0)


def test_p24_a_failure_that_is_corrected_to_an_arrival_gives_the_score_back() -> None:
    story = _damaged().scan("delivered", "2026-11-04 10:00")
    story.scan("arrived", "2026-11-03 10:00", scan_id="X", revision=1, arrives="2026-11-05 09:00")
    assert _score(story) == (0, 1.0, 1.0)
