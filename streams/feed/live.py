"""Sends a feed to Kafka when its time has come, and gives up where nobody takes it."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from random import choice
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError

from streams.errors import KafkaUnavailable, NotAllowed, no_answer
from streams.feed.records import FeedRecord
from streams.kafka.rights import WRITE, refused
from streams.partition.partitioners import Partitioner, murmur2
from streams.topics.presence import partitions_of
from streams.topics.turned_down import too_old

TOPICS: Final = ("shipments", "parcel-scans")
"""Short names of the topics that a feed writes to."""
_TURN_MS: Final = 20
"""Records of so many milliseconds are sent together."""
GIVE_UP_S: Final = 30.0
"""How long records may wait to be acknowledged.  The client library itself would try for ever."""
CLOSE_WITHIN_S: Final = 2.0
"""How long what is on its way has to arrive once the feed ends."""


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
        TopicMismatch: there is no such topic.
        NotAllowed: a right is missing.
        KafkaUnavailable: there is no broker or none lets us in, or a record could not be written within `GIVE_UP_S`.
    """
    await partitions_of(connection, [topic_name(topic) for topic in TOPICS], WRITE)
    producer = AIOKafkaProducer(**connection, enable_idempotence=True, linger_ms=5, partitioner=placing(partitioner))
    sent = 0
    try:
        async with asyncio.timeout(GIVE_UP_S):
            await producer.start()
        for turn, group in groupby(records, key=lambda record: record.timestamp // _TURN_MS):
            await asyncio.sleep(max(0.0, turn * _TURN_MS / 1000 - time.time()))
            async with asyncio.timeout(GIVE_UP_S):
                sent += await _send(producer, topic_name, group)
            on_sent(sent)
    except (KafkaConnectionError, TimeoutError) as error:
        cause = str(error) or f"nothing was acknowledged for {GIVE_UP_S:g} s"
        reason = no_answer(connection["bootstrap_servers"], cause)
        raise KafkaUnavailable(f"{reason}; {sent} records were sent") from error
    except KafkaError as error:
        lacking = refused(error, WRITE)
        if lacking is not None:
            raise NotAllowed(f"{lacking}; {sent} records were sent") from error
        raise KafkaUnavailable(f"The feed could not write after {sent} records: {too_old(error) or error}") from error
    finally:
        await _close(producer)


async def _send(producer: AIOKafkaProducer, topic_name: Callable[[str], str], records: Iterable[FeedRecord]) -> int:
    """Send records and wait until all are acknowledged; gives how many."""
    pending = []
    for record in records:
        topic = topic_name(record.topic)
        pending.append(await producer.send(topic, record.value, record.key, timestamp_ms=record.timestamp))
    await asyncio.gather(*pending)
    return len(pending)


async def _close(producer: AIOKafkaProducer) -> None:
    """Let arrive what is on its way, and close; where nobody takes it, without it."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN_S):
            await producer.stop()
    except TimeoutError:
        await producer.client.close()


def placing(partitioner: Partitioner) -> Callable[[bytes | None, Sequence[int], Sequence[int]], int]:
    """Return what aiokafka calls with a key, all partitions and those that have a leader."""

    def place(key: bytes | None, everywhere: Sequence[int], available: Sequence[int]) -> int:
        if key is None:
            return choice(available or everywhere)  # noqa: S311 - spreads load, guards nothing
        return partitioner(key, len(everywhere))

    return place
