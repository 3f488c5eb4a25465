"""What a scorecard says of a few outcomes that can be counted by hand."""

from typing import Any

import pytest

from schemas.records import Lateness, Scorecard
from streams.scorecards.book import Book
from streams.scorecards.cards import key_of, periods
from streams.scorecards.lateness import BOUNDS_MS, bucket_of, quantile
from streams.scorecards.render import scorecard
from tests.unit.scorecards.outcomes import HOUR, MINUTE, body, correction, outcome


def cards(*outcomes: dict[str, Any], customer: str = "C") -> dict[tuple[str | None, str], Scorecard]:
    """The cards of a customer after these outcomes, by clock and period."""
    book = Book()
    for one in outcomes:
        book.enter(outcome(one), customer)
    found = {}
    for key, value, card in book.close():
        if value is not None:
            about = key_of(key)
            found[about.clock, about.period] = scorecard("ns", key, value, card)
    return found


def test_an_outcome_counts_on_the_cards_of_its_clock_and_its_lane_in_four_periods() -> None:
    found = cards(body("1"))
    assert set(found) == {
        (clock, period) for clock in ("delivery", None) for period in ("2026-11-02", "2026-11", "2026-Q4", "2026")
    }
    card = found["delivery", "2026-Q4"]
    assert (card.customer_id, card.origin, card.destination, card.region) == ("C", "A", "B", "B")
    assert (card.length, card.volume, card.met, card.on_time_rate, card.score) == ("quarter", 1, 1, 1.0, 1.0)


def test_only_what_was_met_or_missed_has_a_share_in_the_rate() -> None:
    card = cards(body("1"), body("2", "missed", late=1), body("3", "cancelled"), body("4", "excused"))[
        "delivery", "2026"
    ]
    assert (card.volume, card.met, card.missed, card.cancelled, card.excused) == (4, 1, 1, 1, 1)
    assert card.on_time_rate == 0.5


def test_without_anything_met_or_missed_there_is_no_rate() -> None:
    card = cards(body("1", "cancelled", spent=None))["delivery", "2026"]
    assert (card.volume, card.on_time_rate, card.score, card.spent_mean_ms, card.late_p50_ms) == (
        1,
        None,
        None,
        None,
        None,
    )


def test_lateness_is_told_by_buckets_and_quantiles_are_their_bounds() -> None:
    outcomes = [body(f"m{number}") for number in range(6)]
    outcomes += [body("a", "missed", late=5 * MINUTE), body("b", "missed", late=5 * MINUTE + 1)]
    outcomes += [body("c", "missed", late=90 * MINUTE), body("d", "missed", spent=None)]
    card = cards(*outcomes)["delivery", "2026"]
    assert card.lateness == (
        Lateness(upto_ms=5 * MINUTE, count=1),
        Lateness(upto_ms=15 * MINUTE, count=1),
        Lateness(upto_ms=2 * HOUR, count=1),
        Lateness(upto_ms=None, count=1),
    )
    assert (card.late_p50_ms, card.late_p90_ms, card.late_p95_ms, card.late_p99_ms) == (0, 2 * HOUR, None, None)


def test_time_spent_has_a_mean_and_a_variance() -> None:
    card = cards(body("1", spent=2), body("2", spent=4), body("3", "missed", spent=9, late=1))["delivery", "2026"]
    assert (card.spent_count, card.spent_mean_ms, card.spent_variance_ms2) == (3, 5.0, round(26 / 3, 3))


def test_a_milestone_that_is_reached_before_the_one_before_it_takes_no_time_from_others() -> None:
    card = cards(body("1", spent=-MINUTE), body("2", spent=HOUR))["delivery", "2026"]
    assert (card.met, card.spent_count, card.spent_mean_ms) == (2, 1, float(HOUR))


