"""The worker's clock held against the broker's.

The append time of an own write lies between its sending and its acknowledgement if both clocks agree; what lies outside
is skew.  Poll times are the worker's, append times the broker's: with too much skew, before any has been
measured, or when the worker's clock has been set since, time must not move by poll times.
"""

from streams.partition.ports import Committed, WallClock


def set_to(clock: WallClock) -> int:
    """What a wall clock has been set to, milliseconds: it only changes when somebody sets it, or the machine sleeps."""
    return clock.now_ms() - clock.steady_ms()


class Skew:
    """Measures the skew of the two clocks by every commit."""

    def __init__(self, limit_ms: int | None) -> None:
        """Without a limit, time does not rest on the worker's clock, and it is always trusted."""
        self._limit = limit_ms
        self._measured_at: int | None = None
        self.measured_ms = 0
        """The least skew that explains the last commit: positive when the broker's clock is ahead, milliseconds."""

    def measure(self, committed: Committed, before: int, after: int) -> None:
        """Learn from an acknowledged commit, before and after which the wall clock was set to so much (`set_to`).

        Of one across which it was set nothing can be learnt: between two such times everything lies.
        """
        if self._limit is not None and abs(after - before) > self._limit:
            self._measured_at = None
            return
        append = committed.append_time
        if append is not None:
            self.measured_ms = min(append - committed.sent_at, 0) + max(append - committed.acked_at, 0)
        self._measured_at = after

    def trusts(self, set_to: int) -> bool:
        """Whether poll times may move partition time."""
        limit = self._limit
        if limit is None:
            return True
        measured = self._measured_at
        return measured is not None and abs(self.measured_ms) <= limit and abs(set_to - measured) <= limit
