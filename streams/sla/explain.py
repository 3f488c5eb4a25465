"""Why: every notice and every alert says in a sentence what it rests on."""

from typing import Final

from librt.strings import BytesWriter

from streams.sla.decision import Decision
from streams.sla.evidence import effective
from streams.sla.forms import called, escaped
from streams.sla.instants import NEVER, write_description, write_instant
from streams.sla.milestone_keys import milestone_of
from streams.sla.phases import MISSED
from streams.sla.policy.compiled import NEVER_HAPPENS, Clock
from streams.sla.registration import Registration
from streams.sla.standing import stop_of
from streams.sla.state import Shipment
from streams.sla.verdict import Verdict

_SPACE: Final = 0x20
_STOP: Final = 0x2E


def explain(to: BytesWriter, decision: Decision, shipment: Shipment, name: bytes) -> None:
    """Append, as a part of a JSON text, what `name` says of itself.

    Like `first-attempt began at ... by accepted, allowed 3 d: due at ...; 3 h before that no stopping scan`.
    """
    verdict, clock = decision.verdict, decision.clock
    to.write(name)
    if clock.form == NEVER_HAPPENS:
        to.write(b": ")
        _incident(to, verdict)
    else:
        to.write(b" began at ")
        write_instant(to, verdict.start)
        to.write(b" by ")
        start = verdict.start_scan
        to.write(b"registration" if start is None else called(start.code))
        registration = shipment.registration
        if registration is not None:
            to.write(b", ")
            _basis(to, decision, registration)
        if verdict.due == NEVER:
            to.write(b": not due while it is paused; ")
        else:
            to.write(b": due at ")
            write_instant(to, verdict.due)
            to.write(b"; ")
        _finding(to, decision, shipment)
    to.append(_STOP)


def _incident(to: BytesWriter, verdict: Verdict) -> None:
    stop = verdict.stop_scan
    if verdict.status != MISSED or stop is None:
        to.write(b"the facts have changed, it no longer holds")
        return
    to.write(called(stop.code))
    to.write(b" at ")
    write_instant(to, stop.at)
    to.write(b", which must not happen")


def _basis(to: BytesWriter, decision: Decision, registration: Registration) -> None:
    verdict, clock, key = decision.verdict, decision.clock, decision.key
    if clock.planned is None or key is None:
        to.write(escaped(clock.allowance.explain(verdict.start, registration, verdict.start_scan)))
        return
    if clock.planned == "due":
        to.write(b"planned for an instant")
        return
    to.write(b"planned")
    within = _planned(clock, key, registration)
    if within is not None:
        to.append(_SPACE)
        write_description(to, within)


def _planned(clock: Clock, key: str, registration: Registration) -> int | None:
    """Planned milliseconds of a milestone (`leg/2`) or leg; None where a revised plan has it no longer."""
    if clock.per != "milestone":
        leg = registration.plan.leg(key)
        return None if leg is None else leg.total
    name, place = milestone_of(key)
    leg = registration.plan.leg(name)
    return leg.within(place) if leg is not None and 0 <= place < leg.count else None


def _finding(to: BytesWriter, decision: Decision, shipment: Shipment) -> None:
    verdict, kind, feed = decision.verdict, decision.kind, decision.feed
    stop, stopped_at = verdict.stop_scan, stop_of(verdict)
    if kind == "opened":
        if verdict.reason:
            to.write(escaped(verdict.reason))
            return
        to.write(b"no stopping scan by then, the latest is ")
        _latest(to, shipment)
        if feed is not None:
            to.write(b"; unverified, for the scans of ")
            to.write(escaped(feed))
            to.write(b" do not arrive")
    elif kind == "confirmed":
        to.write(b"the scans of ")
        to.write(escaped(str(feed)))
        to.write(b" arrive again, and there is still no stopping scan by then")
    elif kind in ("predicted", "updated"):
        write_description(to, max(verdict.due - decision.decided_at, 0))
        to.write(b" before that no stopping scan, the latest is ")
        _latest(to, shipment)
    elif stop is None or stopped_at is None or kind not in ("resolved", "withdrawn", "cleared"):
        to.write(b"the facts have changed, it no longer holds")
    elif kind == "resolved" or stopped_at <= verdict.due:
        to.write(called(stop.code))
        to.write(b" at ")
        write_instant(to, stopped_at)
        if kind == "resolved":
            to.write(b", ")
            write_description(to, stopped_at - verdict.due)
            to.write(b" late")
        else:
            to.write(b", in time")
    else:
        to.write(b"ended by ")
        to.write(called(stop.code))


def _latest(to: BytesWriter, shipment: Shipment) -> None:
    latest = effective(shipment).latest
    if latest is None:
        to.write(b"its registration")
        return
    to.write(called(latest.code))
    to.write(b" at ")
    write_instant(to, latest.at)
