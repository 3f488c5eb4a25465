"""What the demo's feeder writes into a real Kafka."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from msgspec.json import decode

from schemas.records import Tick
from streams.demo.conditions import holds_within
from streams.demo.dataset import BUNDLED, load
from streams.demo.feeder import Feeder
from streams.demo.gate import Gate
from streams.demo.journeys import journeys
from streams.demo.stage import create_topics
from streams.demo.timeline import SCANS, SHIPMENTS, timeline
from streams.embedded import EmbeddedKafka
from streams.feed.records import milliseconds
from streams.kafka.names import Names

PARTITIONS = 3
SAMPLE = timeline(journeys(load(BUNDLED)[:60], 1))


async def read(servers: str, topic: str) -> dict[int, Sequence[Any]]:
    """All records of a topic by partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="earliest", enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        consumer.assign(partitions)
        found: dict[int, list[Any]] = defaultdict(list)
        for partition, end in (await consumer.end_offsets(partitions)).items():
            while await consumer.position(partition) < end:
                for batch, records in (await consumer.getmany(timeout_ms=500)).items():
                    found[batch.partition] += records
        return dict(found)
    finally:
        await consumer.stop()


def feed(kafka: EmbeddedKafka, namespace: str) -> dict[str, dict[int, Sequence[Any]]]:
    async def scene() -> dict[str, dict[int, Sequence[Any]]]:
        servers, names = kafka.bootstrap_servers, Names(namespace)
        await create_topics(servers, namespace, "replay", PARTITIONS)
        gate = Gate(0.5)
        async with Feeder(servers, names.topic, PARTITIONS, SAMPLE, gate) as feeder:
            running = asyncio.create_task(feeder.run())
            half = len(SAMPLE.records) / 2
            await holds_within(30, "the feed comes to the gate", lambda: feeder.fed >= half)
            running.cancel()
            await asyncio.wait([running])
            assert half <= feeder.fed < 1.2 * half
            # Another run goes on where this one was ended.
            await gate.open(1.0)
            await feeder.run()
            assert feeder.finished
        return {topic: await read(servers, names.topic(topic)) for topic in (SHIPMENTS, SCANS, "control")}

    return asyncio.run(scene())


@pytest.fixture
def fed(kafka: EmbeddedKafka, namespace: str) -> dict[str, dict[int, Sequence[Any]]]:
    return feed(kafka, namespace)


def test_everything_is_written_once_in_order_and_a_tick_never_promises_too_much(
    fed: dict[str, dict[int, Sequence[Any]]],
) -> None:
    for topic in (SHIPMENTS, SCANS):
        written = [record for partition in fed[topic].values() for record in partition]
        wanted = [record for record in SAMPLE.records if record.topic == topic]
        assert sorted((r.key, r.value, r.timestamp) for r in written) == sorted(
            (r.key, r.value, r.timestamp) for r in wanted
        )
        for partition in fed[topic].values():
            times = [record.timestamp for record in partition]
            assert times == sorted(times)
    assert set(fed["control"]) == set(range(PARTITIONS))
    for ticks in fed["control"].values():
        assert [milliseconds(decode(tick.value, type=Tick).at) for tick in ticks] == [t.timestamp for t in ticks]
        assert ticks[-1].timestamp == SAMPLE.end


def test_a_shipment_and_its_scans_share_a_partition(fed: dict[str, dict[int, Sequence[Any]]]) -> None:
    homes = {record.key: number for number, records in fed[SHIPMENTS].items() for record in records}
    for number, records in fed[SCANS].items():
        assert all(homes[record.key] == number for record in records)
    assert set(homes.values()) == set(range(PARTITIONS))
