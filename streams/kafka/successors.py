"""Since when nobody else has been the leader of a partition.

A leader that was deposed while it was frozen, or while it was cut off from the others, goes on to lead as far as it
knows: what it shows may lack what its successor has acknowledged.  But only a copy can have taken its place, and each
knows of itself whether it has.  So all are asked, again and again, and the word of the leader counts up to when the
last of them was asked that has denied it.

The connections are of our own: a broker that does not answer would hold up those that bring the records.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

import structlog
from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient
from aiokafka.cluster import ClusterMetadata
from aiokafka.errors import (
    KafkaError,
    KafkaStorageError,
    LeaderNotAvailableError,
    NoError,
    NotLeaderForPartitionError,
    ReplicaNotAvailableError,
    UnknownTopicOrPartitionError,
    for_code,
)
from aiokafka.structs import PartitionMetadata

from streams.kafka.latest import ask_latest

ASK_EVERY_S: Final = 0.2
"""As often as there are marks of what is caught up."""
ANSWER_WITHIN_S: Final = 2.0
LEARN_EVERY_S: Final = 30.0
"""How often to look who has copies when nothing gives cause to."""
TELL_AFTER_S: Final = 10.0
"""A broker that is silent for so long is told of."""

_CLAIMS: Final = {NoError.errno, LeaderNotAvailableError.errno}
"""Answers of one that leads, or is about to."""
_HAS_NONE: Final = {
    error.errno for error in (UnknownTopicOrPartitionError, ReplicaNotAvailableError, KafkaStorageError)
}
"""Answers of one that has no copy, or cannot use it."""
_DENIALS: Final = {NotLeaderForPartitionError.errno, *_HAS_NONE}

_NOBODY: Final = -1

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Place:
    """Who leads a partition, as far as its readers know, and what others have said of it."""

    leader: int
    copies: AbstractSet[int] | None = None
    """Brokers that have one, without the leader; None before that is known."""
    denied: dict[int, float] = field(default_factory=dict)
    """When brokers were asked that do not lead, by the clock of the event loop."""
    claimed: bool = False
    """Whether another broker has said that it leads, and nobody has been told yet."""
    disputed_at: float | None = None
    """When one said so last: what it has acknowledged the leader need not have, until it is known to lead again."""

    def learn(self, cluster: ClusterMetadata, tp: TopicPartition, learned_at: float) -> AbstractSet[int]:
        """Take over what the metadata said then, and return who is to be asked.

        It may know of another leader.  A broker that it does not know is gone, and did not lead then.
        """
        partitions: Mapping[int, PartitionMetadata] = cluster._partitions.get(tp.topic, {})  # noqa: SLF001 - aiokafka is pinned
        seats = partitions.get(tp.partition)
        if seats is None:
            self.copies = None
            return frozenset()
        if self.disputed_at is not None and seats.leader == self.leader and learned_at > self.disputed_at:
            self.disputed_at = None
        self.copies = {*seats.replicas, seats.leader} - {self.leader, _NOBODY}
        there = {node for node in self.copies if cluster.broker_metadata(node) is not None}
        for node in self.copies - there:
            self.denied[node] = max(learned_at, self.denied.get(node, learned_at))
        return there

    def denied_at(self, now: float) -> float | None:
        """Up to when nobody else can have led; None where that is not known."""
        if self.copies is None or self.disputed_at is not None or not self.copies <= self.denied.keys():
            return None
        return min((self.denied[node] for node in self.copies), default=now)


class Successors:
    """Asks all who may have become leader.  Lives in the thread of the consumer."""

    def __init__(self, connect: Callable[[], AIOKafkaClient]) -> None:
        """`connect` makes a client that waits no longer than `ANSWER_WITHIN_S`."""
        self._connect = connect
        self._places: dict[TopicPartition, _Place] = {}
        self._asking: dict[int, asyncio.Task[None]] = {}
        self._silent_since: dict[int, float] = {}
        self._learned_at = 0.0
        """When the metadata was asked for."""
        self._outdated = True
        """Whether something has been heard that it does not say."""
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None

    def denied(self, leaders: Mapping[TopicPartition, int]) -> dict[TopicPartition, float]:
        """Return for how many seconds it has not been heard that nobody else leads: of those of which it ever has.

        Call it often, with all partitions whose leaders have rivals: others are forgotten.
        """
        if self._running is None:
            if not leaders:
                return {}
            self._running = asyncio.get_running_loop().create_task(self._run(), name="successors")
        elif self._running.done():
            self._running.result()
        places = {}
        for tp, leader in leaders.items():
            place = self._places.get(tp)
            if place is None or place.leader != leader:
                place = _Place(leader)
                self._wake.set()
            places[tp] = place
        self._places = places
        now = asyncio.get_running_loop().time()
        return {tp: now - at for tp, place in places.items() if (at := place.denied_at(now)) is not None}

    def claimed(self) -> set[TopicPartition]:
        """Return the partitions that another broker has said to lead since this was asked last."""
        claimed = {tp for tp, place in self._places.items() if place.claimed}
        for tp in claimed:
            self._places[tp].claimed = False
        return claimed

    async def close(self) -> None:
        """Ask no more, and disconnect."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        client = self._connect()
        try:
            while True:
                try:
                    await client.bootstrap()
                    break
                except KafkaError:
                    await asyncio.sleep(ASK_EVERY_S)
            while True:
                self._wake.clear()
                if self._places:
                    await self._learn(client)
                    self._ask(client)
                try:
                    async with asyncio.timeout(ASK_EVERY_S):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            for asking in self._asking.values():
                asking.cancel()
            await client.close()

    async def _learn(self, client: AIOKafkaClient) -> None:
        topics, now = {tp.topic for tp in self._places}, asyncio.get_running_loop().time()
        if not topics <= client._topics:  # noqa: SLF001 - aiokafka is pinned
            client.set_topics(topics)
            self._outdated = True
        if self._outdated or now - self._learned_at >= LEARN_EVERY_S:
            self._outdated = False
            if await client._metadata_update(client.cluster, topics):  # noqa: SLF001 - as above; it says whether
                self._learned_at = now
            else:
                self._outdated = True

    def _ask(self, client: AIOKafkaClient) -> None:
        asked = defaultdict[int, list[TopicPartition]](list)
        for tp, place in self._places.items():
            there = place.learn(client.cluster, tp, self._learned_at)
            if place.copies is None or there != place.copies or place.disputed_at is not None:
                self._outdated = True  # who is away may be back, and lead
            for node in there:
                asked[node].append(tp)
        self._silent_since = {node: since for node, since in self._silent_since.items() if node in asked}
        for node, tps in asked.items():
            asking = self._asking.get(node)
            if asking is None or asking.done():
                if asking is not None:
                    asking.result()
                self._asking[node] = asyncio.get_running_loop().create_task(self._hear(client, node, tps))

    async def _hear(self, client: AIOKafkaClient, node: int, tps: list[TopicPartition]) -> None:
        asked_at = asyncio.get_running_loop().time()
        try:
            # Longer than the client waits: it closes a connection by which nothing comes.
            async with asyncio.timeout(2 * ANSWER_WITHIN_S):
                answers = await ask_latest(client, node, tps)
        except (KafkaError, TimeoutError) as error:
            self._silent(node, asked_at, error)
            self._outdated = True  # it may be gone
            return
        strange = answers.keys() - {tp for tp, code in answers.items() if code in _CLAIMS | _DENIALS}
        if strange:
            self._silent(node, asked_at, for_code(answers[min(strange)])())
        else:
            self._silent_since.pop(node, None)
        for tp, code in answers.items():
            place = self._places.get(tp)
            if place is None or node == place.leader:
                continue
            if code in _CLAIMS:
                place.claimed, place.disputed_at = True, asyncio.get_running_loop().time()
            elif code in _DENIALS:
                place.denied[node] = asked_at
                self._outdated |= code in _HAS_NONE

    def _silent(self, node: int, asked_at: float, error: Exception) -> None:
        since = self._silent_since.setdefault(node, asked_at)
        if asked_at - since >= TELL_AFTER_S:
            self._silent_since[node] = float("inf")  # once is enough
            log.warning(
                "broker silent",
                broker=node,
                error=repr(error),
                effect="no deadline fires in partitions of which it has a copy: it may lead them by now",
            )
