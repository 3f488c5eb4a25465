"""Records packed into batches, as the log will hold them, for one partition of one topic."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from aiokafka.record.default_records import DefaultRecordBatchBuilder

HeaderList = list[tuple[str, bytes]]
"""aiokafka's packer takes no other sequence."""

Entry = tuple[bytes | None, bytes | None, HeaderList, int]
"""Key, value, headers and timestamp (UTC milliseconds) of a record."""

NO_HEADERS: HeaderList = []
"""Shared by all records without headers; never changed."""

_SEQUENCES = 2**31
"""Sequence numbers start over at 0: at 4,000 records a second, within a week."""


class Packed(NamedTuple):
    """One finished batch."""

    data: bytearray
    records: int


@dataclass(frozen=True, slots=True)
class Stamp:
    """What all batches of a producer have in common."""

    producer_id: int
    epoch: int
    batch_bytes: int
    """Size up to which a batch takes records; a larger record travels alone."""

    def builder(self, sequence: int) -> DefaultRecordBatchBuilder:
        """Return an empty transactional batch, uncompressed, whose first record has this sequence number."""
        return DefaultRecordBatchBuilder(2, 0, 1, self.producer_id, self.epoch, sequence, self.batch_bytes)


def advance(sequence: int, records: int) -> int:
    """Return the sequence number so many records later."""
    return (sequence + records) % _SEQUENCES


def pack(entries: Iterable[Entry], stamp: Stamp, sequence: int) -> list[Packed]:
    """Return batches that hold the entries in order; the first entry has this sequence number.

    It is the broker that knows whether the topic allows the size of a record.
    """
    batches: list[Packed] = []
    builder, records = stamp.builder(sequence), 0
    append = builder.append
    for key, value, headers, timestamp in entries:
        if append(records, timestamp, key, value, headers) is None:
            batches.append(Packed(builder.build(), records))
            sequence = advance(sequence, records)
            builder, records = stamp.builder(sequence), 0
            append = builder.append
            append(0, timestamp, key, value, headers)
        records += 1
    if records:
        batches.append(Packed(builder.build(), records))
    return batches
