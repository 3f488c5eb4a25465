"""How an instance of a clock stands between its start, its due instant and what ended it."""

from streams.sla.phases import CANCELLED, MET, MISSED, RUNNING
from streams.sla.policy.compiled import Clock
from streams.sla.state import NEVER, KnownScan
from streams.sla.verdict import Verdict


def stopped(start: int, due: int, start_scan: KnownScan | None, stop: KnownScan) -> Verdict:
    """A clock that a scan stopped: met until the due instant, missed strictly after it."""
    return Verdict(MET if stop.at <= due else MISSED, start, due, start_scan, stop)


def cancelled(start: int, due: int, start_scan: KnownScan | None, end: KnownScan, reason: str) -> Verdict:
    """A clock that makes no sense any more."""
    return Verdict(CANCELLED, start, due, start_scan, end, reason)


def running(clock: Clock, start: int, due: int, start_scan: KnownScan | None) -> Verdict:
    """A clock that nothing has stopped."""
    warn_at = None if clock.warn_before is None or due == NEVER else due - clock.warn_before
    return Verdict(RUNNING, start, due, start_scan, None, None, warn_at)
