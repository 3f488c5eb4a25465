"""What is in force is read from the newest meta record of each partition, wherever in the changelog it lies."""

import asyncio

from aiokafka import AIOKafkaProducer

from streams.embedded import EmbeddedKafka
from streams.kafka.announcing import in_force
from streams.kafka.names import STATE_TOPIC
from streams.partition.meta import FORMAT, KEY, Meta, encode_meta
from tests.integration.kafka_workbench import Workbench


def test_the_newest_meta_record_of_every_partition_is_found_however_far_from_the_end_it_lies(
    kafka: EmbeddedKafka, namespace: str
) -> None:
    # For each partition the times of its meta records, and the records of shipments behind each.
    behind: list[list[tuple[int, int]]] = [
        [(1, 0), (2, 0)],
        [(3, 5), (4, 200)],
        [(5, 3_000)],
        [],
        [(6, 2_000), (7, 0)],
        [(8, 70)],
    ]

    async def story() -> None:
        workbench = Workbench(kafka, namespace, partitions=len(behind))
        await workbench.create_topics()
        topic = workbench.names.topic(STATE_TOPIC)
        async with AIOKafkaProducer(
            bootstrap_servers=workbench.servers, transactional_id=f"{namespace}.writer"
        ) as producer:
            for number, metas in enumerate(behind):
                for at, shipments in metas:
                    meta = Meta(format=FORMAT, offsets={}, time=at, gauges={})
                    async with producer.transaction():
                        records = [(KEY, encode_meta(meta)), *((b"%d" % one, b"state") for one in range(shipments))]
                        for key, value in records:
                            await producer.send(topic, value, key, partition=number)
        found = await in_force({"bootstrap_servers": workbench.servers}, workbench.names)
        times = {number: meta and meta.time for number, meta in found.items()}
        assert times == {0: 2, 1: 4, 2: 5, 3: None, 4: 7, 5: 8}

    asyncio.run(story())
