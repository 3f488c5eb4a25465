"""What the records of decisions must say, put together from the types of the contract: no code that writes them."""

from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from schemas.records import (
    BreachAlert,
    Compensation,
    DelayNotice,
    Evidence,
    ShipmentStatus,
    SlaOutcome,
    StageFault,
)
from streams.sla.codes import name_of
from streams.sla.decision import ALERTS, NOTICES, Decision, TakenBack
from streams.sla.instants import NEVER
from streams.sla.phases import MISSED, STANDING, VERDICTS
from streams.sla.policy import Clock, Policy
from streams.sla.policy.compiled import ALL_OF, NEVER_HAPPENS
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment
from streams.sla.verdict import Verdict

NAMESPACE = "ns"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000
MEASURES = {ALL_OF: "perfect-order", NEVER_HAPPENS: "incident"}
NO_LONGER = "the facts have changed, it no longer holds"


def told(policy: Policy, decision: Decision, shipment_id: str, shipment: Shipment) -> object:
    """The record of a decision."""
    if decision.topic == NOTICES:
        common = _common(policy, decision, decision.verdict, shipment_id, shipment)
        return DelayNotice(
            **common,
            evidence=_evidence(decision.verdict, shipment.registration, _latest(shipment)),
            route=_choice(decision.clock.routes, decision, shipment.registration),
            explanation=_explanation(decision, shipment),
        )
    if decision.topic == ALERTS:
        return _alert(policy, decision, shipment_id, shipment)
    return _outcome(policy, decision, shipment_id, shipment)


def standing(policy: Policy, shipment_id: str, shipment: Shipment, sequence: int, decided_at: int) -> ShipmentStatus:
    """Where a shipment stands."""
    registration = shipment.registration
    names = {clock.number: clock.name for clock in policy.clocks}
    labels = [
        (one.said, names[one.clock] if one.key is None else f"{names[one.clock]}/{one.key}")
        for one in shipment.instances.every()
    ]
    at_risk = [label for said, label in labels if said is not None and said.notice == STANDING]
    overdue = [label for said, label in labels if said is not None and said.alert == STANDING]
    return ShipmentStatus(
        id=_id(shipment_id, shipment, "", None, "shipment-status", sequence),
        shipment_id=shipment_id,
        life=_written(shipment.life),
        customer_id=None if registration is None else registration.customer_id,
        phase="closed" if shipment.phase in (2, 3) else "open",
        at_risk=tuple(at_risk[:100]),
        overdue=tuple(overdue[:100]),
        more_at_risk=max(len(at_risk) - 100, 0),
        more_overdue=max(len(overdue) - 100, 0),
        sequence=sequence,
        decided_at=_written(decided_at),
    )


def _alert(policy: Policy, decision: Decision, shipment_id: str, shipment: Shipment) -> BreachAlert:
    verdict, clock, registration = decision.verdict, decision.clock, shipment.registration
    doubt: Literal["unverified", "confirmed"] | None = None
    if decision.feed is not None:
        doubt = "confirmed" if decision.kind == "confirmed" else "unverified"
    return BreachAlert(
        **_common(policy, decision, verdict, shipment_id, shipment),
        **_stop(verdict),
        evidence=_evidence(verdict, registration, _latest(shipment)),
        severity=_choice(clock.severities, decision, registration) or clock.severity,
        route=_choice(clock.routes, decision, registration),
        verification=doubt,
        silent_feed=decision.feed,
        explanation=_explanation(decision, shipment),
    )


def _outcome(policy: Policy, decision: Decision, shipment_id: str, shipment: Shipment) -> SlaOutcome:
    replaced = decision.replaced
    replaces = None
    if isinstance(replaced, TakenBack):
        replaces = msgspec.json.decode(replaced.told, type=SlaOutcome)
    elif replaced is not None:
        before = replaced.verdict
        earlier = Decision(
            decision.topic,
            VERDICTS[before.status],
            decision.clock,
            decision.key,
            before,
            decision.revision - 1,
            replaced.sequence,
            replaced.decided_at,
            None,
            before.reason,
        )
        replaces = _one_outcome(policy, earlier, shipment_id, shipment, replaced.registration, None)
    return _one_outcome(policy, decision, shipment_id, shipment, shipment.registration, replaces)


