"""Records are written piece by piece; the types of `schemas.records` say what they must be, to the byte."""

from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.records import BreachAlert, DelayNotice, SlaOutcome
from streams.sla.codes import NAMES
from streams.sla.decision import ALERTS, NOTICES, OUTCOMES, Decision, Replaced
from streams.sla.details import ScanDetails
from streams.sla.identity import Matter, decision_id, is_known, life_of
from streams.sla.instance import Instance, Said
from streams.sla.instants import NEVER
from streams.sla.milestone import KnownMilestone
from streams.sla.phases import CANCELLED, EXCUSED, MET, MISSED, VERDICTS
from streams.sla.plan import KnownLeg, Plan
from streams.sla.policy import Clock, Policy, load_policy
from streams.sla.policy.compensation import Owed
from streams.sla.registration import NO_PLAN, Registration
from streams.sla.render import Renderer
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment
from streams.sla.verdict import Fault, Verdict
from tests.oracles.records import NAMESPACE, standing, told

POLICIES = Path(__file__).parents[2] / "streams" / "policies"
NAMES_OF_POLICIES = ("carrier", "gbt-27917", "express", "marketplace", "air-freight")
RENDERERS = [
    (Renderer(NAMESPACE, policy), policy)
    for policy in (load_policy(POLICIES / f"{name}.yaml") for name in NAMES_OF_POLICIES)
]
KINDS = {
    NOTICES: ["predicted", "updated", "cleared"],
    ALERTS: ["opened", "confirmed", "resolved", "withdrawn"],
}
LAST_INSTANT = 253_402_300_799_999

texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12) | st.sampled_from(
    ['"', "\\", "\x1f"]
)
maybe = st.none() | texts
instants = st.integers(0, 4_102_444_800_000)
dues = instants | st.sampled_from([NEVER, LAST_INSTANT])
scans = st.builds(
    KnownScan,
    texts,
    st.sampled_from(sorted(NAMES)) | texts,
    instants,
    facility=maybe,
    more=st.none() | st.builds(ScanDetails, suspect=maybe),
)
durations = st.none() | st.integers(0, 10**10)
legs = st.builds(
    KnownLeg,
    st.sampled_from(["i1", "o"]),
    st.lists(st.builds(KnownMilestone, st.just(30), maybe, durations), min_size=1, max_size=3).map(tuple),
)
registrations = st.builds(
    Registration,
    texts,
    instants,
    tier=maybe,
    product=maybe,
    origin=maybe,
    destination=maybe,
    plan=st.lists(legs, max_size=2, unique_by=lambda leg: leg.name).map(tuple).map(Plan),
)
verdicts = st.builds(
    Verdict,
    st.sampled_from([MET, MISSED, CANCELLED, EXCUSED]),
    instants,
    dues,
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


def keys(clock: Clock) -> st.SearchStrategy[str | None]:
    """What an instance of a clock may be called: of a plan's by its leg and milestone, with or without such a one."""
    if clock.planned is None:
        return maybe
    return st.sampled_from(["i1/1", "i1/3", "o/2", "x/1"] if clock.per == "milestone" else ["i1", "o", "x"])


@st.composite
def decisions(draw: st.DrawFn, topic: str, shipment: Shipment) -> tuple[Renderer, Policy, Decision]:
    renderer, policy = draw(st.sampled_from(RENDERERS))
    verdict = draw(verdicts)
    if draw(st.booleans()) and shipment.scans:
        verdict.start_scan = shipment.scans[-1]
    if draw(st.booleans()) and verdict.stop_scan is not None:
        verdict.due = verdict.stop_scan.at
        verdict.stop_at = None
    if verdict.status == MISSED and topic == OUTCOMES:
        verdict.faults = tuple(draw(st.lists(st.builds(Fault, texts, instants, instants), max_size=2)))
        verdict.owed = draw(st.none() | st.builds(Owed, texts, texts, texts))
    replaced = None
    if topic == OUTCOMES:
        replaced = draw(st.none() | st.builds(Replaced, verdicts, instants, instants, st.none() | registrations))
    kind = VERDICTS[verdict.status] if topic == OUTCOMES else draw(st.sampled_from(KINDS[topic]))
    clock = draw(st.sampled_from(policy.clocks))
    decision = Decision(
        topic,
        kind,
        clock,
        draw(keys(clock)),
        verdict,
        draw(st.integers(1, 300)),
        draw(st.integers(1, 300)),
        draw(instants),
        replaced,
        verdict.reason,
        draw(texts if kind == "confirmed" else maybe) if topic == ALERTS else None,
    )
    return renderer, policy, decision


@given(st.data(), texts, shipments)
def test_what_is_written_of_a_decision_is_its_record(data: st.DataObject, shipment_id: str, shipment: Shipment) -> None:
    for topic in (NOTICES, ALERTS, OUTCOMES):
        renderer, policy, decision = data.draw(decisions(topic, shipment))
        form, ident, written = renderer.record(decision, renderer.subject(shipment_id.encode(), shipment))
        record = told(policy, decision, shipment_id, shipment)
        assert written == msgspec.json.encode(record)
        assert ident.decode() == msgspec.json.decode(written)["id"]
        assert (form.topic, form.kind) == (topic, decision.kind)


@given(st.data(), texts, shipments, st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3))))
def test_what_is_written_of_a_status_is_its_record(
    data: st.DataObject, shipment_id: str, shipment: Shipment, said: list[tuple[int, int]]
) -> None:
    renderer, policy = data.draw(st.sampled_from(RENDERERS))
    for notice, alert in said:
        clock = data.draw(st.sampled_from(policy.clocks))
        instance = Instance(clock.number, data.draw(maybe))
        instance.said = Said()
        instance.said.notice, instance.said.alert = notice, alert
        shipment.instances.awake.append(instance)
    sequence, decided_at = shipment.sequence + 1, data.draw(instants)
    ident, written = renderer.status(renderer.subject(shipment_id.encode(), shipment), decided_at)
    record = standing(policy, shipment_id, shipment, sequence, decided_at)
    assert written == msgspec.json.encode(record)
    assert (ident.decode(), shipment.sequence) == (record.id, sequence)


