"""P4: remote areas have more time, in working days."""

from tests.stories.story import Story

FAR = {"region": "LXA", "time_zone": "Asia/Shanghai", "remote": True}


def test_two_working_days_more() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00", destination=FAR).scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-09 09:00")  # Monday; 72 h end on Thursday, then Friday and Monday
    assert story.due("first-attempt") == "11-09 10:00"
    assert story.outcome("first-attempt")["kind"] == "met"


def test_the_days_of_the_spring_festival_are_no_working_days_and_the_make_up_saturday_is_one() -> None:
    story = Story("gbt-27917").registered("2026-02-10 09:00", destination=FAR).scan("picked_up", "2026-02-10 10:00")
    story.scan("delivered", "2026-02-24 09:00")
    # 72 h end on Friday the 13th; Saturday the 14th is worked, the festival ends on the 23rd.
    assert story.due("first-attempt") == "02-24 10:00"


def test_an_area_that_is_not_remote_has_no_more() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-09 09:00")
    assert story.due("first-attempt") == "11-05 10:00"
