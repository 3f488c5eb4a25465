"""Shipments that are forgotten on the way."""

from streams.partition.judging import CARE
from tests.property.engine import arrival
from tests.unit.sla.parcel import Parcel, at, ms

STALLED = "- {name: stalled, per: gap, from: any, until: any, within: PT5H}"


def test_a_gap_in_time_is_not_worth_a_word() -> None:
    parcel = Parcel(STALLED).register(0).scan("picked_up", 1).scan("arrived", 6).scan("x-ray", 10).until(14)
    assert parcel.kinds == []
    assert parcel.player.core.gauges()["running"] == {"stalled": 1}


def test_a_shipment_that_is_silent_too_long_is_alerted_once_and_resolved_by_the_next_scan() -> None:
    parcel = Parcel(STALLED).register(0).scan("picked_up", 1).until(7).scan("arrived", 8).until(9)
    assert parcel.kinds == ["alert opened", "alert resolved", "outcome missed"]
    assert [(one["instance"], one["due"]) for one in parcel.outcomes] == [("s1", at(6))]


def test_a_scan_in_between_that_is_uploaded_late_corrects_the_gap() -> None:
    parcel = Parcel(STALLED).register(0).scan("picked_up", 1).until(7).scan("arrived", 8).until(9)
    parcel.scan("departed", 5, uploaded=10).until(11)
    assert [(one["kind"], one["instance"], one["revision"]) for one in parcel.outcomes] == [
        ("missed", "s1", 1),
        ("met", "s1", 2),
    ]
    assert parcel.kinds[3:] == ["alert withdrawn", "outcome met"]


def test_a_closing_code_ends_the_last_gap_and_starts_none() -> None:
    parcel = Parcel(STALLED).register(0).scan("picked_up", 1).scan("delivered", 2).until(100)
    assert parcel.kinds == []
    assert parcel.player.core.gauges()["running"] == {}


def test_a_gap_that_is_known_only_after_it_was_due_is_told_when_it_is_known() -> None:
    rules = "[{when: {facility.kind: branch}, allow: PT1H}, {allow: PT48H}]"
    parcel = Parcel(f"- {{name: g, per: gap, from: any, until: any, within: {rules}}}").register(0).scan("accepted", 0)
    parcel.scan("arrived", 1, uploaded=30, facility={"id": "B", "kind": "branch"}).until(31)
    (alert,) = parcel.alerts
    assert (alert["kind"], alert["due"], alert["decided_at"]) == ("opened", at(2), at(30))


def test_a_step_of_a_case_is_no_sign_of_the_parcel() -> None:
    parcel = Parcel(STALLED).register(0).scan("picked_up", 1)
    case = {"event_id": "e", "shipment_id": "S1", "case_id": "k", "kind": "enquiry", "step": "opened"}
    parcel.player.append([arrival(CARE, ms(5), case | {"occurred_at": at(5)})])
    (alert,) = parcel.until(7).alerts
    assert (alert["instance"], alert["due"]) == ("s1", at(6))