def _one_outcome(
    policy: Policy,
    decision: Decision,
    shipment_id: str,
    shipment: Shipment,
    registration: Registration | None,
    replaces: SlaOutcome | None,
) -> SlaOutcome:
    verdict = decision.verdict
    common = _common(policy, decision, verdict, shipment_id, shipment)
    common["customer_id"] = None if registration is None else registration.customer_id
    counted_at = decision.decided_at if verdict.due == NEVER else verdict.due
    owed = verdict.owed
    return SlaOutcome(
        **common,
        **_stop(verdict),
        evidence=_evidence(verdict, registration, None),
        reason=decision.reason,
        tier=None if registration is None else registration.tier,
        product=None if registration is None else registration.product,
        origin=None if registration is None else registration.origin,
        destination=None if registration is None else registration.destination,
        day=_day(counted_at, policy.time_zone),
        measure=MEASURES.get(decision.clock.form, "promise"),  # type: ignore[arg-type]
        veto=decision.clock.name in policy.veto,
        faults=tuple(
            StageFault(stage=one.stage, spent_ms=one.spent, budget_ms=one.budget, over_ms=one.spent - one.budget)
            for one in verdict.faults
        ),
        compensation=None if owed is None else Compensation(amount=owed.amount, currency=owed.currency, rule=owed.rule),
        replaces=replaces,
    )


def _common(
    policy: Policy, decision: Decision, verdict: Verdict, shipment_id: str, shipment: Shipment
) -> dict[str, Any]:
    registration, clock = shipment.registration, decision.clock.name
    return {
        "id": _id(shipment_id, shipment, clock, decision.key, decision.topic, decision.revision),
        "shipment_id": shipment_id,
        "life": _written(shipment.life),
        "customer_id": None if registration is None else registration.customer_id,
        "clock": clock,
        "instance": decision.key,
        "kind": decision.kind,
        "revision": decision.revision,
        "sequence": decision.sequence,
        "start": _written(verdict.start),
        "due": _written(verdict.due),
        "policy": policy.name,
        "policy_version": policy.version,
        "decided_at": _written(decision.decided_at),
    }


def _id(shipment_id: str, shipment: Shipment, clock: str, key: str | None, topic: str, revision: int) -> str:
    life = f"{NAMESPACE}\x1f{shipment_id}".encode() + shipment.life.to_bytes(8, signed=True)
    matter = "\x1f".join((clock, key or "", topic, str(revision))).encode()
    return f"{_hashed(life, b'life') ^ _hashed(matter, b'matter'):032x}"


def _hashed(content: bytes, kind: bytes) -> int:
    return int.from_bytes(blake2b(content, digest_size=16, person=kind).digest())


def _written(instant: int) -> str:
    if instant == NEVER:
        return "9999-12-31T23:59:59.999Z"
    text = (EPOCH + timedelta(milliseconds=instant)).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def _day(instant: int, zone: str) -> str:
    try:
        return (EPOCH + timedelta(milliseconds=instant)).astimezone(ZoneInfo(zone)).date().isoformat()
    except OverflowError:
        return date.max.isoformat()


def _stopped(verdict: Verdict) -> int | None:
    if verdict.stop_at is not None:
        return verdict.stop_at
    return None if verdict.stop_scan is None else verdict.stop_scan.at


def _stop(verdict: Verdict) -> dict[str, Any]:
    at = _stopped(verdict)
    if at is None:
        return {}
    late = verdict.status == MISSED and at > verdict.due
    return {"stopped_at": _written(at), "late_by_ms": at - verdict.due if late else None}


def _latest(shipment: Shipment) -> KnownScan | None:
    taken_back = {scan.voids for scan in shipment.scans}
    scans = [scan for scan in shipment.scans if scan.voids is None and scan.scan_id not in taken_back]
    return scans[-1] if scans else None


