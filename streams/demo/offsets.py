"""How far the workers' group has committed, and how far the source topics reach."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient


class GroupOffsets:
    """Committed offsets of one consumer group, beside the ends of what it reads."""

    def __init__(self, bootstrap_servers: str, group: str, topics: Iterable[str], partitions: int) -> None:
        self._admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
        self._consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
        self._group = group
        self._partitions = [TopicPartition(topic, n) for topic in topics for n in range(partitions)]

    async def __aenter__(self) -> Self:
        await self._admin.start()
        await self._consumer.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._consumer.stop()
        await self._admin.close()

    async def committed(self) -> dict[TopicPartition, int]:
        """Next offset to read, by partition; 0 where nothing has been committed."""
        known = await self._admin.list_consumer_group_offsets(self._group)
        return {tp: max(0, known[tp].offset) if tp in known else 0 for tp in self._partitions}

    async def total(self) -> int:
        """Sum of the committed offsets: it grows with every record whose effects are durable."""
        return sum((await self.committed()).values())

    async def unread(self) -> int:
        """Records of the sources that no committed transaction has covered yet."""
        committed = await self.committed()
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(self._partitions)
        return sum(max(0, end - committed[tp]) for tp, end in ends.items())
