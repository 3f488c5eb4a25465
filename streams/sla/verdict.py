"""What one instance of a clock is worth."""

from typing import Final

from msgspec import Struct

from streams.sla.policy.compensation import Owed
from streams.sla.state import KnownScan

STOPPED_BEFORE_START: Final = "stopped-before-start"


class Fault(Struct, frozen=True, gc=False):
    """A stage that took more than its share, in milliseconds."""

    stage: str
    spent: int
    budget: int

    @property
    def over(self) -> int:
        """By how much."""
        return self.spent - self.budget


class Verdict(Struct, gc=False):
    """One instance of a clock, as the set of scans has it.  Instants in UTC milliseconds."""

    status: int
    """`RUNNING`, `MET`, `MISSED`, `CANCELLED` or `EXCUSED`."""
    start: int
    due: int
    start_scan: KnownScan | None
    """None where the registration started it."""
    stop_scan: KnownScan | None = None
    """What stopped or ended it."""
    reason: str | None = None
    """Why it was cancelled, or what is missing."""
    warn_at: int | None = None
    """From when on a notice is due, while it runs."""
    stop_at: int | None = None
    """When it stopped or ended, where that is not when the stopping scan happened (but, say, when it was recorded)."""
    faults: tuple[Fault, ...] = ()
    """Of a miss: the stages that took too long, the worst first."""
    owed: Owed | None = None
    """Of a miss: what is proposed as compensation."""
