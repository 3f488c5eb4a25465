"""Whether the leader of a partition shows all that has been acknowledged.

A new leader has every acknowledged record.  But of the last of them it does not know it before the other copies have
asked it for more: until then its high watermark lies behind them, and a fetch finds the end of the log without them.
Asked for the latest offset it gives no answer as long as that lasts (KIP-207), so one answer vouches for its fetches.

A leader that has stepped down goes on as a copy, and copies show less than the leader.  To consumers that may read from
copies it would go on to answer (KIP-392), and nobody would look for the new leader before the metadata is old.

One that was deposed and does not know it shows less, too: see `successors`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.cluster import ClusterMetadata
from aiokafka.consumer import fetcher
from aiokafka.errors import KafkaError, NoError
from aiokafka.protocol.fetch import FetchRequest

from streams.kafka.latest import ask_latest
from streams.kafka.successors import Successors

ANSWER_WITHIN_S: Final = 5.0

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

    def __init__(self, successors: Successors) -> None:
        self._successors = successors
        self._answered: dict[TopicPartition, int] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}

    def vouched(self, consumer: AIOKafkaConsumer, tps: Collection[TopicPartition]) -> dict[TopicPartition, float]:
        """Return those of the partitions whose leader has answered, and ask for the others in the background.

        A fetch that is answered after that has found all, but for what others may have acknowledged as leaders in the
        last seconds: their number is the value.  Call it with all partitions that are read: others are forgotten.
        """
        client: AIOKafkaClient = consumer._client  # noqa: SLF001 - aiokafka is pinned
        leaders = {tp: client.cluster.leader_for_partition(tp) for tp in tps}
        for tp in self._successors.claimed():
            client.force_metadata_update()
            self._answered.pop(tp, None)  # if it leads again it must answer again
        self._answered = {tp: node for tp, node in self._answered.items() if leaders.get(tp) == node}
        led = {tp: node for tp, node in leaders.items() if node not in _NOBODY}
        self._ask(client, led)
        vouched = dict.fromkeys(self._answered, 0.0)
        rivalled = {tp: node for tp, node in led.items() if len(_replicas(client.cluster, tp)) > 1}
        denied = self._successors.denied(rivalled)
        for tp in vouched.keys() & rivalled:
            if tp in denied:
                vouched[tp] = denied[tp]
            else:
                del vouched[tp]
        return vouched

    async def close(self) -> None:
        """Wait for no more answers."""
        await self._successors.close()
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
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                # By the connection of its fetches: those that are answered later have been handled later.
                answers = await ask_latest(client, node, tps)
        except (KafkaError, TimeoutError):
            return  # asked again at the next poll
        self._answered |= {tp: node for tp, code in answers.items() if code == NoError.errno}


def _replicas(cluster: ClusterMetadata, tp: TopicPartition) -> Collection[int]:
    replicas: Collection[int] = cluster._partitions[tp.topic][tp.partition].replicas  # noqa: SLF001 - as above
    return replicas
