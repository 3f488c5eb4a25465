"""Live parcels at a steady rate: half are delivered in time, half never."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer

from schemas.encoding import encode
from schemas.records import ParcelScan, ShipmentRegistration
from streams.demo.timeline import SCANS, SHIPMENTS
from streams.feed.records import instant
from streams.kafka.names import Names
from streams.partition.partitioners import murmur2

DELIVERED_AFTER_S = 2.0
"""Before the notice, which comes three seconds after the start."""
_LEAST_PAUSE_S = 0.002


@dataclass(frozen=True, slots=True)
class Fed:
    """What became of the parcels."""

    delivered: Mapping[str, int]
    """The append time (UTC milliseconds) of each delivery, by shipment."""
    never_delivered: frozenset[str]


class LiveFeed:
    """Writes parcels and remembers when the broker had their deliveries."""

    def __init__(self, servers: str, names: Names, partitions: int) -> None:
        self._producer = AIOKafkaProducer(bootstrap_servers=servers, linger_ms=0)
        self._names = names
        self._partitions = partitions
        self._sent: list[asyncio.Future[Any]] = []
        self._pending: dict[str, asyncio.Future[Any]] = {}
        self._ending = False

    def end(self) -> None:
        """Let no more parcels begin; those that have are delivered as they would be."""
        self._ending = True

    async def run(self, shipments: int, per_second: float) -> Fed:
        """Write all, or until the end is asked for, at a steady rate."""
        await self._producer.start()
        begins = shipments
        try:
            begun = time.monotonic()
            for due, number, arrived in sorted(_steps(shipments, per_second)):
                if self._ending and not arrived:
                    begins = min(begins, number)
                if number >= begins:
                    continue
                ahead = begun + due - time.monotonic()
                if ahead > _LEAST_PAUSE_S:
                    await asyncio.sleep(ahead)
                await (self._deliver(number) if arrived else self._begin(number))
            await asyncio.gather(*self._sent)
            delivered = {key: (await sent).timestamp for key, sent in self._pending.items()}
            return Fed(delivered, frozenset(map(_key, range(begins))) - delivered.keys())
        finally:
            await self._producer.stop()

    async def _begin(self, number: int) -> None:
        at = instant(time.time_ns() // 1_000_000)
        key = _key(number)
        registration = ShipmentRegistration(shipment_id=key, customer_id="bench", registered_at=at)
        self._sent.append(await self._send(SHIPMENTS, key, encode(registration)))
        placed = ParcelScan(scan_id=f"{key}-0", shipment_id=key, code="order_placed", occurred_at=at)
        self._sent.append(await self._send(SCANS, key, encode(placed)))

    async def _deliver(self, number: int) -> None:
        key, at = _key(number), instant(time.time_ns() // 1_000_000)
        scan = ParcelScan(scan_id=f"{key}-1", shipment_id=key, code="delivered", occurred_at=at)
        self._pending[key] = await self._send(SCANS, key, encode(scan))

    async def _send(self, topic: str, key: str, value: bytes) -> asyncio.Future[Any]:
        partition = murmur2(key.encode(), self._partitions)
        sent: asyncio.Future[Any] = await self._producer.send(
            self._names.topic(topic), value, key.encode(), partition=partition
        )
        return sent


def _steps(shipments: int, per_second: float) -> Iterator[tuple[float, int, bool]]:
    """Seconds since the beginning, the parcel, and whether it is its delivery."""
    for number in range(shipments):
        at = number / per_second
        yield at, number, False
        if number % 2:
            yield at + DELIVERED_AFTER_S, number, True


def _key(number: int) -> str:
    return f"LIVE{number:08d}"
