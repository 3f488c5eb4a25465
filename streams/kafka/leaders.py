"""Whether the leader of a partition shows all that has been acknowledged.

A new leader has every acknowledged record.  But of the last of them it does not know it before the other copies have
asked it for more: until then its high watermark lies behind them, and a fetch finds the end of the log without them.
Asked for the latest offset it gives no answer as long as that lasts (KIP-207), so one answer vouches for its fetches.

A leader that has stepped down goes on as a copy, and copies show less than the leader.  To consumers that may read from
copies it would go on to answer (KIP-392), and nobody would look for the new leader before the metadata is old.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError, NoError
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.offset import OffsetRequest

ANSWER_WITHIN_S: Final = 5.0

_CONSUMER: Final = -1
_READ_COMMITTED: Final = 1
_LATEST: Final = -1
_NOBODY: Final = (None, -1)
_FROM_LEADERS: Final = 10
"""The last version of a fetch that copies do not answer; Kafka knows it since 2.0."""


class LeaderFetchRequest(FetchRequest):  # type: ignore[misc]  # aiokafka publishes no types
    """Fetch from the leader, and from nobody else."""

    def prepare(self, versions: dict[int, tuple[int, int]]) -> Any:
        """Return the request in the version that client and broker have agreed on, or in the last that will do."""
        least, most = versions[self.API_KEY]
        return super().prepare({**versions, self.API_KEY: (least, min(most, _FROM_LEADERS))})


# For every consumer of the process: what it asks with cannot be chosen.
fetcher.FetchRequest = LeaderFetchRequest


class Leaders:
    """Asks leaders, and keeps who has answered.  Lives in the thread of the consumer."""

    def __init__(self) -> None:
        self._answered: dict[TopicPartition, int] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}

    def vouched(self, consumer: AIOKafkaConsumer, tps: Collection[TopicPartition]) -> set[TopicPartition]:
        """Return those of the partitions whose leader has answered, and ask for the others in the background.

        A fetch that is answered after that has found all.  Call it with all partitions that are read: others are
        forgotten.
        """
        client: AIOKafkaClient = consumer._client  # noqa: SLF001 - aiokafka is pinned
        leaders = {tp: client.cluster.leader_for_partition(tp) for tp in tps}
        self._answered = {tp: node for tp, node in self._answered.items() if leaders.get(tp) == node}
        self._ask(client, {tp: node for tp, node in leaders.items() if node not in _NOBODY})
        return set(self._answered)

    def close(self) -> None:
        """Wait for no more answers."""
        for task in self._asking.values():
            task.cancel()

    def _ask(self, client: AIOKafkaClient, leaders: dict[TopicPartition, int]) -> None:
        for node in [node for node, task in self._asking.items() if task.done()]:
            self._asking.pop(node).result()
        asked = defaultdict[int, list[TopicPartition]](list)
        for tp, node in leaders.items():
            if tp not in self._answered and node not in self._asking:
                asked[node].append(tp)
        for node, tps in asked.items():
            self._asking[node] = asyncio.get_running_loop().create_task(self._hear(client, node, tps))

    async def _hear(self, client: AIOKafkaClient, node: int, tps: list[TopicPartition]) -> None:
        topics = defaultdict[str, list[tuple[int, int]]](list)
        for topic, partition in tps:
            topics[topic].append((partition, _LATEST))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                # By the connection of its fetches: those that are answered later have been handled later.
                answer = await client.send(node, OffsetRequest(_CONSUMER, _READ_COMMITTED, list(topics.items())))
        except (KafkaError, TimeoutError):
            return  # asked again at the next poll
        for topic, partitions in answer.topics:
            for partition, code, *_ in partitions:
                if code == NoError.errno:
                    self._answered[TopicPartition(topic, partition)] = node