def test_all_fields_of_the_records_are_told_whatever_they_hold() -> None:
    said = 'say "x"\\'
    scan = KnownScan(said, said, 1_000, facility=said, more=ScanDetails(suspect=said))
    registration = Registration(said, 0, tier=said, product=said, origin=said, destination=said)
    shipment = shipment_of(0, 1, 0, registration, [scan])
    for topic, record_type in ((NOTICES, DelayNotice), (ALERTS, BreachAlert), (OUTCOMES, SlaOutcome)):
        fields: set[str] = set()
        for (renderer, policy), kind, reason in product(RENDERERS, KINDS.get(topic, ["missed"]), (said, None)):
            verdict = Verdict(MISSED, 0, 500, scan, scan, reason)
            verdict.faults, verdict.owed = (Fault(said, 2, 1),), Owed(said, said, said)
            before = Replaced(verdict, 1, 1_000, registration) if topic == OUTCOMES else None
            for clock in policy.clocks:
                key = said if clock.planned is None else "leg/1"
                feed = said if topic == ALERTS else None
                decision = Decision(topic, kind, clock, key, verdict, 2, 2, 1_000, before, reason, feed)
                _, _, written = renderer.record(decision, renderer.subject(said.encode(), shipment))
                assert written == msgspec.json.encode(told(policy, decision, said, shipment))
                fields |= msgspec.json.decode(written).keys()
        assert set(record_type.__struct_fields__) - fields == ({"expected_at"} if topic == NOTICES else set())


