"""What `shipclock feed` says where its records are not taken."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.demo.stage import create_topics
from streams.embedded import EmbeddedKafka
from streams.errors import KafkaUnavailable
from streams.feed import live
from streams.feed.records import FeedRecord
from streams.kafka.names import Names


@asynccontextmanager
async def feeding(servers: str, namespace: str, *options: str) -> AsyncIterator[asyncio.subprocess.Process]:
    program = "from streams.cli import main; main()"
    arguments = ("--bootstrap-servers", servers, "--namespace", namespace, *options)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", program, "feed", *arguments), env=os.environ, stderr=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def written(servers: str, topic: str) -> int:
    """How many records a topic of one partition has."""
    async with AIOKafkaConsumer(bootstrap_servers=servers) as consumer:
        partition = TopicPartition(topic, 0)
        return int((await consumer.end_offsets([partition]))[partition])


def test_topics_that_are_not_there_are_told_in_one_line(kafka: EmbeddedKafka, namespace: str) -> None:
    async def scenario() -> None:
        async with feeding(kafka.bootstrap_servers, namespace, "--seconds", "3") as process:
            _, told = await asyncio.wait_for(process.communicate(), 30)
            line = f"shipclock: there is no topic {namespace}.shipments: run shipclock topics apply\n"
            assert (process.returncode, told.decode()) == (3, line)

    asyncio.run(scenario())


def test_nothing_is_said_to_be_sent_that_was_not_acknowledged(kafka: EmbeddedKafka, namespace: str) -> None:
    async def scenario() -> None:
        servers, names = kafka.bootstrap_servers, Names(namespace)
        await create_topics(servers, namespace, "live", 1)
        async with feeding(servers, namespace, "--rate", "100") as process:
            while not await written(servers, names.topic("shipments")):  # noqa: ASYNC110 - Kafka tells nobody
                await asyncio.sleep(0.1)
            process.send_signal(signal.SIGINT)
            _, told = await asyncio.wait_for(process.communicate(), 30)
        there = [await written(servers, names.topic(topic)) for topic in ("shipments", "parcel-scans")]
        claimed = int(told.decode().removeprefix("sent ").removesuffix(" records\n").replace(",", ""))
        assert 0 < claimed <= sum(there)

    asyncio.run(scenario())


def test_a_broker_that_goes_away_is_not_waited_for_for_ever(
    other_kafka: EmbeddedKafka, namespace: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "GIVE_UP_S", 3.0)
    servers, names = other_kafka.bootstrap_servers, Names(namespace)
    acknowledged: list[int] = []

    def two() -> list[FeedRecord]:
        return [FeedRecord("shipments", b"k", b"{}", at) for at in (1_000, 2_000)]

    def heard(sent: int) -> None:
        acknowledged.append(sent)
        other_kafka.kill()

    async def scenario() -> None:
        await create_topics(servers, namespace, "live", 1)
        with pytest.raises(KafkaUnavailable, match=f"No Kafka broker answers at .*{servers}.*; 1 records were sent"):
            async with asyncio.timeout(15):
                await live.send_live({"bootstrap_servers": servers}, names.topic, two(), heard)

    asyncio.run(scenario())
    assert acknowledged == [1]
