"""The worker's own clock."""

from time import monotonic_ns, time_ns

from streams.partition.ports import WallClock


class SystemClock(WallClock):
    """The clock of the operating system."""

    def now_ms(self) -> int:
        """Return UTC milliseconds."""
        return time_ns() // 1_000_000

    def steady_ms(self) -> int:
        """Return milliseconds since some instant, by a clock that nobody sets."""
        return monotonic_ns() // 1_000_000
