"""Facts change: alerts are withdrawn, outcomes get new revisions that carry what they replace."""

from typing import Any

import pytest

from tests.unit.sla.parcel import Parcel, at

CLOCK = "- {name: c, from: picked_up, until: delivered, within: PT10H}"
PLANNED = "- {name: milestone, per: milestone, from: order_placed, within: plan}"


def started(clock: str = CLOCK, **fields: Any) -> Parcel:
    return Parcel(clock).register(0, **fields).scan("picked_up", 0)


def without_replaces(outcome: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in outcome.items() if name != "replaces"}


def test_a_proof_that_is_uploaded_late_withdraws_the_alert() -> None:
    parcel = started().until(11).scan("delivered", 9, uploaded=12).until(13)
    assert parcel.kinds == ["alert opened", "alert withdrawn", "outcome met"]
    assert parcel.outcomes[0]["revision"] == 1
    assert "in time" in parcel.alerts[1]["explanation"]


def test_a_proof_that_comes_after_a_missed_outcome_withdraws_the_alert_and_corrects_the_outcome() -> None:
    parcel = started().until(11).scan("delivered", 12).until(13)
    assert parcel.kinds == ["alert opened", "alert resolved", "outcome missed"]
    parcel.scan("delivered", 8, uploaded=14).until(15)
    assert parcel.kinds[3:] == ["alert withdrawn", "outcome met"]
    missed, met = parcel.outcomes
    assert (met["revision"], met["replaces"]) == (2, missed)
    assert (missed["late_by_ms"], met["stopped_at"]) == (2 * 3_600_000, at(8))
    assert [alert["revision"] for alert in parcel.alerts] == [1, 2, 3]


@pytest.mark.parametrize(("ended", "kind"), [(10, "withdrawn"), (10.001, "resolved")])
def test_an_end_at_the_very_due_instant_withdraws_the_alert_and_a_later_one_resolves_it(
    ended: float, kind: str
) -> None:
    parcel = started().until(11).scan("returned", ended, uploaded=12).until(13)
    assert parcel.kinds == ["alert opened", f"alert {kind}", "outcome cancelled"]


def test_an_outcome_is_told_again_when_its_start_moves_and_nothing_else_does() -> None:
    parcel = Parcel("- {name: c, from: registered, until: delivered, due: promised}")
    parcel.register(0, promised_at=at(10)).scan("delivered", 9).until(10)
    parcel.register(11, promised_at=at(10), registered_at=at(1), revision=1).until(12)
    first, second = parcel.outcomes
    assert (first["start"], second["start"], second["replaces"]) == (at(0), at(1), first)


def test_an_outcome_is_told_again_when_only_what_is_owed_for_it_changes() -> None:
    freight = [{"amount": amount, "currency": "EUR"} for amount in ("10.00", "12.00")]
    parcel = started(CLOCK[:-1] + ", compensate: [{pay: {freight: 0.5}, rule: late}]}", freight=freight[0])
    parcel.scan("delivered", 11).register(12, registered_at=at(0), freight=freight[1], revision=1).until(13)
    first, second = parcel.outcomes
    assert [one["compensation"]["amount"] for one in (first, second)] == ["5.00", "6.00"]
    assert second["replaces"] == first


@pytest.mark.parametrize("last", [1, 2])
@pytest.mark.parametrize(("first", "second"), [(13, 14), (None, 10)])
def test_of_two_versions_of_one_revision_the_one_recorded_later_holds_whichever_comes_last(
    first: float | None, second: float, last: int
) -> None:
    versions = [(12, first), (9, second)]
    parcel = started()
    for hours, recorded in versions if last == 2 else reversed(versions):
        more = {} if recorded is None else {"recorded_at": at(recorded)}
        parcel.scan("delivered", hours, uploaded=15, scan_id="d", **more)
    assert parcel.until(16).outcomes[-1]["stopped_at"] == at(9)


def test_an_alert_names_no_scan_as_the_latest_that_was_taken_back_nor_the_one_that_took_it_back() -> None:
    parcel = started().scan("arrived", 1, scan_id="a").scan("delivered", 2, scan_id="d")
    parcel.scan("x", 3, voids="d").until(11)
    (alert,) = parcel.alerts
    assert [(one["scan_id"], one["role"]) for one in alert["evidence"]] == [("s1", "start"), ("a", "last")]
    assert f"no stopping scan by then, the latest is arrived at {at(1)}" in alert["explanation"]


def test_an_alert_that_a_late_stop_resolves_says_how_late() -> None:
    parcel = started().until(11).scan("delivered", 12.5).until(13)
    assert parcel.alerts[1]["late_by_ms"] == 9_000_000
    assert "delivered at 2026-11-02T12:30:00.000Z, 2 h 30 min late" in parcel.alerts[1]["explanation"]


def test_a_corrected_scan_moves_the_verdict() -> None:
    parcel = started().scan("delivered", 9, scan_id="d").until(10)
    parcel.scan("delivered", 12, uploaded=13, scan_id="d", revision=1).until(14)
    assert parcel.kinds == ["outcome met", "outcome missed"]
    assert parcel.outcomes[1]["replaces"] == parcel.outcomes[0]


def test_an_older_version_of_a_scan_says_nothing() -> None:
    parcel = started().scan("delivered", 9, scan_id="d", revision=2)
    parcel.scan("delivered", 12, uploaded=13, scan_id="d", revision=1).until(14)
    assert parcel.kinds == ["outcome met"]


