"""Perfect order (P24 builds on it): on time, complete and without error."""

from tests.stories.story import Story


def _story() -> Story:
    return Story("marketplace").registered("2026-11-02 09:00", promised_date="2026-11-06")


def test_on_time_and_whole_is_perfect() -> None:
    story = _story().scan("picked_up", "2026-11-02 10:00").scan("delivered", "2026-11-05 10:00")
    assert story.told("perfect-order") == ["11-05 10:00 outcome met"]


def test_one_failure_spoils_it_and_is_named() -> None:
    story = _story().scan("picked_up", "2026-11-02 10:00").scan("damaged", "2026-11-03 10:00")
    story.scan("delivered", "2026-11-05 10:00")
    assert story.outcome("perfect-order")["kind"] == "missed"
    assert "intact" in story.outcome("perfect-order")["reason"]


def test_a_failure_that_was_a_mistake_is_forgiven() -> None:
    story = _story().scan("damaged", "2026-11-03 10:00", scan_id="oops").scan("delivered", "2026-11-05 10:00")
    story.void("oops", "2026-11-05 12:00")
    assert story.outcome("perfect-order")["kind"] == "met"
