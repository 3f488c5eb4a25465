"""Sends a feed to Kafka when its time has come."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.errors import KafkaUnavailable
from streams.feed.records import FeedRecord

_TURN_MS = 20
"""Records of so many milliseconds are sent together."""


async def send_live(
    connection: Mapping[str, Any],
    topic_name: Callable[[str], str],
    records: Iterable[FeedRecord],
    on_sent: Callable[[int], None] = lambda _sent: None,
) -> None:
    """Send every record at the wall-clock time that its timestamp names, in order; late ones at once.

    `connection` are keyword arguments of aiokafka's clients.  Keys go to partitions by murmur2, as with Java's
    producer.  `on_sent` hears how many records have been acknowledged in all.

    Raises:
        KafkaUnavailable: there is no broker, or a record could not be written.
    """
    producer = AIOKafkaProducer(**connection, enable_idempotence=True, linger_ms=5)
    sent = 0
    try:
        await producer.start()
    except KafkaConnectionError as error:
        raise KafkaUnavailable(f"The feed finds no Kafka: {error}") from error
    try:
        for turn, group in groupby(records, key=lambda record: record.timestamp // _TURN_MS):
            await asyncio.sleep(max(0.0, turn * _TURN_MS / 1000 - time.time()))
            pending = [
                await producer.send(topic_name(r.topic), r.value, r.key, timestamp_ms=r.timestamp) for r in group
            ]
            await asyncio.gather(*pending)
            sent += len(pending)
            on_sent(sent)
    except KafkaError as error:
        raise KafkaUnavailable(f"The feed could not write after {sent} records: {error}") from error
    finally:
        await producer.stop()
