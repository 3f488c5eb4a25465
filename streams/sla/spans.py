"""Clocks from a start to the first stop after it."""

from collections.abc import Sequence

from streams.sla.codes import name_of
from streams.sla.policy.compiled import ENDS, PAUSES, STARTS, STOPS, Clock
from streams.sla.standing import cancelled, running, stopped
from streams.sla.state import NEVER, KnownScan, Registration
from streams.sla.verdict import STOPPED_BEFORE_START, Verdict


def span(  # noqa: C901 - the hot path: one pass over the scans decides everything
    clock: Clock, registration: Registration, scans: Sequence[KnownScan]
) -> Verdict | None:
    """The verdict over these scans, in order.  None when it has not started, or was not promised to this shipment.

    A stop that lies before the start stops nothing; where it is all there is, the clock is cancelled for that reason:
    the parcel is there, so an alarm would be false, and a verdict would rest on an impossible order.
    """
    roles = clock.roles
    first = not clock.last_start
    start_at = registration.registered_at if clock.from_registration else None
    start = stop = end = early = None
    paused = False
    for scan in scans:
        role = roles.get(scan.code)
        if role is None:
            continue
        paused = paused or role >= PAUSES
        if role & STARTS and (start_at is None or not first):
            start, start_at = scan, scan.at
        elif role & STOPS:
            if start_at is not None and scan.at >= start_at:
                stop = scan
                break
            early = early or scan
        elif role & ENDS and start_at is not None:
            end = scan
            break
    if start_at is None:
        return None
    due = clock.allowance.due(start_at, registration, start)
    if due is None:
        return None
    if paused:
        last = stop or end or early
        stop_at = NEVER if last is None else max(last.at, start_at)
        due = _paused(clock, registration, start, due, start_at, stop_at, scans)
    if stop is not None:
        return stopped(start_at, due, start, stop)
    if end is not None:
        return cancelled(start_at, due, start, end, name_of(end.code))
    if early is not None:
        return cancelled(start_at, due, start, early, STOPPED_BEFORE_START)
    return running(clock, start_at, due, start)


def _paused(
    clock: Clock,
    registration: Registration,
    start: KnownScan | None,
    due: int,
    start_at: int,
    stop_at: int,
    scans: Sequence[KnownScan],
) -> int:
    """The due instant moved by the time that does not count until the clock stops; `NEVER` while a pause lasts."""
    allowance = clock.allowance
    moved, covered = due, start_at
    for began, until in _pauses(clock, scans):
        begin, ended = max(began, covered), min(until, stop_at)
        if begin >= due or ended <= begin:
            continue
        if ended == NEVER:
            return NEVER
        moved = allowance.extend(moved, begin, ended, registration, start)
        due = allowance.settle(moved, registration, start)
        covered = ended
    return due


def _pauses(clock: Clock, scans: Sequence[KnownScan]) -> list[tuple[int, int]]:
    intervals: list[tuple[int, int]] = []
    for begins, untils in clock.pauses:
        began: int | None = None
        for scan in scans:
            if began is None:
                if scan.code in begins:
                    began = scan.at
            elif scan.code in untils:
                intervals.append((began, scan.at))
                began = None
        if began is not None:
            intervals.append((began, NEVER))
    intervals.sort()
    return intervals
