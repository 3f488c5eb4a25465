"""Reads the output topics as a subscriber does: committed records only."""

from collections import Counter
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from aiokafka import AIOKafkaConsumer, TopicPartition

from streams.demo.ledger import OUTPUTS, Ledger

REJECTS = "scan-rejects"
_BATCH = 5_000
_POLL_MS = 200


class OutputReader:
    """Follows all output topics from their beginning and keeps a ledger of what they say."""

    def __init__(self, bootstrap_servers: str, topic_name: Callable[[str], str], partitions: int) -> None:
        self.ledger = Ledger()
        self.rejects: Counter[str] = Counter()
        """Rejected records by reason."""
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            isolation_level="read_committed",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            fetch_max_wait_ms=_POLL_MS,
        )
        self._topics = {topic_name(topic): topic for topic in (*OUTPUTS, REJECTS)}
        self._partitions = [TopicPartition(name, n) for name in self._topics for n in range(partitions)]

    async def __aenter__(self) -> Self:
        await self._consumer.start()
        self._consumer.assign(self._partitions)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._consumer.stop()

    async def poll(self) -> int:
        """Take in what has arrived, waiting a moment for it; the number of records."""
        batches = await self._consumer.getmany(timeout_ms=_POLL_MS, max_records=_BATCH)
        for partition, records in batches.items():
            topic = self._topics[partition.topic]
            for record in records:
                if topic == REJECTS:
                    self.rejects[_reason(record.headers)] += 1
                elif record.value is not None:
                    self.ledger.add(topic, record.value)
        return sum(map(len, batches.values()))

    async def drain(self) -> None:
        """Take in everything committed up to the ends that the topics have now."""
        ends = await self._consumer.end_offsets(self._partitions)
        # Markers of commits occupy offsets too: the position passes them, a record's offset never would.
        while any([await self._consumer.position(partition) < end for partition, end in ends.items()]):
            await self.poll()


def _reason(headers: Sequence[tuple[str, bytes]]) -> str:
    return next((value.decode() for name, value in headers if name.endswith("reason")), "unknown")