@pytest.mark.parametrize("second", [7_200_000, None])
@pytest.mark.parametrize("key", ["i1", "i1/1", "i1/2", "i1/3", "o", "o/1", "x", "x/1"])
def test_an_alert_by_plan_says_what_was_planned(key: str, second: int | None) -> None:
    renderer, policy = RENDERERS[-1]
    first = (KnownMilestone(30, None, 3_600_000), KnownMilestone(46, None, second))
    plan = Plan((KnownLeg("i1", first), KnownLeg("o", (KnownMilestone(80, None, 60_000),), ("i1",))))
    shipment = shipment_of(0, 1, 0, Registration("c", 0, plan=plan), [])
    for clock in policy.clocks:
        if clock.per == ("milestone" if "/" in key else "leg"):
            decision = Decision(ALERTS, "opened", clock, key, Verdict(MISSED, 0, 500, None), 1, 1, 1_000)
            _, _, written = renderer.record(decision, renderer.subject(b"S", shipment))
            assert written == msgspec.json.encode(told(policy, decision, "S", shipment))
            break
    else:
        pytest.fail("the policy has no such clock")


def test_what_went_wrong_while_a_record_was_written_is_not_in_the_next_one() -> None:
    (renderer, policy), *_ = RENDERERS
    shipment = shipment_of(0, 1, 0, None, [])
    subject = renderer.subject(b"S", shipment)
    broken = Verdict(MET, 0, 500, KnownScan("\ud800", 30, 0))
    with pytest.raises(UnicodeEncodeError):
        renderer.record(Decision(ALERTS, "opened", policy.clocks[0], None, broken, 1, 1, 1_000), subject)
    decision = Decision(ALERTS, "opened", policy.clocks[0], None, Verdict(MET, 0, 500, None), 1, 1, 1_000)
    _, _, written = renderer.record(decision, subject)
    assert written == msgspec.json.encode(told(policy, decision, "S", shipment))


@pytest.mark.parametrize(
    ("topic", "clock", "key", "revision", "expected"),
    [
        ("breach-alerts", "first-attempt", None, 1, "912025fdb9e31d9829639613746674a3"),
        ("sla-outcomes", "milestone", "i2/1", 12, "b606e810db77e144e5f13f1648b9c241"),
        ("sla-outcomes", "milestone", "i2/1", 640, "99239dfdc6b8e43772157d727c2552e8"),
    ],
)
def test_ids_are_what_they_always_were(topic: str, clock: str, key: str | None, revision: int, expected: str) -> None:
    """A subscriber remembers them over upgrades."""
    life, matter = life_of(b"ns", b"SF1029384757", 1_780_000_000_000), Matter(topic, clock, key)
    assert decision_id(life, matter, revision).decode() == expected
    assert decision_id(life, matter, revision).decode() == expected, "remembered"


def test_what_is_remembered_of_a_matter_does_not_depend_on_the_order_of_asking() -> None:
    """Of one kind of record about one instance there may be any number of revisions, asked for in any order."""
    life = life_of(b"ns", b"S", -86_400_000)
    matter = Matter("delay-notices", "promise", None)
    for revision in [3, 1, 2**40, *range(100), 3, 1, 99, 64]:
        assert decision_id(life, matter, revision) == decision_id(
            life, Matter("delay-notices", "promise", None), revision
        )


@pytest.mark.parametrize("plan", [NO_PLAN, Plan((KnownLeg("main", (KnownMilestone(30, None, 60_000),)),))])
def test_the_hash_of_a_life_is_kept_with_a_plan_and_is_the_same_when_it_is_not(plan: Plan) -> None:
    renderer, _ = RENDERERS[0]
    shipment = shipment_of(1_780_000_000_000, 1, 0, Registration("C1", 0, plan=plan), [])
    first = renderer.subject(b"SF1029384757", shipment)
    assert is_known(shipment.life_hash) == (plan is not NO_PLAN)
    again = renderer.subject(b"SF1029384757", shipment)
    assert again.life == first.life == life_of(NAMESPACE.encode(), b"SF1029384757", 1_780_000_000_000)
