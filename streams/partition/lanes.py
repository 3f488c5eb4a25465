"""The source topics of a partition, merged in time.

Every topic has a frontier: all its records with a timestamp before it have been read.  The record with the least
timestamp is next, once no other topic can still bring an earlier one; partition time is the least frontier.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from librt.vecs import append, vec
from mypy_extensions import i64

from streams.intake.reading import EARLIEST
from streams.partition.ports import CaughtUp, SourceBatch
from streams.partition.record import CreatedRecord, Record

MOST_BATCHES: Final = 24
"""Batches of one topic that wait at most."""
MOST_AHEAD: Final = 2_000
"""Milliseconds by which an append time may lie behind its fetch: the clocks of worker and broker differ by as much."""
FOREVER: Final = 2**63 - 1


class TimeSource(StrEnum):
    """What makes partition time advance."""

    APPEND = "append"
    """Live: append times while the partition lags, the poll times of caught-up topics after that."""
    CREATE = "create"
    """Live on topics with create time: it stands while the partition lags, and moves on once it is caught up."""
    UNTIMED = "untimed"
    """The same for a job in which nothing is due, and which hands on the timestamps that records carry."""
    REPLAY = "replay"
    """Record timestamps and ticks only: the same input gives the same decisions."""


_STANDING: Final = (TimeSource.CREATE, TimeSource.UNTIMED)


class Lane:
    """One source topic: what has been read and not yet handled, and how far it is known to be complete."""

    def __init__(self, topic: str, rank: int, source: TimeSource) -> None:
        self.topic = topic
        self.rank = rank
        """Of records with the same timestamp the lower rank comes first."""
        self._create = source is TimeSource.CREATE
        self._append = source is TimeSource.APPEND
        self.bounded = self._create
        """Whether timestamps count only where the record can have been appended then: see `believed`."""
        self.records: list[Record] = []
        self.stamps = vec[i64]([])
        """Timestamps of `records`, none below the one before it: within a topic the order of the log holds."""
        self.place: i64 = 0
        """Of the next one to handle in `records`."""
        self.size: i64 = 0
        self.ahead: i64 = 0
        """Up to there the job has been told of the keys of `records`."""
        self.bound: i64 = 0
        """When it is the lane to go on with: its records before this instant come before those of all others."""
        self.handled = 0
        """Records in the unit of work under way."""
        self.fetched_at: i64 = 0
        """When `records` had arrived, UTC milliseconds."""
        self._trusted = False
        """Whether that was read off a clock that can be trusted."""
        self._batches: deque[tuple[SourceBatch, bool]] = deque()
        self.buffered = 0
        self.position = 0
        """Next offset to handle."""
        self.received = 0
        """Next offset to receive."""
        self.last: i64 = 0
        """Timestamp of the last record handled."""
        self.mark: CaughtUp | None = None

    @property
    def full(self) -> bool:
        """Whether as many batches wait as may, whatever they hold: a fetch bounds the bytes of one."""
        return len(self._batches) >= MOST_BATCHES

    def begin(self, position: int, time: int) -> None:
        """Start reading at an offset; everything before `time` has been read already."""
        self.position = self.received = position
        self.last = time

    def offer(self, batch: SourceBatch, *, trusted: bool, ahead: int = 0) -> None:
        """Take records over; `trusted` where the worker's clock, by which they were fetched, can be trusted.

        `ahead` is by how much the broker's was ahead of it, milliseconds.
        """
        if not batch.records:
            return
        if self._create and not trusted:
            batch = batch._replace(fetched_at=batch.fetched_at + ahead)
        self.received = batch.records[-1].offset + 1
        self.buffered += len(batch.records)
        if self.place < self.size:
            self._batches.append((batch, trusted))
        else:
            self._open(batch.records, batch.fetched_at, trusted)

    def advance(self, place: i64) -> None:
        """The records before `place` have been handled."""
        count = place - self.place
        self.buffered -= count
        self.handled += count
        self.place = place
        self.position = self.records[place - 1].offset + 1
        self.last = self.stamps[place - 1]
        if place == self.size:
            if self._batches:
                batch, trusted = self._batches.popleft()
                self._open(batch.records, batch.fetched_at, trusted)
            else:
                self._open((), 0, False)  # noqa: FBT003 - hot

    def believed(self, place: i64, time: i64) -> Record:
        """One of the records, at an instant at which it can have been appended; `time` is the partition's.

        In create time a timestamp is what the sender's clock said, and before 2000 that of a clock never set.  But no
        record is read before it was appended, and none that was appended before partition time had been left unread.
        In append time this is asked only where the broker's clock was wrong.
        """
        record = self.records[place]
        at = max(time, self._written(record) if self._create else min(record.timestamp, self.fetched_at))
        return record if at == record.timestamp else Record(record.offset, at, record.key, record.value)

    def _written(self, record: Record) -> i64:
        """When a record was written, as far as that can be."""
        at = record.timestamp
        if self._create:
            return self.fetched_at if at < EARLIEST else min(at, self.fetched_at)
        return min(at, FOREVER - 1)

    def _open(self, records: Sequence[Record], fetched_at: i64, trusted: bool) -> None:  # noqa: FBT001 - hot
        self.records, self.place, self.size, self.ahead = list(records), 0, len(records), 0
        self.fetched_at, self._trusted = fetched_at, trusted
        last = self.last
        stamps = vec[i64](capacity=self.size)
        odd = created = False
        for record in self.records:
            if self._append and isinstance(record, CreatedRecord):
                # The topic carries create time, or did: it is handled early, and moves time no further.
                created, written = True, last
            else:
                written = self._written(record)
            if written < last:
                odd = True
            last = max(last, written)
            stamps = append(stamps, last)
        self.stamps, self.bounded = stamps, self._create or (created and trusted)
        if self._append and records and (odd or last - MOST_AHEAD > fetched_at):
            self._mend()

    def _mend(self) -> None:
        """A broker's clock was wrong for a while: let no append time be later than one behind it, or than its fetch.

        Whatever lies behind a record that seems to come from the future would wait for it, and deadlines would pass
        that it disproves.  To be handled too early does no harm.  It may be the worker's clock that is wrong: then time
        does not move, but a record counts at its own timestamp, for nobody knows a better one.
        """
        least: i64 = FOREVER
        early = vec[i64](capacity=self.size)
        for record in reversed(self.records):
            if record.timestamp - MOST_AHEAD <= self.fetched_at and not isinstance(record, CreatedRecord):
                least = min(least, record.timestamp)
            early = append(early, least)
        last: i64 = self.last
        stamps = vec[i64](capacity=self.size)
        place = self.size
        while place:
            place -= 1
            if early[place] != FOREVER:
                last = max(last, early[place])
            stamps = append(stamps, last)
        self.stamps, self.bounded = stamps, self._trusted

    @property
    def empty(self) -> bool:
        """Whether nothing waits to be handled."""
        return self.place == self.size

    def complete_to(self) -> int:
        """The poll time up to which the topic is known to be read; 0 when that is not known."""
        mark = self.mark
        return mark.at if mark is not None and self.received >= mark.position else 0


class Lanes:
    """The source topics of one partition."""

    def __init__(self, topics: Sequence[str], source: TimeSource) -> None:
        """`topics` in the order in which records of the same timestamp are handled."""
        self.by_topic: Mapping[str, Lane] = {topic: Lane(topic, rank, source) for rank, topic in enumerate(topics)}
        self._lanes = tuple(self.by_topic.values())
        self._source = source
        self.moving = source not in _STANDING
        """Whether the timestamp of a record moves time."""
        self._tick = 0
        self._tick_seen = 0

    def tick(self, at: int, fetched_at: int) -> None:
        """All records before `at` had been written when a tick was fetched at `fetched_at` (replay time)."""
        if at > self._tick:
            self._tick, self._tick_seen = at, fetched_at

    def frontier(self, lane: Lane) -> i64:
        """All records of the topic with a timestamp before this instant have been read."""
        if lane.place < lane.size:
            return lane.stamps[lane.place]
        if not self.moving:
            return FOREVER
        complete = lane.complete_to()
        if self._source is TimeSource.APPEND:
            return max(lane.last, complete)
        return max(lane.last, self._tick) if complete >= self._tick_seen > 0 else lane.last

    def next_lane(self) -> Lane | None:
        """The topic to go on with, up to its `bound`.

        None when nothing waits, or another topic could still bring an earlier record.
        """
        best: Lane | None = None
        least: i64 = FOREVER
        for lane in self._lanes:
            if lane.place < lane.size:
                stamp: i64 = lane.stamps[lane.place]
                if stamp < least:
                    best, least = lane, stamp
        if best is None:
            return None
        bound: i64 = FOREVER
        for lane in self._lanes:
            if lane is not best:
                frontier: i64 = self.frontier(lane)
                if frontier < bound:
                    bound = frontier + 1 if lane.rank > best.rank else frontier
        best.bound = bound
        return best if least < bound else None

    def time(self) -> int:
        """The instant before which no record can still lie unread; 0 when that is not known."""
        if not self.moving:
            return min(lane.complete_to() if lane.empty else 0 for lane in self._lanes)
        return min(self.frontier(lane) for lane in self._lanes)
