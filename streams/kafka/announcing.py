"""Writes a control record to every partition at once, and reads what is in force."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import InvalidProducerEpoch, KafkaConnectionError, KafkaError, ProducerFenced

from streams.errors import KafkaUnavailable, NotAllowed, TransactionFailed, no_answer
from streams.kafka.names import STATE_TOPIC, Names
from streams.kafka.rights import READ, WRITE, refused
from streams.partition.meta import KEY, Meta, decode_meta
from streams.topics.presence import partitions_of
from streams.topics.turned_down import too_old

CONTROL: Final = "control"
LARGEST: Final = 1_000_000
"""Bytes of a control record: below the topic's `max.message.bytes`."""
_STEP: Final = 64
"""Records that are read at first to find the newest meta record."""
_PATIENCE_MS: Final = 100
"""How long a broker, and we, wait for more at the end of what is there."""


async def announce(
    connection: Mapping[str, Any], names: Names, key: bytes, value: bytes, at: int | None, *, archive: str | None = None
) -> int:
    """Write one record to every partition of `control` in one transaction; gives how many partitions there are.

    It is there everywhere or nowhere, and likewise in the topic `archive`, where one is named.  `connection` are
    keyword arguments of aiokafka's clients; `at` is the record's timestamp (UTC milliseconds), where the topic does not
    take the broker's time.

    Raises:
        TopicMismatch: there is no such topic.
        NotAllowed: a right is missing.
        TransactionFailed: somebody else wrote a control record meanwhile, and this one is not there.
        KafkaUnavailable: no broker answers or lets us in, or the transaction has failed.
    """
    topic = names.topic(CONTROL)
    partitions = (await partitions_of(connection, [topic, names.topic(archive or CONTROL)], WRITE))[topic]
    transactional_id = f"{names.namespace}.{CONTROL}"
    producer = AIOKafkaProducer(**connection, transactional_id=transactional_id, max_request_size=LARGEST + 10_000)
    try:
        await producer.start()
        async with producer.transaction():
            sent = [
                await producer.send(topic, value, key, partition=number, timestamp_ms=at)
                for number in range(partitions)
            ]
            if archive is not None:
                sent.append(await producer.send(names.topic(archive), value, key))
            await asyncio.gather(*sent)
    except KafkaConnectionError as error:
        raise KafkaUnavailable(no_answer(connection["bootstrap_servers"], error)) from error
    except (ProducerFenced, InvalidProducerEpoch) as error:
        raise TransactionFailed(
            f"nothing was written to {topic}: another such command began at the same moment; run this one again"
        ) from error
    except KafkaError as error:
        lacking = refused(error, WRITE, transactional_id=transactional_id)
        if lacking is not None:
            raise NotAllowed(lacking) from error
        raise KafkaUnavailable(f"nothing was written to {topic}: {too_old(error) or error}") from error
    finally:
        await producer.stop()
    return partitions


async def in_force(connection: Mapping[str, Any], names: Names) -> dict[int, Meta | None]:
    """The meta record of every partition; None where there is none yet.

    Raises:
        TopicMismatch: there is no state.
        NotAllowed: it may not be read.
        KafkaUnavailable: no broker answers or lets us in.
    """
    topic = names.topic(STATE_TOPIC)
    partitions = (await partitions_of(connection, [topic], READ))[topic]
    consumer = AIOKafkaConsumer(
        **connection, isolation_level="read_committed", enable_auto_commit=False, fetch_max_wait_ms=_PATIENCE_MS
    )
    try:
        await consumer.start()
        found = await _newest(consumer, [TopicPartition(topic, number) for number in range(partitions)])
        return {partition.partition: meta for partition, meta in found.items()}
    except KafkaConnectionError as error:
        raise KafkaUnavailable(no_answer(connection["bootstrap_servers"], error)) from error
    except KafkaError as error:
        lacking = refused(error, READ)
        if lacking is not None:
            raise NotAllowed(lacking) from error
        raise KafkaUnavailable(f"{topic} cannot be read: {error}") from error
    finally:
        await consumer.stop()


async def _newest(consumer: AIOKafkaConsumer, partitions: list[TopicPartition]) -> dict[TopicPartition, Meta | None]:
    """Look at the ends of partitions, and further and further before them, until there is a meta record of each."""
    consumer.assign(partitions)
    began, ends = await consumer.beginning_offsets(partitions), await consumer.end_offsets(partitions)
    found: dict[TopicPartition, Meta | None] = dict.fromkeys(partitions)
    unknown, step = partitions, _STEP
    while unknown:
        for partition in unknown:
            consumer.seek(partition, max(began[partition], ends[partition] - step))
        consumer.resume(*unknown)
        reading = unknown
        while reading := await _short_of(consumer, reading, ends):
            for partition, records in (await consumer.getmany(*reading, timeout_ms=_PATIENCE_MS)).items():
                for record in records:
                    if record.key == KEY and record.value is not None:
                        found[partition] = decode_meta(record.value)
        unknown = [one for one in unknown if found[one] is None and ends[one] - step > began[one]]
        step *= 16
    return found


async def _short_of(
    consumer: AIOKafkaConsumer, partitions: list[TopicPartition], ends: Mapping[TopicPartition, int]
) -> list[TopicPartition]:
    """Those that have not been read to their ends; no broker is asked for more of the others, for it would wait."""
    short: list[TopicPartition] = []
    read: list[TopicPartition] = []
    for partition in partitions:
        (short if await consumer.position(partition) < ends[partition] else read).append(partition)
    consumer.pause(*read)
    return short
