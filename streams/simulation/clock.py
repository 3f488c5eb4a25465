"""A wall clock that moves when it is told to."""

from streams.partition.ports import WallClock


class ManualClock(WallClock):
    """Stands until it is moved."""

    def __init__(self, now: int = 0) -> None:
        """`now` in UTC milliseconds."""
        self._now = now
        self._steady = 0

    def now_ms(self) -> int:
        """UTC milliseconds."""
        return self._now

    def steady_ms(self) -> int:
        """How far it has been moved."""
        return self._steady

    def move(self, milliseconds: int) -> None:
        """Let time pass."""
        self._now += milliseconds
        self._steady += milliseconds

    def set(self, milliseconds: int) -> None:
        """Set it, as an operator or a time server would: by so much, while no time passes."""
        self._now += milliseconds
