"""Topics of a real cluster: what there is, and doing what was planned.  Every step may be repeated."""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka.client import AIOKafkaClient

from streams.errors import KafkaUnavailable
from streams.topics.observed import ObservedCluster, ObservedTopic
from streams.topics.plan import Action, AlterConfig, CreateTopic
from streams.topics.requests import TopicRequests

_SETTLED_WITHIN_S = 30.0
_ASK_AGAIN_S = 0.02


class TopicCluster:
    """The topics of one cluster, through a client that is connected.

    Its methods raise `TopicMismatch` when the cluster refuses something, with its reason.
    """

    def __init__(self, client: AIOKafkaClient) -> None:
        self._requests = TopicRequests(client)

    async def describe(self, names: Collection[str]) -> ObservedCluster:
        """Return what the cluster has of these topics; never creates any."""
        brokers, found = await self._requests.metadata(names)
        configs = await self._requests.configs(found)
        return ObservedCluster(
            brokers=brokers,
            topics={
                name: ObservedTopic(
                    partitions=len(topic["partitions"]),
                    replication=min(len(partition["replicas"]) for partition in topic["partitions"]),
                    config=configs[name],
                    ident=topic.get("id"),
                )
                for name, topic in found.items()
                if name in configs
            },
        )

    async def apply(self, actions: Collection[Action]) -> None:
        """Do what was planned and wait until every broker knows of it, with a leader for every new partition.

        A topic that somebody else has created meanwhile is left as it is: describe again.  Raises `KafkaUnavailable`
        when a broker does not follow in time.
        """
        creations = [action for action in actions if isinstance(action, CreateTopic)]
        alterations = [action for action in actions if isinstance(action, AlterConfig)]
        if creations:
            await self._requests.create(creations)
        for alteration in alterations:
            await self._requests.alter(alteration)
        await self._settled(creations, alterations)

    async def _settled(self, creations: list[CreateTopic], alterations: list[AlterConfig]) -> None:
        waiting = self._requests.nodes() if creations or alterations else set()
        try:
            async with asyncio.timeout(_SETTLED_WITHIN_S):
                while waiting:
                    for node in sorted(waiting):
                        if await self._leads(creations, node) and await self._configures(alterations, node):
                            waiting.remove(node)
                    if waiting:
                        await asyncio.sleep(_ASK_AGAIN_S)
        except TimeoutError:
            raise KafkaUnavailable(
                f"Brokers {sorted(waiting)} do not know the topics as they are now after {_SETTLED_WITHIN_S:.0f} s: "
                "see the logs of the controller, then run the command again"
            ) from None

    async def _leads(self, creations: list[CreateTopic], node: int) -> bool:
        _, found = await self._requests.metadata([action.topic for action in creations], node)
        return all(action.topic in found and _has_leaders(found[action.topic]["partitions"]) for action in creations)

    async def _configures(self, alterations: list[AlterConfig], node: int) -> bool:
        found = await self._requests.configs([action.topic for action in alterations], node)
        return all(action.config.items() <= found.get(action.topic, {}).items() for action in alterations)


def _has_leaders(partitions: list[dict[str, Any]]) -> bool:
    return all(partition["leader"] >= 0 for partition in partitions)
