"""The job that takes in a carrier's own topic: messages by a mapping in, registrations, scans and care events out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from schemas.encoding import encode
from schemas.records import CareEvent, ParcelScan, ShipmentRegistration
from streams.intake import Rejected, read_care_event, read_registration, read_scan
from streams.intake.rejection import SILENT, TOMBSTONE
from streams.mapping import Mapped, Messages
from streams.mapping.oddities import LOST
from streams.partition.job import CoreSettings, Done, Handler, MakeJob
from streams.partition.judging import CARE, SCANS, SHIPMENTS
from streams.partition.output import Output
from streams.partition.plain import PlainJob
from streams.partition.record import Record
from streams.partition.reject_guard import RejectGuard

CARRIER: Final = "carrier"
"""Short name of the carrier's topic."""
MAPPED: Final = "mapped"
"""The kind of what is written, in metrics."""
_FOREVER: Final = 2**62
"""Whoever judges knows when a record was written; here nothing lies too far ahead."""

Body = ShipmentRegistration | ParcelScan | CareEvent


@dataclass(frozen=True, slots=True)
class Carrier:
    """A topic of somebody else's, and how to read it."""

    topic: str
    """As the cluster calls it."""
    messages: Messages
    replay: bool = False
    """Whether what is written carries the timestamps of what was read."""


class Rekeying(PlainJob):
    """Takes in one partition of a carrier's topic; see `streams.partition.job.Job`.

    It keeps nothing but its place: what a message gives depends on the message and the mapping alone.
    """

    def __init__(self, carrier: Carrier, settings: CoreSettings, guard: RejectGuard) -> None:
        """`settings` has the partition of the carrier's topic, and how many partitions our topics have."""
        super().__init__(settings, guard)
        self.handlers: Mapping[str, Handler] = {CARRIER: self._take_in}
        self._carrier = carrier

    def _take_in(self, record: Record, time: int) -> None:  # noqa: ARG002 - it does not matter when
        """One message."""
        if record.value is None:
            self._lose(record, Rejected(TOMBSTONE, "the record has no value"))
            return
        mapped = self._carrier.messages.read(record.value)
        lost = self._odd(mapped)
        taken = 0
        for topic, key, body in _said(mapped):
            value = encode(body)
            try:
                _check(body, key, value)
            except Rejected as rejected:
                lost.append(Rejected(rejected.reason, f"{topic}: {rejected}", rejected.path))
                continue
            self._write(topic, key, value, record)
            taken += 1
        if lost:
            first, others = lost[0], len(lost) - 1
            detail = f"{first}; {others} more cannot be read" if others else str(first)
            self._lose(record, Rejected(first.reason, detail, first.path))
        elif not taken and not mapped.oddities:
            self._flag(SILENT)

    def _odd(self, mapped: Mapped) -> list[Rejected]:
        """What cannot be read; what is only strange is counted."""
        lost = []
        for oddity in mapped.oddities:
            if oddity.kind in LOST:
                lost.append(Rejected(oddity.kind, oddity.detail, oddity.path))
            else:
                self._flag(oddity.kind)
        return lost

    def _write(self, topic: str, key: bytes, value: bytes, record: Record) -> None:
        settings = self.settings
        partition = settings.partitioner(key, settings.partitions)
        # A sender of long ago may have given no time, which is -1.
        stamp = record.timestamp if self._carrier.replay and record.timestamp >= 0 else None
        self.outputs.append(Output(topic, key, value, (), partition, stamp))
        decisions = self.tally.decisions
        decisions[topic, MAPPED] = decisions.get((topic, MAPPED), 0) + 1

    def _lose(self, record: Record, rejected: Rejected) -> None:
        self.reject(CARRIER, record, rejected, read_from=self._carrier.topic)

    def _flag(self, flag: str) -> None:
        self.tally.flags[flag] = self.tally.flags.get(flag, 0) + 1

    def load(self, key: bytes, value: bytes | None) -> None:
        """Nothing but the meta record is ever kept."""

    def restored(self, meta: object) -> None:
        """There is nothing to take over."""

    def fire(self, key: bytes, deadline: int) -> None:
        """Nothing is due."""

    def take(self) -> Done:
        """Give what has been written since the last time."""
        outputs, tally = self.closed()
        return Done({}, outputs, tally)

    def __len__(self) -> int:
        return 0


def rekeying(carrier: Carrier) -> MakeJob:
    """Makes the job that takes in a carrier's topic."""
    return lambda settings, guard: Rekeying(carrier, settings, guard)


def _said(mapped: Mapped) -> Iterator[tuple[str, bytes, Body]]:
    """Topic, key and record of all that a message says, a registration first."""
    if mapped.registration is not None:
        yield SHIPMENTS, mapped.registration.shipment_id.encode(), mapped.registration
    for scan in mapped.scans:
        yield SCANS, scan.shipment_id.encode(), scan
    for step in mapped.care:
        yield CARE, step.shipment_id.encode(), step


def _check(body: Body, key: bytes, value: bytes) -> None:
    """Raises `Rejected` for what the main job would reject, whatever it knows of the shipment."""
    if isinstance(body, ParcelScan):
        read_scan(key, value, _FOREVER)
    elif isinstance(body, CareEvent):
        read_care_event(key, value, _FOREVER)
    else:
        read_registration(key, value, _FOREVER, _NEEDS)


_NEEDS: Final = frozenset({"zones", "pickup", "delivery"})
"""What is checked of a registration only where a policy asks for it: any may."""