def test_the_card_of_a_lane_sums_up_promises_and_names_perfect_orders_and_incidents() -> None:
    found = cards(
        body("1"),
        body("2", "missed", late=1, clock="pickup"),
        body("3", clock="perfect", measure="perfect-order"),
        body("4", "missed", clock="perfect", measure="perfect-order"),
        body("5", "missed", clock="intact", measure="incident"),
        *(body(f"safe{number}", clock="intact", measure="incident") for number in range(3)),
    )
    lane = found[None, "2026"]
    assert (lane.volume, lane.met, lane.missed, lane.on_time_rate) == (2, 1, 1, 0.5)
    assert (lane.perfect_orders, lane.imperfect_orders, lane.perfect_order_rate) == (1, 1, 0.5)
    assert (lane.incidents, lane.watched, lane.accident_rate) == (1, 4, 0.25)
    assert (lane.vetoes, lane.score) == (0, 0.5)
    assert lane.spent_count == 0
    intact = found["intact", "2026"]
    assert (intact.volume, intact.missed, intact.accident_rate, intact.lateness) == (4, 1, 0.25, ())


def test_one_grave_failure_voids_the_score_of_its_lane_and_not_its_rate() -> None:
    found = cards(body("1"), body("2", "missed", clock="intact", measure="incident", veto=True))
    assert (found[None, "2026"].vetoes, found[None, "2026"].score, found[None, "2026"].on_time_rate) == (1, 0.0, 1.0)
    assert found["delivery", "2026"].score == 1.0


def test_a_correction_takes_back_what_it_replaces_also_from_another_day() -> None:
    first = body("1", "missed", late=HOUR, spent=3 * HOUR)
    found = cards(first, correction("2", first, "met", spent=HOUR, day="2026-12-01"))
    assert ("delivery", "2026-11-02") not in found
    card = found["delivery", "2026"]
    assert (card.met, card.missed, card.lateness, card.spent_mean_ms) == (1, 0, (), float(HOUR))


def test_a_verdict_that_was_taken_back_counts_nowhere() -> None:
    first = body("1")
    taken_back = correction("2", first, "cancelled", reason="reopened", spent=None)
    assert cards(first, taken_back) == {}
    again = correction("3", taken_back, "missed", late=1)
    assert cards(first, taken_back, again)["delivery", "2026"].volume == 1


def test_when_a_correction_moves_an_outcome_each_customer_sees_its_own_part() -> None:
    first = body("1")
    moved = correction("2", first, "met", customer_id="D")
    assert cards(first, moved) == {}
    assert cards(moved, customer="D")["delivery", "2026"].met == 1


def test_a_card_is_told_only_when_its_content_has_changed() -> None:
    book, first = Book(), body("1")
    book.enter(outcome(first), "C")
    assert len(list(book.close())) == 8
    book.enter(outcome(correction("2", first, "met")), "C")
    assert list(book.close()) == []
    book.enter(outcome(correction("3", first, "cancelled", reason="reopened")), "C")
    assert [changed.value for changed in book.close()] == [None] * 8
    assert (len(book), sum(book.lengths.values())) == (0, 0)


def test_equal_content_has_an_equal_id_and_other_content_another() -> None:
    (one, same, other) = (
        cards(*some)["delivery", "2026"].id for some in ([body("1")], [body("2")], [body("1", spent=1)])
    )
    assert one == same != other


def test_time_is_kept_whole_however_much_there_is_of_it() -> None:
    year = 365 * 24 * HOUR
    card = cards(*(body(str(number), spent=year) for number in range(100)))["delivery", "2026"]
    assert (card.spent_mean_ms, card.spent_variance_ms2) == (float(year), 0.0)


@pytest.mark.parametrize(
    ("day", "quarter"),
    [("2026-01-31", "2026-Q1"), ("2026-03-31", "2026-Q1"), ("2026-04-01", "2026-Q2"), ("2026-12-31", "2026-Q4")],
)
def test_a_day_lies_in_its_quarter(day: str, quarter: str) -> None:
    assert periods(day)[2] == quarter


def test_a_bound_belongs_to_its_bucket() -> None:
    assert [bucket_of(bound) for bound in BOUNDS_MS] == list(range(len(BOUNDS_MS)))
    assert bucket_of(BOUNDS_MS[-1] + 1) == bucket_of(None) == len(BOUNDS_MS)


def test_there_is_no_quantile_of_nothing() -> None:
    assert quantile(0.5, 0, {}) is None
