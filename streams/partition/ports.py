"""What a partition needs of the world.  Kafka is one implementation (`streams.kafka`), `streams.simulation` another."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from streams.partition.output import Output
from streams.partition.record import Record

EARLIEST: Final = -1
"""Instead of an offset: where the log begins.  Only a partition without any state starts there."""


class SourceBatch(NamedTuple):
    """Consecutive records of one source topic, as one fetch returned them."""

    topic: str
    """Short name, without the namespace: `parcel-scans`."""
    records: Sequence[Record]
    fetched_at: int
    """Wall clock of the worker when the records had arrived, UTC milliseconds."""


class CaughtUp(NamedTuple):
    """Everything appended to one source topic before `at` had an offset below `position`.

    It holds from the moment the records below `position` have been handed over, whatever came in between, so it need
    not travel in the same queue as the batches.
    """

    topic: str
    position: int
    at: int
    """Wall clock of the worker, UTC milliseconds: a time BEFORE the poll that found the end of the log was sent."""
    began: int = 0
    """Where reading of the topic began; `EARLIEST` where records tell that, which have not been handed over yet."""
    end: int = 0
    """Where it goes on: between `position` and there lie markers of transactions and what was aborted, no records."""
    set_to: int | None = None
    """What the wall clock had been set to when `at` was read off it (`streams.partition.skew.set_to`)."""


@dataclass(slots=True)
class UnitOfWork:
    """What one transaction must make durable, all or nothing."""

    changelog: dict[bytes, bytes | None]
    """State of the shipments that changed; None is a tombstone."""
    meta: bytes
    """The meta record, which is written in every transaction."""
    outputs: Sequence[Output]
    """Those that the writer has not been told of before."""
    offsets: Mapping[str, int]
    """Next offset to read, by short topic name."""
    tally: "Tally"


@dataclass(slots=True)
class Tally:
    """What happened in a unit of work; added to the metrics when it has been committed, and only then."""

    scans: int = 0
    records: dict[str, int] = field(default_factory=dict)
    """Records read, by short topic name."""
    opened: dict[str, int] = field(default_factory=dict)
    """Clocks started, by clock."""
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    """Outcomes, by (clock, verdict)."""
    lateness_s: list[tuple[str, float]] = field(default_factory=list)
    """(clock, seconds after due) of every missed outcome."""
    decisions: dict[tuple[str, str], int] = field(default_factory=dict)
    """Output records, by (topic, kind)."""
    rejects: dict[tuple[str, str], int] = field(default_factory=dict)
    """Rejected records, by (topic, reason)."""
    flags: dict[str, int] = field(default_factory=dict)
    """Accepted with a flag, by flag (unknown-code, future, capped, ...)."""


class Committed(NamedTuple):
    """What an acknowledged transaction tells."""

    changelog_end: int
    """Offset after the meta record just written."""
    append_time: int | None
    """The broker's append time of the meta record, UTC milliseconds; None when the changelog carries create time."""
    sent_at: int
    acked_at: int
    """Wall clock of the worker around the append, UTC milliseconds: they bound the skew of the two clocks."""


class ChangelogEntry(NamedTuple):
    """One record of the changelog."""

    offset: int
    key: bytes
    value: bytes | None


class Changelog(Protocol):
    """The durable state of one partition, read_committed."""

    def read(self, start: int, end: int) -> AsyncIterator[Sequence[ChangelogEntry]]:
        """Yield the committed entries from offset `start` up to position `end`, in order, in chunks.

        Waits for what is not shown yet.  Raises `streams.errors.TransactionFailed` when it does not come, and
        `streams.errors.ChangelogTruncated` when `start` is no longer in the log, or lies behind its end.
        """


class Writer(Protocol):
    """The transactional producer of one partition."""

    async def start(self) -> int:
        """Fence the predecessor and settle its open transaction; gives the offset where the changelog ended then.

        All that has ever been committed lies before it.  Nobody's word is taken for that: something is appended, which
        only the true leader can do, and nobody will see.  Raises as `commit` does.
        """

    def tell(self, outputs: Sequence[Output]) -> None:
        """Take over outputs of the unit of work under way, while they are at hand: the next `commit` is of them, too.

        Whoever gives the unit up stops the writer.  Raises `streams.errors.TransactionFailed` where it is not started.
        """

    async def commit(self, unit: UnitOfWork) -> Committed:
        """Write one unit in one transaction: every send acknowledged, then the offsets, then the commit.

        Raises `streams.errors.TransactionFailed` when the unit is not, or not surely, committed: the memory of the
        partition is void then.  Raises `streams.errors.Fenced` when another owner has taken over.
        """

    async def stop(self) -> None:
        """Abort what is open and close the connection.  Never raises."""


class Source(Protocol):
    """Reading of the source topics of one partition."""

    def begin(self, offsets: Mapping[str, int]) -> None:
        """Deliver records from these offsets on (short topic name to next offset, or `EARLIEST`).

        Earlier deliveries that are still under way are dropped.
        """

    def pause(self) -> None:
        """Deliver nothing until `begin` or `resume`."""

    def resume(self) -> None:
        """Deliver again, from where it was paused."""


class WallClock(Protocol):
    """The worker's own clock."""

    def now_ms(self) -> int:
        """UTC milliseconds."""

    def steady_ms(self) -> int:
        """Milliseconds since some instant, by a clock that nobody sets."""
