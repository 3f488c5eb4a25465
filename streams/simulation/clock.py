"""A wall clock that moves when it is told to."""

from streams.partition.ports import WallClock


class ManualClock(WallClock):
    """Stands until it is moved."""

    def __init__(self, now: int = 0) -> None:
        """`now` in UTC milliseconds."""
        self._now = now

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return self._now

    def move(self, milliseconds: int) -> None:
        """Let time pass."""
        self._now += milliseconds
