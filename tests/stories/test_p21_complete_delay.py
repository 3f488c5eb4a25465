"""P21: so late that it counts as lost: three days in one city, seven elsewhere."""

from tests.stories.story import Story


def test_seven_days_and_no_delivery() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    assert story.until("2026-11-09 10:01").told("complete-delay") == ["11-09 10:00 alert opened"]


def test_three_days_in_one_city() -> None:
    here = {"region": "SZX", "time_zone": "Asia/Shanghai"}
    story = Story("gbt-27917").registered("2026-11-02 09:00", destination=here).scan("picked_up", "2026-11-02 10:00")
    assert story.until("2026-11-09 10:01").told("complete-delay") == ["11-05 10:00 alert opened"]


def test_an_attempt_is_not_enough() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivery_attempted", "2026-11-03 10:00").until("2026-11-09 10:01")
    assert story.told("complete-delay") == ["11-09 10:00 alert opened"]
