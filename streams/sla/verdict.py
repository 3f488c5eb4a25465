"""What one instance of a clock is worth."""

from typing import Final

from msgspec import Struct

from streams.sla.phases import CANCELLED, MET, MISSED, RUNNING
from streams.sla.policy.compiled import Clock
from streams.sla.state import NEVER, KnownScan

STOPPED_BEFORE_START: Final = "stopped-before-start"


class Verdict(Struct, gc=False):
    """One instance of a clock, as the set of scans has it.  Instants in UTC milliseconds."""

    status: int
    """`RUNNING`, `MET`, `MISSED` or `CANCELLED`."""
    start: int
    due: int
    start_scan: KnownScan | None
    """None where the registration started it."""
    stop_scan: KnownScan | None = None
    """What stopped or ended it."""
    reason: str | None = None
    """Why it was cancelled."""
    warn_at: int | None = None
    """From when on a notice is due, while it runs."""


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
