"""Transactions step by step, on connections that break when it hurts most."""

import asyncio
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import InvalidProducerEpoch, MessageSizeTooLargeError

from streams.embedded import EmbeddedKafka
from streams.errors import TransactionFailed
from streams.kafka.envelopes import Packed
from streams.kafka.producing import Producer, WriterLimits
from tests.integration.kafka_workbench import WakingClient, Workbench, unit

SHORT = "breach-alerts"
SMALL = WriterLimits(batch_bytes=2_000)


@pytest.fixture
def bench(kafka: EmbeddedKafka, namespace: str) -> Workbench:
    return Workbench(kafka, namespace)


class BreakingClient(AIOKafkaClient):  # type: ignore[misc]  # aiokafka publishes no types
    """Loses its connection to the leader right after something was sent, so that no answer arrives."""

    breaks = 0

    async def ready(self, node_id: Any, *, group: Any = ConnectionGroup.DEFAULT) -> bool:
        ready = bool(await super().ready(node_id, group=group))
        if ready and self.breaks and group == ConnectionGroup.DEFAULT:
            self.breaks -= 1
            asyncio.get_running_loop().call_soon(self._conns[node_id, group].close)
        return ready


class SilentClient(AIOKafkaClient):  # type: ignore[misc]  # aiokafka publishes no types
    """Never gets through to a leader once told so."""

    silent = False

    async def ready(self, node_id: Any, *, group: Any = ConnectionGroup.DEFAULT) -> bool:
        if self.silent and group == ConnectionGroup.DEFAULT:
            await asyncio.Event().wait()
        return bool(await super().ready(node_id, group=group))


def place(bench: Workbench, partition: int = 0) -> TopicPartition:
    return TopicPartition(bench.names.topic(SHORT), partition)


def packed(producer: Producer, tp: TopicPartition, *values: bytes) -> dict[TopicPartition, list[Packed]]:
    for value in values:
        producer.keep(tp, {b"k": value}, 1)
    return producer.take()


async def open_producer(bench: Workbench, client: AIOKafkaClient | None = None) -> Producer:
    client = client or AIOKafkaClient(**bench.connection.options())
    return await Producer.open(client, bench.names.transactional_id(0), SMALL)


def test_a_broker_that_knows_of_no_broker_at_first_is_asked_again(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        producer = await open_producer(bench, WakingClient(**bench.connection.options()))
        batches = packed(producer, place(bench), b"v")
        await producer.begin(batches)
        await producer.append(batches)
        await producer.commit()
        await producer.close()
        assert await bench.committed(SHORT) == [b"v"]

    asyncio.run(scenario())


def test_batches_whose_acknowledgement_was_lost_are_in_the_log_once_and_in_order(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        client = BreakingClient(**bench.connection.options())
        producer = await open_producer(bench, client)
        tp = place(bench)
        values = [b"%d" % number * 500 for number in range(10)]
        batches = packed(producer, tp, *values)
        assert len(batches[tp]) > 2
        await producer.begin(batches)
        client.breaks = 5
        appended = await producer.append(batches)
        assert client.breaks == 0
        await producer.commit()
        again = packed(producer, tp, b"after")
        await producer.begin(again)
        await producer.append(again)
        await producer.commit()
        await producer.close()
        assert await bench.committed(SHORT) == [*values, b"after"]
        assert appended[tp].offset + batches[tp][-1].records == len(values)

    asyncio.run(scenario())


def test_an_aborted_transaction_is_invisible_and_sequence_numbers_go_on_behind_it(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        producer = await open_producer(bench)
        for value, end in ((b"first", producer.abort), (b"second", producer.commit), (b"third", producer.abort)):
            batches = packed(producer, place(bench), value)
            await producer.begin(batches)
            await producer.append(batches)
            await end()
        await producer.close()
        assert await bench.committed(SHORT) == [b"second"]

    asyncio.run(scenario())


def test_who_is_fenced_in_the_middle_of_a_transaction_appends_no_more(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        zombie = await open_producer(bench)
        batches = packed(zombie, place(bench), b"undead")
        await zombie.begin(batches)
        await zombie.append(batches)
        heir = await open_producer(bench)
        with pytest.raises(InvalidProducerEpoch):
            await zombie.append(packed(zombie, place(bench), b"more of it"))
        with pytest.raises(InvalidProducerEpoch):
            await zombie.commit()
        await zombie.close()
        await heir.close()
        assert await bench.committed(SHORT) == []

    asyncio.run(scenario())


def test_a_record_that_is_too_large_fails_its_transaction_and_names_the_place(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics({SHORT: {"max.message.bytes": "3000"}})
        producer = await open_producer(bench)
        batches = packed(producer, place(bench, 1), b"small", b"x" * 4_000)
        await producer.begin(batches)
        with pytest.raises(MessageSizeTooLargeError, match=f"{place(bench).topic} partition 1"):
            await producer.append(batches)
        await producer.abort()
        await producer.close()
        assert await bench.committed(SHORT, 1) == []

    asyncio.run(scenario())


def test_a_transaction_with_something_unanswered_is_left_to_the_heir(bench: Workbench) -> None:
    async def scenario() -> None:
        await bench.create_topics()
        client = SilentClient(**bench.connection.options())
        producer = await open_producer(bench, client)
        batches = packed(producer, place(bench), b"first")
        await producer.begin(batches)
        await producer.append(batches)
        client.silent = True
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await producer.append(packed(producer, place(bench), b"second"))
        await producer.abort()
        client.silent = False
        await producer.commit()  # it is still open
        await producer.close()
        assert await bench.committed(SHORT) == [b"first"]

    asyncio.run(scenario())


def test_a_transaction_outlives_the_restart_of_the_broker(other_kafka: EmbeddedKafka, namespace: str) -> None:
    async def scenario() -> None:
        bench = Workbench(other_kafka, namespace)
        await bench.create_topics()
        client = AIOKafkaClient(**bench.connection.options())
        limits = WriterLimits(timeout_s=60.0, batch_bytes=20_000)
        producer = await Producer.open(client, bench.names.transactional_id(0), limits)
        tp, values = place(bench), [b"%05d" % number * 100 for number in range(400)]
        before, after = packed(producer, tp, *values[:200]), packed(producer, tp, *values[200:])
        await producer.begin([tp])
        await producer.append(before)
        other_kafka.kill()
        appending = asyncio.create_task(producer.append(after))
        await asyncio.to_thread(other_kafka.restart)
        await appending
        await producer.move(bench.names.group, {TopicPartition(bench.names.topic("parcel-scans"), 0): 2})
        await producer.commit()
        await producer.close()
        assert await bench.committed(SHORT) == values
        assert await bench.group_offset("parcel-scans") == 2

    asyncio.run(scenario())


def test_a_broker_that_stays_away_fails_the_unit_in_time(namespace: str) -> None:
    async def scenario(kafka: EmbeddedKafka) -> None:
        bench = Workbench(kafka, namespace)
        await bench.create_topics()
        writer = bench.writer(limits=WriterLimits(timeout_s=1.0))
        await writer.start()
        kafka.kill()
        with pytest.raises(TransactionFailed, match="not, or not surely, committed"):
            await writer.commit(unit({b"a": b"1"}, scans=1))
        with pytest.raises(TransactionFailed, match="cannot start writing"):
            await writer.start()

    with EmbeddedKafka(quick_start=True) as own:
        asyncio.run(scenario(own))
