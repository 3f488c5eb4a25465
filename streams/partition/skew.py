"""The worker's clock held against the broker's.

The append time of an own write lies between its sending and its acknowledgement if both clocks agree; what lies outside
is skew.  Poll times are the worker's, append times the broker's: with too much skew time must not move by poll times.
"""

from streams.partition.ports import Committed


class Skew:
    """Measures the skew of the two clocks by every commit."""

    def __init__(self, limit_ms: int) -> None:
        self._limit = limit_ms
        self.measured_ms = 0
        """The least skew that explains the last commit: positive when the broker's clock is ahead, milliseconds."""

    def measure(self, committed: Committed) -> None:
        """Learn from an acknowledged commit."""
        append = committed.append_time
        if append is None:
            return
        self.measured_ms = min(append - committed.sent_at, 0) + max(append - committed.acked_at, 0)

    @property
    def within_limit(self) -> bool:
        """Whether poll times may move partition time."""
        return abs(self.measured_ms) <= self._limit
