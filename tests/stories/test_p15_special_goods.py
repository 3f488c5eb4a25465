"""P15: high value and cold goods have their own time, severity and desk."""

from typing import Any

from tests.stories.story import Story


def _delivered(**fields: Any) -> Story:
    story = Story("carrier").registered("2026-11-02 09:00", **fields).scan("picked_up", "2026-11-02 10:00")
    return story.scan("delivered", "2026-11-04 11:00")


def test_cold_goods_have_36_hours() -> None:
    story = _delivered(temperature="frozen")
    assert story.due("special-goods") == "11-03 22:00"
    alert = story.said("special-goods", "alert")[0]
    assert (alert["severity"], alert["route"]) == ("critical", "cold-chain")


def test_goods_of_high_value_have_48_hours() -> None:
    story = _delivered(declared_value={"amount": "10000", "currency": "CNY"})
    assert story.due("special-goods") == "11-04 10:00"
    assert story.said("special-goods", "alert")[0]["route"] == "high-value-desk"


def test_other_goods_have_no_such_promise() -> None:
    assert _delivered(declared_value={"amount": "9999.99", "currency": "CNY"}).told("special-goods") == []
