"""From decisions to the records that subscribers read."""

from typing import Any

from schemas.records import BreachAlert, DelayNotice, Evidence, ShipmentStatus, SlaOutcome
from streams.sla.codes import name_of
from streams.sla.decision import NOTICES, OUTCOMES, STATUS, Decision
from streams.sla.explain import explain
from streams.sla.identity import decision_id
from streams.sla.instants import rfc3339
from streams.sla.phases import CLOSED, MISSED, RESIDUE, STANDING, VERDICTS
from streams.sla.policy.compiled import Policy
from streams.sla.state import NEVER, KnownScan, Registration, Shipment
from streams.sla.verdict import Verdict

_UNREGISTERED = Registration("", 0)
_FOREVER = "9999-12-31T23:59:59.999Z"
"""A due instant while a pause lasts."""


class Renderer:
    """Builds output records for one namespace and policy."""

    def __init__(self, namespace: str, policy: Policy) -> None:
        self._namespace = namespace
        self._policy = policy

    def record(
        self, decision: Decision, shipment_id: str, shipment: Shipment
    ) -> DelayNotice | BreachAlert | SlaOutcome:
        """The record of a decision."""
        if decision.topic == OUTCOMES:
            return self._outcome(decision, shipment_id, shipment)
        verdict, policy, registration = decision.verdict, self._policy, shipment.registration
        stop = verdict.stop_scan
        start_text = rfc3339(verdict.start)
        stop_text = None if stop is None else rfc3339(stop.at)
        common: dict[str, Any] = {
            "id": self._id(decision, shipment_id, shipment),
            "shipment_id": shipment_id,
            "life": rfc3339(shipment.life),
            "customer_id": None if registration is None else registration.customer_id,
            "clock": decision.clock.name,
            "instance": decision.key,
            "kind": decision.kind,
            "revision": decision.revision,
            "sequence": decision.sequence,
            "start": start_text,
            "due": _due(verdict.due),
            "policy": policy.name,
            "policy_version": policy.version,
            "decided_at": rfc3339(decision.decided_at),
            "evidence": _evidence(verdict, shipment, start_text, stop_text),
            "explanation": explain(decision, shipment),
        }
        if decision.topic == NOTICES:
            return DelayNotice(**common)
        return BreachAlert(
            **common,
            severity=decision.clock.severity,
            stopped_at=stop_text,
            late_by_ms=stop.at - verdict.due if stop is not None and verdict.status == MISSED else None,
        )

    def status(self, shipment_id: str, shipment: Shipment, decided_at: int) -> ShipmentStatus:
        """Where a shipment stands now."""
        shipment.sequence += 1
        names = self._policy.by_number
        standing: dict[str, list[str]] = {"notice": [], "alert": []}
        for instance in shipment.instances:
            clock, said = names.get(instance.clock), instance.said
            if clock is None or said is None:
                continue
            label = clock.name if instance.key is None else f"{clock.name}/{instance.key}"
            if said.notice == STANDING:
                standing["notice"].append(label)
            if said.alert == STANDING:
                standing["alert"].append(label)
        return ShipmentStatus(
            id=decision_id(self._namespace, shipment_id, shipment.life, "", "", STATUS, shipment.sequence),
            shipment_id=shipment_id,
            life=rfc3339(shipment.life),
            customer_id=None if shipment.registration is None else shipment.registration.customer_id,
            phase="closed" if shipment.phase in (CLOSED, RESIDUE) else "open",
            at_risk=tuple(standing["notice"]),
            overdue=tuple(standing["alert"]),
            sequence=shipment.sequence,
            decided_at=rfc3339(decided_at),
        )

    def _id(self, decision: Decision, shipment_id: str, shipment: Shipment, revision: int | None = None) -> str:
        key = decision.key or ""
        number = decision.revision if revision is None else revision
        return decision_id(
            self._namespace, shipment_id, shipment.life, decision.clock.name, key, decision.topic, number
        )

    def _outcome(self, decision: Decision, shipment_id: str, shipment: Shipment) -> SlaOutcome:
        replaced = decision.replaced
        before = None
        if replaced is not None:
            said = replaced.verdict
            before = self._outcome_record(
                decision,
                shipment_id,
                shipment,
                said,
                VERDICTS[said.status],
                said.reason,
                decision.revision - 1,
                replaced.sequence,
                replaced.decided_at,
                replaced.registration,
            )
        return self._outcome_record(
            decision,
            shipment_id,
            shipment,
            decision.verdict,
            decision.kind,
            decision.reason,
            decision.revision,
            decision.sequence,
            decision.decided_at,
            shipment.registration,
            before,
        )

    def _outcome_record(
        self,
        decision: Decision,
        shipment_id: str,
        shipment: Shipment,
        verdict: Verdict,
        kind: str,
        reason: str | None,
        revision: int,
        sequence: int,
        decided_at: int,
        registered: Registration | None,
        replaces: SlaOutcome | None = None,
    ) -> SlaOutcome:
        registration = registered or _UNREGISTERED
        stop = verdict.stop_scan
        start_text = rfc3339(verdict.start)
        stop_text = None if stop is None else rfc3339(stop.at)
        return SlaOutcome(
            id=self._id(decision, shipment_id, shipment, revision),
            shipment_id=shipment_id,
            life=rfc3339(shipment.life),
            customer_id=registration.customer_id or None,
            clock=decision.clock.name,
            instance=decision.key,
            kind=kind,  # type: ignore[arg-type]
            revision=revision,
            sequence=sequence,
            start=start_text,
            due=_due(verdict.due),
            policy=self._policy.name,
            policy_version=self._policy.version,
            decided_at=stop_text if stop is not None and stop.at == decided_at else rfc3339(decided_at),  # type: ignore[arg-type]
            evidence=_ends(verdict, start_text, stop_text),
            stopped_at=stop_text,
            late_by_ms=stop.at - verdict.due if stop is not None and verdict.status == MISSED else None,
            reason=reason,
            tier=registration.tier,
            product=registration.product,
            origin=registration.origin,
            destination=registration.destination,
            replaces=replaces,
        )


def _due(due: int) -> str:
    return _FOREVER if due == NEVER else rfc3339(due)


def _scan(scan: KnownScan, role: str, at: str) -> Evidence:
    return Evidence(
        scan_id=scan.scan_id,
        code=name_of(scan.code),
        occurred_at=at,
        facility=scan.facility,
        role=role,  # type: ignore[arg-type]
    )


def _ends(verdict: Verdict, start_text: str, stop_text: str | None) -> tuple[Evidence, ...]:
    start, stop = verdict.start_scan, verdict.stop_scan
    if stop is None or stop_text is None:
        return () if start is None else (_scan(start, "start", start_text),)
    if start is None:
        return (_scan(stop, "stop", stop_text),)
    return (_scan(start, "start", start_text), _scan(stop, "stop", stop_text))


def _evidence(verdict: Verdict, shipment: Shipment, start_text: str, stop_text: str | None) -> tuple[Evidence, ...]:
    ends = _ends(verdict, start_text, stop_text)
    if stop_text is not None or not shipment.scans or shipment.scans[-1] is verdict.start_scan:
        return ends
    last = shipment.scans[-1]
    return (*ends, _scan(last, "last", rfc3339(last.at)))
