"""How often a partition commits: soon when little happens, in large units when much does, and never too often."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class TaskSettings:
    """How a partition works.  Times in seconds unless the name says otherwise."""

    commit_interval_s: float = 0.1
    """The shortest time between two commits of a partition; the worker stretches it with its number of partitions."""
    longest_unit_s: float = 1.0
    """The longest time that a unit of work may grow while records keep coming."""
    unit_records: int = 6_000
    """The most records in a unit of work; a slice more, at most."""
    unit_outputs: int = 4_000
    """Output records in memory, waiting for the transaction, from which on a unit takes no other slice.  To them come
    those of the slice it is in, and of as many deadlines as it may still fire."""
    slice_records: int = 250
    """How many records are handled before other partitions have their turn."""
    idle_time_ms: int = 10_000
    """How far partition time may pass, in milliseconds, before it is made durable although nothing has happened."""
    probe_s: float = 2.0
    """How often to look again while the clocks are too far apart for time to move."""
    retry_s: float = 0.2
    """How long to wait after a failed transaction, times the number of failures in a row."""
    fenced_s: float = 10.0
    """How long to wait after another producer has taken over, before the partition is taken back: a session."""
    unstretched_partitions: int = 12
    """Up to how many partitions of a worker each commits as often as the setting says."""
    oldest_memory_ms: int = 12 * 3_600_000
    """How old memory may be for the tail of the changelog to be added to it, milliseconds: half of what the tombstones
    in it live at least."""
    most_failures: int = 10
    """After how many failures in a row, all before any success, the worker gives up."""
    max_skew_ms: int | None = 2_000
    """How far the worker's clock may be from the broker's before partition time is held still; None where time does not
    rest on it (replay)."""


class Unit(Protocol):
    """What decides about a commit."""

    records_in_unit: int
    outputs_in_unit: int

    @property
    def pending(self) -> bool:
        """Whether anything has happened but the passing of time."""

    @property
    def exhausted(self) -> bool:
        """Whether it has as many deadlines, or bytes, as it may."""

    @property
    def idle_since(self) -> int:
        """How far time has passed since it was last made durable, milliseconds."""


class Pace:
    """Says when to commit."""

    def __init__(self, settings: TaskSettings) -> None:
        self._settings = settings
        self._last = 0.0
        self._began: float | None = None
        self._stretch = 1.0

    def share(self, partitions: int) -> None:
        """Note how many partitions commit beside this one."""
        self._stretch = max(1.0, partitions / self._settings.unstretched_partitions)

    def begin(self, now: float) -> None:
        """The partition starts to work; `now` on the event loop's clock."""
        self._last, self._began = now, None

    def committed(self, now: float) -> None:
        """A unit has been committed."""
        self._last, self._began = now, None

    def until_commit(self, unit: Unit, now: float, *, more: bool, probing: bool = False) -> float | None:
        """Seconds until the unit under way is to be committed, at most 0 for now; None when nothing asks for it.

        `probing` asks for commits although nothing happens: they tell how far the clocks are apart.
        """
        settings = self._settings
        if not unit.pending:
            if probing:
                return self._last + settings.probe_s - now
            return 0.0 if unit.idle_since >= settings.idle_time_ms and not more else None
        if unit.exhausted or unit.records_in_unit >= settings.unit_records:
            return 0.0
        if unit.outputs_in_unit >= settings.unit_outputs:
            return 0.0
        if self._began is None:
            self._began = now
        least = self._last + settings.commit_interval_s * self._stretch - now
        return max(least, self._began + settings.longest_unit_s - now) if more else least
