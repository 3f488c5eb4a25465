"""The heart of a partition, without I/O: records and time go in, units of work come out.

A unit of work grows with `work`, is closed with `take`, and must then be made durable before the next one is taken.
When that fails, what is held in memory is void: `forget` it and restore from the changelog.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec.structs import replace
from mypy_extensions import i64

from schemas.records import Tick
from streams.errors import SourceReplaced, TopicMismatch
from streams.partition.job import CONTROL, TURNING, CoreSettings, MakeJob, OtherPolicy
from streams.partition.lanes import Lane, Lanes
from streams.partition.meta import KEY, Meta, decode_meta, encode_meta
from streams.partition.output import Output
from streams.partition.ports import EARLIEST, CaughtUp, ChangelogEntry, SourceBatch, UnitOfWork
from streams.partition.reject_guard import RejectGuard
from streams.sla.instants import from_datetime

_tick: Final = msgspec.json.Decoder(Tick)


class Core:
    """Time, order and units of work of one partition, whatever the job."""

    def __init__(self, make: MakeJob, settings: CoreSettings) -> None:
        self._make = make
        self._settings = settings
        self.guard = RejectGuard(settings.reject_window, settings.reject_limit)
        self.forget()

    def forget(self) -> None:
        """Drop everything: memory, time and what has been read."""
        settings = self._settings
        self.guard.forget()
        self._job = self._make(settings, self.guard)
        self._handlers = self._job.handlers
        self._sources = tuple(self._handlers)
        self._lanes = Lanes(self._sources, settings.time)
        self._deadlines_left = settings.deadlines_per_unit
        self._meta: Meta | None = None
        self._topics = dict(settings.topic_ids)
        self._committed_time = 0
        self._touched = self._passed = False
        self.outputs_in_unit = 0
        """Outputs of the unit of work that have been given away."""
        self._output_bytes: i64 = 0
        self.time: i64 = 0
        """Partition time: all records before this instant (UTC milliseconds) have been read and all deadlines before it
        have been handled."""
        self.changelog_end = 0
        """Offset after the last changelog record that memory holds."""
        self.records_in_unit = 0

    # --- restoring

    def load(self, entries: Sequence[ChangelogEntry]) -> None:
        """Take over changelog records, in order."""
        load = self._job.load
        for _, key, value in entries:
            if key != KEY:
                load(key, value)
            elif value is not None:
                self._meta = decode_meta(value)

    def restored(self, changelog_end: int) -> dict[str, int]:
        """The changelog has been read to its end; gives the offset to read on from, by topic.

        Raises `SourceReplaced`, `TopicMismatch`, and what the job says of state that it cannot use.
        """
        self.changelog_end = changelog_end
        meta = self._meta
        if meta is not None:
            self._recognise(meta)
        self._job.restored(meta)
        offsets = dict.fromkeys(self._sources, EARLIEST)
        if meta is not None:
            offsets |= {topic: offset for topic, offset in meta.offsets.items() if topic in offsets}
            self.time = self._committed_time = meta.time
        self._lanes = Lanes(self._sources, self._settings.time)
        for topic, lane in self._lanes.by_topic.items():
            lane.begin(offsets[topic], self.time)
        return offsets

    def _recognise(self, meta: Meta) -> None:
        """See to it that the topics are those that have been read, and keys belong where they did."""
        before, now = meta.partitions, self._settings.partitions
        if before not in (0, now):
            raise TopicMismatch(
                f"the state of partition {self._settings.partition} was written when every topic of the namespace had"
                f" {before} partitions, and they have {now} now: shipments would be looked for in other partitions than"
                " their state is in.  Kafka cannot take partitions away: begin a new namespace"
            )
        for topic, ident in self._settings.topic_ids.items():
            offset, known = meta.offsets.get(topic, EARLIEST), meta.topics.get(topic, ident)
            if known != ident and offset > 0:
                raise SourceReplaced(
                    f"{topic} partition {self._settings.partition}: offset {offset} is to be read next of the one with"
                    f" the id {known}, but now it has the id {ident}: it was created anew.  Restore it, or start under"
                    " another namespace"
                )
        self._topics = {**meta.topics, **self._settings.topic_ids}

    # --- reading

    def offer(self, batch: SourceBatch, *, trusted: bool = False, ahead: int = 0) -> None:
        """Take over records of one topic; see `Lane.offer`."""
        if batch.topic == CONTROL:
            for record in batch.records:
                try:
                    tick = _tick.decode(record.value or b"")
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    continue  # it is rejected when its turn comes
                # A tick counts no further than its own timestamp: up to there the merge finds it again after a crash.
                self._lanes.tick(min(from_datetime(tick.at), record.timestamp), batch.fetched_at)
        self._lanes.by_topic[batch.topic].offer(batch, trusted=trusted, ahead=ahead)

    def caught_up(self, mark: CaughtUp) -> None:
        """Note how far a topic is known to be read."""
        lane = self._lanes.by_topic[mark.topic]
        if lane.received == EARLIEST and mark.began != EARLIEST:
            # Nothing has come yet: now it is known where the log began, and reading never falls back behind that.
            lane.position = lane.received = mark.began
        lane.mark = mark
        if lane.empty and lane.received == mark.position < mark.end:
            # What lies between is no record.  Retention takes it in time, and would seem to have taken one.
            lane.position = lane.received = mark.end
            self._passed = True

    def has_room(self, topic: str) -> bool:
        """Whether more records of a topic may come."""
        lane = self._lanes.by_topic[topic]
        return lane.buffered < self._settings.lane_limit and not lane.full

    @property
    def buffered(self) -> int:
        """Records that wait."""
        return sum(lane.buffered for lane in self._lanes.by_topic.values())

    # --- working

    def work(self, most: int) -> bool:
        """Handle up to `most` records and the deadlines between them.

        True when there is more to do at once: in this unit of work or, where it is full, in the next.
        Raises `PartitionParked`.
        """
        lanes = self._lanes
        job = self._job
        self._look_ahead(most)
        while most > 0:
            if job.sweeping:
                if self.exhausted:
                    return True
                most -= max(self._sweep(most), 1)
                continue
            lane = lanes.next_lane()
            if lane is None:
                return not self._pass(lanes.time())
            # Such a record may change what holds for all: nothing may follow it at once.
            count = self._run(lane, 1 if lane.topic in TURNING else most)
            if not count:
                return True
            most -= count
        return True

    def _look_ahead(self, most: i64) -> None:
        """Tell the job which keys come next."""
        for lane in self._lanes.by_topic.values():
            begin: i64 = max(lane.place, lane.ahead)
            end: i64 = min(lane.place + most, lane.size)
            if begin < end:
                keys = [key for record in lane.records[begin:end] if (key := record.key) is not None]
                self._job.look_ahead(keys)
                lane.ahead = end

    def examine(self) -> None:
        """Call after an error of `work` that nobody expected.  Raises `PartitionParked` when state is to blame."""
        self._job.examine()

    def _sweep(self, most: int) -> int:
        """Let the job look at its keys again; gives how many."""
        count = self._job.sweep(min(most, self._deadlines_left), self.time)
        self._deadlines_left -= count
        self._touched = True
        return count

    def _run(self, lane: Lane, most: i64) -> int:
        """Handle up to `most` records of one topic, those before its bound; gives how many."""
        handle = self._handlers[lane.topic]
        index = self._job.index
        records, stamps = lane.records, lane.stamps
        moving, bounded = self._lanes.moving, lane.bounded
        time: i64 = self.time
        bound: i64 = lane.bound
        first: i64 = lane.place
        end: i64 = min(first + most, lane.size)
        place: i64 = first
        while place < end:
            stamp: i64 = stamps[place]
            if stamp >= bound:
                break
            if moving and stamp > time:
                if index.earliest < stamp and not self._pass(stamp):
                    break
                self.time = time = stamp
            handle(lane.believed(place, time) if bounded else records[place], time)
            place += 1
        count = place - first
        if count:
            lane.advance(place)
            self.records_in_unit += count
            self._touched = True
            self.guard.read(count)
        return count

    def _pass(self, instant: i64) -> bool:
        """Let time pass up to an instant, fire what is due before it; False when the unit is full."""
        if instant <= self.time:
            return True
        job = self._job
        index, fire = job.index, job.fire
        while index.earliest < instant:
            if self.exhausted:
                return False
            found = index.pop(instant)
            if found is None:
                break
            deadline, key = found
            self.time = max(self.time, deadline)
            fire(key, deadline)
            self._deadlines_left -= 1
            self._touched = True
        self.time = instant
        return True

    # --- committing

    @property
    def idle_since(self) -> int:
        """How far time has passed since it was last made durable, in milliseconds."""
        return self.time - self._committed_time

    @property
    def pending(self) -> bool:
        """Whether a unit of work has anything to make durable but the passing of time."""
        return self._touched

    @property
    def moved(self) -> bool:
        """Whether anything would be read again that is pending, or was passed over because it is no record."""
        return self._touched or self._passed

    @property
    def exhausted(self) -> bool:
        """Whether the unit of work has fired as many deadlines, or has as many bytes, as it may."""
        return self._deadlines_left <= 0 or self._output_bytes + self._job.changed_bytes >= self._settings.unit_bytes

    def told(self) -> Sequence[Output]:
        """Give away the outputs of the unit of work so far: `take` gives the rest."""
        outputs = self._job.told()
        self.outputs_in_unit += len(outputs)
        for output in outputs:
            key, value = output.key, output.value
            if key is not None:
                self._output_bytes += len(key)
            if value is not None:
                self._output_bytes += len(value)
        return outputs

    def take(self) -> UnitOfWork:
        """Close the unit of work under way."""
        meta = self._meta = self.meta
        known = {topic: offset for topic, offset in meta.offsets.items() if offset != EARLIEST}
        records = self._job.tally.records
        for topic, lane in self._lanes.by_topic.items():
            if lane.handled:
                records[topic], lane.handled = lane.handled, 0
        done = self._job.take()
        unit = UnitOfWork(done.changelog, encode_meta(meta), done.outputs, known, done.tally)
        self._deadlines_left = self._settings.deadlines_per_unit
        self._committed_time = self.time
        self._touched = self._passed = False
        self.records_in_unit = self.outputs_in_unit = 0
        self._output_bytes = 0
        return unit

    @property
    def meta(self) -> Meta:
        """Where the partition is, as the next meta record will say."""
        offsets = {topic: lane.position for topic, lane in self._lanes.by_topic.items()}
        meta = self._job.meta(offsets, self.time)
        return replace(meta, topics=self._topics, partitions=self._settings.partitions)

    @property
    def sources(self) -> tuple[str, ...]:
        """Short names of the topics that are read, in the order of records of the same timestamp."""
        return self._sources

    def gauges(self) -> Mapping[str, Mapping[str, int]]:
        """What there is to be counted now, by kind and label."""
        return self._job.gauges()

    @property
    def other_policy(self) -> OtherPolicy | None:
        """What an operator should hear when another policy is in force than the worker was given."""
        return self._job.other_policy

    def __len__(self) -> int:
        return len(self._job)
