"""Promises that something does not happen: loss, damage, delivery to the wrong door."""

from streams.sla.codes import name_of
from streams.sla.instants import NEVER
from streams.sla.phases import MET, MISSED, RUNNING
from streams.sla.pieces import completing
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import cancelled
from streams.sla.verdict import Verdict


def incident(clock: Clock, registration: Registration, scans: list[KnownScan]) -> Verdict | None:
    """Missed with the first such scan, also one after the stop: damage is often found at home.  Met at the stop.

    None when it has not started.
    """
    start: KnownScan | None = None
    for scan in scans:
        if start is None and scan.code in clock.starts:
            start = scan
    if start is None and not clock.from_registration:
        return None
    if start is not None and clock.from_registration and registration.registered_at <= start.at:
        start = None
    start_at = registration.registered_at if start is None else start.at
    for scan in scans:
        if scan.code in clock.never:
            return Verdict(MISSED, start_at, scan.at, start, scan, name_of(scan.code))
    stop = completing(scans, clock.stops, registration.pieces if clock.complete else 1)
    end = completing(scans, clock.ends, registration.pieces)
    if stop is not None and (end is None or stop.order() <= end.order()):
        return Verdict(MET, start_at, stop.at, start, stop)
    if end is not None:
        return cancelled(clock, start_at, end.at, start, end, name_of(end.code))
    return Verdict(RUNNING, start_at, NEVER, start)
