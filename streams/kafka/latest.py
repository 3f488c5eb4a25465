"""Whether a broker says where a partition ends: only one that leads it, as far as it knows, does."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.offset import OffsetRequest

_CONSUMER: Final = -1
_READ_COMMITTED: Final = 1
_LATEST: Final = -1


async def ask_latest(client: AIOKafkaClient, node: int, tps: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Ask one broker for the latest offsets; gives the error code of each, 0 where it has one.

    Raises aiokafka's `KafkaError`.
    """
    topics = defaultdict[str, list[tuple[int, int]]](list)
    for topic, partition in tps:
        topics[topic].append((partition, _LATEST))
    answer = await client.send(node, OffsetRequest(_CONSUMER, _READ_COMMITTED, list(topics.items())))
    return {
        TopicPartition(topic, partition): code
        for topic, partitions in answer.topics
        for partition, code, *_ in partitions
    }
