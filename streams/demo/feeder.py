"""Feeds a timeline into Kafka in replay time: records, then a tick that says how far they reach."""

import asyncio
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Protocol, Self

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from schemas.encoding import encode
from schemas.records import Tick
from streams.demo.timeline import CONTROL, Timeline, chunks
from streams.errors import KafkaUnavailable
from streams.feed.records import FeedRecord, instant

_CHUNK = 500
"""At most so many records between two ticks."""
_CHUNKS = 200
"""At least so many ticks in a feed, if it has that many records."""


class Pace(Protocol):
    """Decides how fast the feed may go on."""

    async def ready(self, share: float) -> None:
        """Return when the feed may go beyond this share (0 to 1) of its records."""


class Unhindered:
    """The pace of a feed that nobody holds back."""

    async def ready(self, share: float) -> None:
        """Return at once."""


class Feeder:
    """Writes in order of time; a tick follows when everything before it is acknowledged on every topic.

    Keys go to partitions by murmur2, as with Java's producer.  After a failure `run` goes on where it stopped; the
    records whose acknowledgement was outstanding are then written again.
    """

    def __init__(
        self,
        bootstrap_servers: str,
        topic_name: Callable[[str], str],
        partitions: int,
        timeline: Timeline,
        pace: Pace | None = None,
    ) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap_servers,
            enable_idempotence=True,
            acks="all",
            linger_ms=2,
            max_batch_size=256 * 1024,
        )
        self._topic_name = topic_name
        self._partitions = partitions
        self._timeline = timeline
        self._pace = pace or Unhindered()
        self.fed = 0
        """Records written and acknowledged, without ticks."""
        self.reached = 0
        """UTC milliseconds of the last acknowledged tick."""

    @property
    def finished(self) -> bool:
        """Whether the last tick has been acknowledged."""
        return self.reached == self._timeline.end

    async def __aenter__(self) -> Self:
        try:
            await self._producer.start()
        except KafkaConnectionError as error:
            raise KafkaUnavailable(f"The feed finds no Kafka: {error}") from error
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._producer.stop()

    async def run(self) -> None:
        """Feed what has not been fed yet, until the last tick.

        Raises:
            KafkaUnavailable: a record could not be written.
        """
        everything = self._timeline.records
        size = max(1, min(_CHUNK, len(everything) // _CHUNKS))
        for piece, tick in chunks(everything[self.fed :], self._timeline.end, size):
            await self._pace.ready(self.fed / len(everything))
            await self._write(piece)
            self.fed += len(piece)
            await self._tick(tick)
            self.reached = tick

    async def _write(self, records: Iterable[FeedRecord]) -> None:
        pending = []
        try:
            for record in records:
                topic = self._topic_name(record.topic)
                pending.append(
                    await self._producer.send(topic, record.value, record.key, timestamp_ms=record.timestamp)
                )
            await asyncio.gather(*pending)
        except KafkaError as error:
            raise KafkaUnavailable(f"The feed could not write after {self.fed} records: {error}") from error

    async def _tick(self, at: int) -> None:
        value = encode(Tick(at=instant(at)))
        topic = self._topic_name(CONTROL)
        try:
            pending = [
                await self._producer.send(topic, value, partition=partition, timestamp_ms=at)
                for partition in range(self._partitions)
            ]
            await asyncio.gather(*pending)
        except KafkaError as error:
            raise KafkaUnavailable(f"The feed could not write a tick: {error}") from error
