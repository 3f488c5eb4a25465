"""The transactional producer of one partition: all of a unit of work, or nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import chain, groupby
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaError,
    MessageSizeTooLargeError,
    ProducerFenced,
)
from aiokafka.structs import RecordMetadata

from streams.errors import Fenced, PartitionParked, TransactionFailed
from streams.kafka import faults
from streams.kafka.connection import Connection
from streams.kafka.envelopes import NO_HEADERS, Batch, Entry, pack
from streams.kafka.names import STATE_TOPIC, Names
from streams.kafka.producing import WriterLimits, close_producer, open_producer
from streams.partition import meta
from streams.partition.ports import Committed, Output, UnitOfWork, WallClock, Writer

ABORT_WITHIN_S = 3.0


class KafkaWriter(Writer):
    """Writes the units of work of one partition."""

    def __init__(
        self,
        connection: Connection,
        names: Names,
        number: int,
        *,
        clock: WallClock,
        limits: WriterLimits,
    ) -> None:
        self._connection = connection
        self._names = names
        self._number = number
        self._clock = clock
        self._limits = limits
        self._changelog = names.topic(STATE_TOPIC)
        self._producer: AIOKafkaProducer | None = None

    async def start(self) -> None:
        """Connect; fences the predecessor.  Raises `TransactionFailed` when no coordinator answers."""
        await self.stop()
        transactional_id = self._names.transactional_id(self._number)
        try:
            producer = await open_producer(self._connection, transactional_id, self._limits)
        except KafkaError as error:
            raise TransactionFailed(f"{self._who}: cannot start writing: {error!r}") from error
        self._producer = producer

    async def commit(self, unit: UnitOfWork) -> Committed:
        """Write a unit; see `Writer`.  After an error `start` must come first.

        Raises `PartitionParked`, too, when a record is larger than its topic allows: that would fail for ever.
        """
        producer = self._producer
        if producer is None:
            raise TransactionFailed(f"{self._who}: the writer is not started")
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._commit(producer, unit)
        except asyncio.CancelledError:
            await self.stop()
            raise
        except (ProducerFenced, InvalidProducerEpoch) as error:
            await self.stop()
            raise Fenced(f"{self._who}: another worker owns the partition now") from error
        except MessageSizeTooLargeError as error:
            await self._abort(producer)
            raise PartitionParked(f"{self._who}: {_largest(unit)} is larger than its topic allows") from error
        except (KafkaError, TimeoutError) as error:
            await self._abort(producer)
            raise TransactionFailed(f"{self._who}: not, or not surely, committed: {error!r}") from error

    async def _commit(self, producer: AIOKafkaProducer, unit: UnitOfWork) -> Committed:
        await producer.begin_transaction()
        now = self._clock.now_ms()
        pending: list[asyncio.Future[RecordMetadata]] = []
        for topic, outputs in groupby(sorted(unit.outputs, key=_topic), key=_topic):
            entries = ((output.key, output.value, list(output.headers)) for output in outputs)
            pending += await self._send(producer, self._names.topic(topic), self._pack(producer, entries, now))
        state: chain[Entry] = chain(
            ((key, value, NO_HEADERS) for key, value in unit.changelog.items()), [(meta.KEY, unit.meta, NO_HEADERS)]
        )
        batches = self._pack(producer, state, now)
        sent_at = self._clock.now_ms()
        pending += await self._send(producer, self._changelog, batches)
        acknowledged = await asyncio.gather(*pending)
        acked_at = self._clock.now_ms()
        last = acknowledged[-1]
        faults.inside_transaction()
        if unit.offsets:
            await producer.send_offsets_to_transaction(self._offsets(unit.offsets), self._names.group)
        await producer.commit_transaction()
        return Committed(
            changelog_end=last.offset + batches[-1].record_count(),
            append_time=last.timestamp if last.timestamp_type == 1 else None,
            sent_at=sent_at,
            acked_at=acked_at,
        )

    def _pack(self, producer: AIOKafkaProducer, entries: Any, now: int) -> Sequence[Batch]:
        return pack(entries, producer.create_batch, now)

    async def _send(
        self, producer: AIOKafkaProducer, topic: str, batches: Sequence[Batch]
    ) -> list[asyncio.Future[RecordMetadata]]:
        return [await producer.send_batch(batch, topic, partition=self._number) for batch in batches]

    def _offsets(self, offsets: Mapping[str, int]) -> dict[TopicPartition, int]:
        return {TopicPartition(self._names.topic(short), self._number): offset for short, offset in offsets.items()}

    async def _abort(self, producer: AIOKafkaProducer) -> None:
        """Abort what is open, and close the producer.

        After a refused batch aiokafka counts on from a sequence number
        that the broker has not seen.  What cannot be aborted now, the next `start` settles.
        """
        with suppress(KafkaError, TimeoutError, AssertionError):
            async with asyncio.timeout(ABORT_WITHIN_S):
                await producer.abort_transaction()
        await self.stop()

    async def stop(self) -> None:
        """Close the connection."""
        producer, self._producer = self._producer, None
        if producer is not None:
            await close_producer(producer)

    @property
    def _who(self) -> str:
        return f"Partition {self._number} ({self._names.transactional_id(self._number)})"


def _topic(output: Output) -> str:
    return output.topic


def _largest(unit: UnitOfWork) -> str:
    """Name the largest record of a unit."""
    sizes = [(len(value or b""), f"state of {key!r}") for key, value in unit.changelog.items()]
    sizes += [(len(output.value or b""), f"{output.topic} {output.key!r}") for output in unit.outputs]
    size, name = max(sizes, default=(len(unit.meta), "the meta record"))
    return f"{name} ({size} bytes)"
