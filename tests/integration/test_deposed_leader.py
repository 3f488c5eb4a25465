"""A broker that is frozen while another takes its place, and on waking up cannot learn it: it answers as if it led."""

import asyncio
from dataclasses import replace

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.offset import OffsetRequest

from streams.embedded import EmbeddedKafka
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.names import SOURCE_TOPICS, STATE_TOPIC
from streams.kafka.producing import WriterLimits
from tests.integration.kafka_workbench import WITHIN_S, Workbench, unit, until
from tests.integration.leadership import DescribeQuorum, client_of, frozen

SOON = {"broker.session.timeout.ms": "2000", "broker.heartbeat.interval.ms": "200"}
"""Another broker takes over soon."""


async def create_topics(bench: Workbench, replicas: list[int]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.servers)
    await admin.start()
    try:
        names = [bench.names.topic(short) for short in (STATE_TOPIC, *SOURCE_TOPICS)]
        await admin.create_topics([NewTopic(name, -1, -1, {0: replicas}) for name in names])
    finally:
        await admin.close()


async def end_by(client: AIOKafkaClient, node: int, topic: str) -> int:
    """Where a log ends, by the word of one broker."""
    answer = await client.send(node, OffsetRequest(-1, 1, [(topic, [(0, -1)])]))
    _, code, _, offset = answer.topics[0][1][0]
    assert code == 0
    return int(offset)


def test_state_is_read_to_the_end_that_the_true_leader_has(namespace: str) -> None:
    async def scenario(kafka: EmbeddedKafka) -> None:
        bench = Workbench(kafka, namespace, partitions=1)
        bench.connection = replace(bench.connection, request_timeout_ms=500)
        state = bench.names.topic(STATE_TOPIC)
        async with client_of(bench.servers) as client:
            quorum = (await client.send(1, DescribeQuorum())).to_object()
            controller = quorum["topics"][0]["partitions"][0]["leader"]
            old, *others = sorted({1, 2, 3}, key=lambda node: node == controller)
            groups = dict(zip((1, 2, 3), kafka.process_groups, strict=True))
            await create_topics(bench, [old, *others])
            writer = bench.writer()
            await writer.start()
            await writer.commit(unit({b"a": b"1"}))
            await writer.stop()
            assert await bench.end(STATE_TOPIC) < 10
            servers = (f"127.0.0.1:{kafka.ports[old - 1]}",)
            alone = replace(bench.connection, bootstrap_servers=servers)
            changelog = KafkaChangelog(alone, bench.names, 0)
            read: list[bytes | None] = []

            async def restore(end: int) -> None:
                async for chunk in changelog.read(0, end):
                    read.extend(entry.value for entry in chunk if entry.key == b"a")

            with frozen(groups[old]):
                successor = bench.writer(limits=WriterLimits(timeout_s=WITHIN_S))
                await successor.start()
                await successor.commit(unit({b"a": b"2"}))
                end = await successor.start()
                await successor.stop()
                others_frozen = [frozen(groups[node]) for node in others]
                for each in others_frozen:
                    each.__enter__()
            try:
                assert await end_by(client, old, state) < end
                restoring = asyncio.create_task(restore(end))
                await until(lambda: read, "what the deposed leader shows")
                assert read == [b"1"]
                assert not restoring.done()
            finally:
                for each in others_frozen:
                    each.__exit__(None, None, None)
            async with asyncio.timeout(30):
                await restoring
            assert read == [b"1", b"2"]

    with EmbeddedKafka(nodes=3, quick_start=True, overrides=SOON) as kafka:
        asyncio.run(scenario(kafka))
