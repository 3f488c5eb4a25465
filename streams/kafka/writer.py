"""The transactional producer of one partition: all of a unit of work, or nothing."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    InvalidProducerEpoch,
    KafkaConnectionError,
    KafkaError,
    ProducerFenced,
)

from streams.errors import Disconnected, Fenced, Forbidden, PartitionParked, TransactionFailed, no_answer
from streams.kafka import faults
from streams.kafka.appending import TooLarge
from streams.kafka.connection import Connection
from streams.kafka.envelopes import by_place
from streams.kafka.names import Names
from streams.kafka.producing import Producer, WriterLimits
from streams.kafka.rights import refused_to_worker
from streams.partition import meta
from streams.partition.output import Output
from streams.partition.ports import Committed, UnitOfWork, WallClock, Writer
from streams.topics.turned_down import too_old

ABORT_WITHIN_S = 3.0
_OVERTAKEN = "another worker owns the partition now"


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
        self._producer: Producer | None = None
        self._began: int | None = None
        """When the first record of the unit under way was taken over: the time of all of them."""

    async def start(self) -> int:
        """Connect; fences the predecessor.  See `Writer`.

        Waits while the coordinator is away.  Raises `TransactionFailed` when no broker, or not the leader of the
        changelog, answers, or a right is missing (`Forbidden`).
        """
        await self.stop()
        transactional_id = self._names.transactional_id(self._number)
        try:
            client = AIOKafkaClient(**self._connection.options())
            producer = await Producer.open(client, transactional_id, self._limits)
            end = await self._find_end(producer)
        except KafkaConnectionError as error:
            reason = no_answer(self._connection.bootstrap_servers, error)
            raise Disconnected(f"{self._who}: cannot start writing. {reason}") from error
        except (ProducerFenced, InvalidProducerEpoch) as error:
            raise Fenced(f"{self._who}: {_OVERTAKEN}") from error
        except (KafkaError, TimeoutError) as error:
            lacking = refused_to_worker(error, self._names, self._number)
            if lacking is not None:
                raise Forbidden(f"{self._who}: cannot start writing. {lacking}") from error
            raise TransactionFailed(f"{self._who}: cannot start writing: {too_old(error) or repr(error)}") from error
        self._producer = producer
        return end

    async def _find_end(self, producer: Producer) -> int:
        """Append something, and take it back.

        To ask for the end would not do: a broker that was frozen or cut off, and does not know yet that another leads
        now, gives the end that it knows.  State would be older than what has been said of it.
        """
        changelog = self._place(self._names.job.state)
        producer.keep(changelog, {meta.BARRIER: None}, self._clock.now_ms())
        batches = producer.take()
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                await producer.begin(batches)
                appended = await producer.append(batches)
                await producer.abort()
        except BaseException:
            await producer.close()
            raise
        return appended[changelog].offset

    def tell(self, outputs: Sequence[Output]) -> None:
        """Pack outputs of the unit under way; see `Writer`."""
        if not outputs:
            return
        producer, now = self._started, self._now()
        for (short, partition), some in by_place(outputs).items():
            producer.put(self._place(short, partition), some, now)

    async def commit(self, unit: UnitOfWork) -> Committed:
        """Write a unit; see `Writer`.  After an error `start` must come first.

        Raises `PartitionParked`, too, when a record is larger than its topic allows: that would fail for ever.
        """
        producer = self._started
        self.tell(unit.outputs)
        changelog = self._place(self._names.job.state)
        now = self._now()
        producer.keep(changelog, unit.changelog, now)
        producer.keep(changelog, {meta.KEY: unit.meta}, now)
        self._began = None
        largest = producer.largest()
        try:
            async with asyncio.timeout(self._limits.timeout_s):
                return await self._commit(producer, unit)
        except asyncio.CancelledError:
            await self.stop()
            raise
        except (ProducerFenced, InvalidProducerEpoch) as error:
            await self.stop()
            raise Fenced(f"{self._who}: {_OVERTAKEN}") from error
        except TooLarge as error:
            await self._abort(producer)
            size, key = largest[error.tp]
            of = "the meta record" if key == meta.KEY else f"the record of {key!r}"
            raise PartitionParked(
                f"{self._who}: {of} in {error.tp.topic} ({size} bytes) is larger than its topic allows: set the topic's"
                f" max.message.bytes to {2 * size}, then run `shipclock partitions resume {error.tp.partition}`"
            ) from error
        except (KafkaError, TimeoutError) as error:
            await self._abort(producer)
            lacking = refused_to_worker(error, self._names, self._number)
            if lacking is not None:
                raise Forbidden(f"{self._who}: not committed. {lacking}") from error
            raise TransactionFailed(f"{self._who}: not, or not surely, committed: {error!r}") from error

    async def _commit(self, producer: Producer, unit: UnitOfWork) -> Committed:
        batches = producer.take()
        await producer.begin(batches)
        sent_at = self._clock.now_ms()
        appended = await producer.append(batches)
        acked_at = self._clock.now_ms()
        faults.inside_transaction()
        if unit.offsets:
            offsets = {self._place(short): offset for short, offset in unit.offsets.items()}
            await producer.move(self._names.group, offsets)
        await producer.commit()
        changelog = self._place(self._names.job.state)
        last = appended[changelog]
        return Committed(
            changelog_end=last.offset + batches[changelog][-1].records,
            append_time=last.timestamp if last.timestamp >= 0 else None,
            sent_at=sent_at,
            acked_at=acked_at,
        )

    @property
    def _started(self) -> Producer:
        if self._producer is None:
            raise TransactionFailed(f"{self._who}: the writer is not started")
        return self._producer

    def _now(self) -> int:
        if self._began is None:
            self._began = self._clock.now_ms()
        return self._began

    def _place(self, short: str, partition: int | None = None) -> TopicPartition:
        return TopicPartition(self._names.topic(short), self._number if partition is None else partition)

    async def _abort(self, producer: Producer) -> None:
        """Abort what is open, and close the producer.  What cannot be aborted now, the next `start` settles."""
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(ABORT_WITHIN_S):
                await producer.abort()
        await self.stop()

    async def stop(self) -> None:
        """Close the connection; what has been told and not committed is gone."""
        producer, self._producer, self._began = self._producer, None, None
        if producer is not None:
            await producer.close()

    @property
    def _who(self) -> str:
        return f"Partition {self._number} ({self._names.transactional_id(self._number)})"
