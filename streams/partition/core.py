"""The heart of a partition, without I/O: records and time go in, units of work come out.

A unit of work grows with `work`, is closed with `take`, and must then be made durable before the next one is taken.
When that fails, what is held in memory is void: `forget` it and restore from the changelog.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from schemas.records import Tick
from streams.partition.clerk import Clerk
from streams.partition.governance import PAGES
from streams.partition.lanes import Lane, Lanes, TimeSource
from streams.partition.meta import FORMAT, KEY, Meta, PolicyInForce, decode_meta, encode_meta
from streams.partition.partitioners import Partitioner, murmur2
from streams.partition.ports import EARLIEST, CaughtUp, ChangelogEntry, Record, SourceBatch, Tally, UnitOfWork
from streams.partition.reject_guard import RejectGuard
from streams.sla.instants import from_datetime
from streams.sla.policy import Policy

CONTROL: Final = "control"
SHIPMENTS: Final = "shipments"
SCANS: Final = "parcel-scans"
CARE: Final = "care-events"
SOURCES: Final = (CONTROL, SHIPMENTS, SCANS, CARE)
"""Short names of the source topics, in the order in which records of the same timestamp are handled."""

_tick = msgspec.json.Decoder(Tick)


@dataclass(frozen=True, slots=True)
class CoreSettings:
    """What a partition has to know of its surroundings."""

    namespace: str
    partition: int
    partitions: int
    time: TimeSource
    partitioner: Partitioner = murmur2
    reject_window: int = 1000
    """Records over which the share of rejects is taken."""
    reject_limit: float = 0.5
    deadlines_per_unit: int = 2000
    """How many deadlines one unit of work fires at most; time waits for the rest."""
    lane_limit: int = 2_000
    """How many records of one topic wait before no more are asked for."""


class Core:
    """State, deadlines and time of one partition."""

    def __init__(self, policy: Policy, settings: CoreSettings) -> None:
        self._policy = policy
        self._settings = settings
        self.guard = RejectGuard(settings.reject_window, settings.reject_limit)
        self.forget()

    def forget(self) -> None:
        """Drop everything: memory, time and what has been read."""
        settings = self._settings
        self._clerk = Clerk(
            self._policy,
            namespace=settings.namespace,
            partition=settings.partition,
            partitions=settings.partitions,
            partitioner=settings.partitioner,
            guard=self.guard,
        )
        self._lanes = Lanes(SOURCES, settings.time)
        self._handlers: dict[str, Callable[[Record, int], None]] = {
            CONTROL: self._clerk.control,
            SHIPMENTS: self._clerk.registration,
            SCANS: self._clerk.scan,
            CARE: self._clerk.care_event,
        }
        self._deadlines_left = settings.deadlines_per_unit
        self._meta: Meta | None = None
        self._committed_time = 0
        self._touched = False
        self.time = 0
        """Partition time: all records before this instant (UTC milliseconds) have been read and all deadlines before it
        have been handled."""
        self.changelog_end = 0
        """Offset after the last changelog record that memory holds."""
        self.records_in_unit = 0

    # --- restoring

    def load(self, entries: Sequence[ChangelogEntry]) -> None:
        """Take over changelog records, in order."""
        memory, governance = self._clerk.memory, self._clerk.governance
        for _, key, value in entries:
            if key == KEY:
                if value is not None:
                    self._meta = decode_meta(value)
            elif key.startswith(PAGES):
                governance.load(key, value)
            else:
                memory.load(key, value)

    def restored(self, changelog_end: int) -> dict[str, int]:
        """The changelog has been read to its end; gives the offset to read on from, by topic."""
        self.changelog_end = changelog_end
        meta = self._meta
        self._clerk.memory.index_all()
        offsets = dict.fromkeys(SOURCES, EARLIEST)
        if meta is not None:
            offsets |= {topic: offset for topic, offset in meta.offsets.items() if topic in offsets}
            self.time = self._committed_time = meta.time
            self._clerk.docket.restore(meta.gauges)
            self._clerk.governance.restore(meta)
            self._clerk.adopt(meta.time)
        self._lanes = Lanes(SOURCES, self._settings.time)
        for topic, lane in self._lanes.by_topic.items():
            lane.begin(offsets[topic], self.time)
        return offsets

    # --- reading

    def offer(self, batch: SourceBatch) -> None:
        """Take over records of one topic."""
        if batch.topic == CONTROL:
            for record in batch.records:
                try:
                    tick = _tick.decode(record.value or b"")
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                    continue  # it is rejected when its turn comes
                # A tick counts no further than its own timestamp: up to there the merge finds it again after a crash.
                self._lanes.tick(min(from_datetime(tick.at), record.timestamp), batch.fetched_at)
        self._lanes.by_topic[batch.topic].offer(batch)

    def caught_up(self, mark: CaughtUp) -> None:
        """Note how far a topic is known to be read."""
        lane = self._lanes.by_topic[mark.topic]
        if lane.received == EARLIEST:
            # Nothing has come yet: now it is known where the log began, and reading never falls back behind that.
            lane.position = lane.received = mark.began
        lane.mark = mark

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

        True when there is more to do at once: in this unit of work or, where its deadlines are used up, in the next.
        Raises `PartitionParked`.
        """
        next_run = self._lanes.next_run
        governance = self._clerk.governance
        while most > 0:
            if governance.change is not None:
                if self.exhausted:
                    return True
                most -= max(self._sweep(most), 1)
                continue
            run = next_run()
            if run is None:
                return not self._pass(self._lanes.time())
            lane, end = run
            # A control record may change what holds for all: nothing may follow it at once.
            count = self._run(lane, min(end, lane.place + (1 if lane.topic == CONTROL else most)))
            if not count:
                return True
            most -= count
        return True

    def _sweep(self, most: int) -> int:
        """Judge shipments again; gives how many."""
        count = self._clerk.sweep(min(most, self._deadlines_left), self.time)
        self._deadlines_left -= count
        self._touched = True
        return count

    def _run(self, lane: Lane, end: int) -> int:
        """Handle the records of one topic before place `end`; gives how many."""
        handle = self._handlers[lane.topic]
        index = self._clerk.memory.index
        records, stamps, first = lane.records, lane.stamps, lane.place
        moving = self._settings.time is not TimeSource.CREATE
        time = self.time
        place = first
        while place < end:
            stamp = stamps[place]
            if moving and stamp > time:
                if index.earliest < stamp and not self._pass(stamp):
                    break
                self.time = time = stamp
            handle(records[place], time)
            place += 1
        if place > first:
            lane.advance(place)
            self._note(lane.topic, place - first)
        return place - first

    def _note(self, topic: str, count: int) -> None:
        tally = self._clerk.tally
        tally.records[topic] = tally.records.get(topic, 0) + count
        if topic == SCANS:
            tally.scans += count
        self.records_in_unit += count
        self._touched = True
        self.guard.read(count)

    def _pass(self, instant: int) -> bool:
        """Let time pass up to an instant, fire what is due before it; False when the unit's deadlines are used up."""
        if instant <= self.time:
            return True
        clerk = self._clerk
        index, deadline_of = clerk.memory.index, clerk.memory.deadline_of
        while index.earliest < instant:
            if self._deadlines_left <= 0:
                return False
            found = index.pop(instant, deadline_of)
            if found is None:
                break
            deadline, key = found
            self.time = max(self.time, deadline)
            clerk.fire(key, deadline)
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
    def exhausted(self) -> bool:
        """Whether the unit of work has fired as many deadlines as it may."""
        return self._deadlines_left <= 0

    def take(self) -> UnitOfWork:
        """Close the unit of work under way."""
        clerk = self._clerk
        offsets = {topic: lane.position for topic, lane in self._lanes.by_topic.items()}
        clerk.tally.opened = dict(clerk.docket.opened)
        clerk.docket.opened.clear()
        meta = Meta(
            format=FORMAT,
            offsets=offsets,
            time=self.time,
            policies=clerk.governance.policies(clerk.governance.now),
            suspensions=clerk.governance.now.suspensions,
            sweep=clerk.governance.sweep(),
            gauges=clerk.docket.gauges(),
        )
        self._meta = meta
        known = {topic: offset for topic, offset in offsets.items() if offset != EARLIEST}
        changelog = clerk.memory.flush()
        changelog.update(clerk.governance.flush())
        unit = UnitOfWork(changelog, encode_meta(meta), clerk.outputs, known, clerk.tally)
        clerk.outputs = []
        clerk.tally = Tally()
        self._deadlines_left = self._settings.deadlines_per_unit
        self._committed_time = self.time
        self._touched = False
        self.records_in_unit = 0
        return unit

    def gauges(self) -> dict[str, dict[str, int]]:
        """How many clocks run and are overdue by clock, and shipments by phase."""
        return self._clerk.docket.gauges()

    @property
    def policies(self) -> tuple[PolicyInForce, ...]:
        """The versions of the policy that are in force."""
        return self._clerk.governance.policies(self._clerk.governance.now)

    @property
    def configured(self) -> str:
        """Name, version and digest of the policy that the worker was given."""
        return f"{self._policy.name} {self._policy.version} ({self._policy.digest})"

    @property
    def other_policy(self) -> bool:
        """Whether that policy is not among those in force: to change it, one publishes."""
        return all(one.digest != self._policy.digest for one in self.policies)

    def __len__(self) -> int:
        return len(self._clerk.memory)
