"""What a consumer has fetched, as records of our own, batch by batch.

aiokafka takes records one by one through two generators and wraps each in a `ConsumerRecord`, a frozen data class of
eleven fields: about 1.5 microseconds a record, more than a tenth of what a scan may cost altogether.
"""

from collections import OrderedDict
from collections.abc import Iterator
from functools import partial
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_COMMITTED, FetchResult
from aiokafka.errors import CorruptRecordException
from aiokafka.record.memory_records import _MemoryRecordsPy
from google_crc32c import value as checksum

from streams.kafka.unpacking import COVERED_FROM, is_plain, unpack
from streams.partition.record import CreatedRecord, Record

MOST_AT_ONCE = 250
"""Records of a batch that are taken at once; nobody may ask for fewer."""

_FORMAT_AT = 16
"""Where in a batch its format stands."""
_APPEND_TIME = 1
_OURS = 2
"""The format that brokers have written since 2017; its checksums cover all that follows them."""

# For every consumer of the process: the twin in C does not show the bytes of a batch, and sums them up slowly.
fetcher.MemoryRecords = _MemoryRecordsPy


def _runs(log: Any) -> Iterator[list[Record]]:
    """Yield the records of a fetched log that count, in runs: what `log`, a `PartitionRecords`, would yield singly."""
    while log._records.has_next():  # noqa: SLF001 - aiokafka is pinned
        packed = log._records._next_slice  # noqa: SLF001 - as above
        batch = log._records.next_batch()  # noqa: SLF001 - as above
        covered = bytes(packed[COVERED_FROM:])
        old = packed[_FORMAT_AT] < _OURS
        if log._check_crcs and not (batch.validate_crc() if old else checksum(covered) == batch.crc):  # noqa: SLF001 - as above
            raise CorruptRecordException(f"Invalid CRC - {log._tp}")  # noqa: SLF001 - as above
        if not _void(log, batch):
            try:
                records = _unpacked(batch) if old or not is_plain(covered) else unpack(covered, batch.base_offset)
            except (IndexError, ValueError) as error:
                raise CorruptRecordException(f"Invalid batch - {log._tp}: {error}") from error  # noqa: SLF001 - as above
            if records and records[0].offset < log.next_fetch_offset:
                records = [record for record in records if record.offset >= log.next_fetch_offset]
            for place in range(0, len(records), MOST_AT_ONCE):
                run = records[place : place + MOST_AT_ONCE]
                log.next_fetch_offset = run[-1].offset + 1
                yield run
        # A compacted batch may have lost its last records.
        log.next_fetch_offset = batch.next_offset


def _unpacked(batch: Any) -> list[Record]:
    """The records of a batch of an old format, or one that is compressed."""
    return [
        (Record if record.timestamp_type == _APPEND_TIME else CreatedRecord)(
            record.offset, record.timestamp, record.key, record.value
        )
        for record in batch
    ]


def _void(log: Any, batch: Any) -> bool:
    """Whether a batch is a marker, or of a transaction that was aborted."""
    if log._isolation_level == READ_COMMITTED and batch.producer_id is not None:  # noqa: SLF001 - aiokafka is pinned
        log._consume_aborted_up_to(batch.base_offset)  # noqa: SLF001 - as above
        aborted = log._aborted_producers  # noqa: SLF001 - as above
        if batch.is_control_batch and log._contains_abort_marker(batch):  # noqa: SLF001 - as above
            aborted.discard(batch.producer_id)
        if batch.is_transactional and batch.producer_id in aborted:
            return True
    return bool(batch.is_control_batch)


def _take(result: Any, most: int | None = None) -> list[Record]:
    """Take up to `most` records of a fetch result; stands in for its `getall`."""
    taken: list[Record] = []
    if most is not None and most < MOST_AT_ONCE:
        return taken  # of what other partitions left; this one comes first another time
    if not result.check_assignment(result._topic_partition) or not result.has_more():  # noqa: SLF001 - aiokafka is pinned
        return taken
    for run in result._partition_records:  # noqa: SLF001 - as above
        taken += run
        if most is not None and len(taken) + MOST_AT_ONCE > most:
            result._update_position()  # noqa: SLF001 - as above
            return taken
    result._update_position()  # noqa: SLF001 - as above
    result._partition_records = None  # noqa: SLF001 - as above
    del result.getall  # it holds the result
    return taken


class _Results(OrderedDict[TopicPartition, Any]):
    """Fetch results that are waiting to be taken; records are unpacked when they are."""

    def __setitem__(self, tp: TopicPartition, result: Any) -> None:
        if isinstance(result, FetchResult):
            log = result._partition_records  # noqa: SLF001 - aiokafka is pinned
            log._records_iterator = _runs(log)  # noqa: SLF001 - as above
            result.getall = partial(_take, result)
        super().__setitem__(tp, result)


def slim(consumer: AIOKafkaConsumer) -> None:
    """Make a started consumer return records of ours.

    Its `getmany` must be asked for `MOST_AT_ONCE` records at least, and `getone` not be used.
    """
    consumer._fetcher._records = _Results()  # noqa: SLF001 - aiokafka is pinned
