"""Handles one record or deadline: from bytes to decisions, and from decisions to the journal."""

from collections import deque
from typing import Final

import msgspec

from schemas.records import Control, FeedStatus, Tick
from streams.intake import Rejected, read_care_event, read_registration, read_scan
from streams.intake.reading import read
from streams.intake.rejection import ORPHAN_EXPIRED, TOO_MANY_SILENCES
from streams.partition.belonging import check_partition
from streams.partition.copies import Copies
from streams.partition.doubts import Doubts
from streams.partition.governance import Governance
from streams.partition.job import SIGHTINGS
from streams.partition.journal import Journal
from streams.partition.memory import Memory
from streams.partition.outputs import Envelope
from streams.partition.partitioners import Partitioner
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard
from streams.partition.watching import Watch
from streams.sla.docket import Docket
from streams.sla.judge import Judge
from streams.sla.phases import RESIDUE
from streams.sla.policy import Policy
from streams.sla.refusal import Refused
from streams.sla.render import Renderer
from streams.sla.scan import KnownScan
from streams.sla.state import Shipment

_control: Final = msgspec.json.Decoder(Control)


class Clerk:
    """Keeps the books of one partition: its `memory`, and the `journal` of the unit of work under way."""

    def __init__(
        self,
        policy: Policy,
        *,
        namespace: str,
        partition: int,
        partitions: int,
        partitioner: Partitioner,
        guard: RejectGuard,
        copies: bool = False,
        sightings: bool = False,
    ) -> None:
        """With `copies`, outcomes are also written by customer, for the job that keeps scorecards.

        With `sightings` it is told which facilities speak, where the policy has feeds, for the job that watches them.
        """
        self.memory = Memory()
        self.docket = Docket()
        self.governance = Governance(policy)
        self.doubts = Doubts()
        self.watch = Watch(self.governance.now, partition, partitions, partitioner) if sightings else None
        self._watching = self.watch is not None and self.watch.active
        self._confirming: deque[bytes] = deque()
        self._judge = Judge(policy, self.docket)
        self._needs = policy.needs
        self._facilities = "facility" in policy.needs
        self._renderer = renderer = Renderer(namespace, policy)
        by_customer = Copies(partitions, partitioner) if copies else None
        self.journal = Journal(renderer, Envelope(namespace, partition), guard, by_customer)
        self._waiting: deque[bytes] = deque()
        self._partition = partition
        self._partitions = partitions
        self._partitioner = partitioner

    def control(self, record: Record, time: int) -> None:
        """A control record.  Ticks count when they are received, so there is nothing left to do but check them."""
        try:
            body = read(_control, record.key or b"", record.value)
            if isinstance(body, Tick):
                return
            if isinstance(body, FeedStatus):
                if self.governance.is_full(body):
                    self.journal.flag(TOO_MANY_SILENCES)
                if not self.governance.hear(body):
                    return
            elif not self.governance.apply(body, max(record.timestamp, time)):
                return
        except Rejected as rejected:
            self.journal.reject("control", record, rejected)
            return
        self.adopt(time)

    def adopt(self, time: int) -> None:
        """Go on under what is in force now; where that has just changed, there is something to `sweep`."""
        now, change = self.governance.now, self.governance.change
        self._judge.look_at(now, time)
        self._renderer.look_at(now, None if change is None else change.former)
        self._needs = now.book.needs()
        self._facilities = "facility" in self._needs
        self._waiting = deque(() if change is None else self.memory.keys_after(change.after.encode()))
        self._confirming = deque(self.doubts.settled({silence.facility for silence in now.silences}))
        watch = self.watch
        if watch is not None:
            watch.look_at(now)
            self._watching = watch.active

    def sweep(self, most: int, time: int) -> int:
        """Judge up to `most` of the waiting shipments again; gives how many.  Until all are done time stands still."""
        change, waiting = self.governance.change, self._waiting
        if change is None:
            return self._confirm(most, time)
        count = min(most, len(waiting))
        for _ in range(count):
            key = waiting.popleft()
            shipment = self.memory.get(key)
            if shipment is not None and self._judge.reconsider(shipment, change.former, change.at, time):
                self._record(key, shipment, max(change.at, time))
                self.memory.put(key, shipment)
            change.after = key.decode()
        if not waiting:
            self.governance.change = None
            self._renderer.look_at(self.governance.now)
        return count

    @property
    def sweeping(self) -> bool:
        """Whether shipments wait to be judged again, or alerts to be confirmed."""
        return self.governance.change is not None or bool(self._confirming)

    def _confirm(self, most: int, time: int) -> int:
        """Confirm the unverified alerts of up to `most` shipments whose feeds have come back; gives how many."""
        waiting = self._confirming
        count = min(most, len(waiting))
        for _ in range(count):
            key = waiting.popleft()
            shipment = self.memory.get(key)
            if shipment is not None:
                self._judge.confirm(shipment, time)
                self._record(key, shipment, time)
                self.memory.put(key, shipment)
        return count

    def registration(self, record: Record, time: int) -> None:
        """A record of `shipments`."""
        stamp = record.timestamp
        key = record.key
        try:
            registration = read_registration(key, record.value, max(stamp, time), self._needs)
            assert key is not None  # noqa: S101 - read_registration has seen to it
            shipment = self.memory.get(key)
            if shipment is None:
                self._check_partition(key)
            changed = self._judge.register(shipment, registration, stamp, time)
        except (Rejected, Refused) as refused:
            self.journal.reject("shipments", record, refused)
            return
        if changed is not None:
            self._record(key, changed, max(stamp, time))
            self.memory.put(key, changed)

    def scan(self, record: Record, time: int) -> None:
        """A record of `parcel-scans`."""
        key, stamp = record.key, record.timestamp
        try:
            scan, flags = read_scan(key, record.value, max(time, stamp), facilities=self._facilities)
        except Rejected as rejected:
            self.journal.reject("parcel-scans", record, rejected)
            return
        assert key is not None  # noqa: S101 - read_scan has seen to it
        self._apply("parcel-scans", record, key, stamp, time, scan, flags)

    def care_event(self, record: Record, time: int) -> None:
        """A record of `care-events`."""
        key, stamp = record.key, record.timestamp
        try:
            step, flags = read_care_event(key, record.value, max(time, stamp))
        except Rejected as rejected:
            self.journal.reject("care-events", record, rejected)
            return
        assert key is not None  # noqa: S101 - read_care_event has seen to it
        self._apply("care-events", record, key, stamp, time, step, flags)

    def _apply(
        self, topic: str, record: Record, key: bytes, stamp: int, time: int, scan: KnownScan, flags: tuple[str, ...]
    ) -> None:
        try:
            shipment = self.memory.get(key)
            if shipment is None:
                self._check_partition(key)
            changed = self._judge.scan(shipment, scan, stamp, time)
        except (Rejected, Refused) as refused:
            self.journal.reject(topic, record, refused)
            return
        for flag in flags:
            self.journal.flag(flag)
        if changed is not None:
            if self.docket.decisions or self.docket.status_changed:
                self._record(key, changed, max(time, stamp))
            self.memory.put(key, changed)
            if self._watching:
                self._see(scan, max(time, stamp))

    def _see(self, scan: KnownScan, at: int) -> None:
        """Tell, now and then, that a facility speaks: what said nothing new is no sign of it."""
        sighting = None if self.watch is None else self.watch.heard(scan, at)
        if sighting is not None:
            self.journal.tell(sighting, SIGHTINGS, "sighting")

    def fire(self, key: bytes, deadline: int) -> None:
        """A deadline that partition time has passed."""
        shipment = self.memory.get(key)
        if shipment is None:
            return
        kept = self._judge.fire(shipment, deadline)
        self._record(key, shipment, deadline)
        if kept is None:
            if shipment.phase == RESIDUE:
                self.journal.forget(key)
            else:
                self.journal.flag(ORPHAN_EXPIRED)
            self.doubts.note(key, None)
            self.memory.drop(key)
        else:
            self.memory.put_fired(key, kept)

    def _check_partition(self, key: bytes) -> None:
        check_partition(key, self._partition, self._partitions, self._partitioner)

    def _record(self, key: bytes, shipment: Shipment, at: int) -> None:
        """Write down what the docket holds for a shipment."""
        docket = self.docket
        if docket.doubts_changed:
            docket.doubts_changed = False
            self.doubts.note(key, shipment)
        if docket.decisions or docket.status_changed:
            self.journal.record(key, shipment, docket, at)
