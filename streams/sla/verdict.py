"""What one instance of a clock is worth."""

from typing import Final

from msgspec import Struct

from streams.sla.state import KnownScan

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
    stop_at: int | None = None
    """When it stopped or ended, where that is not when the stopping scan happened (but, say, when it was recorded)."""

    @property
    def stopped_at(self) -> int | None:
        """When it stopped or ended."""
        if self.stop_at is not None:
            return self.stop_at
        return None if self.stop_scan is None else self.stop_scan.at
