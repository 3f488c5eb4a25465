"""What one instance of a clock is worth."""

from typing import NamedTuple

from mypy_extensions import mypyc_attr

from streams.sla.policy.compensation import Owed
from streams.sla.scan import KnownScan


class Fault(NamedTuple):
    """A stage that took more than its share, in milliseconds."""

    stage: str
    spent: int
    budget: int

    @property
    def over(self) -> int:
        """By how much."""
        return self.spent - self.budget


@mypyc_attr(acyclic=True)
class Verdict:
    """One instance of a clock, as the set of scans has it.  Instants in UTC milliseconds."""

    __slots__ = ("due", "faults", "owed", "reason", "start", "start_scan", "status", "stop_at", "stop_scan", "warn_at")

    def __init__(
        self,
        status: int,
        start: int,
        due: int,
        start_scan: KnownScan | None,
        stop_scan: KnownScan | None = None,
        reason: str | None = None,
        warn_at: int | None = None,
        stop_at: int | None = None,
    ) -> None:
        self.status = status
        """`RUNNING`, `MET`, `MISSED`, `CANCELLED` or `EXCUSED`."""
        self.start = start
        self.due = due
        self.start_scan = start_scan
        """None where the registration started it."""
        self.stop_scan = stop_scan
        """What stopped or ended it."""
        self.reason = reason
        """Why it was cancelled, or what is missing."""
        self.warn_at = warn_at
        """From when on a notice is due, while it runs."""
        self.stop_at = stop_at
        """When it stopped or ended, where that is not when the stopping scan happened (but, say, when it was
        recorded)."""
        self.faults: tuple[Fault, ...] = ()
        """Of a miss: the stages that took too long, the worst first."""
        self.owed: Owed | None = None
        """Of a miss: what is proposed as compensation."""