def test_the_same_scan_twice_says_nothing_twice() -> None:
    parcel = started().scan("delivered", 9, scan_id="d").scan("delivered", 9, scan_id="d").until(14)
    assert parcel.kinds == ["outcome met"]


def test_a_void_takes_a_scan_back_and_the_clock_runs_again() -> None:
    parcel = started().scan("delivered", 9, scan_id="d").until(10).scan("x", 9.5, voids="d").until(12)
    assert parcel.kinds == ["outcome met", "outcome cancelled", "alert opened"]
    assert (parcel.outcomes[1]["reason"], "stopped_at" in parcel.outcomes[1]) == ("reopened", False)
    parcel.scan("delivered", 13).until(14)
    assert parcel.kinds[3:] == ["alert resolved", "outcome missed"]
    assert parcel.outcomes[2]["replaces"] == without_replaces(parcel.outcomes[1])


def test_a_void_that_comes_first_is_remembered() -> None:
    parcel = started().scan("x", 1, voids="d").scan("delivered", 9, scan_id="d").until(30)
    assert parcel.kinds == ["alert opened"]


def test_a_void_that_is_itself_corrected_takes_nothing_back() -> None:
    parcel = started().scan("x", 1, scan_id="v", voids="d").scan("delivered", 9, scan_id="d")
    parcel.scan("x", 1, uploaded=9.5, scan_id="v", revision=1).until(30)
    assert parcel.kinds == ["outcome met"]


def test_a_start_that_is_taken_back_leaves_a_record_that_the_next_revision_replaces() -> None:
    parcel = Parcel(CLOCK).register(0).scan("picked_up", 0, scan_id="p").scan("delivered", 9).until(10)
    parcel.scan("x", 1, uploaded=11, voids="p").until(12)
    parcel.scan("picked_up", 2, uploaded=13).until(14)
    assert [(one["kind"], one.get("reason")) for one in parcel.outcomes] == [
        ("met", None),
        ("cancelled", "reopened"),
        ("met", None),
    ]
    assert parcel.outcomes[2]["replaces"] == without_replaces(parcel.outcomes[1])


@pytest.mark.parametrize("label", ["customer_id", "tier", "product", "origin", "destination"])
def test_a_revised_registration_corrects_what_outcomes_are_summed_by(label: str) -> None:
    def told(text: str) -> dict[str, Any]:
        return {label: {"region": text} if label in {"origin", "destination"} else text}

    parcel = started(**told("A")).scan("delivered", 9).until(10)
    parcel.register(11, revision=1, registered_at=at(0), **told("B")).until(12)
    assert [(one[label], one["revision"]) for one in parcel.outcomes] == [("A", 1), ("B", 2)]
    assert parcel.outcomes[1]["replaces"] == parcel.outcomes[0]


def test_a_scan_of_the_same_instant_that_takes_over_as_evidence_is_told() -> None:
    parcel = started().scan("delivered", 9, scan_id="b").until(10).scan("delivered", 9, uploaded=11, scan_id="a")
    parcel.until(12).scan("x", 9, uploaded=13, voids="a").until(14)
    assert [one["evidence"][1]["scan_id"] for one in parcel.outcomes] == ["b", "a", "b"]
    for before, after in zip(parcel.outcomes, parcel.outcomes[1:], strict=False):
        assert after["replaces"] == without_replaces(before)


def test_a_milestone_that_a_revised_plan_has_no_longer_withdraws_its_alert() -> None:
    def plan(*codes: str) -> dict[str, Any]:
        return {"legs": [{"leg": "i1", "milestones": [{"code": code, "within": "PT1H"} for code in codes]}]}

    parcel = Parcel(PLANNED).register(0, plan=plan("departed", "arrived")).scan("order_placed", 0)
    parcel.scan("departed", 1, leg="i1").until(3)
    assert parcel.kinds == ["outcome met", "alert opened"]
    parcel.register(4, revision=1, plan=plan("departed")).until(5)
    assert parcel.kinds[2:] == ["alert withdrawn"]


def test_a_leg_may_have_a_slash_in_its_name() -> None:
    legs = [{"leg": name, "milestones": [{"code": "arrived", "within": "PT1H"}]} for name in ("i1", "i1/north")]
    clock = "- {name: leg, per: leg, from: order_placed, within: plan}"
    parcel = Parcel(clock).register(0, plan={"legs": legs}).scan("order_placed", 0).until(2)
    assert [(alert["instance"], "planned 1 h" in alert["explanation"]) for alert in parcel.alerts] == [
        ("i1", True),
        ("i1/north", True),
    ]


def test_a_gap_that_was_reopened_does_not_roll_on_silently() -> None:
    clock = "- {name: stalled, per: gap, from: any, until: any, within: PT5H}"
    parcel = Parcel(clock).register(0).scan("arrived", 1).scan("departed", 7, uploaded=2, scan_id="d").until(3)
    assert parcel.kinds == ["outcome missed"]
    parcel.scan("x", 7, uploaded=3.5, voids="d").until(4).scan("departed", 4.5).until(5)
    assert [(one["kind"], one["instance"], one["revision"]) for one in parcel.outcomes] == [
        ("missed", "s1", 1),
        ("cancelled", "s1", 2),
        ("met", "s1", 3),
    ]
