"""Promises about the recording of scans: that all are there, and that each was uploaded soon."""

from streams.sla.codes import Code, name_of, rank
from streams.sla.instants import NEVER
from streams.sla.pauses import NOT_HELD, Held, counted_due
from streams.sla.phases import MET, MISSED, RUNNING
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import cancelled, running
from streams.sla.verdict import Verdict


def recorded(clock: Clock, registration: Registration, scans: list[KnownScan], held: Held = NOT_HELD) -> Verdict | None:
    """Whether scans of all the codes were recorded in time after the start.  None when it has not started.

    It stops when the last of them was recorded, and not before it started.
    """
    start = _start(clock, scans)
    if start is None and not clock.from_registration:
        return None
    if start is not None and clock.from_registration and registration.registered_at <= start.at:
        start = None
    start_at = registration.registered_at if start is None else start.at
    due = clock.allowance.due(start_at, registration, start)
    if due is None:
        return None
    stop_at, stop = start_at, start
    missing: list[Code] = []
    for code in sorted(clock.recorded, key=lambda code: (rank(code), name_of(code))):
        earliest = min((scan for scan in scans if scan.code == code), key=_recorded_at, default=None)
        if earliest is None:
            missing.append(code)
        elif _recorded_at(earliest) > stop_at:
            stop_at, stop = _recorded_at(earliest), earliest
    if not missing:
        due = counted_due(clock, registration, start, due, start_at, stop_at, scans, held)
        return Verdict(MET if stop_at <= due else MISSED, start_at, due, start, stop, stop_at=stop_at)
    for scan in scans:
        if scan.code in clock.ends and scan.at >= start_at:
            due = counted_due(clock, registration, start, due, start_at, scan.at, scans, held)
            return cancelled(clock, start_at, due, start, scan, name_of(scan.code))
    due = counted_due(clock, registration, start, due, start_at, NEVER, scans, held)
    verdict = running(clock, registration, start_at, due, start)
    verdict.reason = f"not recorded: {', '.join(map(name_of, missing))}"
    return verdict


def uploads(clock: Clock, registration: Registration, scans: list[KnownScan]) -> Verdict | None:
    """Whether every scan of the parcel until the stop was recorded in time.  None before the first one.

    Told when it stops: until then a scan may still be corrected, and nobody could do anything about one that is late.
    """
    start: KnownScan | None = None
    worst: KnownScan | None = None
    over = 0
    for scan in scans:
        if scan.case is not None:
            continue
        if start is None and (clock.starts_any or scan.code in clock.starts):
            start = scan
        if start is None:
            continue
        late = _recorded_at(scan) - scan.at - clock.uploads
        if late > over:
            worst, over = scan, late
        if scan.code in clock.stops:
            if worst is None:
                return Verdict(MET, start.at, scan.at, start, scan)
            due = worst.at + clock.uploads
            return Verdict(MISSED, start.at, due, start, worst, stop_at=due + over)
        if scan.code in clock.ends:
            return cancelled(clock, start.at, scan.at, start, scan, name_of(scan.code))
    del registration
    return None if start is None else Verdict(RUNNING, start.at, NEVER, start)


def _start(clock: Clock, scans: list[KnownScan]) -> KnownScan | None:
    found: KnownScan | None = None
    for scan in scans:
        if scan.code in clock.starts:
            found = scan
            if not clock.last_start:
                break
    return found


def _recorded_at(scan: KnownScan) -> int:
    """When a scan was recorded: not before it happened, whatever a clock in the field says."""
    return scan.at if scan.delay is None else scan.at + max(scan.delay, 0)
