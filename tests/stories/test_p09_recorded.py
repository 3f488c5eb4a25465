"""P9: at delivery every stage has left its scan; late uploads have some hours."""

from tests.stories.story import Story

STAGES = [
    ("accepted", "2026-11-02 10:00"),
    ("sorted", "2026-11-02 15:00"),
    ("dispatched", "2026-11-02 16:00"),
    ("arrived", "2026-11-04 08:00"),
    ("out_for_delivery", "2026-11-04 09:00"),
]


def _story(without: str = "") -> Story:
    story = Story("gbt-27917").registered("2026-11-02 09:00")
    for code, when in STAGES:
        if code != without:
            story.scan(code, when)
    return story.scan("delivered", "2026-11-04 11:00")


def test_all_of_them_are_there() -> None:
    assert _story().told("stages-recorded") == ["11-04 11:00 outcome met"]


def test_one_is_missing_and_never_comes() -> None:
    story = _story("sorted").until("2026-11-05 12:00")
    assert story.told("stages-recorded") == ["11-04 23:00 alert opened"]
    assert "sorted" in story.said("stages-recorded", "alert")[0]["explanation"]


def test_one_is_uploaded_in_time_after_the_delivery() -> None:
    story = _story("sorted").scan("sorted", "2026-11-02 15:00", uploaded="2026-11-04 20:00").until("2026-11-05 12:00")
    assert story.told("stages-recorded") == ["11-04 20:00 outcome met"]


def test_one_is_uploaded_too_late() -> None:
    story = _story("sorted").scan("sorted", "2026-11-02 15:00", uploaded="2026-11-05 09:00").until("2026-11-06 12:00")
    assert story.told("stages-recorded") == [
        "11-04 23:00 alert opened",
        "11-05 09:00 alert resolved",
        "11-05 09:00 outcome missed",
    ]
