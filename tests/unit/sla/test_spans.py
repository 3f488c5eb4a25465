"""Clocks from a start to the first stop after it."""

import pytest

from tests.unit.sla.parcel import Parcel, at

DELIVERY = "- {name: delivery, from: picked_up, until: delivered, within: PT10H}"
REGISTERED = "- {name: promise, from: registered, until: delivered, within: PT10H}"


def test_met_until_the_due_instant_and_missed_a_millisecond_after_it() -> None:
    hour = 1 / 3_600_000
    on_time = Parcel(DELIVERY).register(0).scan("picked_up", 1).scan("delivered", 11).until(12)
    late = Parcel(DELIVERY).register(0).scan("picked_up", 1).scan("delivered", 11 + hour).until(12)
    assert [one["kind"] for one in on_time.outcomes] == ["met"]
    assert [(one["kind"], one["late_by_ms"]) for one in late.outcomes] == [("missed", 1)]


def test_a_stop_before_the_start_cancels_the_clock_until_a_stop_comes_after_it() -> None:
    parcel = Parcel(DELIVERY).register(0).scan("delivered", 1).scan("picked_up", 2).until(3)
    assert [(one["kind"], one["reason"]) for one in parcel.outcomes] == [("cancelled", "stopped-before-start")]
    parcel.scan("delivered", 4).until(5)
    assert [one["kind"] for one in parcel.outcomes] == ["cancelled", "met"]


def test_a_stop_before_the_registration_stops_nothing_either() -> None:
    parcel = Parcel(REGISTERED).scan("delivered", 1).register(2).until(3)
    assert [(one["kind"], one["reason"]) for one in parcel.outcomes] == [("cancelled", "stopped-before-start")]


def test_a_closing_code_cancels_with_its_name_as_the_reason() -> None:
    parcel = Parcel(DELIVERY).register(0).scan("picked_up", 1).scan("lost", 2).until(30)
    assert [(one["kind"], one["reason"], one["stopped_at"]) for one in parcel.outcomes] == [
        ("cancelled", "lost", at(2))
    ]
    assert parcel.kinds == ["outcome cancelled"]


def test_a_clock_may_name_the_codes_that_end_it() -> None:
    clock = "- {name: delivery, from: picked_up, until: delivered, within: PT10H, ends: refused}"
    parcel = Parcel(clock).register(0).scan("picked_up", 1).scan("lost", 2).scan("refused", 3).until(30)
    assert [(one["kind"], one["reason"]) for one in parcel.outcomes] == [("cancelled", "refused")]


@pytest.mark.parametrize(("start", "due"), [("first", 11), ("last", 13)])
def test_a_clock_starts_at_the_first_or_the_last_scan_of_its_codes(start: str, due: int) -> None:
    clock = f"- {{name: c, from: picked_up, until: delivered, within: PT10H, start: {start}}}"
    parcel = Parcel(clock).register(0).scan("picked_up", 1).scan("picked_up", 3).scan("delivered", 5).until(6)
    assert [one["due"] for one in parcel.outcomes] == [at(due)]


def test_nothing_is_decided_without_a_registration() -> None:
    parcel = Parcel(DELIVERY).scan("picked_up", 1).until(30)
    assert parcel.said() == []
    parcel.register(31).until(32)
    assert parcel.kinds == ["alert opened"]


def test_the_first_allowance_that_holds_counts_and_every_addition_that_holds() -> None:
    clock = """
- name: c
  from: picked_up
  until: delivered
  within:
    - {when: {lane: same-city}, allow: PT1H}
    - {when: {lane: inter-city}, allow: PT2H}
    - {allow: PT3H}
    - {when: {destination.remote: true}, add: PT10H}
    - {when: {tier: [A, B]}, add: PT20H}
"""
    origin = {"region": "north"}
    remote = {"region": "south", "remote": True}
    parcel = Parcel(clock).register(0, origin=origin, destination=remote, tier="B")
    parcel.scan("picked_up", 0).scan("delivered", 1).until(2)
    assert [one["due"] for one in parcel.outcomes] == [at(32)]


def test_each_facility_has_a_clock_of_its_own_and_a_closing_code_ends_them_all() -> None:
    clock = "- {name: sort, from: arrived, until: departed, per: facility, within: PT3H}"
    hub, branch = {"id": "hub"}, {"id": "branch"}
    parcel = Parcel(clock).register(0).scan("arrived", 1, facility=hub).scan("departed", 2, facility=hub)
    parcel.scan("arrived", 3, facility=branch).scan("departed", 4, facility=hub).scan("lost", 5).until(30)
    assert [(one["instance"], one["kind"]) for one in parcel.outcomes] == [("hub", "met"), ("branch", "cancelled")]
