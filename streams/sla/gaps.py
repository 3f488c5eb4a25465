"""Clocks from every scan in custody to the next one: has the shipment been forgotten on the way?"""

from collections.abc import Iterator, Sequence

from streams.sla.policy.compiled import Clock
from streams.sla.state import KnownScan, Registration
from streams.sla.verdict import Verdict, running, stopped


def gaps(clock: Clock, registration: Registration, scans: Sequence[KnownScan]) -> Iterator[tuple[str, Verdict]]:
    """Every gap, named by the scan that begins it; the last one may still run."""
    starts, stops, ends = clock.starts, clock.stops, clock.ends
    start: KnownScan | None = None
    for scan in scans:
        code = scan.code
        if start is not None and (code in stops or code in ends):
            due = clock.allowance.due(start.at, registration)
            if due is not None:
                yield start.scan_id, stopped(start.at, due, start, scan)
            start = None
        if start is None and code in starts and code not in ends:
            start = scan
    if start is not None:
        due = clock.allowance.due(start.at, registration)
        if due is not None:
            yield start.scan_id, running(clock, start.at, due, start)


def roll(clock: Clock, registration: Registration, scans: Sequence[KnownScan], running_key: str, quiet_until: int) -> int | None:
    """The next deadline of the gap that the latest scan begins, when the one before ended in time and nothing was said.

    None when that is not so, and everything has to be looked at.  `quiet_until` is the partition time.
    """
    before, latest = scans[-2], scans[-1]
    if before.scan_id != running_key or latest.code in clock.ends:
        return None
    allowance = clock.allowance
    ended = allowance.due(before.at, registration)
    due = allowance.due(latest.at, registration)
    if ended is None or due is None or latest.at > ended:
        return None
    next_at = due + clock.grace if clock.warn_before is None else due - clock.warn_before
    return next_at if next_at >= quiet_until else None
