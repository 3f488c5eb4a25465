"""What the bench calls wrong."""

from collections import Counter
from typing import Any

import msgspec

from bench.latency import summarise
from bench.live_feed import Fed
from bench.live_truth import untruths
from bench.load import Expected
from bench.scrape import Counted
from bench.subscriber import Heard
from bench.told import Told
from bench.verification import differences

EXPECTED = Expected(
    outcomes=Counter({("pickup", "*"): 2}),
    sampled={("S1", "pickup"): "met"},
    sampled_shipments=frozenset({"S1"}),
    uncounted=frozenset({"stalled"}),
    open=3,
)


def told(*outputs: dict[str, Any]) -> Told:
    said = Told(EXPECTED.sampled_shipments)
    for number, fields in enumerate(outputs):
        record = {"id": f"{number:032x}", "clock": "pickup", "kind": "met", "revision": 1, **fields}
        said.add("sla-outcomes", msgspec.json.encode(record))
    return said


def wrong(said: Told, *, scans: int = 9, counted: int = 9, aborted: int = 0, kept_open: int = 3) -> list[str]:
    return list(differences(EXPECTED, said, scans=scans, counted=Counted(counted, aborted), kept_open=kept_open))


RIGHT = ({"shipment_id": "S1"}, {"shipment_id": "S2", "kind": "missed"})


def test_nothing_is_wrong_when_everything_agrees() -> None:
    assert wrong(told(*RIGHT)) == []


def test_a_scan_that_was_not_judged_is_wrong() -> None:
    assert wrong(told(*RIGHT), counted=8) == ["8 scans were judged, 9 written"]


def test_scans_of_a_transaction_without_an_acknowledgement_need_not_be_counted_by_the_worker() -> None:
    assert wrong(told(*RIGHT), counted=8, aborted=1) == []
    assert wrong(told(*RIGHT), counted=10, aborted=1) == ["10 scans were judged, 9 written"]


def test_an_id_that_comes_twice_is_wrong() -> None:
    assert wrong(told(*RIGHT, {"id": f"{0:032x}", "shipment_id": "S1"})) == ["1 ids were used twice"]


def test_a_missing_outcome_is_wrong() -> None:
    assert "pickup has 1 outcomes (*), 2 by arithmetic" in wrong(told({"shipment_id": "S1"}))


def test_a_wrong_verdict_of_the_sample_is_wrong() -> None:
    (clause,) = wrong(told({"shipment_id": "S1", "kind": "missed"}, {"shipment_id": "S2"}))
    assert "S1 pickup: missed instead of met" in clause


def test_a_corrected_outcome_counts_once_and_as_corrected() -> None:
    first = {"shipment_id": "S1", "kind": "missed"}
    second = {"shipment_id": "S1", "revision": 2, "replaces": {"kind": "missed"}}
    assert wrong(told(first, second, {"shipment_id": "S2"})) == []


def test_an_outcome_of_a_clock_that_nobody_expects_is_wrong_unless_it_is_not_counted() -> None:
    assert wrong(told(*RIGHT, {"shipment_id": "S2", "clock": "stalled", "instance": "x"})) == []
    assert wrong(told(*RIGHT, {"shipment_id": "S2", "clock": "other"})) == ["other has 1 outcomes, none by arithmetic"]


def test_in_the_sample_every_instance_is_looked_at() -> None:
    (clause,) = wrong(told(*RIGHT, {"shipment_id": "S1", "clock": "stalled", "instance": "x", "kind": "missed"}))
    assert "S1 stalled x: missed instead of nothing" in clause


def test_another_number_of_open_shipments_is_wrong() -> None:
    assert wrong(told(*RIGHT), kept_open=4) == ["4 shipments are open in the state, 3 in the input"]


LATE = [Heard("late", "predicted", 10_000, 8_010, 8_020.0), Heard("late", "opened", 10_000, 10_040, 10_060.0)]
GOOD = Heard("good", "met", 10_000, 7_030, 7_050.0)
FED = Fed(delivered={"good": 7_000}, never_delivered=frozenset({"late"}))


def test_latencies_run_from_the_instant_at_which_something_was_to_be_said() -> None:
    latency = summarise([*LATE, GOOD], FED)
    assert (latency.alert.p50, latency.alert_read.p99) == (40, 60)
    assert (latency.notice.p50, latency.outcome.p50, latency.outcome_read.p50) == (10, 30, 50)


def test_a_live_run_that_says_everything_once_is_right() -> None:
    assert list(untruths([*LATE, GOOD], FED)) == []


def test_an_alert_whose_disproof_was_there_in_time_is_false() -> None:
    assert list(untruths([*LATE, GOOD, Heard("good", "opened", 10_000, 10_010, 10_020.0)], FED)) == [
        "1 alerts or notices are false"
    ]


def test_an_alert_that_a_late_delivery_could_not_prevent_is_not_false() -> None:
    fed = Fed(delivered={"good": 10_500}, never_delivered=frozenset({"late"}))
    assert list(untruths([*LATE, GOOD, Heard("good", "opened", 10_000, 10_010, 10_020.0)], fed)) == []


def test_silence_and_repetition_are_wrong() -> None:
    assert list(untruths([*LATE], FED)) == ["1 of 1 have no met"]
    assert list(untruths([*LATE, GOOD, GOOD], FED)) == ["1 decisions came more than once"]
