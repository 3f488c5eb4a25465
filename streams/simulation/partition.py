"""The ports of one partition on the simulated broker."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Protocol

from streams.errors import ChangelogTruncated, Fenced, Forbidden, TransactionFailed
from streams.partition.meta import BARRIER, KEY
from streams.partition.output import Output
from streams.partition.ports import (
    CaughtUp,
    Changelog,
    ChangelogEntry,
    Committed,
    Source,
    SourceBatch,
    UnitOfWork,
    WallClock,
    Writer,
)
from streams.simulation.broker import Broker

STATE = "sla-state"
OVERTAKEN = "another worker owns the partition now"


class SimulatedChangelog(Changelog):
    """Reads the state topic of a partition."""

    def __init__(self, broker: Broker, number: int, *, state: str = STATE, chunk: int = 2) -> None:
        """`state` is the topic; `chunk` is the number of entries that are handed over at a time."""
        self._log = broker.log(state, number)
        self._chunk = chunk
        self.reads: list[tuple[int, int]] = []
        """(start, end) of every read."""

    async def read(self, start: int, end: int) -> AsyncIterator[Sequence[ChangelogEntry]]:
        """Yield committed entries.  Raises `ChangelogTruncated` when `start` is gone."""
        self.reads.append((start, end))
        if start < self._log.start or start > end:
            raise ChangelogTruncated(f"offset {start} of the state changelog is gone")
        entries = [ChangelogEntry(one.offset, one.key or b"", one.value) for one in self._log.committed(start, end)]
        for first in range(0, len(entries), self._chunk):
            yield entries[first : first + self._chunk]


class SimulatedWriter(Writer):
    """Writes units of work in transactions; `clock` is the worker's, `state` the topic of the changelog."""

    def __init__(self, broker: Broker, number: int, *, clock: WallClock, state: str = STATE) -> None:
        self._broker = broker
        self._number = number
        self._clock = clock
        self._state = state
        self._id = f"{state}.{number}"
        self._epoch: int | None = None
        self._told: list[Output] = []

    async def start(self) -> int:
        """Fence the predecessor and settle its transaction; gives the end of the changelog."""
        self._epoch = self._broker.begin_epoch(self._id)
        self._told.clear()
        self._broker.begin(self._id)
        barrier = Output(self._state, BARRIER, None, ())
        end, _ = self._broker.write(self._id, self._state, self._number, barrier)
        self._broker.abort(self._id)
        return end

    def tell(self, outputs: Sequence[Output]) -> None:
        """Take over outputs of the unit under way."""
        if self._epoch is None:
            raise TransactionFailed("the writer is not started")
        self._told += outputs

    async def commit(self, unit: UnitOfWork) -> Committed:
        """Write one unit, all or nothing."""
        broker, epoch = self._broker, self._epoch
        if epoch is None:
            raise TransactionFailed("the writer is not started")
        if not broker.is_current(self._id, epoch):
            self._epoch = None
            raise Fenced(OVERTAKEN)
        broker.begin(self._id)
        told, self._told = self._told, []
        for output in (*told, *unit.outputs):
            partition = self._number if output.partition is None else output.partition
            broker.write(self._id, output.topic, partition, output)
        for key, value in unit.changelog.items():
            broker.write(self._id, self._state, self._number, Output(self._state, key, value, ()))
        sent_at = self._clock.now_ms()
        meta = Output(self._state, KEY, unit.meta, ())
        offset, append_time = broker.write(self._id, self._state, self._number, meta)
        acked_at = self._clock.now_ms()
        broker.add_offsets(self._id, self._number, unit.offsets)
        fault = broker.faults.next_commit()
        if fault in {"aborted", "unknown-aborted", "forbidden", "fenced"}:
            broker.abort(self._id)
        else:
            broker.commit(self._id)
        if fault == "fenced":
            raise Fenced(OVERTAKEN)
        if fault == "forbidden":
            raise Forbidden("not committed: a right is missing")
        if fault is not None:
            raise TransactionFailed(f"not, or not surely, committed: {fault}")
        return Committed(offset + 1, append_time, sent_at, acked_at)

    async def stop(self) -> None:
        """Abort what is open."""
        if self._epoch is not None and self._broker.is_current(self._id, self._epoch):
            self._broker.abort(self._id)
        self._epoch = None
        self._told.clear()


class Reader(Protocol):
    """Who takes what a source delivers; `streams.partition.task.PartitionTask` does."""

    def offer(self, batch: SourceBatch) -> None:
        """Take records over."""

    def caught_up(self, mark: CaughtUp) -> None:
        """Note that a topic has been read up to its end."""

    def has_room(self, topic: str) -> bool:
        """Whether more records of a topic may come."""


class SimulatedSource(Source):
    """Reads the source topics of a partition, when `deliver` is called."""

    def __init__(self, broker: Broker, number: int, *, clock: WallClock, batch: int = 100) -> None:
        """`batch` is the most records of one fetch."""
        self._broker = broker
        self._number = number
        self._clock = clock
        self._batch = batch
        self._reader: Reader | None = None
        self.positions: dict[str, int] = {}
        """Next offset to deliver, by topic; empty before the first `begin`."""
        self.reading = False

    def attach(self, reader: Reader) -> None:
        """Say who takes what is delivered."""
        self._reader = reader

    def begin(self, offsets: Mapping[str, int]) -> None:
        """Deliver from these offsets on."""
        self.positions = {topic: max(offset, 0) for topic, offset in offsets.items()}
        self.reading = True

    def pause(self) -> None:
        """Deliver nothing."""
        self.reading = False

    def resume(self) -> None:
        """Deliver again."""
        self.reading = True

    def deliver(self) -> int:
        """Poll every topic once; gives how many records came."""
        reader, now = self._reader, self._clock.now_ms()
        if reader is None or not self.reading:
            return 0
        count = 0
        for topic in self.positions:
            log = self._broker.log(topic, self._number)
            if reader.has_room(topic):
                records = list(log.committed(self.positions[topic]))[: self._batch]
                if records:
                    count += len(records)
                    self.positions[topic] = records[-1].offset + 1
                    reader.offer(SourceBatch(topic, records, now))
            if not any(log.committed(self.positions[topic])) and log.last_stable_offset == log.high_watermark:
                reader.caught_up(CaughtUp(topic, self.positions[topic], now))
        return count
