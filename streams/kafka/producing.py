"""Transactional producers: one transaction at a time, step by step."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Self

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient, CoordinationType
from aiokafka.protocol.transaction import (
    AddOffsetsToTxnRequest,
    AddPartitionsToTxnRequest,
    EndTxnRequest,
    InitProducerIdRequest,
    TxnOffsetCommitRequest,
)

from streams.kafka.appending import Appended, Appender
from streams.kafka.connection import hurrying
from streams.kafka.coordinators import Coordinators
from streams.kafka.envelopes import Headings, Packed, Pile, Stamp, advance
from streams.partition.output import Output

CLOSE_WITHIN_S = 0.5
"""Closing is a matter of milliseconds, unless the broker is silent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriterLimits:
    """Bounds of a transaction."""

    timeout_s: float = 10.0
    """From begin to commit; the coordinator aborts on its own after the same time."""
    batch_bytes: int = 440_000
    """Size of one batch: below every topic's `max.message.bytes`.  A larger record travels alone."""


class Producer:
    """Writes transactions under one transactional id.  After an error it can only abort."""

    def __init__(self, client: AIOKafkaClient, transactional_id: str, limits: WriterLimits) -> None:
        self._client = client
        self._id = transactional_id
        self._timeout_ms = int(limits.timeout_s * 1000)
        self._coordinators = Coordinators(client)
        self._appender = Appender(client, transactional_id, self._timeout_ms)
        self._sequences: dict[TopicPartition, int] = {}
        self._stamp = Stamp(-1, -1)
        self._batch_bytes = limits.batch_bytes
        self._headings = Headings()
        self._piles: dict[TopicPartition, Pile] = {}

    @classmethod
    async def open(cls, client: AIOKafkaClient, transactional_id: str, limits: WriterLimits) -> Self:
        """Return a producer that owns `client`; the one before it of the same id is fenced, its transaction settled.

        Raises aiokafka's `KafkaError`.
        """
        producer = cls(client, transactional_id, limits)
        try:
            with hurrying(client):
                await client.bootstrap()
            given = await producer._ask(InitProducerIdRequest(transactional_id, producer._timeout_ms))
        except BaseException:
            await producer.close()
            raise
        producer._stamp = Stamp(given.producer_id, given.producer_epoch)
        return producer

    def keep(self, tp: TopicPartition, state: dict[bytes, bytes | None], now: int) -> None:
        """Pack state values of the next transaction by their keys; None is a tombstone.  `now` in UTC milliseconds."""
        self._pile(tp).keep(state, now)

    def put(self, tp: TopicPartition, outputs: list[Output], now: int) -> None:
        """Pack output records of the next transaction, while they are at hand."""
        self._pile(tp).put(outputs, now)

    def _pile(self, tp: TopicPartition) -> Pile:
        pile = self._piles.get(tp)
        if pile is None:
            pile = self._piles[tp] = Pile(self._headings, self._batch_bytes)
        return pile

    def take(self) -> dict[TopicPartition, list[Packed]]:
        """The batches that the partitions must get next: all that has been added."""
        batches: dict[TopicPartition, list[Packed]] = {}
        for tp, pile in self._piles.items():
            sequence = self._sequences.get(tp, 0)
            batches[tp] = packed = pile.finish(self._stamp, sequence)
            self._sequences[tp] = advance(sequence, sum(batch.records for batch in packed))
        self._piles = {}
        return batches

    def largest(self) -> dict[TopicPartition, tuple[int, bytes | None]]:
        """Bytes and key of the largest record that each partition has been given since `take`."""
        return {tp: (int(pile.largest), pile.largest_key) for tp, pile in self._piles.items()}

    async def begin(self, tps: Iterable[TopicPartition]) -> None:
        """Begin a transaction that appends to these partitions, and to no other."""
        topics = [(topic, [tp.partition for tp in group]) for topic, group in _by_topic(tps)]
        await self._ask(AddPartitionsToTxnRequest(self._id, self._stamp.producer_id, self._stamp.epoch, topics))

    async def append(self, batches: Mapping[TopicPartition, Sequence[Packed]]) -> dict[TopicPartition, Appended]:
        """Append what was taken; see `Appender.append`."""
        return await self._appender.append(batches)

    async def move(self, group: str, offsets: Mapping[TopicPartition, int]) -> None:
        """Make the offsets of a consumer group part of the transaction."""
        producer_id, epoch = self._stamp.producer_id, self._stamp.epoch
        await self._ask(AddOffsetsToTxnRequest(self._id, producer_id, epoch, group))
        topics = [(topic, [(tp.partition, offsets[tp], "") for tp in tps]) for topic, tps in _by_topic(offsets)]
        request = TxnOffsetCommitRequest(self._id, group, producer_id, epoch, topics)
        await self._coordinators.ask(CoordinationType.GROUP, group, request)

    async def commit(self) -> None:
        """End the transaction: all of it becomes visible."""
        await self._ask(EndTxnRequest(self._id, self._stamp.producer_id, self._stamp.epoch, True))  # noqa: FBT003 - by position

    async def abort(self) -> None:
        """End the transaction: nothing of it becomes visible.

        Does nothing while a request is unanswered: what it brings would stay open for ever if it came after the end.
        The next `open` settles that, for from then on the broker refuses such a request.
        """
        if self._appender.settled and self._coordinators.settled:
            await self._ask(EndTxnRequest(self._id, self._stamp.producer_id, self._stamp.epoch, False))  # noqa: FBT003 - by position

    async def close(self) -> None:
        """Close the connections.  Never raises."""
        with suppress(Exception):
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._client.close()

    async def _ask(self, request: Any) -> Any:
        return await self._coordinators.ask(CoordinationType.TRANSACTION, self._id, request)


def _by_topic(tps: Iterable[TopicPartition]) -> Iterable[tuple[str, Iterable[TopicPartition]]]:
    return groupby(sorted(tps), key=attrgetter("topic"))
