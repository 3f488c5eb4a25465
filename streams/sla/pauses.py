"""Time that does not count: pauses between two scans, and times when a region was suspended."""

from collections.abc import Sequence
from typing import Final

from streams.sla.instants import NEVER
from streams.sla.policy.compiled import Clock
from streams.sla.registration import Registration
from streams.sla.scan import KnownScan

Held = Sequence[tuple[int, int]]
"""Times that do not count by themselves, whatever is scanned: from, until."""
NOT_HELD: Final[Held] = ()


def counted_due(
    clock: Clock,
    registration: Registration,
    start: KnownScan | None,
    due: int,
    start_at: int,
    stop_at: int,
    scans: list[KnownScan],
    held: Held,
) -> int:
    """The due instant of a clock that stops at `stop_at`, moved by the time until then that does not count.

    Of one that runs, which stops at `NEVER`, it is `NEVER` while a pause lasts.
    """
    pauses = _pauses(clock, scans) if clock.pauses else []
    if held and clock.suspendable:
        pauses += held
    if not pauses:
        return due
    stop_at = max(stop_at, start_at)
    allowance = clock.allowance
    moved, covered = due, start_at
    for began, until in sorted(pauses):
        begin, ended = max(began, covered), min(until, stop_at)
        if begin >= due or ended <= begin:
            continue
        if ended == NEVER:
            return NEVER
        moved = allowance.extend(moved, begin, ended, registration, start)
        due = allowance.settle(moved, registration, start)
        covered = ended
    return due


def _pauses(clock: Clock, scans: list[KnownScan]) -> list[tuple[int, int]]:
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
    return intervals
