"""P22: loss, damage and misdelivery are told at once, and never forgotten."""

from tests.stories.story import Story


def _on_its_way() -> Story:
    return Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")


def test_a_parcel_that_arrives_whole_is_a_promise_kept() -> None:
    assert _on_its_way().scan("delivered", "2026-11-03 10:00").told("intact") == ["11-03 10:00 outcome met"]


def test_damage_is_an_alert_and_a_miss_at_once() -> None:
    story = _on_its_way().scan("damaged", "2026-11-03 10:00")
    assert story.told("intact") == ["11-03 10:00 alert opened", "11-03 10:00 outcome missed"]
    assert story.said("intact", "alert")[0]["severity"] == "critical"


def test_damage_that_was_a_mistake_is_taken_back() -> None:
    story = _on_its_way().scan("damaged", "2026-11-03 10:00", scan_id="oops").void("oops", "2026-11-03 12:00")
    story.scan("delivered", "2026-11-04 10:00")
    assert "11-03 12:00 alert withdrawn" in story.told("intact")
    assert story.outcome("intact")["kind"] == "met"
