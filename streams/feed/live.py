"""Sends a feed to Kafka when its time has come."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from random import choice
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.errors import KafkaUnavailable, no_answer
from streams.feed.records import FeedRecord
from streams.partition.partitioners import Partitioner, murmur2

_TURN_MS = 20
"""Records of so many milliseconds are sent together."""


async def send_live(
    connection: Mapping[str, Any],
    topic_name: Callable[[str], str],
    records: Iterable[FeedRecord],
    on_sent: Callable[[int], None] = lambda _sent: None,
    partitioner: Partitioner = murmur2,
) -> None:
    """Send every record at the wall-clock time that its timestamp names, in order; late ones at once.

    `connection` are keyword arguments of aiokafka's clients.  `partitioner` is the workers', so that keys go where
    they expect them.  `on_sent` hears how many records have been acknowledged in all.

    Raises:
        KafkaUnavailable: there is no broker, or a record could not be written.
    """
    producer = AIOKafkaProducer(**connection, enable_idempotence=True, linger_ms=5, partitioner=placing(partitioner))
    sent = 0
    try:
        await producer.start()
        for turn, group in groupby(records, key=lambda record: record.timestamp // _TURN_MS):
            await asyncio.sleep(max(0.0, turn * _TURN_MS / 1000 - time.time()))
            pending = [
                await producer.send(topic_name(r.topic), r.value, r.key, timestamp_ms=r.timestamp) for r in group
            ]
            await asyncio.gather(*pending)
            sent += len(pending)
            on_sent(sent)
    except KafkaConnectionError as error:
        reason = no_answer(connection["bootstrap_servers"], error)
        raise KafkaUnavailable(f"{reason}; {sent} records were sent") from error
    except KafkaError as error:
        raise KafkaUnavailable(f"The feed could not write after {sent} records: {error}") from error
    finally:
        await producer.stop()


def placing(partitioner: Partitioner) -> Callable[[bytes | None, Sequence[int], Sequence[int]], int]:
    """Return what aiokafka calls with a key, all partitions and those that have a leader."""

    def place(key: bytes | None, everywhere: Sequence[int], available: Sequence[int]) -> int:
        if key is None:
            return choice(available or everywhere)  # noqa: S311 - spreads load, guards nothing
        return partitioner(key, len(everywhere))

    return place
