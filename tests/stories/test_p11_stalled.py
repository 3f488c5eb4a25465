"""P11: a parcel in custody is seen again; nights and holidays do not count."""

from tests.stories.story import Story


def test_a_parcel_that_moves_is_not_spoken_of() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00")
    story.scan("departed", "2026-11-02 20:00").scan("arrived", "2026-11-03 18:00").scan("delivered", "2026-11-04 10:00")
    story.until("2026-12-01 00:00")
    assert story.told("stalled") == []


def test_two_opening_days_without_a_scan_raise_an_alert_which_the_next_scan_resolves() -> None:
    story = Story("carrier").registered("2026-11-02 09:00").scan("picked_up", "2026-11-02 10:00", scan_id="P")
    story.scan("arrived", "2026-11-05 09:00")  # 26 opening hours from 10:00 end on the 4th at 10:00
    assert story.told("stalled") == [
        "11-04 10:00 alert opened [P]",
        "11-05 09:00 alert resolved [P]",
        "11-05 09:00 outcome missed [P]",
    ]


def test_cold_goods_may_not_stand_for_eight_hours() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", temperature="chilled")
    story.scan("picked_up", "2026-11-02 10:00", scan_id="P").until("2026-11-02 18:01")
    assert story.told("stalled") == ["11-02 18:00 alert opened [P]"]


def test_a_complaint_is_no_sign_of_the_parcel() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", temperature="chilled")
    story.scan("picked_up", "2026-11-02 10:00", scan_id="P").care("complaint.opened", "2026-11-02 15:00")
    story.until("2026-11-02 18:01")
    assert story.told("stalled") == ["11-02 18:00 alert opened [P]"]
