"""Records are written as text; the types of `schemas.records` say what they must be, to the byte."""

from itertools import product
from pathlib import Path

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import BreachAlert, DelayNotice, Evidence, ShipmentStatus, SlaOutcome
from streams.sla.codes import NAMES
from streams.sla.decision import ALERTS, NOTICES, OUTCOMES, Decision, Replaced
from streams.sla.details import ScanDetails
from streams.sla.instance import Instance, Said
from streams.sla.phases import CANCELLED, EXCUSED, MET, MISSED, VERDICTS
from streams.sla.policy import load_policy
from streams.sla.policy.compensation import Owed
from streams.sla.registration import Registration
from streams.sla.render import Renderer
from streams.sla.scan import KnownScan
from streams.sla.state import NEVER, Shipment
from streams.sla.verdict import Fault, Verdict

POLICIES = Path(__file__).parents[2] / "streams" / "policies"
RENDERERS = [
    (Renderer("ns", policy), policy)
    for policy in (load_policy(POLICIES / f"{name}.yaml") for name in ("carrier", "gbt-27917", "express"))
]
TYPES = {NOTICES: DelayNotice, ALERTS: BreachAlert, OUTCOMES: SlaOutcome}
KINDS = {
    NOTICES: ["predicted", "updated", "cleared"],
    ALERTS: ["opened", "confirmed", "resolved", "withdrawn"],
}

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ['"', "\\", "\x1f"]
)
maybe = st.none() | texts
instants = st.integers(0, 4_102_444_800_000)
scans = st.builds(
    KnownScan,
    texts,
    st.sampled_from(sorted(NAMES)) | texts,
    instants,
    facility=maybe,
    more=st.none() | st.builds(ScanDetails, suspect=maybe),
)
registrations = st.builds(Registration, texts, instants, tier=maybe, product=maybe, origin=maybe, destination=maybe)
verdicts = st.builds(
    Verdict,
    st.sampled_from([MET, MISSED, CANCELLED, EXCUSED]),
    instants,
    instants | st.just(NEVER),
    st.none() | scans,
    st.none() | scans,
    maybe,
    stop_at=st.none() | instants,
)


@st.composite
def _shipments(draw: st.DrawFn) -> Shipment:
    return shipment_of(
        draw(instants),
        draw(st.integers(0, 3)),
        draw(st.integers(0, 300)),
        draw(st.none() | registrations),
        draw(st.lists(scans, max_size=2)),
    )


shipments = _shipments()


def shipment_of(
    life: int, phase: int, sequence: int, registration: Registration | None, known: list[KnownScan]
) -> Shipment:
    shipment = Shipment(life, phase, sequence)
    shipment.registration = registration
    for scan in known:
        shipment.evidence.append(scan)
    return shipment


@st.composite
def decisions(draw: st.DrawFn, topic: str) -> tuple[Renderer, Decision]:
    renderer, policy = draw(st.sampled_from(RENDERERS))
    verdict = draw(verdicts)
    if verdict.status == MISSED and topic == OUTCOMES:
        verdict.faults = tuple(draw(st.lists(st.builds(Fault, texts, instants, instants), max_size=2)))
        verdict.owed = draw(st.none() | st.builds(Owed, texts, texts, texts))
    replaced = None
    if topic == OUTCOMES:
        replaced = draw(st.none() | st.builds(Replaced, verdicts, instants, instants, st.none() | registrations))
    decision = Decision(
        topic,
        VERDICTS[verdict.status] if topic == OUTCOMES else draw(st.sampled_from(KINDS[topic])),
        draw(st.sampled_from(policy.clocks)),
        draw(maybe) if topic == OUTCOMES else None,
        verdict,
        draw(st.integers(1, 300)),
        draw(st.integers(1, 300)),
        draw(instants),
        replaced,
        verdict.reason,
        draw(maybe) if topic == ALERTS else None,
    )
    return renderer, decision


def as_told(scan: Evidence, known: KnownScan) -> bool:
    return scan.scan_id == known.scan_id and scan.facility == known.facility


@given(st.data(), texts, shipments)
def test_the_text_of_a_decision_is_that_of_its_record(
    data: st.DataObject, shipment_id: str, shipment: Shipment
) -> None:
    for topic, record_type in TYPES.items():
        renderer, decision = data.draw(decisions(topic))
        _, ident, text = renderer.record(decision, renderer.subject(shipment_id.encode(), shipment))
        record = msgspec.json.decode(text, type=record_type)
        assert msgspec.json.encode(record) == text
        assert (record.id, record.shipment_id, record.kind) == (ident.decode(), shipment_id, decision.kind)
        assert (record.clock, record.instance) == (decision.clock.name, decision.key)
        registration = shipment.registration
        assert record.customer_id == (registration and registration.customer_id)
        for scan, known in product(record.evidence, (decision.verdict.start_scan, decision.verdict.stop_scan)):
            if known is not None and scan.role == ("start" if known is decision.verdict.start_scan else "stop"):
                assert as_told(scan, known)
        if isinstance(record, SlaOutcome):
            assert record.reason == decision.reason
            before = decision.replaced
            assert (record.replaces is None) == (before is None)
            if before is not None and record.replaces is not None:
                assert record.replaces.customer_id == (before.registration and before.registration.customer_id)


@given(st.data(), texts, shipments, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_the_text_of_a_status_is_that_of_its_record(
    data: st.DataObject, shipment_id: str, shipment: Shipment, said: list[tuple[int, int]]
) -> None:
    renderer, policy = data.draw(st.sampled_from(RENDERERS))
    for notice, alert in said:
        clock = data.draw(st.sampled_from(policy.clocks))
        instance = Instance(clock.number, data.draw(maybe))
        instance.said = Said()
        instance.said.notice, instance.said.alert = notice, alert
        shipment.instances.append(instance)
    ident, text = renderer.status(renderer.subject(shipment_id.encode(), shipment), data.draw(instants))
    record = msgspec.json.decode(text, type=ShipmentStatus)
    assert msgspec.json.encode(record) == text
    assert (record.id, record.shipment_id) == (ident.decode(), shipment_id)
    assert len(record.overdue) == sum(alert == 1 for _, alert in said)
    assert len(record.at_risk) == sum(notice == 1 for notice, _ in said)


def test_all_fields_of_the_records_are_told() -> None:
    scan = KnownScan("s1", "x", 1_000, facility="hub", more=ScanDetails(suspect="far"))
    registration = Registration("c", 0, tier="A", product="p", origin="o", destination="d")
    shipment = shipment_of(0, 1, 0, registration, [scan])
    verdict = Verdict(MISSED, 0, 500, scan, scan, "why")
    verdict.faults, verdict.owed = (Fault("stage", 2, 1),), Owed("1.00", "CNY", "rule")
    before = Replaced(verdict, 1, 1_000, registration)
    for topic, record_type in TYPES.items():
        told: set[str] = set()
        for (renderer, policy), kind in product(RENDERERS, KINDS.get(topic, ["missed"])):
            for clock in policy.clocks:
                decision = Decision(topic, kind, clock, "leg/1", verdict, 2, 2, 1_000, before, "why", "hub")
                _, _, text = renderer.record(decision, renderer.subject(b"S", shipment))
                told |= msgspec.json.decode(text).keys()
        assert set(record_type.__struct_fields__) - told == ({"expected_at"} if topic == NOTICES else set())