def _evidence(verdict: Verdict, registration: Registration | None, last: KnownScan | None) -> tuple[Evidence, ...]:
    rests_on = [(verdict.start_scan, "start")]
    if verdict.stop_scan is not None:
        rests_on.append((verdict.stop_scan, "stop"))
    elif last is not verdict.start_scan:
        rests_on.append((last, "last"))
    return tuple(
        Evidence(
            scan_id=scan.scan_id,
            code=name_of(scan.code),
            occurred_at=_written(scan.at),
            facility=scan.facility,
            role=role,  # type: ignore[arg-type]
            suspect=_suspect(scan, registration),
        )
        for scan, role in rests_on
        if scan is not None
    )


def _suspect(scan: KnownScan, registration: Registration | None) -> str | None:
    if scan.more is not None and scan.more.suspect is not None:
        return scan.more.suspect
    early = registration is not None and scan.at < registration.registered_at - DAY
    return "before-registration" if early else None


def _choice(choices: object, decision: Decision, registration: Registration | None) -> str | None:
    if choices is None or registration is None:
        return None
    return choices.of(registration, decision.verdict.start_scan)  # type: ignore[attr-defined, no-any-return]


def _explanation(decision: Decision, shipment: Shipment) -> str:
    verdict, clock = decision.verdict, decision.clock
    name = clock.name if decision.key is None else f"{clock.name} {decision.key}"
    stop = verdict.stop_scan
    if clock.form == NEVER_HAPPENS:
        if verdict.status != MISSED or stop is None:
            return f"{name}: {NO_LONGER}."
        return f"{name}: {name_of(stop.code)} at {_written(stop.at)}, which must not happen."
    began = "registration" if verdict.start_scan is None else name_of(verdict.start_scan.code)
    basis = "" if shipment.registration is None else f", {_basis(clock, decision.key, verdict, shipment.registration)}"
    due = "not due while it is paused" if verdict.due == NEVER else f"due at {_written(verdict.due)}"
    return f"{name} began at {_written(verdict.start)} by {began}{basis}: {due}; {_finding(decision, shipment)}."


def _basis(clock: Clock, key: str | None, verdict: Verdict, registration: Registration) -> str:
    if clock.planned is None or key is None:
        return clock.allowance.explain(verdict.start, registration, verdict.start_scan)
    if clock.planned == "due":
        return "planned for an instant"
    name, _, number = key.rpartition("/") if clock.per == "milestone" else (key, "", "0")
    for leg in registration.plan.legs:
        if leg.name == name and int(number) <= len(leg.milestones):
            durations = [milestone.within for milestone in leg.milestones]
            within = [durations[int(number) - 1]] if int(number) else durations
            if None not in within:
                return f"planned {_long(sum(filter(None, within)))}"
    return "planned"


def _finding(decision: Decision, shipment: Shipment) -> str:
    verdict, kind = decision.verdict, decision.kind
    stop, at, last = verdict.stop_scan, _stopped(verdict), _latest(shipment)
    latest = "its registration" if last is None else f"{name_of(last.code)} at {_written(last.at)}"
    if kind == "opened":
        doubt = "" if decision.feed is None else f"; unverified, for the scans of {decision.feed} do not arrive"
        return verdict.reason or f"no stopping scan by then, the latest is {latest}{doubt}"
    if kind == "confirmed":
        return f"the scans of {decision.feed} arrive again, and there is still no stopping scan by then"
    if kind in ("predicted", "updated"):
        ahead = _long(max(verdict.due - decision.decided_at, 0))
        return f"{ahead} before that no stopping scan, the latest is {latest}"
    if stop is None or at is None:
        return NO_LONGER
    if kind == "resolved":
        return f"{name_of(stop.code)} at {_written(at)}, {_long(at - verdict.due)} late"
    return f"{name_of(stop.code)} at {_written(at)}, in time" if at <= verdict.due else f"ended by {name_of(stop.code)}"


def _long(duration: int) -> str:
    """At most two units, from days to seconds; what is shorter than a second in milliseconds."""
    seconds = abs(duration) // 1000
    if not seconds:
        return f"{abs(duration)} ms"
    counts = [
        (seconds // 86_400, "d"),
        (seconds % 86_400 // 3_600, "h"),
        (seconds % 3_600 // 60, "min"),
        (seconds % 60, "s"),
    ]
    return " ".join([f"{count} {unit}" for count, unit in counts if count][:2])
