"""P7: delivered by the date or instant that the customer was promised."""

from tests.stories.story import Story


def test_a_date_lasts_until_midnight_at_the_destination() -> None:
    there = {"region": "SAO", "time_zone": "America/Sao_Paulo"}
    story = Story("marketplace", zone="America/Sao_Paulo")
    story.registered("2026-11-02 09:00", destination=there, promised_date="2026-11-06")
    story.scan("delivered", "2026-11-06 23:59")
    assert story.outcome("promised-date")["kind"] == "met"
    assert story.due("promised-date") == "11-06 23:59:59"


def test_an_instant_is_an_instant() -> None:
    story = Story("marketplace")
    story.registered("2026-11-02 09:00", promised_at=story.instant("2026-11-06 18:00"))
    story.scan("delivered", "2026-11-06 18:01")
    assert story.told("promised-date") == [
        "11-05 18:00 notice predicted",
        "11-06 18:00 alert opened",
        "11-06 18:01 alert resolved",
        "11-06 18:01 outcome missed",
    ]
    assert story.outcome("promised-date")["late_by_ms"] == 60_000


def test_all_pieces_have_to_be_there() -> None:
    story = Story("marketplace").registered("2026-11-02 09:00", promised_date="2026-11-06", pieces=2)
    story.scan("delivered", "2026-11-05 10:00", piece_id="1").scan("delivered", "2026-11-07 10:00", piece_id="2")
    assert story.outcome("promised-date")["kind"] == "missed"
    assert story.said("promised-date", "outcome")[0]["stopped_at"] == story.outcome("promised-date")["stopped_at"]


def test_a_cancelled_order_is_excused() -> None:
    story = Story("marketplace").registered("2026-11-02 09:00", promised_date="2026-11-06")
    story.scan("cancelled", "2026-11-03 10:00").until("2026-11-10 00:00")
    assert story.told("promised-date") == ["11-03 10:00 outcome excused"]
    assert story.outcome("promised-date")["reason"] == "cancelled"


def test_a_new_promise_counts_from_then_on() -> None:
    story = Story("marketplace").registered("2026-11-02 09:00", promised_date="2026-11-06")
    story.registered("2026-11-03 09:00", promised_date="2026-11-09", revision=1)
    story.scan("delivered", "2026-11-08 10:00")
    assert story.outcome("promised-date")["kind"] == "met"
