"""Writes a control record to every partition at once, and reads what is in force."""

from collections.abc import Mapping
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.errors import KafkaUnavailable, NotAllowed, no_answer
from streams.kafka.names import STATE_TOPIC, Names
from streams.kafka.rights import READ, WRITE, refused
from streams.partition.meta import KEY, Meta, decode_meta
from streams.topics.presence import partitions_of

CONTROL: Final = "control"
LARGEST: Final = 1_000_000
"""Bytes of a control record: below the topic's `max.message.bytes`."""
_STEP: Final = 64
"""Records that are read at first to find the newest meta record."""


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
        KafkaUnavailable: no broker answers or lets us in, or the transaction has failed.
    """
    topic = names.topic(CONTROL)
    partitions = (await partitions_of(connection, [topic, names.topic(archive or CONTROL)], WRITE))[topic]
    transactional_id = f"{names.namespace}.{CONTROL}"
    producer = AIOKafkaProducer(**connection, transactional_id=transactional_id, max_request_size=LARGEST + 10_000)
    try:
        await producer.start()
        async with producer.transaction():
            for number in range(partitions):
                await producer.send_and_wait(topic, value, key, partition=number, timestamp_ms=at)
            if archive is not None:
                await producer.send_and_wait(names.topic(archive), value, key)
    except KafkaConnectionError as error:
        raise KafkaUnavailable(no_answer(connection["bootstrap_servers"], error)) from error
    except KafkaError as error:
        lacking = refused(error, WRITE, transactional_id=transactional_id)
        if lacking is not None:
            raise NotAllowed(lacking) from error
        raise KafkaUnavailable(f"nothing was written to {topic}: {error}") from error
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
    consumer = AIOKafkaConsumer(**connection, isolation_level="read_committed", enable_auto_commit=False)
    try:
        await consumer.start()
        return {number: await _newest(consumer, TopicPartition(topic, number)) for number in range(partitions)}
    except KafkaConnectionError as error:
        raise KafkaUnavailable(no_answer(connection["bootstrap_servers"], error)) from error
    except KafkaError as error:
        lacking = refused(error, READ)
        if lacking is not None:
            raise NotAllowed(lacking) from error
        raise KafkaUnavailable(f"{topic} cannot be read: {error}") from error
    finally:
        await consumer.stop()


async def _newest(consumer: AIOKafkaConsumer, partition: TopicPartition) -> Meta | None:
    """Look at the end of a partition, and further and further before it, until there is a meta record."""
    consumer.assign([partition])
    began = (await consumer.beginning_offsets([partition]))[partition]
    end = (await consumer.end_offsets([partition]))[partition]
    step = _STEP
    while True:
        start = max(began, end - step)
        consumer.seek(partition, start)
        found: Meta | None = None
        while await consumer.position(partition) < end:
            for record in (await consumer.getmany(partition, timeout_ms=200)).get(partition, ()):
                if record.key == KEY and record.value is not None:
                    found = decode_meta(record.value)
        if found is not None or start == began:
            return found
        step *= 16
