"""Requests to the coordinators of transactions and groups, asked again while they are busy or have moved."""

import asyncio
from typing import Any

from aiokafka.client import AIOKafkaClient, ConnectionGroup, CoordinationType
from aiokafka.errors import (
    ConcurrentTransactions,
    CoordinatorLoadInProgressError,
    CoordinatorNotAvailableError,
    KafkaError,
    NoError,
    NotCoordinatorError,
    OperationNotAttempted,
    RequestTimedOutError,
    UnknownTopicOrPartitionError,
    for_code,
)

AGAIN_AFTER_S = 0.005
"""Kafka is busy for a moment after each commit: aiokafka's 100 ms would be most of the latency."""

AWAY_S = 0.05
"""Pause before a broker that could not be reached is tried again."""

_BUSY = frozenset({ConcurrentTransactions, CoordinatorLoadInProgressError, UnknownTopicOrPartitionError})
_MOVED = frozenset({CoordinatorNotAvailableError, NotCoordinatorError, RequestTimedOutError})
_NO_REASON = frozenset({NoError, OperationNotAttempted})


class Coordinators:
    """Finds coordinators, and finds them again."""

    def __init__(self, client: AIOKafkaClient) -> None:
        self._client = client
        self._nodes: dict[CoordinationType, int] = {}
        self.settled = True
        """False while something that was asked, and never answered, may still be done."""

    async def ask(self, kind: CoordinationType, key: str, request: Any) -> Any:
        """Return the response to a request that was granted whole; `key` is the id of the transaction or group.

        Raises aiokafka's `KafkaError` when it is refused.  Tries for ever when the coordinator is away.
        """
        while True:
            try:
                if kind not in self._nodes:
                    self._nodes[kind] = await self._find(kind, key)
                self.settled = False
                response = await self._client.send(self._nodes[kind], request, group=ConnectionGroup.COORDINATION)
                self.settled = True
            except KafkaError as error:
                if not error.retriable:
                    raise
                self._nodes.pop(kind, None)
                self._client.force_metadata_update()
                await asyncio.sleep(AWAY_S)
                continue
            places = _errors(response)
            refusals = places.keys()
            if refusals <= {NoError}:
                return response
            for refusal in refusals - _BUSY - _MOVED - _NO_REASON:
                raise refusal(*filter(None, [places[refusal]]))
            if refusals & _MOVED:
                self._nodes.pop(kind, None)
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _find(self, kind: CoordinationType, key: str) -> int:
        if not self._client.cluster.brokers():
            # Whoever answered knew of none: a broker that has just started, or woken up.
            raise CoordinatorNotAvailableError
        node: int = await self._client.coordinator_lookup(kind, key)
        return node


def _errors(response: Any) -> dict[type[KafkaError], list[str]]:
    """Return the errors of a response, each with the topics that it is about when it names any."""
    if hasattr(response, "error_code"):
        return {for_code(response.error_code): []}
    topics: dict[type[KafkaError], list[str]] = {}
    for topic, partitions in response.errors:
        for error in {for_code(code) for _partition, code in partitions}:
            topics.setdefault(error, []).append(topic)
    return topics
