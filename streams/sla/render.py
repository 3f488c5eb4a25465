"""From decisions to the records that subscribers read."""

from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

from schemas.records import BreachAlert, Compensation, DelayNotice, Evidence, ShipmentStatus, SlaOutcome, StageFault
from streams.sla.calendars.zones import LAST_DAY, zone_of
from streams.sla.codes import name_of
from streams.sla.decision import CONFIRMED, NOTICES, OUTCOMES, STATUS, Decision
from streams.sla.evidence import suspicion
from streams.sla.explain import explain
from streams.sla.identity import decision_id
from streams.sla.instants import rfc3339
from streams.sla.phases import CLOSED, MISSED, RESIDUE, STANDING, VERDICTS
from streams.sla.policy.compensation import Owed
from streams.sla.policy.compiled import ALL_OF, NEVER_HAPPENS, Policy
from streams.sla.policy.rulebook import Rulebook
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import stop_of
from streams.sla.state import NEVER, Shipment
from streams.sla.surroundings import Surroundings
from streams.sla.verdict import Verdict

_UNREGISTERED: Final = Registration("", 0)
_MEASURES: Final[dict[str, Literal["perfect-order", "incident"]]] = {ALL_OF: "perfect-order", NEVER_HAPPENS: "incident"}
"""What clocks measure that are no promises by time, by form."""
_FOREVER: Final = "9999-12-31T23:59:59.999Z"
"""A due instant while a pause lasts."""


class Renderer:
    """Builds output records for one namespace."""

    def __init__(self, namespace: str, policy: Policy) -> None:
        self._namespace = namespace
        self.look_at(Surroundings.of(policy))

    def look_at(self, surroundings: Surroundings, former: Surroundings | None = None) -> None:
        """Name the versions of these surroundings; of `former` ones in what is replaced while they are left behind."""
        self._book = surroundings.book
        self._former = surroundings.book if former is None else former.book

    def record(
        self, decision: Decision, shipment_id: str, shipment: Shipment
    ) -> DelayNotice | BreachAlert | SlaOutcome:
        """The record of a decision."""
        if decision.topic == OUTCOMES:
            return self._outcome(decision, shipment_id, shipment)
        verdict, registration = decision.verdict, shipment.registration
        policy = self._book.only or self._book.at(verdict.start).policy
        stopped_at, clock = stop_of(verdict), decision.clock
        start_text = rfc3339(verdict.start)
        stop_text = None if stopped_at is None else rfc3339(stopped_at)
        route = None
        if clock.routes is not None and registration is not None:
            route = clock.routes.of(registration, verdict.start_scan)
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
            "route": route,
        }
        if decision.topic == NOTICES:
            return DelayNotice(**common)
        return BreachAlert(
            **common,
            severity=_severity(decision, registration),
            stopped_at=stop_text,
            late_by_ms=_late_by(verdict, stopped_at),
            verification=_verification(decision),
            silent_feed=decision.feed,
        )

    def status(self, shipment_id: str, shipment: Shipment, decided_at: int) -> ShipmentStatus:
        """Where a shipment stands now."""
        shipment.sequence += 1
        clock_of = self._book.clock
        standing: dict[str, list[str]] = {"notice": [], "alert": []}
        for instance in shipment.instances:
            clock, said = clock_of(instance.clock), instance.said
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
                self._former,
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
            self._book,
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
        book: Rulebook,
        replaces: SlaOutcome | None = None,
    ) -> SlaOutcome:
        registration = registered or _UNREGISTERED
        policy = book.only or book.at(verdict.start).policy
        stopped_at = stop_of(verdict)
        stop_text = None if stopped_at is None else rfc3339(stopped_at)
        start_text = rfc3339(verdict.start)
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
            policy=policy.name,
            policy_version=policy.version,
            decided_at=stop_text if stopped_at == decided_at else rfc3339(decided_at),  # type: ignore[arg-type]
            evidence=_ends(verdict, start_text, stop_text, registration),
            stopped_at=stop_text,
            late_by_ms=_late_by(verdict, stopped_at),
            reason=reason,
            tier=registration.tier,
            product=registration.product,
            origin=registration.origin,
            destination=registration.destination,
            day=_day(policy, decided_at if verdict.due == NEVER else verdict.due),
            measure=_MEASURES.get(decision.clock.form, "promise"),
            veto=decision.clock.name in policy.veto,
            faults=_faults(verdict) if verdict.faults else (),
            compensation=None if verdict.owed is None else _compensation(verdict.owed),
            replaces=replaces,
        )


def _day(policy: Policy, instant: int) -> str:
    """The date on the policy's calendar."""
    return _date(min(zone_of(policy.time_zone).day(instant), LAST_DAY))


@lru_cache(maxsize=4096)
def _date(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _faults(verdict: Verdict) -> tuple[StageFault, ...]:
    return tuple(
        StageFault(stage=one.stage, spent_ms=one.spent, budget_ms=one.budget, over_ms=one.over)
        for one in verdict.faults
    )


def _compensation(owed: Owed) -> Compensation:
    return Compensation(amount=owed.amount, currency=owed.currency, rule=owed.rule)


def _due(due: int) -> str:
    return _FOREVER if due == NEVER else rfc3339(due)


def _late_by(verdict: Verdict, stopped_at: int | None) -> int | None:
    """Milliseconds after it was due, of a miss by time."""
    if stopped_at is None or verdict.status != MISSED or stopped_at <= verdict.due:
        return None
    return stopped_at - verdict.due


def _verification(decision: Decision) -> Literal["unverified", "confirmed"] | None:
    if decision.feed is None:
        return None
    return "confirmed" if decision.kind == CONFIRMED else "unverified"


def _severity(decision: Decision, registration: Registration | None) -> str:
    severities = decision.clock.severities
    found = None
    if severities is not None and registration is not None:
        found = severities.of(registration, decision.verdict.start_scan)
    return found or decision.clock.severity


def _scan(scan: KnownScan, role: str, at: str, registration: Registration | None) -> Evidence:
    return Evidence(
        scan_id=scan.scan_id,
        code=name_of(scan.code),
        occurred_at=at,
        facility=scan.facility,
        role=role,  # type: ignore[arg-type]
        suspect=suspicion(scan, registration),
    )


def _ends(
    verdict: Verdict, start_text: str, stop_text: str | None, registration: Registration | None
) -> tuple[Evidence, ...]:
    """What started it and what stopped it; the texts are those of the verdict's instants."""
    start, stop = verdict.start_scan, verdict.stop_scan
    if stop is None:
        return () if start is None else (_scan(start, "start", start_text, registration),)
    # What stopped it happened then, unless the verdict has an instant of its own.
    happened = stop_text if verdict.stop_at is None and stop_text is not None else rfc3339(stop.at)
    if start is None:
        return (_scan(stop, "stop", happened, registration),)
    return (_scan(start, "start", start_text, registration), _scan(stop, "stop", happened, registration))


def _evidence(verdict: Verdict, shipment: Shipment, start_text: str, stop_text: str | None) -> tuple[Evidence, ...]:
    ends = _ends(verdict, start_text, stop_text, shipment.registration)
    if verdict.stop_scan is not None or not shipment.scans or shipment.scans[-1] is verdict.start_scan:
        return ends
    last = shipment.scans[-1]
    return (*ends, _scan(last, "last", rfc3339(last.at), shipment.registration))
