"""Why: every notice and every alert says in a sentence what it rests on."""

from streams.sla.codes import name_of
from streams.sla.decision import Decision
from streams.sla.instants import describe, rfc3339
from streams.sla.phases import MISSED
from streams.sla.policy.compiled import NEVER_HAPPENS, Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import stop_of
from streams.sla.state import NEVER, Shipment
from streams.sla.verdict import Verdict


def explain(decision: Decision, shipment: Shipment, start: str, due: str, stop: str | None) -> str:
    """Like `first-attempt began at ... by accepted, allowed 3 d: due at ...; 3 h before that no stopping scan`.

    `start`, `due` and `stop` are the instants of its verdict as text.
    """
    verdict, clock = decision.verdict, decision.clock
    name = clock.name if decision.key is None else f"{clock.name} {decision.key}"
    if clock.form == NEVER_HAPPENS:
        return f"{name}: {_incident(verdict)}."
    began = "registration" if verdict.start_scan is None else name_of(verdict.start_scan.code)
    basis = "" if shipment.registration is None else f", {_basis(decision, shipment.registration)}"
    until = "not due while it is paused" if verdict.due == NEVER else f"due at {due}"
    return f"{name} began at {start} by {began}{basis}: {until}; {_finding(decision, shipment, stop)}."


def _incident(verdict: Verdict) -> str:
    stop = verdict.stop_scan
    if verdict.status != MISSED or stop is None:
        return "the facts have changed, it no longer holds"
    return f"{name_of(stop.code)} at {rfc3339(stop.at)}, which must not happen"


def _basis(decision: Decision, registration: Registration) -> str:
    verdict, clock, key = decision.verdict, decision.clock, decision.key
    if clock.planned is None or key is None:
        return clock.allowance.explain(verdict.start, registration, verdict.start_scan)
    if clock.planned == "due":
        return "planned for an instant"
    within = _planned(clock, key, registration)
    return "planned" if within is None else f"planned {describe(within)}"


def _planned(clock: Clock, key: str, registration: Registration) -> int | None:
    """Planned milliseconds of a milestone (`leg/2`) or leg; None where a revised plan has it no longer."""
    name, place = key, 0
    if clock.per == "milestone":
        name, _, number = key.rpartition("/")
        place = int(number)
    leg = registration.plan.leg(name)
    if leg is None or place > len(leg.milestones):
        return None
    return leg.milestones[place - 1].within if place else leg.total


def _finding(decision: Decision, shipment: Shipment, stop_text: str | None) -> str:
    verdict = decision.verdict
    stop, stopped_at = verdict.stop_scan, stop_of(verdict)
    match decision.kind:
        case "opened":
            doubt = "" if decision.feed is None else f"; unverified, for the scans of {decision.feed} do not arrive"
            return verdict.reason or f"no stopping scan by then, the latest is {_latest(shipment)}{doubt}"
        case "confirmed":
            return f"the scans of {decision.feed} arrive again, and there is still no stopping scan by then"
        case "predicted" | "updated":
            ahead = describe(max(verdict.due - decision.decided_at, 0))
            return f"{ahead} before that no stopping scan, the latest is {_latest(shipment)}"
        case "resolved" if stop is not None and stopped_at is not None:
            return f"{name_of(stop.code)} at {stop_text}, {describe(stopped_at - verdict.due)} late"
        case "withdrawn" | "cleared" if stop is not None and stopped_at is not None:
            return (
                f"{name_of(stop.code)} at {stop_text}, in time"
                if stopped_at <= verdict.due
                else f"ended by {name_of(stop.code)}"
            )
        case _:
            return "the facts have changed, it no longer holds"


def _latest(shipment: Shipment) -> str:
    latest: KnownScan | None = shipment.scans[-1] if shipment.scans else None
    return "its registration" if latest is None else f"{name_of(latest.code)} at {rfc3339(latest.at)}"
