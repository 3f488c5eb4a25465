"""Batches appended to partitions: copied once into the socket, and sent again until the leader has answered."""

import asyncio
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from aiokafka import TopicPartition
from aiokafka.client import AIOKafkaClient, ConnectionGroup
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
    NoError,
    for_code,
)
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.protocol.types import String

from streams.kafka.coordinators import AGAIN_AFTER_S, AWAY_S
from streams.kafka.envelopes import Packed

_ALL_REPLICAS = -1
_LARGE = 32 * 1024
"""Bytes of a piece that is cheaper to send alone than to copy."""
_text = String().encode


class Appended(NamedTuple):
    """What the leader said of a batch."""

    offset: int
    """Of its first record."""
    timestamp: int
    """Append time, UTC milliseconds; -1 when the topic carries create time."""


class TooLarge(MessageSizeTooLargeError):  # type: ignore[misc]  # aiokafka has no types
    """A record is larger than its topic allows; `tp` is its place."""

    def __init__(self, tp: TopicPartition) -> None:
        super().__init__(f"{tp.topic} partition {tp.partition}")
        self.tp = tp


class Appender:
    """Appends the batches of one producer.

    A batch that was sent and not answered is sent again unchanged: by its sequence number the broker knows it.
    """

    def __init__(self, client: AIOKafkaClient, transactional_id: str, timeout_ms: int) -> None:
        """`timeout_ms` is how long a leader may wait for its replicas."""
        self._client = client
        self._request = ProduceRequest(transactional_id, _ALL_REPLICAS, timeout_ms, [])
        self._preamble = _text(transactional_id) + struct.pack(">hi", _ALL_REPLICAS, timeout_ms)
        self.settled = True
        """False while something that was sent, and never answered, may still reach a log."""

    async def append(self, queues: Mapping[TopicPartition, Sequence[Packed]]) -> dict[TopicPartition, Appended]:
        """Append the batches of every partition in order; return where the last one of each went.

        Raises aiokafka's `KafkaError` when one is refused.  Tries for ever while a leader is away.
        """
        appended: dict[TopicPartition, Appended] = {}
        for turn in range(max(map(len, queues.values()), default=0)):
            waiting = {tp: batches[turn] for tp, batches in queues.items() if turn < len(batches)}
            await self._attempt(waiting, appended)
            while waiting:
                self._client.force_metadata_update()
                await asyncio.sleep(AGAIN_AFTER_S if self.settled else AWAY_S)
                await self._attempt(waiting, appended)
        return appended

    async def _attempt(self, waiting: dict[TopicPartition, Packed], appended: dict[TopicPartition, Appended]) -> None:
        """Send once; what was acknowledged moves from `waiting` to `appended`."""
        self.settled = False
        answers = await asyncio.gather(
            *(self._exchange(leader, waiting, tps) for leader, tps in self._by_leader(waiting).items()),
            return_exceptions=True,
        )
        silences = [answer for answer in answers if isinstance(answer, BaseException)]
        self.settled = not silences
        for silence in silences:
            if not (isinstance(silence, KafkaError) and silence.retriable):
                raise silence
        for answer in answers:
            if isinstance(answer, BaseException):
                continue
            for topic, partitions in answer.topics:
                for number, code, offset, timestamp, *_ in partitions:
                    refusal = for_code(code)
                    if refusal is NoError:
                        tp = TopicPartition(topic, number)
                        del waiting[tp]
                        appended[tp] = Appended(offset, timestamp)
                    elif refusal is MessageSizeTooLargeError:
                        raise TooLarge(TopicPartition(topic, number))
                    elif not refusal.retriable:
                        raise refusal(f"{topic} partition {number}")

    def _by_leader(self, waiting: Mapping[TopicPartition, Packed]) -> dict[int, list[TopicPartition]]:
        """Group partitions by leader, those of one topic side by side; without those that have no leader now."""
        leaders: dict[int, list[TopicPartition]] = {}
        for tp in sorted(waiting):
            leader = self._client.cluster.leader_for_partition(tp)
            if leader is None:
                self._client.add_topic(tp.topic)
            elif leader >= 0:
                leaders.setdefault(leader, []).append(tp)
        return leaders

    async def _exchange(
        self, leader: int, batches: Mapping[TopicPartition, Packed], tps: Sequence[TopicPartition]
    ) -> Any:
        """Send a produce request, as aiokafka's connection does; return the response.

        aiokafka's own encoder would copy every batch ten times.
        """
        if not await self._client.ready(leader):
            raise NodeNotReadyError(f"Broker {leader} cannot be reached")
        connection = self._client._conns[leader, ConnectionGroup.DEFAULT]  # noqa: SLF001 - aiokafka is pinned
        request = self._request.prepare(connection._versions)  # noqa: SLF001 - as above
        number = connection._next_correlation_id()  # noqa: SLF001 - as above
        header = request.build_request_header(number, connection._client_id).encode()  # noqa: SLF001 - as above
        body = self._body(batches, tps)
        size = struct.pack(">i", len(header) + sum(map(len, body)))
        try:
            for piece in _in_few([size, header, *body]):
                connection._writer.write(piece)  # noqa: SLF001 - as above
        except OSError as error:
            raise KafkaConnectionError(f"Broker {leader} cannot be written to: {error}") from error
        response: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        connection._requests.append((number, request, response))  # noqa: SLF001 - as above
        return await response

    def _body(self, batches: Mapping[TopicPartition, Packed], tps: Sequence[TopicPartition]) -> list[bytes]:
        """Return the pieces of a produce request; versions 3 to 8 are the same."""
        topics = [(topic, list(group)) for topic, group in groupby(tps, key=attrgetter("topic"))]
        pieces: list[bytes] = [self._preamble, struct.pack(">i", len(topics))]
        for topic, group in topics:
            pieces += (_text(topic), struct.pack(">i", len(group)))
            for tp in group:
                head, body, _ = batches[tp]
                pieces += (struct.pack(">ii", tp.partition, len(head) + sum(map(len, body))), head, *body)
        return pieces


def _in_few(pieces: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """Join the small pieces among many, in order; large ones are not copied."""
    small: list[bytes] = []
    for piece in pieces:
        if len(piece) < _LARGE:
            small.append(piece)
        else:
            yield b"".join(small)
            yield memoryview(piece)
            small.clear()
    yield b"".join(small)
