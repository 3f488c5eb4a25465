"""A subscriber in live time: it notes when the broker had each record, and when it could be read."""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from bench.live_feed import Fed
from streams.feed.records import milliseconds
from streams.kafka.names import Names

TOPICS = ("breach-alerts", "sla-outcomes", "delay-notices")


class _Output(msgspec.Struct):
    shipment_id: str
    kind: str
    due: datetime


class Heard(NamedTuple):
    """One output record; instants in UTC milliseconds."""

    shipment_id: str
    kind: str
    due: int
    appended: int
    """When the broker had it."""
    read: float
    """When a subscriber that reads committed records only could have acted on it."""


class Subscriber:
    """Reads the outputs of a namespace from now on."""

    def __init__(self, servers: str, names: Names, partitions: int) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=100,
        )
        self._topics = {names.topic(short): short for short in TOPICS}
        self._tps = [TopicPartition(name, n) for name in self._topics for n in range(partitions)]
        self.heard: list[Heard] = []

    async def run(self) -> None:
        """Listen until cancelled."""
        await self._consumer.start()
        try:
            self._consumer.assign(self._tps)
            while True:
                batches = await self._consumer.getmany(timeout_ms=200)
                now = time.time() * 1000
                for records in batches.values():
                    self._take(((record.value, record.timestamp) for record in records), now)
        finally:
            await self._consumer.stop()

    def has_all(self, fed: Fed) -> bool:
        """Whether every alert and every outcome that must come has come."""
        opened = {each.shipment_id for each in self.heard if each.kind == "opened"}
        met = {each.shipment_id for each in self.heard if each.kind == "met"}
        return fed.never_delivered <= opened and fed.delivered.keys() <= met

    def _take(self, records: Iterable[tuple[bytes, int]], now: float) -> None:
        for value, appended in records:
            output = msgspec.json.decode(value, type=_Output)
            due = milliseconds(output.due)
            self.heard.append(Heard(output.shipment_id, output.kind, due, appended, now))
