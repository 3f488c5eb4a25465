"""A broker that is frozen while another takes its place, and on waking up cannot learn it: it answers as if it led."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace

import pytest
from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.offset import OffsetRequest

from streams.embedded import EmbeddedKafka
from streams.kafka.changelog import KafkaChangelog
from streams.kafka.connection import Connection
from streams.kafka.names import SOURCE_TOPICS, STATE_TOPIC
from streams.kafka.producing import WriterLimits
from tests.integration.engine import running
from tests.integration.kafka_workbench import WITHIN_S, Workbench, unit, until
from tests.integration.leadership import controller_of, coordinator_of, create_topics, frozen

SOON = {"broker.session.timeout.ms": "2000", "broker.heartbeat.interval.ms": "200"}
"""Another broker takes over soon."""


@dataclass
class Cluster:
    """Three brokers, of which `old` leads what it has been given, and no more than that."""

    kafka: EmbeddedKafka
    patient: Workbench
    bench: Workbench
    """The same for clients that soon leave a broker which does not answer."""
    client: AIOKafkaClient
    old: int
    others: list[int]

    def frozen(self, *nodes: int) -> ExitStack:
        stack = ExitStack()
        for node in nodes:
            stack.enter_context(frozen(self.kafka.process_groups[node - 1]))
        return stack

    async def deposed(self, short: str, meanwhile: Callable[[], Awaitable[None]]) -> ExitStack:
        """Let another lead the topic, and work with it; `old` does not learn that until what is returned is closed."""
        tp = TopicPartition(self.bench.names.topic(short), 0)
        await self.client.add_topic(tp.topic)
        with self.frozen(self.old):
            async with asyncio.timeout(WITHIN_S):
                while self.client.cluster.leader_for_partition(tp) in {self.old, -1, None}:
                    await self.client.force_metadata_update()
            await meanwhile()
            return self.frozen(*self.others)

    @property
    def by_old_alone(self) -> Connection:
        return replace(self.bench.connection, bootstrap_servers=(f"127.0.0.1:{self.kafka.ports[self.old - 1]}",))

    async def end_by_old(self, short: str) -> int:
        """Where a log ends, by the word of `old`, which may have to wake up first."""
        client = AIOKafkaClient(**self.by_old_alone.options())
        try:
            async with asyncio.timeout(WITHIN_S):
                while not client.cluster.brokers() or not await client.ready(self.old):
                    with suppress(KafkaConnectionError):
                        await client.bootstrap()
            request = OffsetRequest(-1, 1, [(self.bench.names.topic(short), [(0, -1)])])
            answer = await client.send(self.old, request)
        finally:
            await client.close()
        _, code, _, offset = answer.topics[0][1][0]
        assert code == 0
        return int(offset)


@contextmanager
def unlearning(client: AIOKafkaClient) -> Iterator[None]:
    """A reader that hears of no other leader, as when it asks a broker that is cut off, too."""

    def nothing() -> asyncio.Future[bool]:
        done = asyncio.get_running_loop().create_future()
        done.set_result(False)
        return done

    client.force_metadata_update = nothing
    try:
        yield
    finally:
        del client.force_metadata_update


@asynccontextmanager
async def cluster(kafka: EmbeddedKafka, namespace: str, *led_by_old: str) -> AsyncIterator[Cluster]:
    patient, bench = (Workbench(kafka, namespace, partitions=1) for _ in range(2))
    bench.connection = replace(bench.connection, request_timeout_ms=2_000)
    client = AIOKafkaClient(**bench.connection.options())
    await client.bootstrap()
    try:
        controller = await controller_of(client)
        coordinator = await coordinator_of(client, bench.names.group)
        old, *others = sorted({1, 2, 3}, key=lambda node: node in {controller, coordinator})
        seats = dict.fromkeys((STATE_TOPIC, *SOURCE_TOPICS), (*others, old))
        await create_topics(bench, seats | dict.fromkeys(led_by_old, (old, *others)))
        yield Cluster(kafka, patient, bench, client, old, others)
    finally:
        await client.close()


def test_state_is_read_to_the_end_that_the_true_leader_has(namespace: str) -> None:
    async def scenario(kafka: EmbeddedKafka) -> None:
        async with cluster(kafka, namespace, STATE_TOPIC) as three:
            bench = three.bench
            writer = bench.writer(limits=WriterLimits(timeout_s=WITHIN_S))
            await writer.start()
            await writer.commit(unit({b"a": b"1"}))
            await bench.settled(TopicPartition(bench.names.topic(STATE_TOPIC), 0))
            changelog = KafkaChangelog(three.by_old_alone, bench.names, 0)
            read: list[bytes | None] = []
            tail: list[bytes | None] = []
            ends: list[int] = []

            async def restore(start: int, into: list[bytes | None]) -> None:
                async for chunk in changelog.read(start, ends[-1]):
                    into.extend(entry.value for entry in chunk if entry.key == b"a")

            async def write() -> None:
                await writer.start()
                ends.append((await writer.commit(unit({b"a": b"2"}))).changelog_end)
                await writer.commit(unit({b"a": b"3"}))
                ends.append(await writer.start())
                await writer.stop()

            with await three.deposed(STATE_TOPIC, write):
                assert await three.end_by_old(STATE_TOPIC) < ends[-1]
                restoring = asyncio.gather(restore(0, read), restore(ends[0], tail))
                await until(lambda: read, "what the deposed leader shows")
                assert read == [b"1"]
                assert not restoring.done()
            async with asyncio.timeout(WITHIN_S):
                await restoring
            assert read == [b"1", b"2", b"3"]
            assert tail == [b"3"], "for memory that holds more than the deposed leader has"

    with EmbeddedKafka(nodes=3, quick_start=True, overrides=SOON) as kafka:
        asyncio.run(scenario(kafka))


def test_what_a_deposed_leader_does_not_have_is_not_taken_for_absent(
    namespace: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "aiokafka.consumer.fetcher")

    async def scenario(kafka: EmbeddedKafka) -> None:
        async with cluster(kafka, namespace, "parcel-scans") as three, running(three.patient) as engine:
            bench, task = three.bench, engine.made[0]
            reading = task.source.readings["parcel-scans"]
            await bench.produce("parcel-scans", 0, [b"1"])
            await until(lambda: task.values["parcel-scans"] == [b"1"], "the first scan")
            await until(lambda: task.marks["parcel-scans"], "a mark")
            appended = 0

            async def append() -> None:
                nonlocal appended
                await bench.produce("parcel-scans", 0, [b"2"])
                appended = int(time.time() * 1000)

            with unlearning(engine.consumer._client), await three.deposed("parcel-scans", append):
                heard: set[int | None] = set()

                def answered() -> bool:
                    heard.add(reading._heard)
                    return len(heard) > 5

                await until(answered, "answers of the deposed leader")
                assert await three.end_by_old("parcel-scans") == 1
                assert task.values["parcel-scans"] == [b"1"]
                assert [mark for mark in task.marks["parcel-scans"] if mark.at >= appended] == []
                # Nor is it the end of the log for whoever has read further.
                task.source.begin({**dict.fromkeys(SOURCE_TOPICS, 0), "parcel-scans": 2})
                await until(lambda: "Fetch offset 2 is out of range" in caplog.text, "a fetch beyond its end")
                caplog.clear()
                await until(lambda: "Fetch offset 2 is out of range" in caplog.text, "and another")
                assert engine.failures == []
            await until(lambda: task.marks["parcel-scans"][-1].at >= appended, "a mark")
            assert task.marks["parcel-scans"][-1].position == 2
            await bench.produce("parcel-scans", 0, [b"3"])
            await until(lambda: task.values["parcel-scans"] == [b"1", b"3"], "what follows")
            assert engine.failures == []

    with EmbeddedKafka(nodes=3, quick_start=True, overrides=SOON) as kafka:
        asyncio.run(scenario(kafka))
