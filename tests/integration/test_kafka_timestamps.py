"""Whose time a record carries, as a real log tells it."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from streams.embedded import EmbeddedKafka
from streams.kafka.slim import slim
from streams.partition.record import CreatedRecord, Record
from tests.integration.kafka_workbench import WITHIN_S, Workbench

SHORT = "parcel-scans"
SET = "message.timestamp.type"


@pytest.fixture
def bench(kafka: EmbeddedKafka, namespace: str) -> Workbench:
    return Workbench(kafka, namespace)


async def alter(bench: Workbench, to: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.servers)
    await admin.start()
    try:
        topic = ConfigResource(ConfigResourceType.TOPIC, bench.names.topic(SHORT), {SET: to})
        await admin.alter_configs([topic])
    finally:
        await admin.close()


@pytest.mark.parametrize("compression", [None, "gzip"])
def test_what_was_written_before_a_topic_was_altered_keeps_its_senders_time(
    bench: Workbench, compression: str | None
) -> None:
    async def scenario() -> None:
        await bench.create_topics({SHORT: {SET: "CreateTime"}})
        tp = TopicPartition(bench.names.topic(SHORT), 0)
        read: list[Record] = []
        producer = AIOKafkaProducer(bootstrap_servers=bench.servers, compression_type=compression)
        consumer = AIOKafkaConsumer(bootstrap_servers=bench.servers, auto_offset_reset="earliest")
        consumer.assign([tp])
        async with producer, consumer:
            slim(consumer)

            async def append() -> None:
                await producer.send_and_wait(tp.topic, b"v" * 100, partition=0, timestamp_ms=1)
                while await consumer.position(tp) < (await consumer.end_offsets([tp]))[tp]:
                    for records in (await consumer.getmany(timeout_ms=100)).values():
                        read.extend(records)

            await append()
            await alter(bench, "LogAppendTime")
            async with asyncio.timeout(WITHIN_S):
                while read[-1].timestamp == 1:
                    await append()
        assert all(isinstance(record, CreatedRecord) == (record.timestamp == 1) for record in read)
        assert isinstance(read[0], CreatedRecord)

    asyncio.run(scenario())
