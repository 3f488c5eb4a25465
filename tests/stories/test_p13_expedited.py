"""P13: an order that becomes urgent on its way has a tighter promise from then on."""

from tests.stories.story import Story


def test_it_has_24_hours_from_the_flag_or_12_for_the_best_customers() -> None:
    for tier, due in (("C", "11-04 10:00"), ("A", "11-03 22:00")):
        story = Story("carrier").registered("2026-11-02 09:00", tier=tier, product="four-day")
        story.scan("picked_up", "2026-11-02 10:00").scan("expedited", "2026-11-03 10:00")
        story.scan("delivered", "2026-11-05 10:00")
        assert story.due("expedited") == due
        assert story.outcome("expedited")["kind"] == "missed"
        assert story.said("expedited", "alert")[0]["route"] == "vip-desk"


def test_without_the_flag_there_is_no_such_promise() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-05 10:00")
    assert story.told("expedited") == []


def test_a_flag_that_is_taken_back_never_was() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("expedited", "2026-11-03 10:00", scan_id="flag").void("flag", "2026-11-03 11:00")
    story.scan("delivered", "2026-11-05 10:00")
    assert story.told("expedited") == []
