"""P5: products are promised for a day and an hour at the destination, with a daily cut-off."""

import pytest

from tests.stories.story import Story


@pytest.mark.parametrize(
    ("product", "picked_up", "due"),
    [
        ("same-day", "2026-11-02 10:59", "11-02 22:00"),
        ("same-day", "2026-11-02 11:01", "11-03 22:00"),
        ("next-morning", "2026-11-02 18:00", "11-03 12:00"),
        ("next-morning", "2026-11-02 18:01", "11-04 12:00"),
        ("next-day", "2026-11-02 19:59", "11-03 22:00"),
        ("four-day", "2026-11-02 09:00", "11-06 22:00"),
    ],
)
def test_the_day_depends_on_the_cut_off_and_the_hour_on_the_product(product: str, picked_up: str, due: str) -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product=product).scan("picked_up", picked_up)
    story.scan("delivered", "2026-11-09 12:00")
    assert story.due("product") == due


def test_the_hour_is_that_of_the_destination() -> None:
    there = {"region": "TYO", "time_zone": "Asia/Tokyo"}
    story = Story("carrier").registered("2026-11-02 09:00", product="next-morning", destination=there)
    story.scan("picked_up", "2026-11-02 15:00").scan("delivered", "2026-11-03 10:59")
    assert story.due("product") == "11-03 11:00"  # noon in Tokyo
    assert story.outcome("product")["kind"] == "met"


def test_four_days_are_days_on_which_the_network_runs() -> None:
    story = Story("carrier").registered("2026-02-14 09:00", product="four-day").scan("picked_up", "2026-02-14 10:00")
    story.scan("delivered", "2026-02-21 10:00")  # the 17th to 19th do not count
    assert story.due("product") == "02-21 22:00"


def test_a_product_without_a_promise_is_not_timed() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product="bulky").scan("picked_up", "2026-11-02 10:00")
    story.scan("delivered", "2026-11-09 12:00")
    assert story.told("product") == []
