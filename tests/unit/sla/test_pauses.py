"""Time that does not count."""

from tests.unit.sla.parcel import Parcel, at

CLOCK = """
- name: c
  from: picked_up
  until: delivered
  within: PT10H
  pause:
    - {from: customs_held, until: customs_released}
    - {from: held, until: released}
"""


def paused() -> Parcel:
    return Parcel(CLOCK).register(0).scan("picked_up", 0)


def test_a_pause_moves_the_due_instant_by_its_length() -> None:
    parcel = paused().scan("customs_held", 2).scan("customs_released", 5).scan("delivered", 13).until(14)
    assert [(one["kind"], one["due"]) for one in parcel.outcomes] == [("met", at(13))]


def test_pauses_that_overlap_count_once() -> None:
    parcel = paused().scan("customs_held", 2).scan("held", 3).scan("customs_released", 5).scan("released", 6)
    assert [one["due"] for one in parcel.scan("delivered", 14).until(15).outcomes] == [at(14)]


def test_a_pause_counts_no_further_than_the_stop() -> None:
    parcel = paused().scan("customs_held", 9).scan("delivered", 11).scan("customs_released", 12).until(13)
    assert [(one["kind"], one["due"]) for one in parcel.outcomes] == [("met", at(12))]


def test_a_pause_that_begins_when_time_is_up_changes_nothing() -> None:
    parcel = paused().scan("customs_held", 10).scan("customs_released", 12).scan("delivered", 13).until(14)
    assert [(one["kind"], one["due"]) for one in parcel.outcomes] == [("missed", at(10))]


def test_nothing_is_due_while_a_pause_lasts() -> None:
    parcel = paused().scan("held", 2).until(1000)
    assert parcel.kinds == []
    parcel.scan("released", 1002).until(1009)
    assert parcel.kinds == []
    assert parcel.until(1011).alerts[0]["due"] == at(1010)


def test_a_pause_that_is_uploaded_late_withdraws_the_alert_and_says_why() -> None:
    parcel = paused().until(11).scan("held", 2, uploaded=12).until(100)
    assert parcel.kinds == ["alert opened", "alert withdrawn"]
    withdrawn = parcel.alerts[1]
    assert withdrawn["due"] == "9999-12-31T23:59:59.999Z"
    assert "not due while it is paused" in withdrawn["explanation"]


def test_a_code_that_starts_a_clock_can_also_pause_it() -> None:
    clock = "- {name: c, from: held, until: delivered, within: PT10H, pause: [{from: held, until: released}]}"
    parcel = Parcel(clock).register(0).scan("held", 1).scan("released", 4).scan("delivered", 14).until(15)
    assert [(one["kind"], one["due"]) for one in parcel.outcomes] == [("met", at(14))]
