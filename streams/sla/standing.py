"""How an instance of a clock stands between its start, its due instant and what ended it."""

from streams.sla.instants import NEVER
from streams.sla.phases import CANCELLED, EXCUSED, MET, MISSED, RUNNING
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan
from streams.sla.verdict import Verdict


def stopped(start: int, due: int, start_scan: KnownScan | None, stop: KnownScan) -> Verdict:
    """A clock that a scan stopped: met until the due instant, missed strictly after it."""
    return Verdict(MET if stop.at <= due else MISSED, start, due, start_scan, stop)


def cancelled(clock: Clock, start: int, due: int, start_scan: KnownScan | None, end: KnownScan, reason: str) -> Verdict:
    """A clock that makes no sense any more; excused, where the policy says so of what ended it."""
    status = EXCUSED if end.code in clock.excused_by else CANCELLED
    return Verdict(status, start, due, start_scan, end, reason)


def running(clock: Clock, registration: Registration, start: int, due: int, start_scan: KnownScan | None) -> Verdict:
    """A clock that nothing has stopped."""
    if due == NEVER:
        return Verdict(RUNNING, start, due, start_scan)
    before = warning(clock, registration, start_scan)
    return Verdict(RUNNING, start, due, start_scan, None, None, None if before is None else due - before)


def warning(clock: Clock, registration: Registration, start_scan: KnownScan | None) -> int | None:
    """How long before it is due a notice is sent, in milliseconds; None when there is none."""
    warns = clock.warns
    return clock.warn_before if warns is None else warns.of(registration, start_scan)


def stop_of(verdict: Verdict) -> int | None:
    """When a clock stopped or ended; None while it runs."""
    if verdict.stop_at is not None:
        return verdict.stop_at
    stop = verdict.stop_scan
    return None if stop is None else stop.at
