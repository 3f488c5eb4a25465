"""What transactions that are neither committed nor aborted have left in the logs."""

from collections.abc import Iterable
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition


class OpenTransactions:
    """Looks at the distance between what is written and what a committed reader may see."""

    def __init__(self, bootstrap_servers: str, topics: Iterable[str]) -> None:
        self._topics = tuple(topics)
        self._written = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
        self._committed = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers, enable_auto_commit=False, isolation_level="read_committed"
        )

    async def __aenter__(self) -> Self:
        await self._written.start()
        await self._committed.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._committed.stop()
        await self._written.stop()

    async def records(self, partitions: Iterable[int]) -> int:
        """Records, in these partitions of all topics, at or after the start of a transaction that is still open."""
        asked = [TopicPartition(topic, n) for n in partitions for topic in self._topics]
        stable: dict[TopicPartition, int] = await self._committed.end_offsets(asked)
        written: dict[TopicPartition, int] = await self._written.end_offsets(asked)
        return sum(written[tp] - stable[tp] for tp in asked)
