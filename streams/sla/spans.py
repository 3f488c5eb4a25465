"""Clocks from a start to the first stop after it."""

from typing import Final

from streams.sla.codes import name_of
from streams.sla.instants import NEVER
from streams.sla.pauses import NOT_HELD, Held, counted_due
from streams.sla.phases import CANCELLED
from streams.sla.pieces import completes
from streams.sla.policy.compiled import ENDS, PAUSES, STARTS, STOPS, Clock
from streams.sla.reasons import STOPPED_BEFORE_START
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.standing import cancelled, running, stopped
from streams.sla.verdict import Verdict

_NONE: Final[set[str]] = set()
"""Of shipments of one piece nothing is counted."""


def span(  # noqa: C901, PLR0912 - the hot path: one pass over the scans decides everything
    clock: Clock, registration: Registration, scans: list[KnownScan], held: Held = NOT_HELD
) -> Verdict | None:
    """The verdict over these scans, in order.  None when it has not started, or was not promised to this shipment.

    A stop that lies before the start stops nothing; where it is all there is, the clock is cancelled for that reason:
    the parcel is there, so an alarm would be false, and a verdict would rest on an impossible order.
    """
    first = not clock.last_start
    start_at = registration.registered_at if clock.from_registration else None
    start = stop = end = early = None
    paused = False
    pieces = 1 if clock.per == "piece" else registration.pieces
    stopped_pieces: set[str] = _NONE if pieces == 1 else set()
    ended_pieces: set[str] = _NONE if pieces == 1 else set()
    for scan in scans:
        role = clock.role(scan.code)
        if not role:
            continue
        paused = paused or role >= PAUSES
        if role & STARTS and (start_at is None or not first or (start is None and scan.at < start_at)):
            start, start_at = scan, scan.at
        elif role & STOPS:
            if start_at is not None and scan.at >= start_at:
                if pieces == 1 or not clock.complete or completes(stopped_pieces, scan, pieces):
                    stop = scan
                    break
            else:
                early = early or scan
        elif role & ENDS and start_at is not None and (pieces == 1 or completes(ended_pieces, scan, pieces)):
            end = scan
            break
    if start_at is None:
        return None
    due = clock.allowance.due(start_at, registration, start)
    if due is None:
        return None
    if paused or held:
        last = stop or end or early
        stop_at = NEVER if last is None else last.at
        due = counted_due(clock, registration, start, due, start_at, stop_at, scans, held)
    if stop is not None:
        return stopped(start_at, due, start, stop)
    if end is not None:
        return cancelled(clock, start_at, due, start, end, name_of(end.code))
    if early is not None:
        return Verdict(CANCELLED, start_at, due, start, early, STOPPED_BEFORE_START)
    return running(clock, registration, start_at, due, start)
