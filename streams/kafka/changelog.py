"""The changelog of one partition, read fast by a consumer of its own."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError, OffsetOutOfRangeError

from streams.errors import ChangelogTruncated, Disconnected, Forbidden, TransactionFailed, no_answer
from streams.kafka.connection import Connection, hurrying
from streams.kafka.names import Names
from streams.kafka.rights import READ, refused
from streams.kafka.slim import slim
from streams.partition.ports import Changelog, ChangelogEntry

FETCH_BYTES = 8 * 1024 * 1024
"""Bytes of one fetch: few round trips, and chunks that a task takes in without hogging the event loop for long."""

LOOK_AGAIN_MS = 20
"""A fetch may hold nothing but a commit marker: it moves the position, yet is not told to whoever waits for records."""

CHUNK_ENTRIES = 5_000
"""Entries of one chunk at most."""

LOOK_FOR_LEADER_S = 1.0
"""How often to look who leads while there is no progress: one that was deposed, and does not know it, shows none."""

STALLED_S = 30.0
"""Without progress for so long, this attempt has failed."""


class _Progress:
    """How long a position has not moved, and when the leader was looked for."""

    def __init__(self, position: int) -> None:
        self._position = position
        self._since = self._looked_at = asyncio.get_running_loop().time()

    def idle_s(self, position: int) -> float:
        """Note where it is now; gives for how many seconds it has been there."""
        now = asyncio.get_running_loop().time()
        if position != self._position:
            self._position, self._since = position, now
        return now - self._since

    def look(self) -> bool:
        """Whether it is time to look for the leader, again."""
        now = asyncio.get_running_loop().time()
        if now - max(self._since, self._looked_at) < LOOK_FOR_LEADER_S:
            return False
        self._looked_at = now
        return True


class KafkaChangelog(Changelog):
    """Reads committed entries only, up to a position: commit markers occupy offsets too."""

    def __init__(self, connection: Connection, names: Names, number: int) -> None:
        self._connection = connection
        self._tp = TopicPartition(names.topic(names.job.state), number)

    async def read(self, start: int, end: int) -> AsyncIterator[Sequence[ChangelogEntry]]:
        """Yield committed entries; see `Changelog`."""
        tp = self._tp
        if start > end:
            raise ChangelogTruncated(
                f"{tp.topic} partition {tp.partition} ends at {end}, and {start} had been committed: acknowledged"
                " records are lost, by an unclean election or because it was made anew; bring them back, or resume the"
                " partition to go on from what is left"
            )
        if start == end:
            return
        async with self._answered(), self._consumer() as consumer:
            beginning = (await consumer.beginning_offsets([tp]))[tp]
            if start < beginning:
                raise ChangelogTruncated(
                    f"{tp.topic} partition {tp.partition}: offset {start} is needed but the log now begins at"
                    f" {beginning}; the topic must be compacted, never deleted by time or size"
                )
            consumer.seek(tp, start)
            progress = _Progress(start)
            while (position := await consumer.position(tp)) < end:
                self._see_to(progress, position, end, consumer)
                try:
                    fetched = await consumer.getmany(tp, timeout_ms=LOOK_AGAIN_MS, max_records=CHUNK_ENTRIES)
                except OffsetOutOfRangeError:  # a leader that was deposed does not even have what memory holds
                    await asyncio.sleep(LOOK_AGAIN_MS / 1000)
                    continue
                records = fetched.get(tp)
                if records:
                    yield [
                        ChangelogEntry(record.offset, record.key, record.value)
                        for record in records
                        if record.offset < end
                    ]

    def _see_to(self, progress: _Progress, position: int, end: int, consumer: AIOKafkaConsumer) -> None:
        """Look for the leader while nothing comes; after long enough this attempt to restore has failed."""
        if progress.idle_s(position) > STALLED_S:
            raise TransactionFailed(
                f"{self._tp.topic} partition {self._tp.partition}: read up to {position} of {end}, and no further for"
                f" {STALLED_S:.0f} s: is its leader cut off from the other brokers, or a transaction never ended?"
            )
        if progress.look():
            consumer._client.force_metadata_update()  # noqa: SLF001 - aiokafka is pinned

    @asynccontextmanager
    async def _answered(self) -> AsyncIterator[None]:
        """A broker that is away for a while fails this attempt to restore, not the worker."""
        where = f"{self._tp.topic} partition {self._tp.partition}"
        try:
            yield
        except KafkaConnectionError as error:
            reason = no_answer(self._connection.bootstrap_servers, error)
            raise Disconnected(f"{where}: cannot be read. {reason}") from error
        except KafkaError as error:
            lacking = refused(error, READ)
            if lacking is not None:
                raise Forbidden(f"{where}: cannot be read. {lacking}") from error
            raise TransactionFailed(f"{where}: cannot be read: {error!r}") from error

    @asynccontextmanager
    async def _consumer(self) -> AsyncIterator[AIOKafkaConsumer]:
        consumer = AIOKafkaConsumer(
            **self._connection.options(),
            isolation_level="read_committed",
            auto_offset_reset="none",
            enable_auto_commit=False,
            max_partition_fetch_bytes=FETCH_BYTES,
            fetch_max_bytes=FETCH_BYTES,
            fetch_max_wait_ms=100,
        )
        consumer.assign([self._tp])
        consumer.pause(self._tp)
        try:
            with hurrying(consumer._client):  # noqa: SLF001 - aiokafka is pinned
                await consumer.start()
            slim(consumer)
            consumer.resume(self._tp)
            yield consumer
        finally:
            await consumer.stop()
