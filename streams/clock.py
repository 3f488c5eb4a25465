"""The worker's own clock."""

from time import time_ns

from streams.partition.ports import WallClock


class SystemClock(WallClock):
    """The clock of the operating system."""

    def now_ms(self) -> int:
        """Return UTC milliseconds."""
        return time_ns() // 1_000_000
