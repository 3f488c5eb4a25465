"""Writes the input of a measurement, as fast as the broker takes it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiokafka import AIOKafkaProducer

from schemas.encoding import encode
from schemas.records import Tick
from streams.demo.timeline import CONTROL, SCANS
from streams.feed.records import FeedRecord, instant
from streams.kafka.names import Names
from streams.partition.partitioners import murmur2

_BATCH_BYTES = 256 * 1024
_UNDER_WAY = 48
"""Batches that may wait for the broker."""


class BulkProducer:
    """Fills whole batches, each for one partition: several times faster than record by record."""

    def __init__(self, servers: str) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=servers, acks=1, max_batch_size=_BATCH_BYTES, linger_ms=0, request_timeout_ms=60_000
        )
        self._open: dict[tuple[str, int], Any] = {}
        self._under_way: deque[Awaitable[object]] = deque()

    async def __aenter__(self) -> Self:
        await self._producer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._producer.stop()

    async def add(self, topic: str, partition: int, key: bytes | None, value: bytes | None, timestamp: int) -> None:
        """Take one record; `timestamp` in UTC milliseconds."""
        place = (topic, partition)
        batch = self._open.get(place)
        if batch is None or batch.append(timestamp=timestamp, key=key, value=value) is None:
            if batch is not None:
                await self._send(place, batch)
            batch = self._open[place] = self._producer.create_batch()
            batch.append(timestamp=timestamp, key=key, value=value)

    async def flush(self) -> None:
        """Wait until everything is acknowledged."""
        for place, batch in self._open.items():
            await self._send(place, batch)
        self._open.clear()
        await asyncio.gather(*self._under_way)
        self._under_way.clear()

    async def _send(self, place: tuple[str, int], batch: Any) -> None:
        topic, partition = place
        batch.close()
        self._under_way.append(await self._producer.send_batch(batch, topic, partition=partition))
        if len(self._under_way) > _UNDER_WAY:
            await self._under_way.popleft()


@dataclass(slots=True)
class Loaded:
    """What lies in the topics."""

    scans: int = 0
    registrations: int = 0
    end: int = 0
    """UTC milliseconds of the tick that ends the input."""
    ticks: int = 0

    @property
    def records(self) -> int:
        """All of them."""
        return self.scans + self.registrations + self.ticks


@dataclass(slots=True)
class _Partitions:
    """Where keys belong; each is worked out once."""

    count: int
    known: dict[bytes, int] = field(default_factory=dict)

    def of(self, key: bytes) -> int:
        partition = self.known.get(key)
        if partition is None:
            partition = self.known[key] = murmur2(key, self.count)
        return partition


async def load(servers: str, names: Names, partitions: int, records: Iterable[FeedRecord]) -> Loaded:
    """Write records that are in order of time, then a tick to every partition that says how far they reach."""
    loaded, places = Loaded(), _Partitions(partitions)
    topics = {short: names.topic(short) for short in ("shipments", "parcel-scans", "control")}
    async with BulkProducer(servers) as producer:
        for short, key, value, timestamp in records:
            await producer.add(topics[short], places.of(key or b""), key, value, timestamp)
            if short == SCANS:
                loaded.scans += 1
            else:
                loaded.registrations += 1
            loaded.end = timestamp + 1
        await producer.flush()
        tick = encode(Tick(at=instant(loaded.end)))
        for partition in range(partitions):
            await producer.add(topics[CONTROL], partition, None, tick, loaded.end)
        await producer.flush()
    loaded.ticks = partitions
    return loaded
