"""What the ledger makes of output records."""

import hashlib
from typing import Any

import msgspec
import pytest

from streams.demo.ledger import Ledger, digest
from streams.demo.report import Standing, report, standing


def output(number: int, **fields: Any) -> bytes:
    record = {
        "id": f"{number:032x}",
        "shipment_id": "C2K-000001",
        "life": "2024-01-08T00:00:00.000Z",
        "clock": "milestone",
        "instance": "i1/1",
        "kind": "missed",
        "revision": 1,
        "sequence": number,
        "start": "2024-01-08T00:00:00.000Z",
        "due": "2024-01-08T01:00:00.000Z",
        "decided_at": "2024-01-08T01:00:00.000Z",
        "policy": "air-freight",
        "policy_version": "1",
    }
    return msgspec.json.encode(record | fields)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_the_newest_revision_of_an_outcome_holds_in_any_order(ledger: Ledger) -> None:
    ledger.add("sla-outcomes", output(1, kind="met", revision=2))
    ledger.add("sla-outcomes", output(2, kind="missed", revision=1))
    ledger.add("sla-outcomes", output(3, kind="missed", revision=1, instance="i1/2"))
    assert ledger.verdicts("milestone") == {"met": 1, "missed": 1}


def test_lives_shipments_clocks_and_instances_are_told_apart(ledger: Ledger) -> None:
    for number, other in enumerate(
        ({}, {"life": "2025-01-01T00:00:00.000Z"}, {"shipment_id": "X"}, {"instance": "o/1"})
    ):
        ledger.add("sla-outcomes", output(number, **other))
    ledger.add("sla-outcomes", output(9, clock="leg", instance="i1"))
    assert ledger.verdicts("milestone").total() == 4
    assert ledger.verdicts("leg").total() == 1


def test_a_repeated_id_is_counted_and_changes_nothing(ledger: Ledger) -> None:
    ledger.add("sla-outcomes", output(1, kind="met"))
    ledger.add("sla-outcomes", output(1, kind="missed", revision=5))
    assert ledger.duplicate_ids == 1
    assert ledger.verdicts("milestone") == {"met": 1}


def test_an_id_in_two_topics_is_a_duplicate(ledger: Ledger) -> None:
    ledger.add("sla-outcomes", output(1))
    ledger.add("breach-alerts", output(1, kind="opened"))
    assert ledger.duplicate_ids == 1


@pytest.mark.parametrize(
    ("decided", "stopped", "counts"),
    [
        ("2024-01-08T01:00:00.000Z", "2024-01-08T01:00:00.001Z", 1),
        ("2024-01-08T01:00:00.000Z", "2024-01-08T01:00:00.000Z", 0),
        ("2024-01-08T01:00:00.001Z", "2024-01-08T01:02:00.000Z", 0),
        ("2024-01-08T01:05:00.000Z", "2024-01-08T01:02:00.000Z", 0),
        ("2024-01-08T00:59:59.999Z", "2024-01-08T01:02:00.000Z", 0),
    ],
)
def test_an_alert_counts_as_timely_at_its_deadline_and_before_the_scan_that_stopped_it(
    ledger: Ledger, decided: str, stopped: str, counts: int
) -> None:
    ledger.add("breach-alerts", output(1, kind="opened", decided_at=decided))
    ledger.add("sla-outcomes", output(2, stopped_at=stopped))
    assert ledger.alerts_before_stop("milestone") == counts


def test_the_digest_depends_on_the_set_of_ids_alone() -> None:
    expected = hashlib.sha256(b"a\nb\nc").hexdigest()
    assert digest(["b", "a", "c", "b"]) == digest(iter("cab")) == expected


def test_shipments_stand_where_their_last_status_says(ledger: Ledger) -> None:
    ledger.add(
        "shipment-status", output(2, phase="open", at_risk=["leg/o"], overdue=["milestone/o/1"], shipment_id="A")
    )
    ledger.add("shipment-status", output(1, phase="open", shipment_id="A"))
    ledger.add("shipment-status", output(3, phase="open", shipment_id="B"))
    ledger.add("sla-outcomes", output(6, kind="met", shipment_id="D"))
    ledger.add("shipment-status", output(4, phase="closed", at_risk=["leg/o"], shipment_id="C"))
    ledger.add("sla-outcomes", output(5, clock="end-to-end", instance=None, kind="met", shipment_id="C"))
    assert standing(ledger) == Standing(open=3, at_risk=1, overdue=1, on_time=1, late=0)


def test_the_report_counts_by_clock(ledger: Ledger) -> None:
    ledger.add("sla-outcomes", output(1, clock="end-to-end", instance=None))
    ledger.add("sla-outcomes", output(2, clock="leg", instance="i1", kind="met"))
    ledger.add("sla-outcomes", output(3, clock="leg", instance="o"))
    ledger.add("sla-outcomes", output(4, kind="met"))
    ledger.add("delay-notices", output(5, kind="predicted"))
    ledger.add("breach-alerts", output(6, kind="opened"))
    for number, clock in enumerate(("end-to-end", "leg", "milestone"), 7):
        ledger.add("sla-outcomes", output(number, clock=clock, kind="cancelled", instance="expired"))
    counted = report(
        ledger, rejects={"too-late": 2}, shipments_fed=1, scans=3, workers=1, partitions=4, seconds=1.26, kills=[]
    )
    assert (counted.shipments, counted.late_end_to_end) == (1, 1)
    assert (counted.legs, counted.late_legs) == (2, 1)
    assert (counted.milestones, counted.overrun_milestones) == (1, 0)
    assert (counted.notices, counted.alerts_opened, counted.rejects, counted.seconds) == (1, 1, 2, 1.3)
    assert counted.ids_digest == digest(ledger.ids)


def test_the_earliest_record_of_a_kind_is_the_example_in_any_order(ledger: Ledger) -> None:
    late = output(1, kind="opened", decided_at="2024-02-01T00:00:00.000Z")
    early = output(2, kind="opened", decided_at="2024-01-09T00:00:00.000Z")
    ledger.add("breach-alerts", late)
    ledger.add("breach-alerts", early)
    assert ledger.examples["breach-alerts", "opened"][2] == early
