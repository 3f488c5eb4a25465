"""The worker's clock held against the broker's.

The append time of an own write lies between its sending and its acknowledgement if both clocks agree; what lies outside
is skew.  Poll times are the worker's, append times the broker's: with too much skew, before any has been
measured, or when the worker's clock has been set since, time must not move by poll times.
"""

from streams.partition.ports import Committed


class Skew:
    """Measures the skew of the two clocks by every commit."""

    def __init__(self, limit_ms: int | None) -> None:
        """Without a limit, time does not rest on the worker's clock, and it is always trusted."""
        self._limit = limit_ms
        self._measured_at: int | None = None
        self.measured_ms = 0
        """The least skew that explains the last commit: positive when the broker's clock is ahead, milliseconds."""

    def measure(self, committed: Committed, set_to: int) -> None:
        """Learn from an acknowledged commit; `set_to` is the wall clock minus a clock that is never set, in ms."""
        append = committed.append_time
        if append is not None:
            self.measured_ms = min(append - committed.sent_at, 0) + max(append - committed.acked_at, 0)
        self._measured_at = set_to

    def trusts(self, set_to: int) -> bool:
        """Whether poll times may move partition time."""
        limit = self._limit
        if limit is None:
            return True
        measured = self._measured_at
        return measured is not None and abs(self.measured_ms) <= limit and abs(set_to - measured) <= limit
