"""P23: what is owed when it is late, lost or damaged is proposed, with the rule that gave it."""

from tests.stories.story import Story

FREIGHT = {"amount": "18.00", "currency": "CNY"}
VALUE = {"amount": "900.00", "currency": "CNY"}


def test_late_the_freight_is_refunded() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product="next-day", freight=FREIGHT)
    story.scan("picked_up", "2026-11-02 10:00").scan("delivered", "2026-11-04 10:00")
    proposal = story.outcome("product")["compensation"]
    assert (proposal["amount"], proposal["currency"]) == ("18.00", "CNY")
    assert "refunded" in proposal["rule"]


def test_lost_without_insurance_at_most_seven_times_the_freight() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00", freight=FREIGHT, declared_value=VALUE)
    story.scan("picked_up", "2026-11-02 10:00").scan("lost", "2026-11-05 10:00")
    assert story.outcome("intact")["compensation"]["amount"] == "126.00"


def test_lost_with_insurance_the_declared_value() -> None:
    story = Story("gbt-27917").registered("2026-11-02 09:00", freight=FREIGHT, declared_value=VALUE, insured=True)
    story.scan("picked_up", "2026-11-02 10:00").scan("lost", "2026-11-05 10:00")
    assert story.outcome("intact")["compensation"]["amount"] == "900.00"


def test_in_time_nothing_is_owed() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product="next-day", freight=FREIGHT)
    story.scan("picked_up", "2026-11-02 10:00").scan("delivered", "2026-11-03 10:00")
    assert "compensation" not in story.outcome("product")


def test_what_nobody_declared_cannot_be_refunded() -> None:
    story = Story("carrier").registered("2026-11-02 09:00", product="next-day")
    story.scan("picked_up", "2026-11-02 10:00").scan("delivered", "2026-11-04 10:00")
    assert "compensation" not in story.outcome("product")


def test_freight_and_value_in_two_currencies_cannot_be_compared() -> None:
    value = {"amount": "900.00", "currency": "USD"}
    story = Story("gbt-27917").registered("2026-11-02 09:00", freight=FREIGHT, declared_value=value)
    story.scan("picked_up", "2026-11-02 10:00").scan("lost", "2026-11-05 10:00")
    assert "compensation" not in story.outcome("intact")
