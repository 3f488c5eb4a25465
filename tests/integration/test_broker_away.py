"""One of three brokers is frozen, or dead, and the others still count it among them: whoever starts does without it."""

import asyncio

from streams.embedded import EmbeddedKafka
from streams.kafka.names import STATE_TOPIC
from streams.kafka.rights import READ
from streams.topics.cluster import TopicCluster
from streams.topics.connection import connected
from streams.topics.granted import examine_rights
from tests.integration.kafka_workbench import Workbench
from tests.integration.leadership import create_topics, frozen

OFTEN = 8
"""Which broker is asked is chosen at random."""
LONG = {"broker.session.timeout.ms": "600000"}
"""The others do not give it up."""


def test_topics_and_rights_are_looked_at_without_it(namespace: str) -> None:
    async def looked_at(bench: Workbench, topic: str) -> None:
        for _ in range(OFTEN):
            async with connected(bench.servers, {}) as client:
                assert {broker.nodeId for broker in client.cluster.brokers()} == {1, 2, 3}
                assert set((await TopicCluster(client).describe([topic])).topics) == {topic}
                assert await examine_rights(client, {topic: [READ]}) == []

    async def scenario(kafka: EmbeddedKafka) -> None:
        bench = Workbench(kafka, namespace, partitions=1)
        topic = bench.names.topic(STATE_TOPIC)
        await create_topics(bench, {STATE_TOPIC: [2, 3]})
        with frozen(kafka.process_groups[0]):
            await looked_at(bench, topic)
        kafka.kill(1)
        await looked_at(bench, topic)

    with EmbeddedKafka(nodes=3, quick_start=True, overrides=LONG) as kafka:
        asyncio.run(scenario(kafka))
